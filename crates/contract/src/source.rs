//! A source of unknown kind: recognised, read, and refused where it cannot be true.

use webex_precheck_escape::escape;

use crate::diff::diff;
use crate::endpoints::Endpoints;
use crate::inventory::Inventory;
use crate::problem::{Problem, Severity};
use crate::{openapi, page};

/// More bytes than any source has; the published file has half a million.
pub const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// The text of a source.
pub fn decode(bytes: Vec<u8>) -> Result<String, Problem> {
    if bytes.len() as u64 > MOST_BYTES {
        return Err(too_large());
    }
    String::from_utf8(bytes).map_err(|error| {
        let read = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = read.iter().filter(|byte| **byte == b'\n').count() + 1;
        let place = format!("line {line}");
        Problem::broken(place, "not UTF-8; save the source as UTF-8 text")
    })
}

/// What is said of a source with more than [`MOST_BYTES`].
pub fn too_large() -> Problem {
    let most = MOST_BYTES / 1024 / 1024;
    let what = format!("over {most} MiB, far more than any source has");
    Problem::broken("", format!("{what}; check what was downloaded"))
}

/// Reads what the text of a source called `name` documents of these operations: an OpenAPI file in JSON
/// or YAML, or a page, which is aligned with the fields that `known` has.
pub fn read(
    name: &str,
    text: &str,
    endpoints: &Endpoints,
    known: &Inventory,
) -> (Inventory, Vec<Problem>) {
    let text = text.trim_start_matches('\u{feff}');
    let name = escape(name);
    if openapi::is_description(text) {
        return openapi::read(&name, text, endpoints);
    }
    let read = page::read(&name, text, endpoints, known);
    if is_broken(&read.1) && openapi::is_other_yaml(text) {
        // Says what it is instead of what is missing for a page.
        return openapi::read(&name, text, endpoints);
    }
    read
}

/// Whether any of the problems forbids to go on.
pub fn is_broken(problems: &[Problem]) -> bool {
    problems.iter().any(|p| p.severity == Severity::Broken)
}

/// How many facts an inventory documents.
pub fn facts(inventory: &Inventory) -> usize {
    diff(inventory, inventory).compared
}

/// Refuses a source that documents far less than it did: it is broken, not changed.
pub fn check_against(stored: &Inventory, fresh: &Inventory) -> Option<Problem> {
    let shrunk = |what: &str, before: usize, after: usize| {
        let message = format!(
            "{after} {what}, where there were {before}: this looks like a broken source; \
             check it, or delete its capture and capture it anew"
        );
        (after * 2 < before).then_some(message)
    };
    let mut operations = stored.operations.iter();
    let of_operations = operations.find_map(|before| {
        let id = &before.id;
        let Some(after) = fresh.operation(id) else {
            return Some(format!("the {id} operation is gone; check the source"));
        };
        let what = format!("fields of the {id} operation");
        shrunk(&what, before.fields.len(), after.fields.len())
    });
    let message = of_operations.or_else(|| shrunk("facts", facts(stored), facts(fresh)))?;
    Some(Problem::broken("", message))
}
