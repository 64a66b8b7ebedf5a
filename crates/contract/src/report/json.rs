//! One JSON object, as `docs/drift-report.schema.json` has it. Fields are only ever added.

use serde_json::{Value, json};
use webex_precheck_escape::escape_json;

use super::contents::Report;
use super::entry::{Entry, place};

/// One report as one object over several lines; several as an object a line.
pub(super) fn render(reports: &[Report<'_>]) -> String {
    let line = |report| format!("{}\n", object(report));
    let text = match reports {
        [report] => format!("{:#}\n", object(report)),
        several => several.iter().map(line).collect(),
    };
    escape_json(&text).into_owned()
}

fn object(report: &Report<'_>) -> Value {
    let differences = report.entries().map(|entry| difference(&entry));
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
    json!({
        "source": report.source,
        "against": report.against,
        "notes": report.notes().collect::<Vec<_>>(),
        "compared": report.comparison.compared,
        "oneSided": report.comparison.one_sided,
        "impact": report.impact(),
        "release": report.release(),
        "differences": differences.collect::<Vec<_>>(),
        "findings": findings.collect::<Vec<_>>(),
    })
}

fn difference(entry: &Entry<'_>) -> Value {
    let difference = entry.difference;
    let mut value = json!({
        "operation": difference.operation,
        "at": difference.location(),
        "kind": difference.kind(),
        "impact": difference.impact,
        "before": difference.before(),
        "after": difference.after(),
        "id": difference.id(),
        "line": entry.line,
    });
    let change = &difference.change;
    for (key, list) in [
        ("details", json!(change.details())),
        ("hints", json!(change.rule_hints())),
        ("rules", json!(entry.rules)),
    ] {
        if list != json!([]) {
            value[key] = list;
        }
    }
    if let Some(ignored) = entry.ignored {
        let until = ignored.until.map(|until| until.to_string());
        value["ignored"] = json!({ "reason": ignored.reason, "until": until });
    }
    value
}
