//! The contract as codegen reads it: its operations, its schemas, and which schemas requests use.

use std::collections::BTreeSet;

use serde_json::Value;
use webex_precheck_contract::openapi;

use crate::outcome::Failure;
use crate::workspace::CONTRACT;

const SCHEMAS: &str = "#/components/schemas/";

/// The members of a path that are operations.
const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

pub(super) struct Contract<'a> {
    pub(super) document: &'a Value,
    pub(super) operations: Vec<Operation<'a>>,
}

/// An operation, whatever its method.
pub(super) struct Operation<'a> {
    /// Upper case.
    pub(super) method: String,
    pub(super) path: &'a str,
    pub(super) value: &'a Value,
    /// Name of the schema of its request.
    pub(super) body: Option<&'a str>,
    /// The references of its request, direct and indirect.
    sent: BTreeSet<&'a str>,
}

impl<'a> Contract<'a> {
    pub(super) fn read(document: &'a Value) -> Self {
        let operations = members(document.get("paths")).flat_map(|(path, item)| {
            let operations = members(Some(item)).filter(|(name, _)| METHODS.contains(name));
            operations.map(move |(method, value)| Operation::read(document, (method, path), value))
        });
        Self {
            document,
            operations: operations.collect(),
        }
    }

    /// The named schemas, in order.
    pub(super) fn schemas(&self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        members(self.document.pointer("/components/schemas"))
    }

    /// The string schemas with enumerated values.
    pub(super) fn enumerations(&self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.schemas().filter(|(_, schema)| {
            let has_values = strings(schema.get("enum")).next().is_some();
            string(schema, "type") == Some("string") && has_values
        })
    }

    /// The schema of a name, or null.
    pub(super) fn schema(&self, name: &str) -> &'a Value {
        let mut schemas = self.schemas().filter(|(other, _)| *other == name);
        schemas.next().map_or(&Value::Null, |(_, schema)| schema)
    }

    /// The schema that a property refers to, or the property itself.
    pub(super) fn target(&self, property: &'a Value) -> &'a Value {
        let schema = reference(property).map(|name| self.schema(name));
        schema.filter(|it| !it.is_null()).unwrap_or(property)
    }

    /// What a `$ref` refers to, or the value itself.
    pub(super) fn resolved(&self, value: &'a Value) -> &'a Value {
        let target = string(value, "$ref").and_then(|it| it.strip_prefix('#'));
        target
            .and_then(|at| self.document.pointer(at))
            .unwrap_or(value)
    }

    /// Whether a request can hold a value of this schema.
    pub(super) fn is_sent(&self, schema: &str) -> bool {
        self.operations.iter().any(|it| it.sends(schema))
    }
}

impl<'a> Operation<'a> {
    pub(super) fn read(
        document: &'a Value,
        (method, path): (&str, &'a str),
        value: &'a Value,
    ) -> Self {
        let schema = value.pointer("/requestBody/content/application~1json/schema");
        let mut sent = BTreeSet::new();
        follow(document, &value["requestBody"], &mut sent);
        Self {
            method: method.to_ascii_uppercase(),
            path,
            value,
            body: schema.and_then(reference),
            sent,
        }
    }

    /// Its ID in the contract.
    pub(super) fn id(&self) -> Result<&'a str, Failure> {
        let id = self.string("operationId")?;
        if id.starts_with(|c: char| c.is_ascii_alphabetic()) {
            Ok(id)
        } else {
            Err(self.invalid(&format!(
                "the `operationId` `{id}` must begin with a letter"
            )))
        }
    }

    /// Its name for people: `customer` of `precheckCustomer`.
    pub(super) fn name(&self) -> Result<String, Failure> {
        Ok(openapi::operation_id(self.id()?).to_string())
    }

    /// The type that the client has for its request.
    pub(super) fn request(&self) -> Result<(&'a str, &'a str), Failure> {
        let missing = || {
            missing(&format!(
                "the named schema of the request of `{}`",
                self.path
            ))
        };
        let schema = self.body.ok_or_else(missing)?;
        let misnamed = || invalid(&format!("{schema}: name it `…Request`, as it is a request"));
        Ok((schema, schema.strip_suffix("Request").ok_or_else(misnamed)?))
    }

    /// A text that the operation must have.
    pub(super) fn string(&self, name: &str) -> Result<&'a str, Failure> {
        let missing = || missing(&format!("`{name}` of `{}`", self.path));
        string(self.value, name).ok_or_else(missing)
    }

    /// Whether its request can hold a value of this schema.
    pub(super) fn sends(&self, schema: &str) -> bool {
        self.sent.contains(&*format!("{SCHEMAS}{schema}"))
    }

    pub(super) fn invalid(&self, what: &str) -> Failure {
        invalid(&format!("{}: {what}", self.path))
    }
}

/// Collects the references in `value` and in what they refer to.
fn follow<'a>(document: &'a Value, value: &'a Value, found: &mut BTreeSet<&'a str>) {
    // A reference is followed once: schemas may be recursive.
    if let Some(reference) = string(value, "$ref")
        && found.insert(reference)
        && let Some(target) = document.pointer(reference.trim_start_matches('#'))
    {
        follow(document, target, found);
    }
    match value {
        Value::Object(members) => members.values().for_each(|it| follow(document, it, found)),
        Value::Array(values) => values.iter().for_each(|it| follow(document, it, found)),
        _ => {}
    }
}

/// Name of the schema that a property refers to, by itself or in `allOf`.
pub(super) fn reference(property: &Value) -> Option<&str> {
    let direct = string(property, "$ref");
    let reference = direct.or_else(|| property.pointer("/allOf/0/$ref")?.as_str());
    reference?.strip_prefix(SCHEMAS)
}

/// The properties of a schema that exclude each other: `not: {required: […]}`.
pub(super) fn exclusive(schema: &Value) -> Vec<&str> {
    strings(schema.pointer("/not/required")).collect()
}

/// The string that is the member `name` of an object.
pub(super) fn string<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str()
}

/// The strings of a list.
pub(super) fn strings(list: Option<&Value>) -> impl Iterator<Item = &str> {
    let values = list.and_then(Value::as_array);
    values.into_iter().flatten().filter_map(Value::as_str)
}

/// The members of an object, in order.
pub(super) fn members(object: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    let members = object.and_then(Value::as_object);
    let members = members.into_iter().flatten();
    members.map(|(name, value)| (name.as_str(), value))
}

/// An error in the contract.
pub(super) fn invalid(what: &str) -> Failure {
    Failure::new(format!("{CONTRACT}: {what}"))
}

pub(super) fn missing(what: &str) -> Failure {
    invalid(&format!("{what} is missing or of the wrong type"))
}
