//! Gives a place of the contract schemas of its own, and drops the schemas that nothing refers to.

use serde_json::Value;
use webex_precheck_contract::OperationId;
use webex_precheck_contract::location::{FieldPath, Section};

use super::names::{free_name, pascal};
use super::place::{Contract, Pointer, escape};
use super::write::insert_after;

/// Copies whatever the path to a value leads through that is referred to from elsewhere too, and refers
/// to the copies instead.
pub(super) fn separate(root: &mut Value, id: OperationId, path: &FieldPath) {
    if path.section.is_parameter() {
        separate_parameter(root, id, path);
        return;
    }
    // Each round copies one component, and a path leads through few.
    for _ in 0..64 {
        let references = references_on(Contract { root, id }, path).unwrap_or_default();
        let shared = references.into_iter().find(|(reference, _)| {
            target(root, reference).is_some_and(|target| count(root, &target) > 1)
        });
        let copied = shared.and_then(|(reference, prefix)| copy(root, &reference, &prefix));
        if copied.is_none() {
            return;
        }
    }
}

/// The `$ref`s on the way to a value, each with what a copy of its target is called after.
fn references_on(place: Contract<'_>, path: &FieldPath) -> Option<Vec<(Pointer, String)>> {
    let whose = pascal(place.id.as_str());
    let holder = match &path.section {
        Section::Response(status) => place.member(&format!("responses/{}", escape(status)))?,
        _ => place.member("requestBody")?,
    };
    let mut found = vec![(holder, whose.clone())];
    let mut owner = whose;
    let mut walked: Vec<FieldPath> = path.with_parents().collect();
    walked.reverse();
    for path in walked {
        let schemas = place.site(&path).map(|site| place.schemas(&site));
        let schemas = schemas.into_iter().flatten();
        found.extend(schemas.map(|schema| (schema, owner.clone())));
        owner = path.name().map_or(owner, pascal);
    }
    Some(found)
}

/// The component that the `$ref` at a pointer leads to.
fn target(root: &Value, reference: &str) -> Option<Pointer> {
    let text = root.pointer(reference)?.get("$ref")?.as_str()?;
    Some(text.trim_start_matches('#').to_owned())
}

/// How often a component is referred to.
fn count(value: &Value, component: &str) -> usize {
    match value {
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| match value {
                Value::String(text) if key == "$ref" => {
                    usize::from(text.strip_prefix('#') == Some(component))
                }
                other => count(other, component),
            })
            .sum(),
        Value::Array(values) => values.iter().map(|value| count(value, component)).sum(),
        _ => 0,
    }
}

/// Copies what a reference leads to, under a name that begins with `prefix`.
fn copy(root: &mut Value, reference: &str, prefix: &str) -> Option<()> {
    let from = target(root, reference)?;
    let (folder, name) = from.rsplit_once('/')?;
    let value = root.pointer(&from)?.clone();
    let copy = free_name(root, folder, &format!("{prefix}{name}"));
    insert_after(root, folder, name, &copy, value);
    root.pointer_mut(reference)?["$ref"] = format!("#{folder}/{copy}").into();
    Some(())
}

/// Gives an operation a parameter of its own.
fn separate_parameter(root: &mut Value, id: OperationId, path: &FieldPath) -> Option<()> {
    let place = Contract { root, id };
    let (index, own) = place.parameter(path)?;
    let at = place.member(&format!("parameters/{index}"))?;
    let value = root.pointer(&own)?.clone();
    *root.pointer_mut(&at)? = value;
    Some(())
}

/// Drops the components that nothing refers to any more, or that were made for nothing.
pub(super) fn drop_orphans(before: &Value, root: &mut Value) {
    // What one orphan refers to is one when it is gone.
    loop {
        let mut orphans = Vec::new();
        for kind in ["schemas", "responses", "parameters"] {
            let folder = format!("/components/{kind}");
            let names = root.pointer(&folder).and_then(Value::as_object);
            for name in names.into_iter().flat_map(serde_json::Map::keys) {
                let pointer = format!("{folder}/{}", escape(name));
                let was_one = before.pointer(&pointer).is_some() && count(before, &pointer) == 0;
                if count(root, &pointer) == 0 && !was_one {
                    orphans.push((folder.clone(), name.clone()));
                }
            }
        }
        if orphans.is_empty() {
            return;
        }
        for (folder, name) in orphans {
            if let Some(Value::Object(components)) = root.pointer_mut(&folder) {
                components.shift_remove(&name);
            }
        }
    }
}
