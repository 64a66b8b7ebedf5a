//! A log in SARIF 2.1.0, the format that code scanning takes from static analysers.

use serde_json::{Value, json};

use crate::diff::{Impact, Kind};
use crate::ignore::FindingKind;

use super::json::ascii_controls;
use super::{Item, Report, details, headline, place, visible};

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
    let notes = report.problems.iter();
    let notes =
        notes.map(|note| json!({"level": "note", "message": {"text": plain(&note.to_string())}}));
    let notes: Vec<Value> = notes.collect();
    let mut results: Vec<Value> = report.items().map(|item| result(report, &item)).collect();
    results.extend(report.findings.iter().map(|finding| {
        let level = match finding.kind {
            FindingKind::Unused => "error",
            FindingKind::Expired => "warning",
        };
        let (file, line) = place(finding).unwrap_or((report.against, 1));
        json!({
            "ruleId": finding.kind,
            "level": level,
            "message": {"text": plain(&format!("{}: {}", finding.origin, finding.message))},
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

fn result(report: &Report<'_>, Item { difference, line }: &Item<'_>) -> Value {
    let level = match difference.impact {
        Impact::Breaking => "error",
        Impact::Additive => "warning",
        Impact::Wording => "note",
    };
    let mut lines = vec![headline(difference)];
    lines.extend(details(difference));
    let lines: Vec<String> = lines.iter().map(|line| plain(line)).collect();
    let mut result = json!({
        "ruleId": difference.kind,
        "level": level,
        "message": {"text": lines.join("\n")},
        "locations": [location(report.against, *line)],
        "partialFingerprints": {"differenceId/v1": difference.id()},
        "properties": {"impact": difference.impact, "hints": difference.hints},
    });
    if let Some(ignored) = &difference.ignored {
        let reason = &ignored.reason;
        result["suppressions"] = json!([{"kind": "external", "justification": reason}]);
    }
    result
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
        FindingKind::Unused => "What should be ignored is not there",
        FindingKind::Expired => "What was ignored counts again",
    }
}

fn what_differs(kind: Kind) -> &'static str {
    match kind {
        Kind::Added => "A fact is documented that was not",
        Kind::Removed => "A fact is documented no longer",
        Kind::Renamed => "A fact is documented under another name",
        Kind::Type => "A field has another type",
        Kind::Requirement => "What was optional is required, or the reverse",
        Kind::Enumeration => "The values of a field are listed, or no longer",
        Kind::Constraint => "A value is constrained otherwise",
        Kind::Deprecation => "Something is deprecated, or no longer",
        Kind::Body => "A response has a body, or no longer",
        Kind::Wording => "A description has other words",
        Kind::Example => "An example has another value",
        Kind::Method => "The HTTP method is another",
        Kind::Path => "The path is another",
        Kind::Security => "Callers authenticate otherwise",
        Kind::Told => "The source does not tell a fact any more",
    }
}
