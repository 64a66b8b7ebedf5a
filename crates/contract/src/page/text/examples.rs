//! The examples under the request form: an address, and JSON bodies on one line or many.

use serde_json::{Deserializer, Value};

use crate::page::tree::Block;

/// Reads addresses and bodies. A line such as `200 / OK` is the caption of all that follow.
pub(super) fn read(lines: &[&str]) -> Vec<Block> {
    let text = lines.join("\n");
    let mut rest = text.as_str();
    let mut caption = "";
    let mut examples = Vec::new();
    while !rest.is_empty() {
        let (line, mut after) = rest.split_once('\n').unwrap_or((rest, ""));
        let mut code = line.trim();
        let status = code.split_once(" / ").map_or("", |(status, _)| status);
        if status.len() == 3 && status.bytes().all(|b| b.is_ascii_digit()) {
            caption = code;
        }
        let is_body = code.starts_with('{');
        // The body may go on over the next lines.
        if is_body && let Some(end) = end_of_json(rest) {
            (code, after) = rest.split_at(end);
        }
        if is_body || code.starts_with("https://") {
            examples.push(Block::Code {
                caption: caption.to_owned(),
                text: code.to_owned(),
            });
        }
        rest = after;
    }
    examples
}

/// Where the JSON value ends that `text` begins with; `None` where it is no complete one.
fn end_of_json(text: &str) -> Option<usize> {
    let mut values = Deserializer::from_str(text).into_iter::<Value>();
    values.next()?.ok()?;
    Some(values.byte_offset())
}
