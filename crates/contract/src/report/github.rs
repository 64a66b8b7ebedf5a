//! Workflow commands of GitHub Actions, shown as annotations of the capture's file.

use std::fmt::Write;

use crate::diff::Impact;

use super::Report;

pub(super) fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    let file = property(report.against);
    for problem in report.problems {
        let _ = writeln!(
            out,
            "::notice file={file},title=note::{}",
            data(&format!("{}: {problem}", report.source))
        );
    }
    for difference in &report.comparison.differences {
        let level = match difference.impact {
            Impact::Breaking => "error",
            Impact::Additive => "warning",
            Impact::Wording => "notice",
        };
        let mut message = format!(
            "{} {}: {}",
            difference.operation,
            difference.at,
            difference.phrase()
        );
        for detail in &difference.details {
            let _ = write!(message, "\n{detail}");
        }
        let _ = writeln!(
            out,
            "::{level} file={file},title={}::{}",
            property(&difference.id()),
            data(&message)
        );
    }
    let _ = writeln!(out, "{}: {}", report.source, report.summary());
    out
}

/// Escapes a message, which may hold anything, so that it stays one command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
