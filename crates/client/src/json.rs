//! Reports, findings and their parts as JSON, in the shapes that the program prints, and errors.

use std::error::Error as _;
use std::time::Duration;

use serde::ser::{SerializeStruct as _, Serializer};
use serde::{Serialize, Serialize as Ser};
use webex_precheck_api::Code;
use webex_precheck_api::types::PrecheckInfo;

use crate::error::{Error, ErrorKind};
use crate::findings::{Finding, Rule, Severity};
use crate::report::{Report, Verdict};
use crate::response::ErrorDetail;

/// ```json
/// {
///   "verdict": "unlikely", "message": "…", "status": 400, "trackingId": "…",
///   "infoCodes": [], "errorCodes": [{"code": 1001, "description": "…", "field": "customerId"}],
///   "attempts": 1, "milliseconds": 120
/// }
/// ```
impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let info: Vec<Info<'_>> = self.info().iter().map(Info::from).collect();
        let mut json = serializer.serialize_struct("Report", 8)?;
        json.serialize_field("verdict", &self.verdict())?;
        json.serialize_field("message", &self.message())?;
        json.serialize_field("infoCodes", &info)?;
        json.serialize_field("errorCodes", self.errors())?;
        json.serialize_field("status", &self.status())?;
        json.serialize_field("trackingId", &self.tracking_id())?;
        json.serialize_field("attempts", &self.attempts())?;
        json.serialize_field("milliseconds", &milliseconds(self.elapsed()))?;
        json.end()
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// An info code with its meaning.
#[derive(Ser)]
struct Info<'a> {
    code: Option<Code>,
    description: Option<&'a str>,
    meaning: Option<&'static str>,
}

impl<'a> From<&'a PrecheckInfo> for Info<'a> {
    fn from(info: &'a PrecheckInfo) -> Self {
        Self {
            code: info.info_code,
            description: info.description.as_deref(),
            meaning: info.info_code.and_then(|code| code.meaning()),
        }
    }
}

/// ```json
/// {
///   "kind": "rate_limited", "message": "…", "cause": null, "status": 429, "trackingId": "…", "retryAfter": 30.0,
///   "errorCodes": [], "findings": [], "attempts": 5, "milliseconds": 120
/// }
/// ```
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let retry_after = self.retry_after().map(|delay| delay.as_secs_f64());
        let mut cause = self.source();
        let causes = std::iter::from_fn(|| {
            let error = cause?;
            cause = error.source();
            Some(error.to_string())
        });
        let causes: Vec<_> = causes.collect();
        let cause = (!causes.is_empty()).then(|| causes.join(": "));
        let mut json = serializer.serialize_struct("Error", 10)?;
        json.serialize_field("kind", &self.kind())?;
        json.serialize_field("message", &self.to_string())?;
        json.serialize_field("cause", &cause)?;
        json.serialize_field("status", &self.status())?;
        json.serialize_field("trackingId", &self.tracking_id())?;
        json.serialize_field("retryAfter", &retry_after)?;
        json.serialize_field("errorCodes", self.details())?;
        json.serialize_field("findings", self.findings())?;
        json.serialize_field("attempts", &self.attempts())?;
        json.serialize_field("milliseconds", &milliseconds(self.elapsed()))?;
        json.end()
    }
}

/// `{"code": 1001, "description": "…", "field": "customerId"}`
impl Serialize for ErrorDetail {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut json = serializer.serialize_struct("ErrorDetail", 3)?;
        json.serialize_field("code", &self.code)?;
        json.serialize_field("description", &self.description)?;
        json.serialize_field("field", &self.field)?;
        json.end()
    }
}

/// `{"field": "email", "severity": "error", "rule": "email", "reason": "…", "source": "…"}`
impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut json = serializer.serialize_struct("Finding", 5)?;
        json.serialize_field("field", self.field())?;
        json.serialize_field("severity", &self.severity())?;
        json.serialize_field("rule", &self.rule())?;
        json.serialize_field("reason", self.reason())?;
        json.serialize_field("source", self.source())?;
        json.end()
    }
}

/// `likely` or `unlikely`.
impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// `error` or `warning`.
impl Serialize for Severity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Its id.
impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

/// Its name in snake case, such as `rate_limited`.
impl Serialize for ErrorKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
