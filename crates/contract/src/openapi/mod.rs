//! Reads an OpenAPI 3 description in JSON: ours, and the published file as it comes.
//!
//! Only the two operations are read; the rest of the file may be anything.

mod gathered;
mod operation;
mod resolve;
mod schema;

use serde_json::Value;

use crate::contradictions;
use crate::inventory::{Inventory, OperationId, SourceKind};
use crate::problem::Problem;

use resolve::Document;

/// What to do about a file that is not as it should be.
const FETCH_AGAIN: &str = "fetch the file again, or wait for its next revision";

/// Reads the two operations from the text of an OpenAPI file called `name`.
///
/// Reports every problem it meets. With a [`Severity::Broken`](crate::Severity) one among them the
/// inventory holds only what could still be read.
pub fn read(name: &str, text: &str) -> (Inventory, Vec<Problem>) {
    let mut inventory = Inventory {
        kind: SourceKind::Openapi,
        source: name.to_owned(),
        operations: Vec::new(),
    };
    let root: Value = match serde_json::from_str(text) {
        Ok(root) => root,
        Err(error) => {
            let (place, what) = syntax_error(&error);
            return (
                inventory,
                vec![Problem::broken(
                    place,
                    format!("not complete JSON ({what}); fetch the file again"),
                )],
            );
        }
    };
    let mut problems = Vec::new();
    if let Err(problem) = check_version(&root) {
        return (inventory, vec![problem]);
    }
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
    let document = Document::new(&root);
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

/// Where and what a JSON syntax error is.
pub(crate) fn syntax_error(error: &serde_json::Error) -> (String, String) {
    let message = error.to_string();
    let what = message
        .split(" at line ")
        .next()
        .unwrap_or_default()
        .to_owned();
    (
        format!("line {}, column {}", error.line(), error.column()),
        what,
    )
}

fn check_version(root: &Value) -> Result<(), Problem> {
    if !root.is_object() {
        return Err(Problem::broken(
            "",
            "JSON, but not an object: no OpenAPI description; check what was fetched",
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
            "JSON, but no OpenAPI description: it has no `openapi` version; check what was fetched",
        )),
    }
}
