//! Reads the verdict from status and body.
//!
//! Webex documents no error body for these operations, so errors are looked for in every
//! place where they were seen, field by field: one odd field must not hide the others. A success
//! must say so: only an info code makes a verdict likely.

use serde_json::Value;
use webex_precheck_api::types::PrecheckResponse;

use crate::bounded_json;
use crate::response::ErrorDetail;

/// What a response means.
pub(crate) enum Judgement {
    Likely(PrecheckResponse),
    Unlikely {
        message: Option<String>,
        details: Vec<ErrorDetail>,
    },
    /// An error of the token, the request's form or the moment, and not of what is asked.
    Failure {
        message: Option<String>,
        details: Vec<ErrorDetail>,
    },
    /// A success that is not what is documented.
    Undecodable(serde_json::Error),
    /// A success that says neither yes nor no.
    NoVerdict,
}

/// With one of these statuses, an error code is about what was asked. With others it is about the
/// token, the request's form or the moment.
const VERDICTS: [u16; 5] = [400, 404, 409, 410, 422];

/// Whether a response of this status can contain a verdict.
pub(crate) fn can_have_verdict(status: u16) -> bool {
    is_success(status) || VERDICTS.contains(&status)
}

pub(crate) fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// Reads the verdict.
pub(crate) fn judge(status: u16, body: &str) -> Judgement {
    let success = is_success(status);
    // The usual case, at the price of one decoding: no error anywhere in it.
    let may_have_error = body.contains("rror") || body.contains("\"code\"") || body.contains('\\');
    if success
        && !may_have_error
        && let Ok(response) = bounded_json::from_str::<PrecheckResponse>(body)
        && says_yes(&response)
    {
        return Judgement::Likely(response);
    }
    let value: Value = match bounded_json::from_str(body) {
        Ok(value) => value,
        Err(_) if success && body.trim().is_empty() => return Judgement::NoVerdict,
        Err(error) if success => return Judgement::Undecodable(error),
        Err(_) => Value::Null,
    };
    let details = details(&value, status);
    if can_have_verdict(status) && !details.is_empty() {
        let message = text(&value, "message");
        return Judgement::Unlikely { message, details };
    }
    if !success {
        let message = message(&value);
        return Judgement::Failure { message, details };
    }
    let is_present = |key: &&str| match value.get(key) {
        None | Some(Value::Null) => false,
        Some(Value::Array(list)) => !list.is_empty(),
        Some(_) => true,
    };
    let has_error = ["errorCode", "code", "errors"].iter().any(is_present);
    match serde_json::from_value::<PrecheckResponse>(value) {
        Ok(response) if !has_error && says_yes(&response) => Judgement::Likely(response),
        Ok(_) => Judgement::NoVerdict,
        Err(error) => Judgement::Undecodable(error),
    }
}

/// The one info code whose meaning is known: the validation succeeded.
const VALIDATED: i64 = 100;

/// Whether a success without an error means yes: it has the known code, or another code together
/// with the known message; and its message does not say otherwise.
fn says_yes(response: &PrecheckResponse) -> bool {
    let message = response.message.as_deref().unwrap_or_default();
    let message = message.trim().to_ascii_lowercase();
    let says_no = message.contains("fail") || message.contains("error");
    let info = response.info.iter().flat_map(|info| info.iter());
    let mut codes = info.filter_map(|info| Some(info.info_code?.0));
    !says_no && codes.any(|code| code == VALIDATED || message == "success")
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// The message of an error, and the descriptions of its list.
fn message(body: &Value) -> Option<String> {
    let list = body.get("errors").and_then(Value::as_array);
    let described = [body].into_iter().chain(list.into_iter().flatten());
    let described = described.filter_map(|value| text(value, "description"));
    let mut texts: Vec<String> = text(body, "message").into_iter().chain(described).collect();
    texts.dedup();
    (!texts.is_empty()).then(|| texts.join("; "))
}

/// The tracking ID in a body.
pub(crate) fn tracking_id(body: &str) -> Option<String> {
    text(&bounded_json::from_str(body).ok()?, "trackingId")
}

/// The errors that have a code: those of a list, else the body's own.
fn details(body: &Value, status: u16) -> Vec<ErrorDetail> {
    let elements = |key: &str| match body.get(key) {
        Some(Value::Array(elements)) => elements.iter().collect(),
        Some(element) => vec![element],
        None => Vec::new(),
    };
    let listed = ["errors", "info", "message"].into_iter().flat_map(elements);
    // Gateways repeat the status as a code.
    let is_own = |it: &ErrorDetail| it.code.0 != i64::from(status);
    let mut details: Vec<ErrorDetail> = listed.filter_map(detail).filter(is_own).collect();
    if details.is_empty() {
        details.extend(detail(body).filter(is_own));
    }
    details
}

/// One error; its code may be a number, or an object that contains it.
fn detail(value: &Value) -> Option<ErrorDetail> {
    let code = |key: &str| value.get(key).filter(|code| !code.is_null());
    let code = code("errorCode").or_else(|| code("code"))?;
    if code.is_object() {
        return detail(code);
    }
    Some(ErrorDetail {
        code: serde_json::from_value(code.clone()).ok()?,
        description: text(value, "description"),
        field: text(value, "fieldName"),
    })
}

#[cfg(test)]
mod tests {
    //! The documented responses, and the error bodies that were seen.
    use super::*;

    fn judged(status: u16, body: &str) -> String {
        match judge(status, body) {
            Judgement::Likely(response) => {
                let info = response.info.unwrap_or_default();
                let codes: Vec<_> = info.iter().filter_map(|i| Some(i.info_code?.0)).collect();
                format!("likely {codes:?}")
            }
            Judgement::Unlikely { details, .. } => {
                let codes: Vec<_> = details.iter().map(|r| r.code.0).collect();
                format!("unlikely {codes:?}")
            }
            Judgement::Failure { .. } => "failure".to_owned(),
            Judgement::Undecodable(_) => "undecodable".to_owned(),
            Judgement::NoVerdict => "no verdict".to_owned(),
        }
    }

    #[test]
    fn documented_and_observed_bodies_have_a_verdict() {
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
            assert_eq!(judged(status, body), expected, "{status} {body}");
        }
    }

    #[test]
    fn other_bodies_have_no_verdict() {
        for (status, body, expected) in [
            (
                400,
                r#"{"message":"x","errors":[{"description":"y"}],"trackingId":"z"}"#,
                "failure",
            ),
            (
                404,
                r#"{"code":404,"message":"no Route matched"}"#,
                "failure",
            ),
            (407, r#"{"errorCode":5}"#, "failure"),
            (418, r#"{"errorCode":5}"#, "failure"),
            (
                200,
                r#"{"message":"failure","info":[{"infoCode":7}]}"#,
                "no verdict",
            ),
            (200, r#"{"info":[{"infoCode":101}]}"#, "no verdict"),
            (
                200,
                r#"{"message":"failure","info":[{"infoCode":100}]}"#,
                "no verdict",
            ),
            (429, "", "failure"),
            (429, r#"{"errorCode":1}"#, "failure"),
            (401, r#"{"errorCode":1}"#, "failure"),
            (403, r#"{"errorCode":1}"#, "failure"),
            (302, r#"{"errorCode":1}"#, "failure"),
            (502, "<html>", "failure"),
            (500, r#"{"errorCode":1}"#, "failure"),
            (400, r#"{"message":"cut o"#, "failure"),
            (400, r#"{"errorCode":"E7"}"#, "failure"),
            (200, "", "no verdict"),
            (204, "", "no verdict"),
            (200, "{}", "no verdict"),
            (200, r#"{"message":"success"}"#, "no verdict"),
            (200, r#"{"message":"failure"}"#, "no verdict"),
            (
                200,
                r#"{"errorCode":"E7","info":[{"infoCode":100}]}"#,
                "no verdict",
            ),
            (200, "[]", "undecodable"),
            (200, "<html>", "undecodable"),
            (200, r#"{"info":"none"}"#, "undecodable"),
        ] {
            assert_eq!(judged(status, body), expected, "{status} {body}");
        }
    }
}
