//! Lowering: named passes over a copy of the contract, each for something that progenitor cannot
//! take or that the generated client should not do.

use serde_json::{Map, Value};

use crate::outcome::Failure;

use super::contract::{Contract, invalid, members};

/// Schemas for which a handwritten type stands in: they decode more forms than can be generated.
pub(super) const REPLACED: [(&str, &str); 2] =
    [("Code", "crate::Code"), ("InfoList", "crate::InfoList")];

/// Of an object schema: the enumeration whose values are its keys.
pub(crate) const KEYED_BY: &str = "x-keyed-by";

const SCHEMAS: &str = "/components/schemas";

/// Rewrites the contract for progenitor.
pub(super) fn lower(contract: &Contract<'_>) -> Result<openapiv3::OpenAPI, Failure> {
    let mut lowered = contract.document.clone();
    leave_errors_undecoded(&mut lowered);
    open_keyed_objects(&mut lowered);
    keep_unknown_fields(&mut lowered, contract);
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

/// Lets the objects of requests take fields that are not known yet. Those of answers are left out.
fn keep_unknown_fields(lowered: &mut Value, contract: &Contract<'_>) {
    let schemas = lowered.pointer_mut(SCHEMAS).and_then(Value::as_object_mut);
    let sent = schemas.into_iter().flatten();
    for (_, schema) in sent.filter(|(name, _)| contract.is_sent(name)) {
        visit(schema, &mut |object| {
            let has_fields = object.get("properties").is_some_and(Value::is_object);
            if has_fields && object.get("type").is_some_and(|ty| ty == "object") {
                object
                    .entry("additionalProperties")
                    // `true` says the same, and typify would drop what it allows.
                    .or_insert_with(|| Value::Object(Map::new()));
            }
        });
    }
}

/// Whether a keyword constrains values, besides giving their type.
pub(super) fn is_constraint(keyword: &str) -> bool {
    const KEYWORDS: [&str; 4] = ["format", "multipleOf", "pattern", "uniqueItems"];
    const BOUNDS: [&str; 3] = ["min", "max", "exclusive"];
    KEYWORDS.contains(&keyword) || BOUNDS.iter().any(|bound| keyword.starts_with(bound))
}

/// Drops constraints on values, from which typify would make types that reject what only Webex may
/// reject, keywords that typify does not support, and examples, which it would repeat in doc comments.
fn drop_constraints_and_examples(contract: &mut Value) {
    const OTHERS: [&str; 3] = ["default", "example", "not"];
    for schema in members_mut(contract.pointer_mut(SCHEMAS)) {
        visit(schema, &mut |object| {
            object.retain(|key, value| {
                // A property of that name is an object; an example of our fields never is.
                let is_keyword = !value.is_object() || key == "not";
                !(is_keyword && (is_constraint(key) || OTHERS.contains(&key.as_str())))
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
