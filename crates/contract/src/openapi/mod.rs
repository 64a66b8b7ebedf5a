//! Reads an OpenAPI 3 description in JSON or YAML: ours, and the published file as it comes.
//!
//! Only the operations that are asked for are read; the rest of the file may be anything. Fields come in the
//! order of the file where the feature `preserve_order` of `serde_json` is on, else by name; a comparison does
//! not depend on it.

mod abridged;
mod gathered;
mod node;
mod operation;
mod schema;
mod text;

use std::cell::RefCell;

use serde_json::Value;

use crate::contradictions;
use crate::endpoints::{Endpoint, Endpoints};
use crate::inventory::{Inventory, Operation, OperationId, SourceKind};
use crate::problem::Problem;

use node::Node;

pub(crate) use text::{is_description, is_other_yaml};

/// Reads these operations from the text of an OpenAPI file called `name`, as far as they are in it.
///
/// Reports every problem it meets. With a [`Severity::Broken`](crate::Severity) one among them the
/// inventory holds only what could still be read.
pub fn read(name: &str, text: &str, endpoints: &Endpoints) -> (Inventory, Vec<Problem>) {
    match text::parse(text, Some(endpoints)) {
        Ok(root) => read_operations_of(name, &root, endpoints),
        Err(problem) => (empty(name), vec![problem]),
    }
}

/// Reads all operations of a contract of our own: the IDs of its operations follow from `operationId`.
pub fn read_contract(name: &str, text: &str) -> (Inventory, Vec<Problem>) {
    match text::parse(text, None) {
        Ok(root) => read_contract_document(name, &root),
        Err(problem) => (empty(name), vec![problem]),
    }
}

/// Reads a contract of our own that is parsed already, as [`read_contract`] does.
pub fn read_contract_document(name: &str, root: &Value) -> (Inventory, Vec<Problem>) {
    read_operations_of(name, root, &endpoints(root))
}

/// The operations of a contract of our own.
pub fn endpoints(contract: &Value) -> Endpoints {
    let paths = contract.get("paths").and_then(Value::as_object);
    let operations = paths.into_iter().flatten().flat_map(|(path, item)| {
        let methods = operation::METHODS.into_iter();
        methods.filter_map(move |method| {
            let id = item.get(method)?.get("operationId")?.as_str()?;
            Some(Endpoint {
                id: operation_id(id),
                method: method.to_uppercase(),
                path: path.clone(),
            })
        })
    });
    operations.collect()
}

/// `precheckCustomer` -> `customer`
pub fn operation_id(id: &str) -> OperationId {
    let noun = id.strip_prefix("precheck").filter(|rest| !rest.is_empty());
    let mut name = String::new();
    for c in noun.unwrap_or(id).chars() {
        let goes_on = c.is_ascii_lowercase() || c.is_ascii_digit();
        if !goes_on && !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        }
    }
    OperationId::new(name.trim_end_matches('-'))
}

fn empty(name: &str) -> Inventory {
    Inventory {
        kind: SourceKind::Openapi,
        source: name.to_owned(),
        date: None,
        operations: Vec::new(),
    }
}

fn read_operations_of(
    name: &str,
    root: &Value,
    endpoints: &Endpoints,
) -> (Inventory, Vec<Problem>) {
    let mut inventory = empty(name);
    let problems = RefCell::default();
    let document = Node {
        root,
        problems: &problems,
        value: root,
        pointer: String::new(),
    };
    inventory.operations = read_operations(&document.at("paths"), endpoints);
    (inventory, problems.into_inner())
}

fn read_operations(paths: &Node<'_>, endpoints: &Endpoints) -> Vec<Operation> {
    let broken = |message: String| paths.report(Problem::broken(&paths.pointer, message));
    if paths.members().next().is_none() {
        let what = if paths.value.is_object() {
            "the paths are empty"
        } else {
            "the file has no paths"
        };
        broken(format!(
            "{what}; it is published broken now and then, wait for its next revision"
        ));
        return Vec::new();
    }
    note_not_followed(paths, endpoints);
    let mut operations: Vec<Operation> = Vec::new();
    let mut is_there = false;
    for endpoint in endpoints.iter() {
        let mut found = paths
            .members()
            .filter(|(path, _)| endpoints.at(path).any(|it| it == endpoint));
        let Some((path, item)) = found.next() else {
            continue;
        };
        is_there = true;
        if let Some((other, _)) = found.next() {
            paths.note(format!(
                "`{other}` looks like `{path}` once more; the first is read"
            ));
        }
        if let Some(operation) = operation::read(endpoint, path, &item) {
            let contradictions = contradictions::find(&operation);
            paths.problems.borrow_mut().extend(contradictions);
            operations.push(operation);
        }
    }
    if !is_there {
        let known: Vec<String> = endpoints
            .iter()
            .map(|it| format!("`{}`", it.path))
            .collect();
        broken(format!(
            "none of the paths {} is in the file; check that this is the right file, and the whole of it",
            known.join(", ")
        ));
    }
    operations
}

/// Notes the prechecks that nobody follows: operations that validate something else.
fn note_not_followed(paths: &Node<'_>, endpoints: &Endpoints) {
    let others = paths.members().filter(|(path, item)| {
        path.trim_end_matches('/').ends_with("/validate")
            && item.value.get("post").is_some()
            && endpoints.at(path).next().is_none()
    });
    let others: Vec<String> = others.map(|(path, _)| format!("`POST {path}`")).collect();
    if !others.is_empty() {
        let others = others.join(", ");
        paths.note(format!("{others}: documented, and no capture follows it"));
    }
}
