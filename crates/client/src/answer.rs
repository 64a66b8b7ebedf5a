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
    /// An error of the request's circumstances and not of what it asks; with what it says in words
    /// and codes.
    Refusal {
        message: Option<String>,
        reasons: Vec<Reason>,
    },
    /// A success that is not what is documented.
    Nonsense(serde_json::Error),
    /// A success that says neither yes nor no.
    Nothing,
}

/// These can tell of what was asked, if they carry a code. The others tell of the token, the
/// request's form or the moment, with or without one.
const JUDGING: [u16; 5] = [400, 404, 409, 410, 422];

/// Whether an answer of this status can hold a verdict.
pub(crate) fn may_judge(status: u16) -> bool {
    is_success(status) || JUDGING.contains(&status)
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
        && says_yes(&response)
    {
        return Said::Likely(response);
    }
    let value: Value = match serde_json::from_str(body) {
        Ok(value) => value,
        Err(_) if success && body.trim().is_empty() => return Said::Nothing,
        Err(error) if success => return Said::Nonsense(error),
        Err(_) => Value::Null,
    };
    let reasons = reasons(&value, status);
    if may_judge(status) && !reasons.is_empty() {
        let message = value.get("message").and_then(Value::as_str);
        return Said::Unlikely {
            message: message.map(str::to_owned),
            reasons,
        };
    }
    if !success {
        let message = words(&value);
        return Said::Refusal { message, reasons };
    }
    let is_there = |key: &&str| match value.get(key) {
        None | Some(Value::Null) => false,
        Some(Value::Array(list)) => !list.is_empty(),
        Some(_) => true,
    };
    let failed = ["errorCode", "code", "errors"].iter().any(is_there);
    match serde_json::from_value::<PrecheckResponse>(value) {
        Ok(response) if !failed && says_yes(&response) => Said::Likely(response),
        Ok(_) => Said::Nothing,
        Err(error) => Said::Nonsense(error),
    }
}

/// The one info code whose meaning is known: the validation succeeded.
const VALIDATED: i64 = 100;

fn codes(response: &PrecheckResponse) -> impl Iterator<Item = i64> {
    let info = response.info.iter().flat_map(|info| info.iter());
    info.filter_map(|info| Some(info.info_code?.0))
}

/// Whether a success without an error means yes: by the known code, or by another one together with
/// the known message; and if the message does not say otherwise.
fn says_yes(response: &PrecheckResponse) -> bool {
    let message = response.message.as_deref().unwrap_or_default();
    let message = message.trim().to_ascii_lowercase();
    let says_no = message.contains("fail") || message.contains("error");
    let mut codes = codes(response);
    !says_no && codes.any(|code| code == VALIDATED || message == "success")
}

/// What an error says in words: its message, and the descriptions of its list.
fn words(body: &Value) -> Option<String> {
    let list = body.get("errors").and_then(Value::as_array);
    let listed = list.into_iter().flatten();
    let described = [body].into_iter().chain(listed);
    let described = described.filter_map(|value| value.get("description"));
    let mut words: Vec<&str> = body
        .get("message")
        .into_iter()
        .chain(described)
        .filter_map(Value::as_str)
        .collect();
    words.dedup();
    (!words.is_empty()).then(|| words.join("; "))
}

/// The tracking ID that a body holds.
pub(crate) fn tracking_id(body: &str) -> Option<String> {
    let value: Value = serde_json::from_str(body).ok()?;
    Some(value.get("trackingId")?.as_str()?.to_owned())
}

/// The reasons that carry a code: those of a list, else the body's own.
fn reasons(body: &Value, status: u16) -> Vec<Reason> {
    let elements = |key: &str| match body.get(key) {
        Some(Value::Array(elements)) => elements.iter().collect(),
        Some(element) => vec![element],
        None => Vec::new(),
    };
    let listed = ["errors", "info", "message"].into_iter().flat_map(elements);
    // Gateways repeat the status as a code.
    let is_reason = |reason: &Reason| reason.code.0 != i64::from(status);
    let mut reasons: Vec<Reason> = listed.filter_map(reason).filter(is_reason).collect();
    if reasons.is_empty() {
        reasons.extend(reason(body).filter(is_reason));
    }
    reasons
}

/// One reason; its code may be a number or an object that holds it.
fn reason(value: &Value) -> Option<Reason> {
    let code = |key: &str| value.get(key).filter(|code| !code.is_null());
    let code = code("errorCode").or_else(|| code("code"))?;
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
            Said::Refusal { .. } => "refusal".to_owned(),
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
            (
                200,
                r#"{"message":"success","info":[{"infoCode":101}]}"#,
                "likely [101]",
            ),
            (
                200,
                r#"{"info":[{"infoCode":100}],"errors":[],"errorCode":null}"#,
                "likely [100]",
            ),
            (
                400,
                r#"{"errors":[{"errorCode":400}],"errorCode":10022}"#,
                "unlikely [10022]",
            ),
            (400, r#"{"errorCode":null,"code":7}"#, "unlikely [7]"),
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
            (422, r#"{"errorCode":5}"#, "unlikely [5]"),
            (
                200,
                r#"{"message":{"errorCode":10022,"description":"x"}}"#,
                "unlikely [10022]",
            ),
            (
                400,
                r#"{"code":400,"errors":[{"errorCode":7}]}"#,
                "unlikely [7]",
            ),
            (
                200,
                r#"{"message":"Success","info":[{"infoCode":7}]}"#,
                "likely [7]",
            ),
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
            (
                404,
                r#"{"code":404,"message":"no Route matched"}"#,
                "refusal",
            ),
            (407, r#"{"errorCode":5}"#, "refusal"),
            (418, r#"{"errorCode":5}"#, "refusal"),
            (
                200,
                r#"{"message":"failure","info":[{"infoCode":7}]}"#,
                "nothing",
            ),
            (200, r#"{"info":[{"infoCode":101}]}"#, "nothing"),
            (
                200,
                r#"{"message":"failure","info":[{"infoCode":100}]}"#,
                "nothing",
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
