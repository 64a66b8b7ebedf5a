//! The contract as text: written so that what did not change stays as it was, and its lines.

use std::collections::BTreeMap;

use jsonc_parser::ast;
use jsonc_parser::cst::{CstInputValue, CstNode, CstObject, CstRootNode};
use jsonc_parser::{CollectOptions, ParseOptions};
use serde_json::Value;
use webex_precheck_contract::diff::Difference;

use crate::outcome::Failure;
use crate::workspace::CONTRACT;

use super::place::{self, escape};
use super::schema::REWORD;

/// The text of `after`, which is `before` with some edits; `text` is that of `before`.
pub(super) fn write(text: &str, before: &Value, after: &Value) -> Result<String, Failure> {
    if before == after && keys_in_order(before) == keys_in_order(after) {
        return Ok(text.to_owned());
    }
    let pretty = |value: &Value| format!("{value:#}\n");
    // The usual layout.
    if pretty(before) == text {
        return Ok(pretty(after));
    }
    let failed = |what: String| Failure::new(format!("{CONTRACT}: {what}"));
    let root = CstRootNode::parse(text, &ParseOptions::default())
        .map_err(|error| failed(error.to_string()))?;
    let object = root
        .object_value()
        .ok_or_else(|| failed("it is no JSON object".to_owned()))?;
    if let (Value::Object(before), Value::Object(after)) = (before, after) {
        follow(&object, before, after);
    }
    let written = root.to_string();
    match serde_json::from_str::<Value>(&written) {
        Ok(value) if value == *after => Ok(written),
        _ => Err(failed(
            "its layout cannot be kept; lay it out with two spaces a level and no line of its own for \
             brackets that are empty, as `python3 -m json.tool --indent 2 --no-ensure-ascii` does"
                .to_owned(),
        )),
    }
}

type Object = serde_json::Map<String, Value>;

/// Values are equal whatever the order of their members; texts are not.
fn keys_in_order(value: &Value) -> String {
    value.to_string()
}

fn follow(object: &CstObject, before: &Object, after: &Object) {
    for name in before.keys().filter(|name| !after.contains_key(*name)) {
        if let Some(member) = object.get(name) {
            member.remove();
        }
    }
    for (index, (name, value)) in after.iter().enumerate() {
        let Some(member) = object.get(name) else {
            object.insert(index, name, input(value));
            continue;
        };
        let known = before.get(name);
        if known.map(keys_in_order) == Some(keys_in_order(value)) {
            continue;
        }
        match (member.value(), known, value) {
            (Some(CstNode::Container(_)), Some(Value::Object(old)), Value::Object(new)) => {
                if let Some(inner) = member.object_value() {
                    follow(&inner, old, new);
                }
            }
            (Some(_), Some(Value::Array(old)), Value::Array(new)) => match member.array_value() {
                Some(array) if old.iter().all(|item| new.contains(item)) => {
                    for (index, item) in new.iter().enumerate() {
                        if !old.contains(item) {
                            array.insert(index, input(item));
                        }
                    }
                }
                _ => member.set_value(input(value)),
            },
            _ => member.set_value(input(value)),
        }
    }
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(value) => CstInputValue::Bool(*value),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(values) => CstInputValue::Array(values.iter().map(input).collect()),
        Value::Object(object) => CstInputValue::Object(
            object
                .iter()
                .map(|(name, value)| (name.clone(), input(value)))
                .collect(),
        ),
    }
}

/// On which line of a JSON text a value begins.
pub(crate) struct Lines {
    by_pointer: BTreeMap<String, usize>,
}

impl Lines {
    /// The lines of a text; none of one that is no JSON.
    pub(crate) fn of(text: &str) -> Self {
        let parsed =
            jsonc_parser::parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
        let mut by_pointer = BTreeMap::new();
        if let Ok(parsed) = parsed
            && let Some(root) = &parsed.value
        {
            let starts: Vec<usize> = text.match_indices('\n').map(|(index, _)| index).collect();
            collect(root, String::new(), 0, &starts, &mut by_pointer);
        }
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

fn collect(
    value: &ast::Value<'_>,
    pointer: String,
    start: usize,
    starts: &[usize],
    found: &mut BTreeMap<String, usize>,
) {
    let line = |offset: usize| starts.partition_point(|start| *start < offset) + 1;
    found.insert(pointer.clone(), line(start));
    match value {
        ast::Value::Object(object) => {
            for member in &object.properties {
                let name = escape(member.name.as_str());
                collect(
                    &member.value,
                    format!("{pointer}/{name}"),
                    member.range.start,
                    starts,
                    found,
                );
            }
        }
        ast::Value::Array(array) => {
            for (index, element) in array.elements.iter().enumerate() {
                let start = range_start(element);
                collect(element, format!("{pointer}/{index}"), start, starts, found);
            }
        }
        _ => {}
    }
}

fn range_start(value: &ast::Value<'_>) -> usize {
    use jsonc_parser::common::Ranged;
    value.range().start
}
