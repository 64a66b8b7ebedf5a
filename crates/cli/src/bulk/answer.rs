//! What became of a request, as the journal keeps it.

use serde::{Deserialize, Serialize};
use webex_precheck::{Error, Report, Verdict};

use crate::outcome::with_causes;

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Likely,
    Unlikely,
    /// Webex was asked, and gave no verdict.
    Failed,
}

/// An answer, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    pub(crate) status: Status,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) info: Vec<Code>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<Code>,
    /// Webex's summary; of a failure, what happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) http_status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tracking_id: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) milliseconds: u64,
}

/// A code with its description.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Code {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
}

impl From<&Report> for Answer {
    fn from(report: &Report) -> Self {
        let info = report.info().iter().map(|info| Code {
            code: info.info_code.map(|code| code.0),
            description: info.description.clone(),
            field: None,
        });
        Self {
            status: match report.verdict() {
                Verdict::Likely => Status::Likely,
                Verdict::Unlikely => Status::Unlikely,
            },
            info: info.collect(),
            errors: codes(report.errors()),
            message: report.message().map(str::to_owned),
            http_status: Some(report.status()),
            tracking_id: report.tracking_id().map(str::to_owned),
            attempts: report.attempts(),
            milliseconds: milliseconds(report.elapsed()),
        }
    }
}

impl From<&Error> for Answer {
    fn from(error: &Error) -> Self {
        let mut message = with_causes(error.what(), error);
        if let Some(said) = error.message().or(error.body_excerpt()) {
            message.push_str(&format!("; Webex said: {said}"));
        }
        Self {
            status: Status::Failed,
            info: Vec::new(),
            errors: codes(error.reasons()),
            message: Some(message),
            http_status: error.status(),
            tracking_id: error.tracking_id().map(str::to_owned),
            attempts: error.attempts(),
            milliseconds: milliseconds(error.elapsed()),
        }
    }
}

fn codes(reasons: &[webex_precheck::Reason]) -> Vec<Code> {
    let code = |reason: &webex_precheck::Reason| Code {
        code: Some(reason.code.0),
        description: reason.description.clone(),
        field: reason.field.clone(),
    };
    reasons.iter().map(code).collect()
}

fn milliseconds(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
