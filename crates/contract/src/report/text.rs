//! Lines for a terminal, in the manner of Cargo.

use anstyle::{AnsiColor, Style};
use webex_precheck_escape::escape;

use crate::diff::Impact;
use crate::ignore::FindingKind;

use super::contents::Report;
use super::entry::sentence;

const GREEN: Style = AnsiColor::BrightGreen.on_default().bold();
const YELLOW: Style = AnsiColor::BrightYellow.on_default().bold();
const RED: Style = AnsiColor::BrightRed.on_default().bold();
const CYAN: Style = AnsiColor::BrightCyan.on_default().bold();
const DIM: Style = Style::new().dimmed();

pub(super) fn render(report: &Report<'_>, colours: bool) -> String {
    let mut out = String::new();
    let mut line = |style: Style, verb: &str, text: &str| {
        let style = if colours { style } else { Style::new() };
        let text = escape(text);
        out.push_str(&format!("{style}{verb:>10}{style:#} {text}\n"));
    };
    for note in report.notes() {
        line(CYAN, "Note", &format!("{}: {note}", report.source));
    }
    for entry in report.entries() {
        let (style, verb) = match (entry.ignored, entry.difference.impact) {
            (Some(_), _) => (DIM, "Ignored"),
            (None, Impact::Breaking) => (RED, "Breaking"),
            (None, Impact::Additive) => (YELLOW, "Additive"),
            (None, Impact::Wording) => (CYAN, "Wording"),
        };
        line(style, verb, &entry.headline());
        for detail in entry.details() {
            line(Style::new(), "", &format!("  {detail}"));
        }
    }
    for finding in report.findings {
        let (style, verb) = match finding.kind {
            FindingKind::Unused => (RED, "Unused"),
            FindingKind::Expired => (YELLOW, "Expired"),
        };
        line(style, verb, &sentence(finding));
    }
    let (style, verb) = match report.impact() {
        None => (GREEN, "Fresh"),
        Some(_) => (YELLOW, "Drift"),
    };
    let (source, against) = (report.source, report.against);
    let closing = format!("{source} against {against}: {}", report.summary());
    line(style, verb, &closing);
    out
}
