//! A table for a pull request or an issue.

use std::fmt::Write;

use super::{Item, Report, details, visible};

pub(super) fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "### {} against {}\n\n{}.",
        markdown_code(report.source),
        markdown_code(report.against),
        report.summary()
    );
    if !report.comparison.differences.is_empty() {
        out.push_str("\n| impact | operation | fact | what | line |\n|---|---|---|---|---|\n");
    }
    for Item { difference, line } in report.items() {
        let mut what = markdown_code(&difference.phrase());
        for detail in details(difference) {
            let _ = write!(what, "<br>{}", markdown_code(&detail));
        }
        let impact = match difference.ignored {
            Some(_) => format!("ignored ({})", difference.impact),
            None => difference.impact.to_string(),
        };
        let at = markdown_code(&difference.at);
        let _ = writeln!(
            out,
            "| {impact} | {} | {at} | {what} | {line} |",
            difference.operation
        );
    }
    let notes = report.problems.iter().map(ToString::to_string);
    list(&mut out, "Notes", notes);
    let findings = report.findings.iter();
    let findings = findings.map(|finding| format!("{}: {}", finding.origin, finding.message));
    list(&mut out, "To mend in what is ignored", findings);
    out
}

fn list(out: &mut String, title: &str, items: impl Iterator<Item = String>) {
    for (index, item) in items.enumerate() {
        if index == 0 {
            let _ = writeln!(out, "\n{title}:\n");
        }
        let _ = writeln!(out, "- {}", markdown_code(&item));
    }
}

/// Text of others as Markdown code, in which nothing is a link, a mention, HTML or the end of a cell.
pub fn markdown_code(text: &str) -> String {
    let text = visible(text);
    if text.trim().is_empty() {
        return String::new();
    }
    let longest = text.split(|c| c != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default() + 1);
    // A table takes two backslashes before a pipe for one, and the pipe for the end of its cell.
    let text = text.replace("\\|", "\\ |").replace('|', "\\|");
    match text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) {
        true => format!("{fence} {text} {fence}"),
        false => format!("{fence}{text}{fence}"),
    }
}

#[cfg(test)]
mod tests {
    //! Nothing gets out of its code.
    use super::*;

    #[test]
    fn code_holds_what_is_put_into_it() {
        for (text, expected) in [
            ("a -> b", "`a -> b`"),
            ("@all <b> [x](y) *z*", "`@all <b> [x](y) *z*`"),
            ("a | b", "`a \\| b`"),
            ("a \\| b", "`a \\ \\| b`"),
            ("a`b", "``a`b``"),
            ("``a`", "``` ``a` ```"),
            (" a", "`  a `"),
            ("a\nb", "`a\\u{a}b`"),
            (" ", ""),
        ] {
            assert_eq!(markdown_code(text), expected);
        }
    }
}
