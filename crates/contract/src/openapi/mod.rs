//! Reads an OpenAPI 3 description in JSON or YAML: ours, and the published file as it comes.
//!
//! Only the two operations are read; the rest of the file may be anything.

mod gathered;
mod operation;
mod resolve;
mod schema;
mod text;

use serde_json::{Map, Value};

use crate::contradictions;
use crate::inventory::{Inventory, OperationId, SourceKind};
use crate::problem::Problem;

use resolve::Document;

pub(crate) use text::{is_description, is_other_yaml};

/// What to do about a file that is not as it should be.
const FETCH_AGAIN: &str = "fetch the file again, or wait for its next revision";

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
    let mut problems = Vec::new();
    let Some(paths) = root.get("paths").and_then(Value::as_object) else {
        problems.push(Problem::broken(
            "/paths",
            "the file has no paths; it is published broken now and then, wait for its next revision",
        ));
        return (inventory, problems);
    };
    if paths.is_empty() {
        problems.push(Problem::broken(
            "/paths",
            "the paths are empty; it is published broken now and then, wait for its next revision",
        ));
        return (inventory, problems);
    }
    let document = Document::new(root);
    problems.extend(not_followed(paths));
    for id in OperationId::ALL {
        let mut found = paths
            .iter()
            .filter(|(path, _)| OperationId::of_path(path) == Some(id));
        let Some((path, item)) = found.next() else {
            problems.push(Problem::broken(
                "/paths",
                format!(
                    "no path ends in `{}`; check that this is the whole wholesale file",
                    id.path_suffix()
                ),
            ));
            continue;
        };
        if let Some((other, _)) = found.next() {
            problems.push(Problem::note(
                "/paths",
                format!("`{other}` looks like `{path}` once more; the first is read"),
            ));
        }
        if let Some(operation) = operation::read(id, path, item, &document, &mut problems) {
            problems.extend(contradictions::find(&operation));
            inventory.operations.push(operation);
        }
    }
    (inventory, problems)
}

/// Notes the prechecks that nobody follows: operations that validate something else.
fn not_followed(paths: &Map<String, Value>) -> Option<Problem> {
    let others = paths.iter().filter(|(path, item)| {
        path.trim_end_matches('/').ends_with("/validate")
            && item.get("post").is_some()
            && OperationId::of_path(path).is_none()
    });
    let others: Vec<String> = others.map(|(path, _)| format!("`POST {path}`")).collect();
    (!others.is_empty()).then(|| {
        let others = others.join(", ");
        Problem::note(
            "/paths",
            format!("{others}: documented, and no capture follows it"),
        )
    })
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
