//! The table of statuses: rows of a table, or status, reason and words run together.

use crate::inventory::Response;
use crate::prose::Prose;

/// The reason phrases that run into the words after them.
const REASONS: [(&str, &str); 22] = [
    ("200", "OK"),
    ("201", "Created"),
    ("202", "Accepted"),
    ("204", "No Content"),
    ("207", "Multi-Status"),
    ("400", "Bad Request"),
    ("401", "Unauthorized"),
    ("403", "Forbidden"),
    ("404", "Not Found"),
    ("405", "Method Not Allowed"),
    ("406", "Not Acceptable"),
    ("409", "Conflict"),
    ("410", "Gone"),
    ("415", "Unsupported Media Type"),
    ("422", "Unprocessable Entity"),
    ("423", "Locked"),
    ("428", "Precondition Required"),
    ("429", "Too Many Requests"),
    ("500", "Internal Server Error"),
    ("502", "Bad Gateway"),
    ("503", "Service Unavailable"),
    ("504", "Gateway Timeout"),
];

/// Whether a line is the row of a status.
pub(super) fn is_row(line: &str) -> bool {
    parse(line).is_some()
}

/// Reads the rows, in order. What stands under a row goes on with its words, and so does a second
/// row of the same status.
pub(super) fn read(lines: &[&str]) -> Vec<Response> {
    let mut responses: Vec<Response> = Vec::new();
    let mut last = None;
    for line in lines {
        let row = parse(line);
        let text = Prose::new(row.map_or(line, |(_, _, text)| text));
        let known = match row {
            Some((status, ..)) => responses.iter().position(|r| r.status == status),
            None => last,
        };
        match (known, row) {
            (Some(index), _) => {
                if let Some(said) = &mut responses[index].text {
                    said.extend(text);
                }
                last = Some(index);
            }
            (None, Some((status, reason, _))) => {
                last = Some(responses.len());
                responses.push(Response {
                    status: status.to_owned(),
                    reason: Some(reason.to_owned()),
                    text: Some(text),
                    ..Response::default()
                });
            }
            // The head of the table, and what stands above it.
            (None, None) => {}
        }
    }
    responses
}

/// Reads what stands above the rows.
pub(super) fn note(lines: &[&str]) -> Prose {
    let is_head = |line: &str| {
        let letters: String = line.chars().filter(|c| c.is_alphabetic()).collect();
        letters.is_empty() || letters == "CodeStatusDescription"
    };
    let above = lines.iter().take_while(|line| !is_row(line));
    let above: Vec<&str> = above.filter(|line| !is_head(line)).copied().collect();
    Prose::new(&above.join("\n"))
}

/// Status, reason and words of a row.
fn parse(line: &str) -> Option<(&str, &str, &str)> {
    let line = line.trim().trim_start_matches('|').trim_start();
    let status = line.get(..3)?;
    let digits =
        status.bytes().all(|b| b.is_ascii_digit()) && status.starts_with(['1', '2', '3', '4', '5']);
    let family = matches!(status, "2XX" | "3XX" | "4XX" | "5XX");
    if !digits && !family {
        return None;
    }
    let rest = line[3..].trim_end_matches(|c: char| c == '|' || c.is_whitespace());
    let cells = rest.trim_start();
    if let Some(cells) = cells.strip_prefix(['|', '\t']).or(rest.strip_prefix('\t')) {
        let (reason, text) = cells.split_once(['|', '\t']).unwrap_or((cells, ""));
        return Some((status, reason.trim(), text.trim()));
    }
    // Run together: the words begin with a capital letter after a small one.
    if !rest.starts_with(char::is_alphabetic) {
        return None;
    }
    let known = REASONS.iter().find_map(|(code, reason)| {
        let words = rest.strip_prefix(reason)?;
        let boundary = words.is_empty() || words.starts_with(|c: char| c.is_uppercase());
        (boundary || *code == status).then_some((*reason, words))
    });
    let (reason, text) = known.unwrap_or_else(|| {
        let mut before = ' ';
        let boundary = rest.char_indices().find(|(_, c)| {
            let found = before.is_lowercase() && c.is_uppercase();
            before = *c;
            found
        });
        rest.split_at(boundary.map_or(rest.len(), |(index, _)| index))
    });
    Some((status, reason, text))
}

#[cfg(test)]
mod tests {
    //! The forms that a row of the status table takes.
    use super::*;

    #[test]
    fn reads_rows_run_together_and_rows_of_a_table() {
        for (row, expected) in [
            (
                "404Not FoundNo such thing.",
                ("404", "Not Found", "No such thing."),
            ),
            ("200OKAll well.", ("200", "OK", "All well.")),
            (
                "404 | Not Found | No such thing. |",
                ("404", "Not Found", "No such thing."),
            ),
            (
                "| 404 | Not Found | No such thing. |",
                ("404", "Not Found", "No such thing."),
            ),
            (
                "404\tNot Found\tNo such thing.",
                ("404", "Not Found", "No such thing."),
            ),
            (
                "418I am a teapotShort and stout.",
                ("418", "I am a teapot", "Short and stout."),
            ),
            ("204No Content", ("204", "No Content", "")),
            (
                "401Unauthorizedwho are you?",
                ("401", "Unauthorized", "who are you?"),
            ),
        ] {
            assert_eq!(parse(row), Some(expected), "{row}");
        }
    }

    #[test]
    fn other_lines_are_no_rows() {
        for line in [
            "",
            "200 / OK",
            "Code | Status | Description |",
            "---|---|---|",
            "2025",
            "© 2025 A",
            "995 lines",
        ] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
