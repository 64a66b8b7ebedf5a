//! The contract as text: its layout and its lines.

use std::collections::BTreeMap;

use serde_json::Value;
use webex_precheck_contract::diff::Difference;

use crate::outcome::Failure;
use crate::workspace::CONTRACT;

use super::place::{Contract, escape};

/// The text of the contract, in its one layout; `text` is what it was before.
pub(super) fn write(text: &str, before: &Value, after: &Value) -> Result<String, Failure> {
    let pretty = |value: &Value| format!("{value:#}\n");
    if text == pretty(before) {
        return Ok(pretty(after));
    }
    Err(Failure::new(format!(
        "{CONTRACT}: not laid out with two spaces a level; run \
         `python3 -m json.tool --indent 2 --no-ensure-ascii` over it"
    )))
}

/// On which line of the contract each value begins.
pub(super) struct Lines<'c> {
    contract: &'c Value,
    by_pointer: BTreeMap<String, usize>,
}

impl<'c> Lines<'c> {
    /// The lines of a value in the one layout of the contract.
    pub(super) fn of(contract: &'c Value) -> Self {
        let mut by_pointer = BTreeMap::new();
        collect(contract, String::new(), 1, &mut by_pointer);
        Self {
            contract,
            by_pointer,
        }
    }

    /// The line of a pointer, or of what it stands in.
    pub(super) fn of_pointer(&self, pointer: &str) -> usize {
        let mut pointers = std::iter::successors(Some(pointer), |at| Some(at.rsplit_once('/')?.0));
        let line = pointers.find_map(|at| self.by_pointer.get(at));
        line.copied().unwrap_or(1)
    }

    /// The line of what a difference is about, or of what that would stand in.
    pub(super) fn of_fact(&self, difference: &Difference) -> usize {
        let (root, id) = (self.contract, &difference.operation);
        let pointer = Contract { root, id }.nearest(&difference.location());
        self.of_pointer(&pointer)
    }

    /// The objects that have this member, each by its names in the contract, and the lines of the member.
    pub(super) fn with_member(&self, member: &str) -> Vec<(String, usize)> {
        let suffix = format!("/{member}");
        let mut found = Vec::new();
        for (pointer, line) in &self.by_pointer {
            if let Some(object) = pointer.strip_suffix(&suffix) {
                let folders = ["components", "schemas", "properties"];
                let names = object.split('/').skip(1);
                let names = names.filter(|name| !folders.contains(name));
                found.push((names.collect::<Vec<_>>().join("."), *line));
            }
        }
        found.sort_by_key(|(_, line)| *line);
        found
    }
}

/// Notes on which line a value and all values in it begin; returns the line on which it ends.
fn collect(
    value: &Value,
    pointer: String,
    line: usize,
    found: &mut BTreeMap<String, usize>,
) -> usize {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, it)| (escape(name), it))
            .collect(),
        Value::Array(values) => (0..).map(|it: usize| it.to_string()).zip(values).collect(),
        _ => Vec::new(),
    };
    let mut last = line;
    for (name, value) in &inner {
        last = collect(value, format!("{pointer}/{name}"), last + 1, found);
    }
    found.insert(pointer, line);
    // The closing bracket has a line of its own, unless nothing is inside.
    last + usize::from(!inner.is_empty())
}
