//! The examples of a page: the request's address, and JSON bodies.

use serde_json::Value;

use crate::inventory::{Example, Operation};
use crate::location::{ExampleId, Section};
use crate::problem::Problem;

use super::incomplete::incomplete;
use super::tree::Block;

/// More bodies than any page shows.
const MOST_BODIES: usize = 16;

/// Reads the examples.
pub(super) fn read(
    operation: &mut Operation,
    path: &str,
    examples: &[Block],
    problems: &mut Vec<Problem>,
) {
    let mut bodies = 0;
    for example in examples {
        let Block::Code { caption, text } = example else {
            continue;
        };
        if let Some(address) = text.strip_prefix("https://") {
            read_address(operation, path, address);
            continue;
        }
        bodies += 1;
        if bodies > MOST_BODIES {
            let message = format!("only the first {MOST_BODIES} examples are read");
            problems.push(Problem::note("Example", message));
            return;
        }
        let Ok(value) = serde_json::from_str(text) else {
            let beginning: String = text.chars().take(40).collect();
            let message = format!("the example that begins with `{beginning}` is no complete JSON");
            problems.push(incomplete("Example", &message));
            continue;
        };
        read_body(operation, caption, &value);
    }
    let mut examples = operation.examples.iter();
    if !examples.any(|example| !example.at.section.is_request()) {
        let message = "the page ends before the example of an answer";
        problems.push(incomplete("", message));
    }
}

/// A response says how it went; a request does not. The caption of a response is its status.
fn read_body(operation: &mut Operation, caption: &str, value: &Value) {
    let status = caption.split_once(" / ");
    let status = status.map_or("200", |(status, _)| status);
    let section = match value.get("info").or(value.get("message")) {
        Some(_) => Section::Response(status.to_owned()),
        None => Section::Body,
    };
    let examples = operation.examples.iter();
    let name = match examples.filter(|it| it.at.section == section).count() {
        0 => None,
        before => Some((before + 1).to_string()),
    };
    let (at, json) = (ExampleId { section, name }, value.to_string());
    operation.examples.push(Example { at, json });
}

/// Takes server and query parameters from the address of the example request, without its scheme.
fn read_address(operation: &mut Operation, path: &str, address: &str) {
    // Other addresses may stand in the footer.
    if operation.servers.is_some() || !address.contains(path) {
        return;
    }
    let host = address.split(['/', '?']).next().unwrap_or(address);
    operation.servers = Some(vec![format!("https://{host}")]);
    let query = address.split_once('?').map_or("", |(_, query)| query);
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        let at = ExampleId {
            section: Section::Query,
            name: Some(name.to_owned()),
        };
        let json = Value::from(value).to_string();
        operation.examples.push(Example { at, json });
    }
}
