//! A table for a pull request or an issue.

use webex_precheck_escape::escape;

use super::contents::Report;
use super::entry::sentence;

pub(super) fn render(report: &Report<'_>) -> String {
    let (source, against) = (markdown_code(report.source), markdown_code(report.against));
    let mut out = format!("### {source} against {against}\n\n{}.\n", report.summary());
    if !report.comparison.differences.is_empty() {
        out.push_str("\n| impact | operation | fact | what | line |\n|---|---|---|---|---|\n");
    }
    for entry in report.entries() {
        let difference = entry.difference;
        let what = [vec![difference.phrase()], entry.details()].concat();
        let what: Vec<String> = what.iter().map(|line| markdown_code(line)).collect();
        let impact = match entry.ignored {
            Some(_) => format!("ignored ({})", difference.impact),
            None => difference.impact.to_string(),
        };
        let (operation, line) = (&difference.operation, entry.line);
        let (at, what) = (difference.location().to_string(), what.join("<br>"));
        let at = markdown_code(&at);
        out.push_str(&format!(
            "| {impact} | {operation} | {at} | {what} | {line} |\n"
        ));
    }
    list(&mut out, "Notes", report.notes());
    let findings = report.findings.iter().map(sentence);
    list(&mut out, "To correct in what is ignored", findings);
    out
}

fn list(out: &mut String, title: &str, items: impl Iterator<Item = String>) {
    for (index, item) in items.enumerate() {
        if index == 0 {
            out.push_str(&format!("\n{title}:\n\n"));
        }
        out.push_str(&format!("- {}\n", markdown_code(&item)));
    }
}

/// Text of others as Markdown code, in which nothing is a link, a mention, HTML or the end of a cell.
pub fn markdown_code(text: &str) -> String {
    let text = escape(text);
    if text.trim().is_empty() {
        return String::new();
    }
    let longest = text.split(|c| c != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default() + 1);
    // A table takes two backslashes before a pipe for one, and the pipe for the end of its cell.
    let text = text.replace("\\|", "\\ |").replace('|', "\\|");
    if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

#[cfg(test)]
mod tests {
    //! No text ends the code that it is put into.
    use super::*;

    #[test]
    fn text_stays_within_its_code() {
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
