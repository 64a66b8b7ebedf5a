//! The examples of a page: the request's address, and JSON bodies on one line or many.

use serde_json::Value;

use crate::inventory::{Example, Operation};
use crate::location::{ExampleId, Section};
use crate::problem::Problem;

/// More bodies than any page shows.
const MOST_BODIES: usize = 16;

/// Reads the examples under the request form.
pub(super) fn read(operation: &mut Operation, lines: &[&str], problems: &mut Vec<Problem>) {
    let text = lines.join("\n");
    let mut status = "200";
    let mut bodies = 0;
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let trimmed = line.trim();
        if let Some((code, _)) = trimmed.split_once(" / ")
            && code.len() == 3
            && code.bytes().all(|b| b.is_ascii_digit())
        {
            status = code;
        }
        if let Some(address) = trimmed.strip_prefix("https://") {
            read_address(operation, address);
        }
        if !trimmed.starts_with('{') {
            rest = after;
            continue;
        }
        bodies += 1;
        if bodies > MOST_BODIES {
            let message = format!("only the first {MOST_BODIES} examples are read");
            problems.push(Problem::note("Example", message));
            return;
        }
        // The body may go on over the next lines.
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        match values.next() {
            Some(Ok(value)) => {
                rest = &rest[values.byte_offset()..];
                let section = section(&value, status);
                let same = |it: &&Example| it.at.section == section;
                let name = match operation.examples.iter().filter(same).count() {
                    0 => None,
                    before => Some((before + 1).to_string()),
                };
                let at = ExampleId { section, name };
                operation.examples.push(Example {
                    at,
                    json: value.to_string(),
                });
            }
            _ => {
                rest = after;
                let beginning: String = trimmed.chars().take(40).collect();
                let message = format!(
                    "the example that begins with `{beginning}` is no complete JSON; capture the whole page again"
                );
                problems.push(Problem::broken("Example", message));
            }
        }
    }
    if !operation
        .examples
        .iter()
        .any(|example| !example.at.section.is_request())
    {
        problems.push(Problem::broken(
            "",
            "the page ends before the example of an answer; capture the whole page again",
        ));
    }
}

/// A response says how it went; a request does not.
fn section(value: &Value, status: &str) -> Section {
    match value.get("info").or(value.get("message")) {
        Some(_) => Section::Response(status.to_owned()),
        None => Section::Body,
    }
}

/// Takes server and query parameters from the address of the example request, without its scheme.
fn read_address(operation: &mut Operation, address: &str) {
    let known = operation.path.iter().map(String::as_str);
    let mut paths = known.chain([operation.id.path_suffix()]);
    // Other addresses may stand in the footer.
    if operation.servers.is_some() || !paths.any(|path| address.contains(path)) {
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
