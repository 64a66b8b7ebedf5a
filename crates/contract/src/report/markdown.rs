//! A table for a pull request or an issue.

use std::fmt::Write;

use super::Report;

pub(super) fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "### `{}` against `{}`\n\n{}.",
        report.source,
        report.against,
        report.summary()
    );
    if !report.comparison.differences.is_empty() {
        out.push_str("\n| impact | operation | fact | what |\n|---|---|---|---|\n");
    }
    for difference in &report.comparison.differences {
        let mut what = cell(&difference.phrase());
        for detail in &difference.details {
            let _ = write!(what, "<br>{}", cell(detail));
        }
        let _ = writeln!(
            out,
            "| {} | {} | `{}` | {what} |",
            difference.impact,
            difference.operation,
            difference.at.replace('|', "\\|")
        );
    }
    if !report.problems.is_empty() {
        out.push_str("\nNotes:\n\n");
    }
    for problem in report.problems {
        let _ = writeln!(out, "- {}", cell(&problem.to_string()));
    }
    out
}

/// Text that cannot break out of its cell.
fn cell(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('|', "\\|")
        .replace(['\n', '\r'], " ")
}
