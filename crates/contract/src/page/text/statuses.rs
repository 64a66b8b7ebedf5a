//! The table of statuses: rows with cells, or status, reason and words run together.

use crate::page::tree::Block;

use super::paragraphs;

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

/// Splits what stands below the heading of the table: the table ends with its last row and what is
/// said directly under it.
pub(super) fn split<'a, 't>(lines: &'a [&'t str]) -> (&'a [&'t str], &'a [&'t str]) {
    let bodies = lines.iter().position(|line| line.starts_with('{'));
    let mut above_bodies = lines[..bodies.unwrap_or(lines.len())].iter();
    let Some(last_row) = above_bodies.rposition(|line| row(line).is_some()) else {
        return lines.split_at(0);
    };
    let begins_form = |line: &&str| {
        line.starts_with(['\u{2022}', '-', '{'])
            || matches!(*line, "Header" | "Query Parameters" | "Body" | "POST")
    };
    let below = &lines[last_row + 1..];
    let end = below.iter().position(begins_form).unwrap_or(below.len());
    lines.split_at(last_row + 1 + end)
}

/// Reads what stands above the rows, and the rows. A line under a row is a paragraph of its text.
pub(super) fn read(lines: &[&str]) -> Vec<Block> {
    let mut above: Vec<&str> = Vec::new();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in lines {
        if let Some(cells) = row(line) {
            rows.push(cells.map(str::to_owned).to_vec());
        } else if let Some(text) = rows.last_mut().and_then(|row| row.last_mut()) {
            text.push_str("\n\n");
            text.push_str(line);
        } else if !is_head(line) {
            above.push(line);
        }
    }
    let mut blocks = paragraphs::read(&above);
    blocks.push(Block::Table(rows));
    blocks
}

/// Whether a line belongs to the head of the table.
fn is_head(line: &str) -> bool {
    let letters: String = line.chars().filter(|c| c.is_alphabetic()).collect();
    letters.is_empty() || letters == "CodeStatusDescription"
}

/// Status, reason and words of a row.
fn row(line: &str) -> Option<[&str; 3]> {
    let line = line.trim_start_matches('|').trim_start();
    let status = line.get(..3)?;
    let is_number = status.bytes().all(|b| b.is_ascii_digit());
    let is_code = is_number && ("100".."600").contains(&status);
    if !is_code && !matches!(status, "2XX" | "3XX" | "4XX" | "5XX") {
        return None;
    }
    let rest = line[3..].trim_end_matches(|c: char| c == '|' || c.is_whitespace());
    let cells = rest.trim_start();
    if let Some(cells) = cells.strip_prefix(['|', '\t']).or(rest.strip_prefix('\t')) {
        let (reason, text) = cells.split_once(['|', '\t']).unwrap_or((cells, ""));
        return Some([status, reason.trim(), text.trim()]);
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
        let mut pairs = rest.chars().zip(rest.char_indices().skip(1));
        let words = pairs.find(|(c, (_, next))| c.is_lowercase() && next.is_uppercase());
        rest.split_at(words.map_or(rest.len(), |(_, (index, _))| index))
    });
    Some([status, reason, text])
}

#[cfg(test)]
mod tests {
    //! The forms that a row of the status table takes.
    use super::*;

    #[test]
    fn reads_rows_run_together_and_rows_of_a_table() {
        for (line, expected) in [
            (
                "404Not FoundNo such thing.",
                ["404", "Not Found", "No such thing."],
            ),
            ("200OKAll well.", ["200", "OK", "All well."]),
            (
                "404 | Not Found | No such thing. |",
                ["404", "Not Found", "No such thing."],
            ),
            (
                "| 404 | Not Found | No such thing. |",
                ["404", "Not Found", "No such thing."],
            ),
            (
                "404\tNot Found\tNo such thing.",
                ["404", "Not Found", "No such thing."],
            ),
            (
                "418I am a teapotShort and stout.",
                ["418", "I am a teapot", "Short and stout."],
            ),
            ("204No Content", ["204", "No Content", ""]),
            (
                "401Unauthorizedwho are you?",
                ["401", "Unauthorized", "who are you?"],
            ),
        ] {
            assert_eq!(row(line), Some(expected), "{line}");
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
            assert_eq!(row(line), None, "{line}");
        }
    }
}
