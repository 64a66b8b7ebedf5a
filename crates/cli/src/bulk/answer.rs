//! What became of a request, as the journal keeps it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use webex_precheck::{Error, ErrorDetail, Report, Verdict};

use crate::exit::with_causes;

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Likely,
    Unlikely,
    /// Webex was asked, and gave no verdict.
    Failed,
}

/// An answer, or why there is none. Its texts are those of another value where it is only written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer<T = String> {
    pub(crate) status: Status,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) info: Vec<Code<T>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<Code<T>>,
    /// Webex's summary; of a failure, what happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<T>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) http_status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tracking_id: Option<T>,
    pub(crate) attempts: u32,
    pub(crate) milliseconds: u64,
}

/// A code with its description.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Code<T = String> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<T>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<T>,
}

impl<'a, T: From<&'a str>> From<&'a Report> for Answer<T> {
    fn from(report: &'a Report) -> Self {
        let info = report.info().iter().map(|info| Code {
            code: info.info_code.map(|code| code.0),
            description: info.description.as_deref().map(T::from),
            field: None,
        });
        Self {
            status: match report.verdict() {
                Verdict::Likely => Status::Likely,
                Verdict::Unlikely => Status::Unlikely,
            },
            info: info.collect(),
            errors: codes(report.errors()),
            message: report.message().map(T::from),
            http_status: Some(report.status()),
            tracking_id: report.tracking_id().map(T::from),
            attempts: report.attempts(),
            milliseconds: milliseconds(report.elapsed()),
        }
    }
}

impl<'a> From<&'a Error> for Answer<Cow<'a, str>> {
    fn from(error: &'a Error) -> Self {
        let mut message = with_causes(error.summary(), error);
        if let Some(said) = error.message().or(error.body_excerpt()) {
            message.push_str(&format!("; Webex said: {said}"));
        }
        Self {
            status: Status::Failed,
            info: Vec::new(),
            errors: codes(error.details()),
            message: Some(message.into()),
            http_status: error.status(),
            tracking_id: error.tracking_id().map(Cow::from),
            attempts: error.attempts(),
            milliseconds: milliseconds(error.elapsed()),
        }
    }
}

/// Writes an answer as the journal keeps it.
pub(crate) fn write(answer: Result<&Report, &Error>, out: &mut Vec<u8>) {
    let answer: Answer<Cow<'_, str>> = match answer {
        Ok(report) => report.into(),
        Err(error) => error.into(),
    };
    // Memory takes all that is written, and texts and numbers are always JSON.
    let _ = serde_json::to_writer(out, &answer);
}

fn codes<'a, T: From<&'a str>>(reasons: &'a [ErrorDetail]) -> Vec<Code<T>> {
    let code = |reason: &'a ErrorDetail| Code {
        code: Some(reason.code.0),
        description: reason.description.as_deref().map(T::from),
        field: reason.field.as_deref().map(T::from),
    };
    reasons.iter().map(code).collect()
}

fn milliseconds(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
