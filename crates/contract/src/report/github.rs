//! Workflow commands of GitHub Actions, shown as annotations of the capture's lines.

use std::fmt::Write;

use crate::diff::Impact;
use crate::ignore::FindingKind;

use super::{Item, Report, details, headline, place, visible};

pub(super) fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    let mut command =
        |level: &str, place: Option<(&str, Option<usize>)>, title: &str, lines: &[String]| {
            let mut properties = String::new();
            if let Some((file, line)) = place {
                let _ = write!(properties, "file={},", property(file));
                if let Some(line) = line {
                    let _ = write!(properties, "line={line},");
                }
            }
            let title = property(title);
            let lines: Vec<String> = lines.iter().map(|line| data(line)).collect();
            let _ = writeln!(
                out,
                "::{level} {properties}title={title}::{}",
                lines.join("%0A")
            );
        };
    for problem in report.problems {
        let message = format!("{}: {problem}", report.source);
        command("notice", Some((report.against, None)), "note", &[message]);
    }
    for Item { difference, line } in report.items() {
        let level = match (&difference.ignored, difference.impact) {
            (None, Impact::Breaking) => "error",
            (None, Impact::Additive) => "warning",
            (None, Impact::Wording) | (Some(_), _) => "notice",
        };
        let mut lines = vec![headline(difference)];
        lines.extend(details(difference));
        let place = (report.against, Some(line));
        command(level, Some(place), &difference.id(), &lines);
    }
    for finding in report.findings {
        let level = match finding.kind {
            FindingKind::Unused => "error",
            FindingKind::Expired => "warning",
        };
        let place = place(finding).map(|(file, line)| (file, Some(line)));
        let message = format!("{}: {}", finding.origin, finding.message);
        command(level, place, finding.kind.as_str(), &[message]);
    }
    // The only line that is no command must not hold one either, of the old form or the new.
    let closing = format!("drift of {}: {}", visible(report.source), report.summary());
    out.push_str(&closing.replace("##[", "## ["));
    out.push('\n');
    out
}

/// Escapes a line of a message, which may hold anything, so that it stays one command.
fn data(text: &str) -> String {
    visible(text).replace('%', "%25")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
