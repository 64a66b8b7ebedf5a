//! A log in SARIF 2.1.0, the format that code scanning takes from static analysers.

use serde_json::{Value, json};

use crate::diff::Kind;
use crate::ignore::FindingKind;
use crate::visible::visible;

use super::Report;
use super::entry::{Entry, Level, level, place, sentence};
use super::json::ascii_controls;

pub(super) fn render(reports: &[Report<'_>]) -> String {
    let runs: Vec<Value> = reports.iter().map(run).collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": runs,
    });
    ascii_controls(&format!("{document:#}\n"))
}

fn run(report: &Report<'_>) -> Value {
    let kinds = Kind::ALL
        .iter()
        .map(|kind| (kind.as_str(), what_differs(*kind)));
    let findings = FINDINGS
        .iter()
        .map(|kind| (kind.as_str(), what_is_wrong(*kind)));
    let rules = kinds.chain(findings);
    let rules: Vec<Value> = rules
        .map(|(id, text)| json!({"id": id, "shortDescription": {"text": text}}))
        .collect();
    let notes = report.problems.iter().map(|note| {
        let text = plain(&note.to_string());
        json!({"level": "note", "message": {"text": text}})
    });
    let notes: Vec<Value> = notes.collect();
    let mut results: Vec<Value> = report
        .entries()
        .map(|entry| result(report, &entry))
        .collect();
    results.extend(report.findings.iter().map(|finding| {
        let (file, line) = place(finding).unwrap_or((report.against, 1));
        json!({
            "ruleId": finding.kind,
            "level": name(level(finding.kind)),
            "message": {"text": plain(&sentence(finding))},
            "locations": [location(file, line)],
            "partialFingerprints": {"differenceId/v1": finding.origin.to_string()},
        })
    }));
    json!({
        "tool": {"driver": {
            "name": "webex-precheck drift",
            "informationUri": env!("CARGO_PKG_REPOSITORY"),
            "version": env!("CARGO_PKG_VERSION"),
            "rules": rules,
        }},
        "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": notes}],
        "columnKind": "unicodeCodePoints",
        "results": results,
    })
}

fn result(report: &Report<'_>, entry: &Entry<'_>) -> Value {
    let difference = entry.difference;
    let lines: Vec<String> = entry.text().iter().map(|line| plain(line)).collect();
    let hints = difference.change.rule_hints();
    let mut result = json!({
        "ruleId": difference.kind(),
        "level": name(entry.level()),
        "message": {"text": lines.join("\n")},
        "locations": [location(report.against, entry.line)],
        "partialFingerprints": {"differenceId/v1": difference.id()},
        "properties": {"impact": difference.impact, "hints": hints},
    });
    if let Some(ignored) = entry.ignored {
        let reason = &ignored.reason;
        result["suppressions"] = json!([{"kind": "external", "justification": reason}]);
    }
    result
}

fn name(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

fn location(file: &str, line: usize) -> Value {
    json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(file)},
        "region": {"startLine": line},
    }})
}

/// Text in which nothing is taken for a link, which SARIF writes as Markdown does.
fn plain(text: &str) -> String {
    visible(text).replace("](", "] (")
}

/// A path as a relative reference: what a URI cannot hold is percent-encoded.
fn uri(file: &str) -> String {
    let mut out = String::with_capacity(file.len());
    for byte in file.replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

const FINDINGS: [FindingKind; 2] = [FindingKind::Unused, FindingKind::Expired];

fn what_is_wrong(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Unused => "An ignored difference is not there",
        FindingKind::Expired => "An ignored difference counts again",
    }
}

fn what_differs(kind: Kind) -> &'static str {
    match kind {
        Kind::Added => "Fact added",
        Kind::Removed => "Fact removed",
        Kind::Renamed => "Fact renamed",
        Kind::Type => "Type changed",
        Kind::Requirement => "Optional or required changed",
        Kind::Enumeration => "Enumeration added or removed",
        Kind::Constraint => "Constraint changed",
        Kind::Deprecation => "Deprecation changed",
        Kind::Body => "Body added or removed",
        Kind::Wording => "Description changed",
        Kind::Example => "Example changed",
        Kind::Method => "HTTP method changed",
        Kind::Path => "Path changed",
        Kind::Security => "Authentication changed",
        Kind::Undocumented => "Fact no longer documented",
    }
}
