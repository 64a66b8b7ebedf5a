//! Schemas that several places share: who they are, and how one of them gets its own.

use serde_json::Value;
use webex_precheck_contract::{Inventory, OperationId};

use super::place::{self, Pointer, escape};

/// A place of the contract, as the inventory names it.
pub(super) type At = (OperationId, String);

/// All fields for which `target` leads to the same pointer.
pub(super) fn with(
    contract: &Value,
    facts: &Inventory,
    pointer: &str,
    target: impl Fn(&Value, OperationId, &str) -> Option<Pointer>,
) -> Vec<At> {
    let mut found = Vec::new();
    for operation in &facts.operations {
        for field in &operation.fields {
            if target(contract, operation.id, &field.at).as_deref() == Some(pointer) {
                found.push((operation.id, field.at.clone()));
            }
        }
    }
    found
}

/// How far a path is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Up to the object that has the field.
    Holder,
    /// Through what the field itself refers to.
    Target,
}

/// Gives a place schemas of its own: whatever its path leads through that is referred to from
/// elsewhere too is copied, and the copy referred to instead.
pub(super) fn isolate(contract: &mut Value, id: OperationId, at: &str, reach: Reach) {
    // Each round copies one component, and a path leads through few.
    for _ in 0..64 {
        let Some(reference) = references_on(contract, id, at, reach)
            .into_iter()
            .find(|reference| count(contract, &target(contract, &reference.0)) > 1)
        else {
            return;
        };
        copy(contract, &reference.0, &reference.1);
    }
}

/// The `$ref`s on the way to a place, each with what a copy of its target is called after.
fn references_on(
    contract: &Value,
    id: OperationId,
    at: &str,
    reach: Reach,
) -> Vec<(Pointer, String)> {
    let mut found = Vec::new();
    let Some(operation) = place::operation(contract, id) else {
        return found;
    };
    let whose = pascal(id.as_str());
    let ends: Vec<usize> = at.match_indices('.').map(|(index, _)| index).collect();
    let mut owner = whose.clone();
    for end in ends.into_iter().chain([at.len()]) {
        let walked = &at[..end];
        match walked.split_once('.') {
            None if walked == "body" => {
                note_reference(
                    contract,
                    &format!("{operation}/requestBody"),
                    &whose,
                    &mut found,
                );
            }
            Some(("responses", status)) if !status.contains('.') => {
                let holder = format!("{operation}/responses/{}", escape(status));
                note_reference(contract, &holder, &whose, &mut found);
            }
            _ => {}
        }
        if end == at.len() && reach == Reach::Holder {
            break;
        }
        if let Some(site) = place::site(contract, id, walked) {
            note_below(contract, &site, &owner, &mut found, 0);
        }
        let name = walked.rsplit('.').next().unwrap_or(walked);
        let is_root =
            walked == "body" || walked.matches('.').count() <= 1 && walked.starts_with("responses");
        owner = match is_root {
            true => whose.clone(),
            false => pascal(&place::plain(name)),
        };
    }
    found
}

fn note_below(
    contract: &Value,
    site: &str,
    name: &str,
    found: &mut Vec<(Pointer, String)>,
    depth: usize,
) {
    if depth > 16 {
        return;
    }
    note_reference(contract, site, name, found);
    let at = place::follow(contract, site);
    let Some(schema) = contract.pointer(&at) else {
        return;
    };
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let parts = schema.get(keyword).and_then(Value::as_array);
        for index in 0..parts.map_or(0, Vec::len) {
            note_below(
                contract,
                &format!("{at}/{keyword}/{index}"),
                name,
                found,
                depth + 1,
            );
        }
    }
    if schema.get("items").is_some() {
        note_below(contract, &format!("{at}/items"), name, found, depth + 1);
    }
}

fn note_reference(contract: &Value, pointer: &str, name: &str, found: &mut Vec<(Pointer, String)>) {
    let is_reference = contract
        .pointer(pointer)
        .is_some_and(|value| value.get("$ref").is_some());
    if is_reference && !found.iter().any(|(known, _)| known == pointer) {
        found.push((pointer.to_owned(), name.to_owned()));
    }
}

fn target(contract: &Value, reference: &str) -> Pointer {
    let value = contract.pointer(&format!("{reference}/$ref"));
    let text = value.and_then(Value::as_str).unwrap_or_default();
    text.trim_start_matches('#').to_owned()
}

/// How often a component is referred to.
fn count(contract: &Value, component: &str) -> usize {
    fn walk(value: &Value, reference: &str) -> usize {
        match value {
            Value::Object(object) => object
                .iter()
                .map(|(key, value)| match value {
                    Value::String(text) if key == "$ref" => usize::from(text == reference),
                    other => walk(other, reference),
                })
                .sum(),
            Value::Array(values) => values.iter().map(|value| walk(value, reference)).sum(),
            _ => 0,
        }
    }
    walk(contract, &format!("#{component}"))
}

/// Copies what a reference leads to, under a name that begins with `prefix`.
fn copy(contract: &mut Value, reference: &str, prefix: &str) {
    let from = target(contract, reference);
    let Some((folder, name)) = from.rsplit_once('/') else {
        return;
    };
    let Some(value) = contract.pointer(&from).cloned() else {
        return;
    };
    let copy = free_name(contract, folder, &format!("{prefix}{name}"));
    insert_after(contract, folder, name, &copy, value);
    if let Some(target) = contract.pointer_mut(&format!("{reference}/$ref")) {
        *target = Value::from(format!("#{folder}/{copy}"));
    }
}

/// Drops the components that nothing refers to any more, or that were made for nothing.
pub(super) fn drop_orphans(before: &Value, contract: &mut Value) {
    // What one orphan refers to is one when it is gone.
    loop {
        let mut orphans = Vec::new();
        for kind in ["schemas", "responses", "parameters"] {
            let folder = format!("/components/{kind}");
            let names = contract.pointer(&folder).and_then(Value::as_object);
            for name in names.into_iter().flat_map(serde_json::Map::keys) {
                let pointer = format!("{folder}/{}", escape(name));
                let was_one = before.pointer(&pointer).is_some() && count(before, &pointer) == 0;
                if count(contract, &pointer) == 0 && !was_one {
                    orphans.push((folder.clone(), name.clone()));
                }
            }
        }
        if orphans.is_empty() {
            return;
        }
        for (folder, name) in orphans {
            if let Some(Value::Object(components)) = contract.pointer_mut(&folder) {
                components.shift_remove(&name);
            }
        }
    }
}

/// A name that no component of a folder has yet.
pub(super) fn free_name(contract: &Value, folder: &str, wanted: &str) -> String {
    let taken = |name: &str| contract.pointer(&format!("{folder}/{name}")).is_some();
    let mut name = wanted.to_owned();
    let mut number = 2;
    while taken(&name) {
        name = format!("{wanted}{number}");
        number += 1;
    }
    name
}

/// Inserts a member behind another one, or at the end.
pub(super) fn insert_after(
    contract: &mut Value,
    folder: &str,
    neighbour: &str,
    name: &str,
    value: Value,
) {
    if let Some(Value::Object(object)) = contract.pointer_mut(folder) {
        let index = object.keys().position(|key| key == neighbour);
        let index = index.map_or(object.len(), |index| index + 1);
        object.shift_insert(index, name.to_owned(), value);
    }
}

/// `address_line` -> `AddressLine`; always a name that Rust takes.
pub(super) fn pascal(name: &str) -> String {
    let mut out = String::new();
    for part in name.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut chars = part.chars();
        out.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        out.extend(chars);
    }
    if !out.starts_with(|c: char| c.is_ascii_alphabetic()) || out == "Self" {
        out.insert_str(0, "Value");
    }
    out
}
