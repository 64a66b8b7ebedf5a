//! The contract as text: its layout and its lines.

use std::collections::BTreeMap;

use serde_json::Value;
use webex_precheck_contract::diff::Difference;

use crate::outcome::Failure;
use crate::workspace::CONTRACT;

use super::place::{self, escape};
use super::schema::REWORD;

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

/// On which line of the contract a value begins.
pub(crate) struct Lines {
    by_pointer: BTreeMap<String, usize>,
}

impl Lines {
    /// The lines of a value in the one layout of the contract.
    pub(crate) fn of(contract: &Value) -> Self {
        let mut by_pointer = BTreeMap::new();
        collect(contract, String::new(), &mut 1, &mut by_pointer);
        Self { by_pointer }
    }

    /// The line of a pointer, or of what it stands in.
    pub(crate) fn of_pointer(&self, pointer: &str) -> usize {
        let mut at = pointer;
        loop {
            if let Some(line) = self.by_pointer.get(at) {
                return *line;
            }
            match at.rfind('/') {
                Some(index) => at = &at[..index],
                None => return 1,
            }
        }
    }

    /// The line of what a difference is about, or of what that would stand in.
    pub(crate) fn of_fact(&self, contract: &Value, difference: &Difference) -> usize {
        let id = difference.operation;
        let place = difference
            .at
            .split(['[', '#', '/'])
            .next()
            .unwrap_or_default();
        let mut at = place.strip_prefix("examples.").unwrap_or(place);
        loop {
            let pointer = match at.split_once('.') {
                Some(("responses", status)) if !status.contains('.') => {
                    place::response(contract, id, status)
                }
                Some(("dependencies", package)) => {
                    place::operation(contract, id).map(|operation| {
                        format!("{operation}/x-package-dependencies/{}", escape(package))
                    })
                }
                None if matches!(at, "body" | "request") => place::request_body(contract, id),
                _ => place::site(contract, id, at),
            };
            if let Some(pointer) = pointer {
                // A value stands where the values are listed.
                let listed = difference
                    .at
                    .contains('[')
                    .then(|| place::enumeration(contract, &pointer));
                return self.of_pointer(&listed.flatten().unwrap_or(pointer));
            }
            match at.rfind('.') {
                Some(index) => at = &at[..index],
                None => break,
            }
        }
        let operation = place::operation(contract, id);
        operation.map_or(1, |operation| self.of_pointer(&operation))
    }

    /// The marks that ask for better words: what of, and their lines.
    pub(crate) fn marked(&self) -> Vec<(String, usize)> {
        let suffix = format!("/{REWORD}");
        let marks = self.by_pointer.iter();
        let mut found: Vec<(String, usize)> = marks
            .filter_map(|(pointer, line)| Some((pointer.strip_suffix(&suffix)?, *line)))
            .map(|(pointer, line)| {
                let parts = pointer.split('/').skip(1);
                let parts =
                    parts.filter(|part| !["components", "schemas", "properties"].contains(part));
                (parts.collect::<Vec<_>>().join("."), line)
            })
            .collect();
        found.sort_by_key(|(_, line)| *line);
        found
    }
}

fn collect(value: &Value, pointer: String, line: &mut usize, found: &mut BTreeMap<String, usize>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, it)| (escape(name), it))
            .collect(),
        Value::Array(values) => (0..).map(|it: usize| it.to_string()).zip(values).collect(),
        _ => Vec::new(),
    };
    // The closing bracket has a line of its own, unless nothing is inside.
    let closing = usize::from(!inner.is_empty());
    found.insert(pointer.clone(), *line);
    for (name, value) in inner {
        *line += 1;
        collect(value, format!("{pointer}/{name}"), line, found);
    }
    *line += closing;
}
