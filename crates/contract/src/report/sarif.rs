//! A log in SARIF 2.1.0, the format that code scanning takes from static analysers.

use serde_json::{Value, json};
use strum::{EnumMessage, VariantArray};
use webex_precheck_escape::{escape, escape_json};

use crate::diff::{Difference, Kind};
use crate::ignore::FindingKind;

use super::contents::Report;
use super::entry::{Entry, Level, level, place, sentence};

pub(super) fn render(reports: &[Report<'_>]) -> String {
    let runs: Vec<Value> = reports.iter().map(run).collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": runs,
    });
    escape_json(&format!("{document:#}\n")).into_owned()
}

fn run(report: &Report<'_>) -> Value {
    let kinds = Kind::ALL.iter();
    let kinds = kinds.map(|it| (it.as_str(), it.get_documentation()));
    let findings = FindingKind::VARIANTS.iter();
    let rules = kinds.chain(findings.map(|it| (it.as_str(), it.get_documentation())));
    let rules = rules.map(|(id, text)| json!({"id": id, "shortDescription": {"text": text}}));
    let note = |note: String| json!({"level": "note", "message": {"text": plain(&note)}});
    let notes: Vec<Value> = report.notes().map(note).collect();
    let differences = report.entries().map(|entry| difference(report, &entry));
    let findings = report.findings.iter().map(|finding| {
        let place = place(finding).unwrap_or((report.against, 1));
        let (level, text) = (level(finding.kind), [sentence(finding)]);
        let origin = finding.origin.to_string();
        result(finding.kind.as_str(), level, &text, &origin, place)
    });
    json!({
        "tool": {"driver": {
            "name": "webex-precheck drift",
            "informationUri": env!("CARGO_PKG_REPOSITORY"),
            "version": env!("CARGO_PKG_VERSION"),
            "rules": rules.collect::<Vec<_>>(),
        }},
        "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": notes}],
        "columnKind": "unicodeCodePoints",
        "results": differences.chain(findings).collect::<Vec<_>>(),
    })
}

fn difference(report: &Report<'_>, entry: &Entry<'_>) -> Value {
    let Difference { impact, change, .. } = entry.difference;
    let (kind, id) = (change.kind().as_str(), entry.difference.id());
    let place = (report.against, entry.line);
    let mut result = result(kind, entry.level(), &entry.text(), &id, place);
    result["properties"] = json!({"impact": impact, "hints": change.rule_hints()});
    if let Some(ignored) = entry.ignored {
        let reason = &ignored.reason;
        result["suppressions"] = json!([{"kind": "external", "justification": reason}]);
    }
    result
}

fn result(rule: &str, level: Level, lines: &[String], id: &str, place: (&str, usize)) -> Value {
    let lines: Vec<String> = lines.iter().map(|line| plain(line)).collect();
    let (level, (file, line)) = (<&str>::from(level), place);
    json!({
        "ruleId": rule,
        "level": level,
        "message": {"text": lines.join("\n")},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": uri(file)},
            "region": {"startLine": line},
        }}],
        "partialFingerprints": {"differenceId/v1": id},
    })
}

/// Text in which nothing is taken for a link, which SARIF writes as Markdown does.
fn plain(text: &str) -> String {
    escape(text).replace("](", "] (")
}

/// A path as a relative reference: what a URI must not contain is percent-encoded.
fn uri(file: &str) -> String {
    let file = file.replace('\\', "/");
    let encoded = file.bytes().map(|byte| match char::from(byte) {
        c if c.is_ascii_alphanumeric() || "/-._~".contains(c) => c.to_string(),
        _ => format!("%{byte:02X}"),
    });
    encoded.collect()
}
