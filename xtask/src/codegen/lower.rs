//! Lowering: named passes over a copy of the contract, each for something that progenitor cannot
//! take or that the generated client should not do.

use serde_json::{Map, Value};

use crate::outcome::Failure;

use super::contract::{invalid, members};

/// Schemas for which a handwritten type stands in: they decode more forms than can be generated.
pub(super) const REPLACED: [(&str, &str); 2] =
    [("Code", "crate::Code"), ("InfoList", "crate::InfoList")];

/// Of an object schema: the enumeration whose values are its keys.
pub(crate) const KEYED_BY: &str = "x-keyed-by";

const SCHEMAS: &str = "/components/schemas";

/// Rewrites the contract for progenitor.
pub(super) fn lower(contract: &Value) -> Result<openapiv3::OpenAPI, Failure> {
    let mut lowered = contract.clone();
    leave_errors_undecoded(&mut lowered);
    open_keyed_objects(&mut lowered);
    drop_constraints_and_examples(&mut lowered);
    serde_json::from_value(lowered).map_err(|error| invalid(&format!("after lowering: {error}")))
}

/// Keeps 200 alone. Progenitor takes one type of success and one of error, and loses the status
/// of an error whose body is not of that type; of a status that it does not know it hands out the
/// whole response instead, with status, headers and body.
fn leave_errors_undecoded(contract: &mut Value) {
    for item in members_mut(contract.get_mut("paths")) {
        for operation in members_mut(Some(item)) {
            if let Some(Value::Object(responses)) = operation.get_mut("responses") {
                responses.retain(|status, _| status == "200");
            }
        }
    }
}

/// Lets an object that is keyed by an open enumeration take keys that are not known yet, with values
/// of the type that the known ones have.
fn open_keyed_objects(contract: &mut Value) {
    for schema in members_mut(contract.pointer_mut(SCHEMAS)) {
        let first = members(schema.get("properties")).next();
        if schema.get(KEYED_BY).is_some()
            && let Some(ty) = first.and_then(|(_, property)| property.get("type"))
        {
            let of_values = serde_json::json!({ "type": ty });
            schema["additionalProperties"] = of_values;
        }
    }
}

/// Drops constraints on values, from which typify would make types that reject what only Webex may
/// reject, keywords that typify does not support, and examples, which it would repeat in doc comments.
fn drop_constraints_and_examples(contract: &mut Value) {
    const KEYWORDS: [&str; 7] = [
        "default",
        "example",
        "format",
        "multipleOf",
        "not",
        "pattern",
        "uniqueItems",
    ];
    const BOUNDS: [&str; 3] = ["min", "max", "exclusive"];
    for schema in members_mut(contract.pointer_mut(SCHEMAS)) {
        visit(schema, &mut |object| {
            object.retain(|key, value| {
                // A property of that name is an object; an example of our fields never is.
                let is_keyword = !value.is_object() || key == "not";
                let is_bound = BOUNDS.iter().any(|bound| key.starts_with(bound));
                !(is_keyword && (is_bound || KEYWORDS.contains(&key.as_str())))
            });
        });
    }
}

fn members_mut(object: Option<&mut Value>) -> impl Iterator<Item = &mut Value> {
    let object = object.and_then(Value::as_object_mut);
    object.into_iter().flat_map(|object| object.values_mut())
}

fn visit(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            change(object);
            object.values_mut().for_each(|value| visit(value, change));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| visit(value, change)),
        _ => {}
    }
}
