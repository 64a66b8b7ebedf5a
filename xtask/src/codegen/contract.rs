//! The contract as codegen reads it: its operations, its schemas, and which of them requests hold.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::outcome::Failure;
use crate::workspace::CONTRACT;

const SCHEMAS: &str = "#/components/schemas/";

pub(super) struct Contract<'a> {
    pub(super) document: &'a Value,
    pub(super) operations: Vec<Operation<'a>>,
}

/// A `POST`; no operation of the contract has another method.
pub(super) struct Operation<'a> {
    pub(super) path: &'a str,
    pub(super) value: &'a Value,
    /// Name of the schema of its request.
    pub(super) body: Option<&'a str>,
    /// What its request refers to, directly or through other references.
    sent: BTreeSet<&'a str>,
}

impl<'a> Contract<'a> {
    pub(super) fn read(document: &'a Value) -> Self {
        let operations = members(document, "paths")
            .map(|(path, item)| Operation::read(document, path, item))
            .collect();
        Self {
            document,
            operations,
        }
    }

    /// The named schemas, in order.
    pub(super) fn schemas(&self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let components = self.document.get("components").unwrap_or(&Value::Null);
        members(components, "schemas")
    }

    /// The string schemas with enumerated values.
    pub(super) fn enumerations(&self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.schemas().filter(|(_, schema)| {
            text(schema, "type") == Some("string") && !texts(schema, "enum").is_empty()
        })
    }

    pub(super) fn schema(&self, name: &str) -> &'a Value {
        schema(self.document, name)
    }

    /// Whether a request can hold a value of this schema.
    pub(super) fn is_sent(&self, schema: &str) -> bool {
        self.operations.iter().any(|it| it.sends(schema))
    }
}

impl<'a> Operation<'a> {
    pub(super) fn read(document: &'a Value, path: &'a str, item: &'a Value) -> Self {
        let value = item.get("post").unwrap_or(&Value::Null);
        let schema = value.pointer("/requestBody/content/application~1json/schema");
        let mut sent = BTreeSet::new();
        if let Some(body) = value.get("requestBody") {
            follow(document, body, &mut sent);
        }
        Self {
            path,
            value,
            body: schema.and_then(reference),
            sent,
        }
    }

    /// A text that the operation must have.
    pub(super) fn text(&self, name: &str) -> Result<&'a str, Failure> {
        let missing = || missing(&format!("`{name}` of `{}`", self.path));
        text(self.value, name).ok_or_else(missing)
    }

    /// Whether its request can hold a value of this schema.
    pub(super) fn sends(&self, schema: &str) -> bool {
        let mut names = self.sent.iter().filter_map(|it| it.strip_prefix(SCHEMAS));
        names.any(|name| name == schema)
    }

    pub(super) fn wrong(&self, what: &str) -> Failure {
        wrong(&format!("{}: {what}", self.path))
    }
}

/// Collects the references in `value` and in what they refer to.
fn follow<'a>(document: &'a Value, value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(reference) if key == "$ref" => {
                        let target = document.pointer(reference.trim_start_matches('#'));
                        // What was found before was followed then; schemas may hold themselves.
                        if found.insert(reference)
                            && let Some(target) = target
                        {
                            follow(document, target, found);
                        }
                    }
                    _ => follow(document, value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|it| follow(document, it, found)),
        _ => {}
    }
}

/// The schema of a name, or null.
pub(super) fn schema<'a>(document: &'a Value, name: &str) -> &'a Value {
    let schemas = document.pointer("/components/schemas");
    schemas
        .and_then(|schemas| schemas.get(name))
        .unwrap_or(&Value::Null)
}

/// Name of the schema that a property refers to, by itself or in `allOf`.
pub(super) fn reference(property: &Value) -> Option<&str> {
    let direct = text(property, "$ref");
    let reference = direct.or_else(|| property.pointer("/allOf/0/$ref")?.as_str());
    reference?.strip_prefix(SCHEMAS)
}

/// The schema that a property refers to, or the property itself.
pub(super) fn target<'a>(document: &'a Value, property: &'a Value) -> &'a Value {
    let named = reference(property).map(|name| schema(document, name));
    named.filter(|it| !it.is_null()).unwrap_or(property)
}

/// The properties of a schema that exclude each other: `not: {required: […]}`.
pub(super) fn exclusive(schema: &Value) -> Vec<&str> {
    let not = schema.get("not").unwrap_or(&Value::Null);
    texts(not, "required")
}

/// The string that is the member `name` of an object.
pub(super) fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str()
}

/// The strings of the list that is the member `name` of an object.
pub(super) fn texts<'a>(object: &'a Value, name: &str) -> Vec<&'a str> {
    let values = object.get(name).and_then(Value::as_array);
    values
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// The members of the object that is the member `name` of another, in order.
pub(super) fn members<'a>(
    object: &'a Value,
    name: &str,
) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
    let members = object.get(name).and_then(Value::as_object);
    let members = members.into_iter().flatten();
    members.map(|(name, value)| (name.as_str(), value))
}

/// What has to be corrected in the contract.
pub(super) fn wrong(what: &str) -> Failure {
    Failure::new(format!("{CONTRACT}: {what}"))
}

pub(super) fn missing(what: &str) -> Failure {
    wrong(&format!("{what} is missing or of the wrong type"))
}
