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

use node::Node;

pub(crate) use text::{is_description, is_other_yaml};

/// Reads the two operations from the text of an OpenAPI file called `name`.
///
/// Reports every problem it meets. With a [`Severity::Broken`](crate::Severity) one among them the
/// inventory holds only what could still be read.
pub fn read(name: &str, text: &str) -> (Inventory, Vec<Problem>) {
    match text::parse(text) {
        Ok(root) => read_document(name, &root),
        Err(problem) => (empty(name), vec![problem]),
    }
}

fn empty(name: &str) -> Inventory {
    Inventory {
        kind: SourceKind::Openapi,
        source: name.to_owned(),
        date: None,
        operations: Vec::new(),
    }
}

/// Reads the two operations from an OpenAPI document called `name`, as [`read`] does.
pub fn read_document(name: &str, root: &Value) -> (Inventory, Vec<Problem>) {
    let mut inventory = empty(name);
    let problems = RefCell::default();
    let document = Node {
        root,
        problems: &problems,
        value: root,
        pointer: String::new(),
    };
    inventory.operations = read_operations(&document.at("paths"));
    (inventory, problems.into_inner())
}

fn read_operations(paths: &Node<'_>) -> Vec<Operation> {
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
    note_not_followed(paths);
    let read = |id: OperationId| {
        let mut found = paths
            .members()
            .filter(|(path, _)| OperationId::of_path(path) == Some(id));
        let Some((path, item)) = found.next() else {
            let suffix = id.path_suffix();
            broken(format!(
                "no path ends in `{suffix}`; check that this is the whole wholesale file"
            ));
            return None;
        };
        if let Some((other, _)) = found.next() {
            paths.note(format!(
                "`{other}` looks like `{path}` once more; the first is read"
            ));
        }
        let operation = operation::read(id, path, &item)?;
        let contradictions = contradictions::find(&operation);
        paths.problems.borrow_mut().extend(contradictions);
        Some(operation)
    };
    OperationId::ALL.into_iter().filter_map(read).collect()
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
