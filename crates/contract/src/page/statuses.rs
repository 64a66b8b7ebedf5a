//! The table of statuses: rows of a table, or status, reason and words run together.

use crate::inventory::Response;
use crate::prose::Prose;

/// Reason phrases that portals print, longest first where one begins another.
const REASONS: [&str; 22] = [
    "OK",
    "Created",
    "Accepted",
    "No Content",
    "Multi-Status",
    "Bad Request",
    "Unauthorized",
    "Forbidden",
    "Not Found",
    "Method Not Allowed",
    "Not Acceptable",
    "Conflict",
    "Gone",
    "Unsupported Media Type",
    "Unprocessable Entity",
    "Locked",
    "Precondition Required",
    "Too Many Requests",
    "Internal Server Error",
    "Bad Gateway",
    "Service Unavailable",
    "Gateway Timeout",
];

/// Whether a line is the row of a status.
pub(super) fn is_row(line: &str) -> bool {
    parse(line).is_some()
}

/// Reads the rows, in order.
pub(super) fn read(lines: &[&str]) -> Vec<Response> {
    lines
        .iter()
        .filter_map(|line| parse(line))
        .map(|(status, reason, text)| Response {
            status: status.to_owned(),
            reason: Some(reason.to_owned()),
            text: Some(Prose::new(text)),
            ..Response::default()
        })
        .collect()
}

/// Reads what stands above the rows.
pub(super) fn note(lines: &[&str]) -> Prose {
    let is_head = |line: &str| {
        let letters: String = line.chars().filter(|c| c.is_alphabetic()).collect();
        letters.is_empty() || letters == "CodeStatusDescription"
    };
    let above: Vec<&str> = lines
        .iter()
        .take_while(|line| !is_row(line))
        .filter(|line| !is_head(line))
        .copied()
        .collect();
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
    let known = REASONS.iter().find_map(|reason| {
        let words = rest.strip_prefix(reason)?;
        let boundary = words.is_empty() || words.starts_with(|c: char| c.is_uppercase());
        boundary.then_some((*reason, words))
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
