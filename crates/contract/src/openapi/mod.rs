//! Reads an OpenAPI 3 description in JSON or YAML: ours, and the published file as it comes.
//!
//! Only the two operations are read; the rest of the file may be anything.

mod abridged;
mod gathered;
mod node;
mod operation;
mod schema;
mod text;

use std::cell::RefCell;

use serde_json::Value;

use crate::contradictions;
use crate::inventory::{Inventory, Operation, OperationId, SourceKind};
use crate::problem::Problem;

use node::{Document, Node};

pub(crate) use text::{is_description, is_other_yaml};

/// Reads the two operations from the text of an OpenAPI file called `name`.
///
/// Reports every problem it meets. With a [`Severity::Broken`](crate::Severity) one among them the
/// inventory holds only what could still be read.
pub fn read(name: &str, text: &str) -> (Inventory, Vec<Problem>) {
    let root = text::parse(text).and_then(|(root, format)| {
        check_version(&root, format)?;
        Ok(root)
    });
    match root {
        Ok(root) => read_document(name, &root),
        Err(problem) => (inventory(name, Vec::new()), vec![problem]),
    }
}

fn inventory(name: &str, operations: Vec<Operation>) -> Inventory {
    Inventory {
        kind: SourceKind::Openapi,
        source: name.to_owned(),
        date: None,
        operations,
    }
}

/// Reads the two operations from an OpenAPI document called `name`, as [`read`] does.
pub fn read_document(name: &str, root: &Value) -> (Inventory, Vec<Problem>) {
    let document = Document {
        root,
        problems: RefCell::default(),
    };
    let operations = read_operations(&document);
    (inventory(name, operations), document.problems.into_inner())
}

fn read_operations(document: &Document<'_>) -> Vec<Operation> {
    let mut operations = Vec::new();
    let paths = document.node().at("paths");
    let broken = |what: String| document.report(Problem::broken("/paths", what));
    if paths.members().next().is_none() {
        let what = if paths.value.is_object() {
            "the paths are empty"
        } else {
            "the file has no paths"
        };
        broken(format!(
            "{what}; it is published broken now and then, wait for its next revision"
        ));
        return operations;
    }
    note_not_followed(&paths);
    for id in OperationId::ALL {
        let of_path = |(path, _): &(&str, Node<'_>)| OperationId::of_path(path) == Some(id);
        let mut found = paths.members().filter(of_path);
        let Some((path, item)) = found.next() else {
            let suffix = id.path_suffix();
            broken(format!(
                "no path ends in `{suffix}`; check that this is the whole wholesale file"
            ));
            continue;
        };
        if let Some((other, _)) = found.next() {
            paths.note(format!(
                "`{other}` looks like `{path}` once more; the first is read"
            ));
        }
        if let Some(operation) = operation::read(id, path, &item) {
            contradictions::find(&operation)
                .into_iter()
                .for_each(|problem| document.report(problem));
            operations.push(operation);
        }
    }
    operations
}

/// Notes the prechecks that nobody follows: operations that validate something else.
fn note_not_followed(paths: &Node<'_>) {
    let others = paths.members().filter(|(path, item)| {
        path.trim_end_matches('/').ends_with("/validate")
            && item.value.get("post").is_some()
            && OperationId::of_path(path).is_none()
    });
    let others: Vec<String> = others.map(|(path, _)| format!("`POST {path}`")).collect();
    if !others.is_empty() {
        let others = others.join(", ");
        paths.note(format!("{others}: documented, and no capture follows it"));
    }
}

fn check_version(root: &Value, format: &str) -> Result<(), Problem> {
    if !root.is_object() {
        return Err(Problem::broken(
            "",
            format!("{format}, but not an object: no OpenAPI description; check what was fetched"),
        ));
    }
    match root.get("openapi").and_then(Value::as_str) {
        Some(version) if version.starts_with("3.") => Ok(()),
        Some(version) => Err(Problem::broken(
            "/openapi",
            format!("OpenAPI {version}; only OpenAPI 3 is read: convert it first"),
        )),
        None => Err(Problem::broken(
            "",
            format!(
                "{format}, but no OpenAPI description: it has no `openapi` version; check what was fetched"
            ),
        )),
    }
}
