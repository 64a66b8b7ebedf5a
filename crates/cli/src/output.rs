//! The verdict as lines for people and as JSON for programs.

use std::fmt::Write;

use webex_precheck::Report;
use webex_precheck_escape::{escape_json, one_line};

use crate::bulk;
use crate::profile::Output;

pub(crate) fn render(report: &Report, output: Output) -> String {
    match output {
        Output::Table => table(report),
        Output::Json => json(report),
        Output::Csv => bulk::single(report),
    }
}

fn table(report: &Report) -> String {
    let mut out = format!("{}\n", report.verdict().as_str());
    for info in report.info() {
        let code = info
            .info_code
            .map(|code| code.to_string())
            .unwrap_or_default();
        let words = info.description.as_deref().unwrap_or_default();
        let _ = writeln!(out, "  infoCode  {code:<8} {}", one_line(words));
        if let Some(meaning) = info.info_code.and_then(|code| code.meaning()) {
            let _ = writeln!(out, "  meaning   {:<8} {meaning}", "");
        }
    }
    for reason in report.errors() {
        let mut words = reason.description.clone().unwrap_or_default();
        if let Some(field) = &reason.field {
            words = format!("{field}: {words}");
        }
        let _ = writeln!(out, "  errorCode {:<8} {}", reason.code, one_line(&words));
    }
    let _ = write!(out, "  HTTP {}", report.status());
    if let Some(id) = report.tracking_id() {
        let _ = write!(out, ", tracking ID {}", one_line(id));
    }
    if report.attempts() > 1 {
        let _ = write!(out, ", {} attempts", report.attempts());
    }
    let _ = writeln!(out, ", {} ms", report.elapsed().as_millis());
    out
}

/// One JSON object; fields are only ever added.
fn json(report: &Report) -> String {
    format!(
        "{}\n",
        escape_json(&format!("{:#}", serde_json::json!(report)))
    )
}
