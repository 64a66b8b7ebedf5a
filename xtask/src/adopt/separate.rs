//! Gives a place of the contract schemas of its own, and drops the schemas that nothing refers to.

use serde_json::Value;
use webex_precheck_contract::OperationId;
use webex_precheck_contract::location::{FieldPath, Section};

use crate::codegen::names::pascal;

use super::names::free_name;
use super::place::{Contract, Pointer, escape, target};
use super::write::behind;

/// Copies whatever the path to a value leads through that is referred to from elsewhere too, and refers
/// to the copies instead.
pub(super) fn separate(root: &mut Value, id: &OperationId, path: &FieldPath) {
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
    while let Some(path) = walked.pop() {
        let schemas = place.site(&path).map(|site| place.schemas(&site));
        found.extend(schemas.into_iter().flatten().map(|it| (it, owner.clone())));
        owner = path.name().map_or(owner, pascal);
    }
    Some(found)
}

/// How often a component is referred to.
fn count(value: &Value, component: &str) -> usize {
    match value {
        Value::Object(object) => {
            let reference = object.get("$ref").and_then(Value::as_str);
            let is_one = reference.and_then(|it| it.strip_prefix('#')) == Some(component);
            let inner = object.values().map(|value| count(value, component));
            usize::from(is_one) + inner.sum::<usize>()
        }
        Value::Array(values) => values.iter().map(|value| count(value, component)).sum(),
        _ => 0,
    }
}

/// Copies what a reference leads to, under a name that begins with `prefix`.
fn copy(root: &mut Value, from: &str, prefix: &str) -> Option<()> {
    let original = target(root, from)?;
    let (folder, name) = original.rsplit_once('/')?;
    let value = root.pointer(&original)?.clone();
    let copy = free_name(root, folder, &format!("{prefix}{name}"));
    let components = root.pointer_mut(folder)?.as_object_mut()?;
    let index = behind(components, name).unwrap_or(components.len());
    components.shift_insert(index, copy.clone(), value);
    root.pointer_mut(from)?["$ref"] = format!("#{folder}/{copy}").into();
    Some(())
}

/// Gives an operation a parameter of its own.
fn separate_parameter(root: &mut Value, id: &OperationId, path: &FieldPath) -> Option<()> {
    let place = Contract { root, id };
    let (index, own) = place.parameter(path)?;
    let at = place.member(&format!("parameters/{index}"))?;
    let value = root.pointer(&own)?.clone();
    *root.pointer_mut(&at)? = value;
    Some(())
}

/// Drops the components that nothing refers to any more, or that were made for nothing.
pub(super) fn drop_orphans(before: &Value, root: &mut Value) {
    let was_orphan =
        |pointer: &str| before.pointer(pointer).is_some() && count(before, pointer) == 0;
    // What one orphan refers to is one when it is gone.
    loop {
        let so_far = root.clone();
        for kind in ["schemas", "responses", "parameters"] {
            let folder = format!("/components/{kind}");
            if let Some(Value::Object(components)) = root.pointer_mut(&folder) {
                components.retain(|name, _| {
                    let pointer = format!("{folder}/{}", escape(name));
                    count(&so_far, &pointer) > 0 || was_orphan(&pointer)
                });
            }
        }
        if *root == so_far {
            return;
        }
    }
}
