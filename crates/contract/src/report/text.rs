//! Lines for a terminal, in the manner of Cargo.

use std::fmt::Write;

use crate::diff::Impact;

use super::Report;

pub(super) fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    for problem in report.problems {
        let _ = writeln!(out, "{:>10} {}: {problem}", "Note", report.source);
    }
    for difference in &report.comparison.differences {
        let verb = match difference.impact {
            Impact::Breaking => "Breaking",
            Impact::Additive => "Additive",
            Impact::Wording => "Wording",
        };
        let _ = writeln!(
            out,
            "{verb:>10} {} {}: {}",
            difference.operation,
            difference.at,
            difference.phrase()
        );
        for detail in &difference.details {
            let _ = writeln!(out, "{:>10}   {detail}", "");
        }
    }
    let verb = match report.comparison.differences.is_empty() {
        true => "Fresh",
        false => "Drift",
    };
    let _ = writeln!(
        out,
        "{verb:>10} {} against {}: {}",
        report.source,
        report.against,
        report.summary()
    );
    out
}
