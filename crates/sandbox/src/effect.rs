//! The answers that test values ask for.

use std::time::{Duration, SystemTime};

use hyper::body::Bytes;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::refusal::{ErrorDetail, MISSING_OR_NULL, Refusal, WRONG_SIZE};

/// An info code that no source documents, in the sandbox's own range.
const UNKNOWN_INFO_CODE: i64 = 900_100;
/// The code that Webex is known to use for an address that belongs to a user already.
const EMAIL_TAKEN: i64 = 10_022;

/// Delay before each byte of `dripping`.
const DRIP: Duration = Duration::from_millis(50);

/// What else an answer consists of.
pub(crate) struct RequestContext<'a> {
    /// The documented answer to a successful precheck.
    pub(crate) success: &'a Bytes,
    pub(crate) tracking_id: &'a str,
    /// The field with the test value.
    pub(crate) field: &'a str,
    pub(crate) time: SystemTime,
}

/// Builds an answer.
type Build = fn(&RequestContext<'_>) -> Answer;

/// The values without a number.
const NAMED: [(&str, Build); 18] = [
    ("likely", |it| it.success(200)),
    ("info-object", |it| it.info(Some)),
    ("info-float", |it| {
        it.info(|mut info| {
            info["infoCode"] = json!(100.0);
            Some(json!([info]))
        })
    }),
    ("info-many", |it| {
        it.info(|info| Some(json!([info, other_info()])))
    }),
    ("info-unknown", |it| {
        it.info(|_| Some(json!([other_info()])))
    }),
    ("info-none", |it| it.info(|_| None)),
    ("unlikely", |it| it.unlikely(EMAIL_TAKEN, 400)),
    ("unlikely-bare", |_| {
        Answer::new(400).json(&json!(error(EMAIL_TAKEN, "")))
    }),
    ("unlikely-code", |it| {
        let ErrorDetail {
            code,
            description,
            field,
        } = error(EMAIL_TAKEN, it.field);
        let error = json!({"code": code, "description": description, "fieldName": field});
        Answer::new(400).json(&json!({"errors": [error]}))
    }),
    ("unlikely-many", |it| {
        let null = error(MISSING_OR_NULL, "customerInfo.primaryEmail");
        it.refusal(400, vec![null, error(WRONG_SIZE, "address.country")])
    }),
    ("unlikely-in-200", |it| {
        let errors = [error(EMAIL_TAKEN, it.field)];
        Answer::new(200).json(&json!({"message": "failure", "errors": errors}))
    }),
    ("dripping", |it| it.success(200).dripping(DRIP)),
    ("truncated", |it| it.success(200).halved().cut()),
    ("stalled", |it| it.success(200).halved().stalled()),
    ("cut-json", |it| it.success(200).halved()),
    ("closed", |_| Answer::none()),
    ("html", |_| html(502)),
    ("empty", |_| Answer::new(200)),
];

/// The answer for a value such as `status-503`, if there is such a value.
pub(crate) fn answer(value: &str, context: &RequestContext<'_>) -> Option<Answer> {
    let named = NAMED.iter().find(|(name, _)| *name == value);
    let answer = match named {
        Some((_, build)) => build(context),
        None => numbered(value, context)?,
    };
    Some(answer.tracked(context.tracking_id))
}

/// The answer for a value with a number.
fn numbered(value: &str, context: &RequestContext<'_>) -> Option<Answer> {
    let (kind, rest) = value.split_once('-')?;
    match kind {
        "html" => Some(html(status(rest)?)),
        "empty" => Some(Answer::new(status(rest)?)),
        "unlikely" => {
            let (code, rest) = rest.split_once('-').unwrap_or((rest, "400"));
            Some(context.unlikely(number(code)?, status(rest)?))
        }
        "status" => {
            let Some((rest, delay)) = rest.split_once("-retry-after-") else {
                return Some(context.status(status(rest)?));
            };
            let delay = match delay {
                "date" => httpdate::fmt_http_date(context.time + Duration::from_secs(2)),
                // Seen from Webex.
                "garbage" => "rand(30),add(30)".to_owned(),
                seconds => number::<u64>(seconds)?.to_string(),
            };
            Some(context.status(status(rest)?).header("retry-after", &delay))
        }
        _ => None,
    }
}

/// A number of digits only: no sign, no space.
pub(crate) fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

/// A status that an answer may have.
fn status(text: &str) -> Option<u16> {
    number(text).filter(|status| text.len() == 3 && (200..600).contains(status))
}

impl RequestContext<'_> {
    fn success(&self, status: u16) -> Answer {
        Answer::new(status).json_text(self.success.clone())
    }

    /// The documented answer with another `info`.
    fn info(&self, change: fn(Value) -> Option<Value>) -> Answer {
        let mut body: Value = serde_json::from_slice(self.success).unwrap_or_default();
        let info = body.pointer_mut("/info/0").map(Value::take);
        let info = change(info.unwrap_or_default());
        if let Some(body) = body.as_object_mut() {
            body.remove("info");
            body.extend(info.map(|info| ("info".to_owned(), info)));
        }
        Answer::new(200).json(&body)
    }

    fn unlikely(&self, code: i64, status: u16) -> Answer {
        self.refusal(status, vec![error(code, self.field)])
    }

    fn refusal(&self, status: u16, errors: Vec<ErrorDetail>) -> Answer {
        let refusal = Refusal::new(status, "The request was refused.");
        refusal.errors(errors).answer(self.tracking_id)
    }

    /// An answer without an error code.
    fn status(&self, status: u16) -> Answer {
        let refusal = || self.refusal(status, Vec::new());
        match status {
            200 => self.success(200),
            // Webex documents no body for these.
            201..300 | 304 => Answer::new(status),
            401 => refusal().header("www-authenticate", "Bearer"),
            405 => refusal().header("allow", "POST"),
            _ => refusal(),
        }
    }
}

fn other_info() -> Value {
    json!({"infoCode": UNKNOWN_INFO_CODE, "description": "No source documents this code."})
}

fn error(code: i64, field: &str) -> ErrorDetail {
    let description = match code {
        MISSING_OR_NULL => "A required value is null.",
        WRONG_SIZE => "A value has the wrong size.",
        EMAIL_TAKEN => "This e-mail address belongs to a user already.",
        _ => "The test value asks for this code.",
    };
    ErrorDetail::new(code, field, description)
}

fn html(status: u16) -> Answer {
    Answer::new(status)
        .header("content-type", "text/html; charset=utf-8")
        .body(format!(
            "<!doctype html><html><head><title>{status}</title></head>\
             <body><h1>{status}</h1><p>This page is not an answer of Webex.</p></body></html>"
        ))
}

#[cfg(test)]
mod tests {
    //! The README lists all values; the tests of the README check their answers.
    use super::*;

    #[test]
    fn readme_lists_every_value() {
        let page = include_str!("../README.md");
        for (name, _) in NAMED {
            assert!(page.contains(&format!("| `{name}` | ")), "{name}");
        }
    }
}
