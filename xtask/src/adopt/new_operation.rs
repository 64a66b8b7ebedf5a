//! An operation that the contract does not have yet: its entry, its schemas, and what the deviations of
//! other sources say of it as well.

use std::str::FromStr;

use serde_json::{Map, Value, json};
use toml_edit::{Array, DocumentMut, Item};
use webex_precheck_contract::deviations::{Deviations, compare};
use webex_precheck_contract::inventory::{Inventory, Operation, SourceKind};
use webex_precheck_contract::location::FieldPath;
use webex_precheck_contract::{Endpoint, openapi};

use crate::codegen::names::pascal;
use crate::outcome::Failure;
use crate::workspace::DEVIATIONS;

use super::flag_names;
use super::names::{free_name, singular, spoken};
use super::place::{Contract, SCHEMAS, escape};
use super::state::Source;
use super::write::{REWORD, new_request_schema, reference};

/// An operation by method and path, as `--add-operation` names it.
#[derive(Clone, Debug)]
pub(crate) struct NewOperation {
    method: String,
    path: String,
}

/// A text that is no operation.
#[derive(Debug, thiserror::Error)]
#[error("write a method and a path, such as \"POST /v1/wholesale/customers/validate\"")]
pub(crate) struct OperationError;

impl FromStr for NewOperation {
    type Err = OperationError;

    fn from_str(text: &str) -> Result<Self, OperationError> {
        let (method, path) = text.split_once(' ').ok_or(OperationError)?;
        let method = method.to_ascii_uppercase();
        let is_method = ["GET", "PUT", "POST", "DELETE", "PATCH"].contains(&&*method);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
        let path = path.trim();
        if is_method && path.len() > 1 && path.starts_with('/') && path.chars().all(is_plain) {
            let path = path.to_owned();
            Ok(Self { method, path })
        } else {
            Err(OperationError)
        }
    }
}

impl NewOperation {
    /// Its name follows from its path: `POST /v1/wholesale/customers/validate` is
    /// `precheckWholesaleCustomer`.
    fn operation_id(&self) -> String {
        let is_version = |it: &str| {
            it.strip_prefix('v')
                .is_some_and(|it| it.parse::<u8>().is_ok())
        };
        let segments = self.path.split('/').filter(|it| !it.is_empty());
        let segments: Vec<&str> = segments
            .filter(|it| !is_version(it) && *it != "validate")
            .collect();
        let (last, others) = segments.split_last().unwrap_or((&"", &[]));
        let others: String = others.iter().map(|it| pascal(it)).collect();
        format!("precheck{others}{}", pascal(singular(last)))
    }

    /// Where it is, and by what name.
    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint {
            id: openapi::operation_id(&self.operation_id()),
            method: self.method.clone(),
            path: self.path.clone(),
        }
    }

    /// Adds it to the contract as a source documents it.
    pub(super) fn add(&self, contract: &mut Value, fresh: &Operation) -> Option<()> {
        let original = contract.clone();
        let known = openapi::endpoints(&original);
        let model = Contract {
            root: &original,
            id: &known.iter().next()?.id,
        };
        let model = original.pointer(&model.operation()?)?;
        let id = fresh.id.as_str();
        let name = format!("{}PrecheckRequest", pascal(id));
        let name = free_name(&original, SCHEMAS, &name);
        let what = spoken(id);
        let body = FieldPath::body();
        let required = fresh.children(&body);
        let required = required.filter(|field| field.required == Some(true));
        let keys: Vec<&str> = required.map(|field| field.name()).collect();
        let mut responses = Map::new();
        let documented = |status: &String| *status == "200" || fresh.response(status).is_some();
        for (status, response) in model["responses"].as_object()? {
            if documented(status) {
                let mut response = response.clone();
                response.as_object_mut()?.shift_remove("links");
                responses.insert(status.clone(), response);
            }
        }
        let operation = json!({
            "operationId": self.operation_id(),
            "summary": format!("Ask whether a {what} could be provisioned"),
            "description": format!("Precheck of a {what}."),
            REWORD: true,
            "tags": model["tags"],
            "x-row-keys": keys,
            "x-template": {},
            "parameters": [],
            "requestBody": {
                "required": true,
                "content": {
                    "application/json": {"schema": reference(&format!("{SCHEMAS}/{name}"))},
                },
            },
            "responses": responses,
        });
        let paths = contract.get_mut("paths")?.as_object_mut()?;
        let item = paths.entry(&self.path).or_insert(json!({}));
        item[self.method.to_lowercase()] = operation;
        let schema = new_request_schema(contract, fresh, &what)?;
        let schemas = contract.pointer_mut(SCHEMAS)?.as_object_mut()?;
        schemas.insert(name.clone(), schema);
        share_equal_schemas(&original, contract, &name);
        flag_names::settle(&original, contract);
        Some(())
    }
}

/// Refers to a schema that the contract has instead of an equal one that was made for a new operation.
/// Its `request` has a type of its own all the same.
fn share_equal_schemas(original: &Value, contract: &mut Value, request: &str) {
    let known = original["components"]["schemas"].clone();
    let known = known.as_object().into_iter().flatten();
    let known: Vec<(String, Value)> = known
        .map(|(name, it)| (name.clone(), essence(it)))
        .collect();
    loop {
        let all = contract["components"]["schemas"].clone();
        let new = all.as_object().into_iter().flatten();
        let is_known = |name: &String| known.iter().any(|(known, _)| known == name);
        let mut new = new.filter(|(name, _)| *name != request && !is_known(name));
        let Some((name, equal)) = new.find_map(|(name, schema)| {
            let own = essence(schema);
            let (equal, _) = known.iter().find(|(_, known)| *known == own)?;
            Some((name.clone(), equal.clone()))
        }) else {
            return;
        };
        let reference = |name: &str| format!("#{SCHEMAS}/{}", escape(name));
        redirect(contract, &reference(&name), &reference(&equal));
        if let Some(Value::Object(schemas)) = contract.pointer_mut(SCHEMAS) {
            schemas.shift_remove(&name);
        }
    }
}

/// What decides whether two schemas take the same values: neither prose nor what only narrows values.
fn essence(schema: &Value) -> Value {
    const KEYWORDS: [&str; 8] = [
        "$ref",
        "allOf",
        "anyOf",
        "enum",
        "items",
        "properties",
        "required",
        "type",
    ];
    match schema {
        Value::Object(members) => {
            let kept = members
                .iter()
                .filter(|(name, _)| KEYWORDS.contains(&name.as_str()));
            let kept = kept.map(|(name, value)| {
                let value = match (name.as_str(), value) {
                    // Names of fields are no keywords.
                    ("properties", Value::Object(fields)) => {
                        let fields = fields.iter();
                        let mut fields: Vec<_> = fields
                            .map(|(name, it)| (name.clone(), essence(it)))
                            .collect();
                        fields.sort_by(|a, b| a.0.cmp(&b.0));
                        Value::Object(fields.into_iter().collect())
                    }
                    _ => essence(value),
                };
                (name.clone(), value)
            });
            Value::Object(kept.collect())
        }
        Value::Array(values) => values.iter().map(essence).collect(),
        other => other.clone(),
    }
}

fn redirect(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if name == "$ref" && value == from {
                    *value = to.into();
                } else {
                    redirect(value, from, to);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|it| redirect(it, from, to)),
        _ => {}
    }
}

/// The text of the deviations in which those of sources of the same kind name this source too, where
/// they say why the contract leaves it in the same fact of the new operation.
pub(super) fn extended_deviations(
    text: &str,
    deviations: &Deviations,
    source: &Source<'_>,
    captures: &[(String, Inventory)],
    contract: &Inventory,
) -> Result<String, Failure> {
    let kind: SourceKind = source.inventory.kind;
    let others = captures
        .iter()
        .filter(|(name, it)| it.kind == kind && name != source.capture);
    let others: Vec<&String> = others.map(|(name, _)| name).collect();
    let mut lines = Vec::new();
    for difference in compare(source.inventory, contract).differences {
        if deviations.excusing(source.capture, &difference).is_some() {
            continue;
        }
        let mut alike = others
            .iter()
            .filter_map(|it| deviations.excusing(it, &difference));
        lines.extend(alike.find(|it| it.operation.is_none()).map(|it| it.line));
    }
    let failed = |error| Failure::new(format!("{DEVIATIONS}: {error}"));
    let mut document: DocumentMut = text.parse().map_err(failed)?;
    let entries = document.get_mut("deviation");
    let entries = entries.and_then(Item::as_array_of_tables_mut);
    let entries = entries.into_iter().flat_map(|it| it.iter_mut());
    for (entry, deviation) in entries.zip(deviations.iter()) {
        let sources = entry.get_mut("sources").and_then(Item::as_array_mut);
        let sources: Option<&mut Array> = sources.filter(|_| lines.contains(&deviation.line));
        if let Some(sources) = sources {
            sources.push(source.capture);
        }
    }
    Ok(document.to_string())
}

#[cfg(test)]
mod tests {
    //! Names of operations, and which schemas are one.
    use super::*;

    #[test]
    fn operation_is_named_after_its_path() {
        for (text, expected) in [
            (
                "POST /v1/wholesale/customers/validate",
                "wholesale-customer",
            ),
            ("put /voice/lines/check", "voice-lines-check"),
        ] {
            let operation: NewOperation = text.parse().unwrap();
            assert_eq!(operation.endpoint().id.as_str(), expected);
        }
        for text in [
            "/v1/a",
            "POST",
            "POST v1/a",
            "SEND /v1/a",
            "POST /v1/{id}",
            "POST /",
        ] {
            assert!(text.parse::<NewOperation>().is_err(), "{text}");
        }
    }

    #[test]
    fn prose_and_bounds_do_not_tell_schemas_apart() {
        let one = json!({"type": "object", "description": "x", "properties": {
            "b": {"type": "string", "format": "email"}, "a": {"type": "number"}}});
        let other = json!({"type": "object", "properties": {
            "a": {"type": "number", "example": 1}, "b": {"type": "string"}}});
        assert_eq!(essence(&one), essence(&other));
        let third = json!({"type": "object", "properties": {
            "a": {"type": "string"}, "b": {"type": "string"}}});
        assert_ne!(essence(&one), essence(&third));
        // A field may be called as a keyword.
        let named = |name: &str| json!({"properties": {name: {"type": "string"}}});
        assert_ne!(essence(&named("description")), essence(&named("title")));
    }
}
