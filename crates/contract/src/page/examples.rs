//! The examples of a page: the request's address, and JSON bodies on one line or many.

use serde_json::Value;

use crate::inventory::{Example, Operation};
use crate::problem::Problem;

/// Reads the examples under the request form.
pub(super) fn read(operation: &mut Operation, lines: &[&str], problems: &mut Vec<Problem>) {
    let mut status = "200";
    let mut index = 0;
    while index < lines.len() {
        let line = lines[index].trim();
        if let Some((code, _)) = line.split_once(" / ")
            && code.len() == 3
            && code.bytes().all(|b| b.is_ascii_digit())
        {
            status = code;
        }
        if line.starts_with("https://") {
            read_address(operation, line);
        }
        if line.starts_with('{') {
            let rest = lines[index..].join("\n");
            let mut values = serde_json::Deserializer::from_str(&rest).into_iter::<Value>();
            match values.next() {
                Some(Ok(value)) => {
                    let end = values.byte_offset();
                    index += rest[..end].matches('\n').count();
                    operation.examples.push(Example {
                        at: location(&value, status),
                        json: value.to_string(),
                    });
                }
                _ => problems.push(Problem::note(
                    "Example",
                    format!("the example that begins with `{line}` is no complete JSON"),
                )),
            }
        }
        index += 1;
    }
}

/// A response says how it went; a request does not.
fn location(value: &Value, status: &str) -> String {
    match value.get("info").or(value.get("message")) {
        Some(_) => format!("responses.{status}"),
        None => "request".to_owned(),
    }
}

/// Takes server and query parameters from the address of the example request.
fn read_address(operation: &mut Operation, address: &str) {
    let Some(start) = operation
        .path
        .as_deref()
        .and_then(|path| address.find(path))
    else {
        return;
    };
    operation.servers = Some(vec![address[..start].to_owned()]);
    let Some((_, query)) = address.split_once('?') else {
        return;
    };
    for pair in query.split('&') {
        if let Some((name, value)) = pair.split_once('=') {
            let at = format!("query.{name}");
            if let Some(field) = operation.fields.iter_mut().find(|f| f.at == at) {
                field.example = Some(Value::from(value).to_string());
            }
        }
    }
}
