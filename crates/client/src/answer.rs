//! Reads the verdict from status and body.
//!
//! Webex documents no error body for these operations, so that a refusal is looked for in every
//! place where one was seen, field by field: a part of a body that is odd takes nothing else with
//! it. A success must say so: only an info code makes a verdict likely.

use serde_json::Value;
use webex_precheck_api::types::PrecheckResponse;

use crate::report::Reason;

/// What an answer says.
pub(crate) enum Said {
    Likely(PrecheckResponse),
    Unlikely {
        message: Option<String>,
        reasons: Vec<Reason>,
    },
    /// An error without a code: of the request's circumstances and not of what it asks.
    Refusal,
    /// A success that is not what is documented.
    Nonsense(serde_json::Error),
    /// A success that says neither yes nor no.
    Nothing,
}

/// These tell of the token, the request's form or the moment, with or without a code.
const NO_VERDICT: [u16; 9] = [401, 403, 405, 408, 413, 415, 423, 428, 429];

/// Whether an answer of this status can hold a verdict.
pub(crate) fn may_judge(status: u16) -> bool {
    is_success(status) || ((400..500).contains(&status) && !NO_VERDICT.contains(&status))
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// Reads the verdict.
pub(crate) fn judge(status: u16, body: &str) -> Said {
    let success = is_success(status);
    // The usual case, at the price of one decoding: no error anywhere in it.
    let tells_of_error = body.contains("rror") || body.contains("\"code\"") || body.contains('\\');
    if success
        && !tells_of_error
        && let Ok(response) = serde_json::from_str::<PrecheckResponse>(body)
        && has_code(&response)
    {
        return Said::Likely(response);
    }
    let value: Value = match serde_json::from_str(body) {
        Ok(value) => value,
        Err(_) if success && body.trim().is_empty() => return Said::Nothing,
        Err(error) if success => return Said::Nonsense(error),
        Err(_) => return Said::Refusal,
    };
    let reasons = reasons(&value);
    if may_judge(status) && !reasons.is_empty() {
        let message = value.get("message").and_then(Value::as_str);
        return Said::Unlikely {
            message: message.map(str::to_owned),
            reasons,
        };
    }
    if !success {
        return Said::Refusal;
    }
    let failed = ["errorCode", "code", "errors"]
        .iter()
        .any(|key| value.get(key).is_some());
    match serde_json::from_value::<PrecheckResponse>(value) {
        Ok(response) if !failed && has_code(&response) => Said::Likely(response),
        Ok(_) => Said::Nothing,
        Err(error) => Said::Nonsense(error),
    }
}

fn has_code(response: &PrecheckResponse) -> bool {
    let info = response.info.iter().flat_map(|info| info.iter());
    info.into_iter().any(|info| info.info_code.is_some())
}

/// The tracking ID that a body holds.
pub(crate) fn tracking_id(body: &str) -> Option<String> {
    let value: Value = serde_json::from_str(body).ok()?;
    Some(value.get("trackingId")?.as_str()?.to_owned())
}

/// The reasons that carry a code: those of a list, else the body's own.
fn reasons(body: &Value) -> Vec<Reason> {
    let elements = |key: &str| match body.get(key) {
        Some(Value::Array(elements)) => elements.iter().collect(),
        Some(element) => vec![element],
        None => Vec::new(),
    };
    let listed = elements("errors").into_iter().chain(elements("info"));
    let listed: Vec<Reason> = listed.filter_map(reason).collect();
    match listed.is_empty() {
        true => reason(body).into_iter().collect(),
        false => listed,
    }
}

/// One reason; its code may be a number or an object that holds it.
fn reason(value: &Value) -> Option<Reason> {
    let code = value.get("errorCode").or(value.get("code"))?;
    if code.is_object() {
        return reason(code);
    }
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    Some(Reason {
        code: serde_json::from_value(code.clone()).ok()?,
        description: text("description"),
        field: text("fieldName"),
    })
}

#[cfg(test)]
mod tests {
    //! The documented answers, and the error bodies that were seen.
    use super::*;

    fn said(status: u16, body: &str) -> String {
        match judge(status, body) {
            Said::Likely(response) => {
                let info = response.info.unwrap_or_default();
                let codes: Vec<_> = info.iter().filter_map(|i| Some(i.info_code?.0)).collect();
                format!("likely {codes:?}")
            }
            Said::Unlikely { reasons, .. } => {
                let codes: Vec<_> = reasons.iter().map(|r| r.code.0).collect();
                format!("unlikely {codes:?}")
            }
            Said::Refusal => "refusal".to_owned(),
            Said::Nonsense(_) => "nonsense".to_owned(),
            Said::Nothing => "nothing".to_owned(),
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
            (200, r#"{"info":[{"infoCode":101}]}"#, "likely [101]"),
            (
                200,
                r#"{"info":[{"infoCode":100,"description":"no error \"found\""}]}"#,
                "likely [100]",
            ),
            (
                200,
                r#"{"info":[{"infoCode":100,"\u0065rrorCode":7}]}"#,
                "unlikely [7]",
            ),
            (
                200,
                r#"{"message":"failure","errorCode":10022}"#,
                "unlikely [10022]",
            ),
            (
                200,
                r#"{"errorCode":{"errorCode":10022,"description":"x"}}"#,
                "unlikely [10022]",
            ),
            (
                200,
                r#"{"info":[{"errorCode":7,"description":"x"}]}"#,
                "unlikely [7]",
            ),
            (
                400,
                r#"{"errorCode":10022,"description":"x"}"#,
                "unlikely [10022]",
            ),
            (400, r#"{"code":7}"#, "unlikely [7]"),
            (400, r#"{"errorCode":{"code":"7"}}"#, "unlikely [7]"),
            (
                400,
                r#"{"message":{"odd":1},"errorCode":7}"#,
                "unlikely [7]",
            ),
            (
                400,
                r#"{"errors":["odd",{"errorCode":1001,"fieldName":5},{"code":2}]}"#,
                "unlikely [1001, 2]",
            ),
            (
                409,
                r#"{"errors":[{"description":"taken"}],"errorCode":5}"#,
                "unlikely [5]",
            ),
            (404, r#"{"errorCode":5}"#, "unlikely [5]"),
        ] {
            assert_eq!(said(status, body), expected, "{status} {body}");
        }
    }

    #[test]
    fn what_is_no_verdict() {
        for (status, body, expected) in [
            (
                400,
                r#"{"message":"x","errors":[{"description":"y"}],"trackingId":"z"}"#,
                "refusal",
            ),
            (429, "", "refusal"),
            (429, r#"{"errorCode":1}"#, "refusal"),
            (401, r#"{"errorCode":1}"#, "refusal"),
            (403, r#"{"errorCode":1}"#, "refusal"),
            (302, r#"{"errorCode":1}"#, "refusal"),
            (502, "<html>", "refusal"),
            (500, r#"{"errorCode":1}"#, "refusal"),
            (400, r#"{"message":"cut o"#, "refusal"),
            (400, r#"{"errorCode":"E7"}"#, "refusal"),
            (200, "", "nothing"),
            (204, "", "nothing"),
            (200, "{}", "nothing"),
            (200, r#"{"message":"success"}"#, "nothing"),
            (200, r#"{"message":"failure"}"#, "nothing"),
            (
                200,
                r#"{"errorCode":"E7","info":[{"infoCode":100}]}"#,
                "nothing",
            ),
            (200, "[]", "nonsense"),
            (200, "<html>", "nonsense"),
            (200, r#"{"info":"none"}"#, "nonsense"),
        ] {
            assert_eq!(said(status, body), expected, "{status} {body}");
        }
    }
}
