//! Lines for a terminal, in the manner of Cargo.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use crate::diff::Impact;
use crate::ignore::FindingKind;

use super::{Report, details, headline, visible};

const GREEN: Style = AnsiColor::BrightGreen.on_default().bold();
const YELLOW: Style = AnsiColor::BrightYellow.on_default().bold();
const RED: Style = AnsiColor::BrightRed.on_default().bold();
const CYAN: Style = AnsiColor::BrightCyan.on_default().bold();
const DIM: Style = Style::new().dimmed();

pub(super) fn render(report: &Report<'_>, colours: bool) -> String {
    let mut out = String::new();
    let mut line = |style: Style, verb: &str, text: &str| {
        let style = if colours { style } else { Style::new() };
        let _ = writeln!(out, "{style}{verb:>10}{style:#} {text}");
    };
    let source = visible(report.source);
    for problem in report.problems {
        let problem = visible(&problem.to_string());
        line(CYAN, "Note", &format!("{source}: {problem}"));
    }
    for difference in &report.comparison.differences {
        let (style, verb) = match (&difference.ignored, difference.impact) {
            (Some(_), _) => (DIM, "Ignored"),
            (None, Impact::Breaking) => (RED, "Breaking"),
            (None, Impact::Additive) => (YELLOW, "Additive"),
            (None, Impact::Wording) => (CYAN, "Wording"),
        };
        line(style, verb, &visible(&headline(difference)));
        for detail in details(difference) {
            line(Style::new(), "", &format!("  {}", visible(&detail)));
        }
    }
    for finding in report.findings {
        let (style, verb) = match finding.kind {
            FindingKind::Unused => (RED, "Unused"),
            FindingKind::Expired => (YELLOW, "Expired"),
        };
        let what = format!("{}: {}", finding.origin, finding.message);
        line(style, verb, &visible(&what));
    }
    let (style, verb) = match report.comparison.impact() {
        None => (GREEN, "Fresh"),
        Some(_) => (YELLOW, "Drift"),
    };
    let against = visible(report.against);
    line(
        style,
        verb,
        &format!("{source} against {against}: {}", report.summary()),
    );
    out
}
