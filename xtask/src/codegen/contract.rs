//! Looking things up in the contract.

use serde_json::{Map, Value};

use crate::outcome::Failure;
use crate::workspace::CONTRACT;

pub(super) fn missing(what: &str) -> Failure {
    Failure::new(format!(
        "{CONTRACT}: {what} is missing or of the wrong type"
    ))
}

/// The path items, in order.
pub(super) fn paths(contract: &Value) -> Result<&Map<String, Value>, Failure> {
    let paths = contract.get("paths").and_then(Value::as_object);
    paths.ok_or_else(|| missing("`paths`"))
}

/// The named schemas, in order.
pub(super) fn schemas(contract: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let schemas = contract.pointer("/components/schemas");
    schemas.and_then(Value::as_object).into_iter().flatten()
}

/// Name of the schema that an operation's request has.
pub(super) fn body_schema(item: &Value) -> Option<&str> {
    let schema = item.pointer("/post/requestBody/content/application~1json/schema/$ref")?;
    schema.as_str()?.strip_prefix("#/components/schemas/")
}

/// Name of the schema that a property refers to, by itself or in `allOf`.
pub(super) fn reference(property: &Value) -> Option<&str> {
    let reference = property
        .get("$ref")
        .or_else(|| property.pointer("/allOf/0/$ref"));
    reference?.as_str()?.strip_prefix("#/components/schemas/")
}

/// The schema that a property refers to, or the property itself.
pub(super) fn target<'a>(contract: &'a Value, property: &'a Value) -> &'a Value {
    let named = reference(property)
        .and_then(|name| contract.pointer(&format!("/components/schemas/{name}")));
    named.unwrap_or(property)
}

/// Whether a request can hold a value of this schema.
pub(super) fn is_sent(contract: &Value, schema: &str) -> bool {
    let reference = format!("#/components/schemas/{schema}");
    let paths = contract.get("paths").and_then(Value::as_object);
    let mut bodies = paths
        .into_iter()
        .flatten()
        .filter_map(|(_, item)| item.pointer("/post/requestBody"));
    bodies.any(|body| reaches(contract, body, &reference, 0))
}

/// Whether a schema refers to another, through any number of references.
pub(super) fn reaches(contract: &Value, value: &Value, target: &str, depth: usize) -> bool {
    if depth > 32 {
        return false;
    }
    match value {
        Value::Object(object) => object
            .iter()
            .any(|(key, value)| match (key.as_str(), value) {
                ("$ref", Value::String(reference)) => {
                    let next = contract.pointer(reference.trim_start_matches('#'));
                    reference == target
                        || next.is_some_and(|next| reaches(contract, next, target, depth + 1))
                }
                _ => reaches(contract, value, target, depth + 1),
            }),
        Value::Array(values) => values
            .iter()
            .any(|value| reaches(contract, value, target, depth + 1)),
        _ => false,
    }
}
