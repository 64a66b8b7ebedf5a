//! What Webex answered.

use std::time::Duration;

use webex_precheck_api::types::{ErrorBody, ErrorDetail, PrecheckInfo, PrecheckResponse};

/// Webex's verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The provisioning is likely to go through.
    Likely,
    /// The provisioning would be refused; [`Report::errors`] says why.
    Unlikely,
}

impl Verdict {
    /// `likely` or `unlikely`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Likely => "likely",
            Self::Unlikely => "unlikely",
        }
    }
}

/// The answer to a precheck.
#[derive(Clone, Debug)]
pub struct Report {
    pub(crate) verdict: Verdict,
    pub(crate) message: Option<String>,
    pub(crate) info: Vec<PrecheckInfo>,
    pub(crate) errors: Vec<ErrorDetail>,
    pub(crate) status: u16,
    pub(crate) tracking_id: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
}

impl Report {
    /// Would it go through?
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Webex's one-word summary.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// What Webex found. Code 100 says that the validation succeeded.
    pub fn info(&self) -> &[PrecheckInfo] {
        &self.info
    }

    /// Why it would not go through; at least one entry where the verdict is
    /// [`Verdict::Unlikely`].
    pub fn errors(&self) -> &[ErrorDetail] {
        &self.errors
    }

    /// HTTP status of the answer.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The ID that Webex support asks for.
    pub fn tracking_id(&self) -> Option<&str> {
        self.tracking_id.as_deref()
    }

    /// How often Webex was asked.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Time from the first question to the answer.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}

/// What the body of an answer says, or why it says nothing.
pub(crate) enum Said {
    Likely(PrecheckResponse),
    Unlikely(ErrorBody, Vec<ErrorDetail>),
    /// An error without a code: of the request's circumstances and not of what it asks.
    Refusal(Option<ErrorBody>),
    /// A success that cannot be decoded.
    Nonsense(serde_json::Error),
}

/// These tell of the token, the request's form or the moment, with or without a code.
const NO_VERDICT: [u16; 9] = [401, 403, 405, 408, 413, 415, 423, 428, 429];

/// Reads the verdict from status and body.
pub(crate) fn judge(status: u16, body: &[u8]) -> Said {
    let error: Option<ErrorBody> = serde_json::from_slice(body).ok();
    let codes = error.as_ref().map(reasons).unwrap_or_default();
    let may_judge = status < 500 && !NO_VERDICT.contains(&status);
    match (status, error) {
        (_, Some(error)) if may_judge && !codes.is_empty() => Said::Unlikely(error, codes),
        (200..=299, _) => match serde_json::from_slice(body) {
            Ok(response) => Said::Likely(response),
            Err(error) => Said::Nonsense(error),
        },
        (_, error) => Said::Refusal(error),
    }
}

/// The reasons that carry a code: those of the list, else the body's own.
fn reasons(body: &ErrorBody) -> Vec<ErrorDetail> {
    let has_code = |detail: &ErrorDetail| detail.error_code.or(detail.code).is_some();
    let mut listed: Vec<ErrorDetail> = body
        .errors
        .iter()
        .filter(|d| has_code(d))
        .cloned()
        .collect();
    if listed.is_empty() && body.error_code.or(body.code).is_some() {
        let mut own = ErrorDetail::new();
        own.error_code = body.error_code;
        own.code = body.code;
        own.description.clone_from(&body.description);
        own.field_name.clone_from(&body.field_name);
        listed.push(own);
    }
    listed
}

#[cfg(test)]
mod tests {
    //! The documented answers, and the error bodies that were seen.
    use super::*;

    fn said(status: u16, body: &str) -> String {
        match judge(status, body.as_bytes()) {
            Said::Likely(response) => {
                let info = response.info.unwrap_or_default();
                let codes: Vec<_> = info.iter().filter_map(|i| Some(i.info_code?.0)).collect();
                format!("likely {codes:?}")
            }
            Said::Unlikely(_, reasons) => {
                let codes: Vec<_> = reasons
                    .iter()
                    .filter_map(|r| Some(r.error_code.or(r.code)?.0))
                    .collect();
                format!("unlikely {codes:?}")
            }
            Said::Refusal(body) => format!("refusal {}", body.is_some()),
            Said::Nonsense(_) => "nonsense".to_owned(),
        }
    }

    #[test]
    fn verdicts() {
        for (status, body, expected) in [
            (
                200,
                r#"{"message":"success","info":[{"infoCode":100}]}"#,
                "likely [100]",
            ),
            (200, r#"{"info":{"infoCode":100.0}}"#, "likely [100]"),
            (
                200,
                r#"{"message":"failure","errorCode":10022}"#,
                "unlikely [10022]",
            ),
            (
                400,
                r#"{"errorCode":10022,"description":"x"}"#,
                "unlikely [10022]",
            ),
            (400, r#"{"code":7}"#, "unlikely [7]"),
            (
                400,
                r#"{"errors":[{"errorCode":1001,"fieldName":"email"},{"code":2}]}"#,
                "unlikely [1001, 2]",
            ),
            (
                409,
                r#"{"errors":[{"description":"taken"}],"errorCode":5}"#,
                "unlikely [5]",
            ),
            (
                400,
                r#"{"message":"x","errors":[{"description":"y"}],"trackingId":"z"}"#,
                "refusal true",
            ),
            (429, "", "refusal false"),
            (429, r#"{"errorCode":1}"#, "refusal true"),
            (401, r#"{"errorCode":1}"#, "refusal true"),
            (502, "<html>", "refusal false"),
            (500, r#"{"errorCode":1}"#, "refusal true"),
            (400, r#"{"message":"cut o"#, "refusal false"),
            (200, "", "nonsense"),
            (200, "[]", "nonsense"),
            (200, "<html>", "nonsense"),
        ] {
            assert_eq!(said(status, body), expected, "{status} {body}");
        }
    }
}
