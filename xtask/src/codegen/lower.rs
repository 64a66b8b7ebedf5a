//! Lowering: named passes over a copy of the contract, each for something that progenitor cannot
//! take or that the generated client should not do.

use serde_json::{Map, Value};

use crate::outcome::Failure;

use super::contract::{members, wrong};

/// Schemas for which a handwritten type stands in: they decode more forms than can be generated.
pub(super) const REPLACED: [(&str, &str); 2] =
    [("Code", "crate::Code"), ("InfoList", "crate::InfoList")];

/// Names the enumeration whose values are the keys of an object.
pub(crate) const KEYED_BY: &str = "x-keyed-by";

/// Rewrites the contract for progenitor.
pub(super) fn lower(contract: &Value) -> Result<openapiv3::OpenAPI, Failure> {
    let mut lowered = contract.clone();
    leave_errors_undecoded(&mut lowered);
    open_keyed_objects(&mut lowered);
    judge_nothing_locally(&mut lowered);
    serde_json::from_value(lowered).map_err(|error| wrong(&format!("after lowering: {error}")))
}

/// Keeps 200 alone. Progenitor takes one type of success and one of error, and loses the status
/// of an error whose body is not of that type; of a status that it does not know it hands out the
/// whole response instead, with status, headers and body.
fn leave_errors_undecoded(contract: &mut Value) {
    for item in members_mut(contract, "/paths") {
        if let Some(Value::Object(responses)) = item.pointer_mut("/post/responses") {
            responses.retain(|status, _| status == "200");
        }
    }
}

/// Lets an object that is keyed by an open enumeration take keys that are not known yet, with values
/// of the type that the known ones have.
fn open_keyed_objects(contract: &mut Value) {
    for schema in members_mut(contract, SCHEMAS) {
        let first = members(schema, "properties").next();
        if schema.get(KEYED_BY).is_some()
            && let Some(ty) = first.and_then(|(_, property)| property.get("type"))
        {
            let of_values = serde_json::json!({ "type": ty });
            schema["additionalProperties"] = of_values;
        }
    }
}

/// Drops the constraints on values, from which typify would make types that refuse what only
/// Webex should judge, the keywords that it does not take, and examples, which it would repeat in
/// every doc comment.
fn judge_nothing_locally(contract: &mut Value) {
    const KEYWORDS: [&str; 17] = [
        "default",
        "example",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "maxProperties",
        "minProperties",
        "multipleOf",
        "uniqueItems",
        "format",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "pattern",
        "minimum",
        "maximum",
        "not",
    ];
    for schema in members_mut(contract, SCHEMAS) {
        visit(schema, &mut |object| {
            object.retain(|key, value| {
                // A property of that name is an object; an example of our fields never is.
                let is_keyword = !value.is_object() || key == "not";
                !(KEYWORDS.contains(&key.as_str()) && is_keyword)
            });
        });
    }
}

const SCHEMAS: &str = "/components/schemas";

fn members_mut<'a>(
    contract: &'a mut Value,
    pointer: &str,
) -> impl Iterator<Item = &'a mut Value> + use<'a> {
    let object = contract.pointer_mut(pointer).and_then(Value::as_object_mut);
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
