//! Workflow commands of GitHub Actions, shown as annotations of the capture's lines.

use webex_precheck_escape::escape;

use super::contents::Report;
use super::entry::{Level, level, place, sentence};

pub(super) fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    let mut command = |level: Level, place: Option<(&str, usize)>, title: &str, text: &[String]| {
        let level = match level {
            Level::Note => "notice",
            level => level.into(),
        };
        let place = place.map(|(file, line)| match line {
            0 => format!("file={},", property(file)),
            line => format!("file={},line={line},", property(file)),
        });
        let place = place.unwrap_or_default();
        let text: Vec<String> = text.iter().map(|line| data(line)).collect();
        let (title, text) = (property(title), text.join("%0A"));
        out.push_str(&format!("::{level} {place}title={title}::{text}\n"));
    };
    for note in report.notes() {
        let message = format!("{}: {note}", report.source);
        command(Level::Note, Some((report.against, 0)), "note", &[message]);
    }
    for entry in report.entries() {
        let level = entry.ignored.map_or(entry.level(), |_| Level::Note);
        let place = Some((report.against, entry.line));
        command(level, place, &entry.difference.id(), &entry.text());
    }
    for finding in report.findings {
        let (level, title) = (level(finding.kind), finding.kind.as_str());
        command(level, place(finding), title, &[sentence(finding)]);
    }
    // The closing line must not contain a command either, of the old form or the new.
    let source = escape(report.source);
    let closing = format!("drift of {source}: {}\n", report.summary());
    out.push_str(&closing.replace("##[", "## ["));
    out
}

/// Escapes a line of a message, which may hold anything, so that it stays one command.
fn data(text: &str) -> String {
    escape(text).replace('%', "%25")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
