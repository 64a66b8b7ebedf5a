//! One JSON object. Fields are only ever added.

use serde_json::{Value, json};

use super::Report;

pub(super) fn render(report: &Report<'_>) -> String {
    let comparison = report.comparison;
    let differences: Vec<Value> = comparison
        .differences
        .iter()
        .map(|difference| {
            let mut value = json!(difference);
            value["id"] = json!(difference.id());
            value
        })
        .collect();
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
    });
    format!("{document:#}\n")
}
