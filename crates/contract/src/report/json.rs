//! One JSON object, as `docs/drift-report.schema.json` has it. Fields are only ever added.

use std::fmt::Write;

use serde_json::{Value, json};

use super::plain::is_hidden;
use super::{Item, Report, place};

/// One report as one object over several lines; several as an object a line.
pub(super) fn render(reports: &[Report<'_>]) -> String {
    let text = match reports {
        [report] => format!("{:#}\n", object(report)),
        several => several
            .iter()
            .map(|report| format!("{}\n", object(report)))
            .collect(),
    };
    ascii_controls(&text)
}

fn object(report: &Report<'_>) -> Value {
    let comparison = report.comparison;
    let differences: Vec<Value> = report.items().map(|item| difference(&item)).collect();
    let findings = report.findings.iter().map(|finding| {
        let place = place(finding);
        json!({
            "kind": finding.kind,
            "origin": finding.origin.to_string(),
            "file": place.map(|(file, _)| file),
            "line": place.map(|(_, line)| line),
            "message": finding.message,
        })
    });
    let notes: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    json!({
        "source": report.source,
        "against": report.against,
        "notes": notes,
        "compared": comparison.compared,
        "untold": comparison.untold,
        "impact": comparison.impact(),
        "release": comparison.impact().map(|impact| report.release.unwrap_or(impact.release())),
        "differences": differences,
        "findings": findings.collect::<Vec<_>>(),
    })
}

fn difference(Item { difference, line }: &Item<'_>) -> Value {
    let mut value = json!(difference);
    value["id"] = json!(difference.id());
    value["line"] = json!(line);
    value
}

/// Escapes the characters that JSON lets stand in a string and a terminal would obey.
pub(super) fn ascii_controls(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_hidden(c) && c != '\n' {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}
