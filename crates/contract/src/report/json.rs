//! One JSON object, as `docs/drift-report.schema.json` has it. Fields are only ever added.

use std::fmt::Write;

use serde_json::{Value, json};

use super::plain::is_hidden;
use super::{Item, Report, place};

pub(super) fn render(report: &Report<'_>) -> String {
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
    let document = json!({
        "source": report.source,
        "against": report.against,
        "notes": notes,
        "compared": comparison.compared,
        "untold": comparison.untold,
        "impact": comparison.impact(),
        "release": comparison.impact().map(|impact| impact.release()),
        "differences": differences,
        "findings": findings.collect::<Vec<_>>(),
    });
    ascii_controls(&format!("{document:#}\n"))
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
        match is_hidden(c) && c != '\n' {
            true => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            false => out.push(c),
        }
    }
    out
}
