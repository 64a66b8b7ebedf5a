//! Lowering: named passes over a copy of the contract, each for something that progenitor cannot
//! take or that the generated client should not do.

use serde_json::{Map, Value};

use crate::outcome::Failure;
use crate::workspace::CONTRACT;

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
    drop_examples(&mut lowered);
    serde_json::from_value(lowered)
        .map_err(|error| Failure::new(format!("{CONTRACT}: after lowering: {error}")))
}

/// Keeps 200 alone. Progenitor takes one type of success and one of error, and loses the status
/// of an error whose body is not of that type; of a status that it does not know it hands out the
/// whole response instead, with status, headers and body.
fn leave_errors_undecoded(contract: &mut Value) {
    for operation in operations(contract) {
        if let Some(responses) = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
        {
            responses.retain(|status, _| status == "200");
        }
    }
}

/// Lets an object that is keyed by an open enumeration take keys that are not known yet, with values
/// of the type that the known ones have.
fn open_keyed_objects(contract: &mut Value) {
    for schema in schemas(contract) {
        let Some(object) = schema.as_object_mut() else {
            continue;
        };
        let properties = object.get("properties").and_then(Value::as_object);
        let first = properties.and_then(|properties| properties.values().next());
        if let (true, Some(ty)) = (
            object.contains_key(KEYED_BY),
            first.and_then(|it| it.get("type")),
        ) {
            let of_values = serde_json::json!({ "type": ty });
            object.insert("additionalProperties".to_owned(), of_values);
        }
    }
}

/// Drops the constraints on values, from which typify would make types that refuse what only
/// Webex should judge, and the keywords that it does not take.
fn judge_nothing_locally(contract: &mut Value) {
    const KEYWORDS: [&str; 16] = [
        "default",
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
    for schema in schemas(contract) {
        visit(schema, &mut |object| {
            object.retain(|key, value| {
                let is_schema_keyword = !value.is_object() || key == "not";
                !(KEYWORDS.contains(&key.as_str()) && is_schema_keyword)
            });
        });
    }
}

/// Drops examples: they would be repeated in every doc comment.
fn drop_examples(contract: &mut Value) {
    for schema in schemas(contract) {
        visit(schema, &mut |object| {
            // A property called `example` is an object, an example of our fields never is.
            object.retain(|key, value| key != "example" || value.is_object());
        });
    }
}

/// Names of the string schemas with enumerated values.
pub(super) fn enumerations(lowered: &openapiv3::OpenAPI) -> Vec<String> {
    let Some(components) = &lowered.components else {
        return Vec::new();
    };
    let is_enumeration = |schema: &openapiv3::ReferenceOr<openapiv3::Schema>| {
        matches!(
            schema,
            openapiv3::ReferenceOr::Item(openapiv3::Schema {
                schema_kind: openapiv3::SchemaKind::Type(openapiv3::Type::String(string)),
                ..
            }) if !string.enumeration.is_empty()
        )
    };
    let named = components.schemas.iter();
    named
        .filter(|(_, schema)| is_enumeration(schema))
        .map(|(name, _)| name.clone())
        .collect()
}

fn operations(contract: &mut Value) -> impl Iterator<Item = &mut Value> {
    contract
        .get_mut("paths")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(|paths| paths.iter_mut().map(|(_, item)| item))
        .filter_map(|item| item.get_mut("post"))
}

fn schemas(contract: &mut Value) -> impl Iterator<Item = &mut Value> {
    contract
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(|schemas| schemas.iter_mut().map(|(_, schema)| schema))
}

fn visit(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            change(object);
            for (_, value) in object.iter_mut() {
                visit(value, change);
            }
        }
        Value::Array(values) => {
            for value in values {
                visit(value, change);
            }
        }
        _ => {}
    }
}
