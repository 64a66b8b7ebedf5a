//! What a test value asks for, and the answer that it gets.

use std::time::{Duration, SystemTime};

use hyper::body::Bytes;
use serde_json::{Value, json};

use crate::answer::Answer;

/// An info code that no source documents, in the sandbox's own range.
const UNKNOWN_INFO_CODE: i64 = 900_100;
/// The code that Webex is known to use where an address belongs to a user already.
const EMAIL_TAKEN: i64 = 10_022;

/// Before each byte of a dripping answer.
const DRIP: Duration = Duration::from_millis(50);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Likely,
    Info(Info),
    Unlikely {
        code: i64,
        status: u16,
    },
    UnlikelyShape(Shape),
    Status {
        status: u16,
        retry_after: Option<RetryAfter>,
    },
    Dripping,
    Truncated,
    CutJson,
    Stalled,
    Closed,
    Html(u16),
    Empty(u16),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Info {
    Object,
    Float,
    Unknown,
    None,
    Many,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Bare,
    Code,
    Many,
    InSuccess,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RetryAfter {
    Seconds(u64),
    Date,
    Garbage,
}

/// What an answer is made of besides.
pub(crate) struct Circumstances<'a> {
    /// The documented answer where all is well.
    pub(crate) success: &'a Bytes,
    pub(crate) tracking_id: &'a str,
    /// Where the test value stands.
    pub(crate) field: &'a str,
    pub(crate) time: SystemTime,
}

/// A number in digits alone: no sign, no blank.
pub(crate) fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

/// A status that an answer may have.
fn status(text: &str) -> Option<u16> {
    number(text).filter(|status| text.len() == 3 && (200..600).contains(status))
}

/// The values without a number.
const NAMED: [(&str, Effect); 18] = [
    ("likely", Effect::Likely),
    ("info-object", Effect::Info(Info::Object)),
    ("info-float", Effect::Info(Info::Float)),
    ("info-many", Effect::Info(Info::Many)),
    ("info-unknown", Effect::Info(Info::Unknown)),
    ("info-none", Effect::Info(Info::None)),
    (
        "unlikely",
        Effect::Unlikely {
            code: EMAIL_TAKEN,
            status: 400,
        },
    ),
    ("unlikely-bare", Effect::UnlikelyShape(Shape::Bare)),
    ("unlikely-code", Effect::UnlikelyShape(Shape::Code)),
    ("unlikely-many", Effect::UnlikelyShape(Shape::Many)),
    ("unlikely-in-200", Effect::UnlikelyShape(Shape::InSuccess)),
    ("dripping", Effect::Dripping),
    ("truncated", Effect::Truncated),
    ("stalled", Effect::Stalled),
    ("cut-json", Effect::CutJson),
    ("closed", Effect::Closed),
    ("html", Effect::Html(502)),
    ("empty", Effect::Empty(200)),
];

impl Effect {
    pub(crate) fn parse(word: &str) -> Option<Self> {
        let named = NAMED.iter().find(|(name, _)| *name == word);
        let named = named.map(|(_, effect)| effect.clone());
        named.or_else(|| Self::parse_with_number(word))
    }

    fn parse_with_number(word: &str) -> Option<Self> {
        let (kind, rest) = word.split_once('-')?;
        Some(match kind {
            "html" => Self::Html(status(rest)?),
            "empty" => Self::Empty(status(rest)?),
            "unlikely" => {
                let (code, of) = rest.split_once('-').unwrap_or((rest, "400"));
                Self::Unlikely {
                    code: number(code)?,
                    status: status(of)?,
                }
            }
            "status" => match rest.split_once("-retry-after-") {
                Some((rest, wait)) => Self::Status {
                    status: status(rest)?,
                    retry_after: Some(match wait {
                        "date" => RetryAfter::Date,
                        "garbage" => RetryAfter::Garbage,
                        seconds => RetryAfter::Seconds(number(seconds)?),
                    }),
                },
                None => Self::Status {
                    status: status(rest)?,
                    retry_after: None,
                },
            },
            _ => return None,
        })
    }

    pub(crate) fn answer(&self, around: &Circumstances<'_>) -> Answer {
        let success = |status| Answer::new(status).json_bytes(around.success.clone());
        let answer = match self {
            Self::Likely => success(200),
            Self::Info(info) => Answer::new(200).json(&info.body(around.success)),
            Self::Unlikely { code, status } => Answer::new(*status).json(&json!({
                "message": "The request was refused.",
                "errors": [reason("errorCode", *code, around.field)],
                "trackingId": around.tracking_id,
            })),
            Self::UnlikelyShape(shape) => shape.answer(around),
            Self::Status {
                status,
                retry_after,
            } => {
                let answer = of_status(*status, around);
                match retry_after {
                    None => answer,
                    Some(wait) => answer.header("retry-after", &wait.text(around.time)),
                }
            }
            Self::Dripping => success(200).dripping(DRIP),
            Self::Truncated => success(200).halved().cut(),
            Self::CutJson => success(200).halved(),
            Self::Stalled => success(200).halved().stalled(),
            Self::Closed => Answer::none(),
            Self::Html(status) => Answer::new(*status)
                .header("content-type", "text/html; charset=utf-8")
                .body(format!(
                    "<!doctype html><html><head><title>{status}</title></head>\
                     <body><h1>{status}</h1><p>This page is no answer of Webex.</p></body></html>"
                )),
            Self::Empty(status) => Answer::new(*status),
        };
        answer.tracked(around.tracking_id)
    }
}

/// An answer of this status that gives no reason.
fn of_status(status: u16, around: &Circumstances<'_>) -> Answer {
    match status {
        200 => Answer::new(200).json_bytes(around.success.clone()),
        // Nothing is documented to come with these.
        201..300 | 304 => Answer::new(status),
        401 => refused(status, around).header("www-authenticate", "Bearer"),
        405 => refused(status, around).header("allow", "POST"),
        _ => refused(status, around),
    }
}

fn refused(status: u16, around: &Circumstances<'_>) -> Answer {
    Answer::new(status).json(&json!({
        "message": format!("The test value asks for status {status}."),
        "trackingId": around.tracking_id,
    }))
}

fn reason(name: &str, code: i64, field: &str) -> Value {
    let description = match code {
        1001 => "A required value is null.",
        1002 => "A value has the wrong size.",
        EMAIL_TAKEN => "This e-mail address belongs to a user already.",
        _ => "The test value asks for this code.",
    };
    json!({name: code, "description": description, "fieldName": field})
}

impl Info {
    /// The documented answer, changed.
    fn body(&self, success: &[u8]) -> Value {
        let mut body: Value = serde_json::from_slice(success).unwrap_or_default();
        let info = body["info"][0].take();
        let unknown = json!({
            "infoCode": UNKNOWN_INFO_CODE,
            "description": "No source documents this code.",
        });
        body["info"] = match self {
            Self::Object => info,
            Self::Float => {
                let mut info = info;
                info["infoCode"] = json!(100.0);
                json!([info])
            }
            Self::Unknown => json!([unknown]),
            Self::Many => json!([info, unknown]),
            Self::None => {
                if let Some(body) = body.as_object_mut() {
                    body.remove("info");
                }
                return body;
            }
        };
        body
    }
}

impl Shape {
    fn answer(&self, around: &Circumstances<'_>) -> Answer {
        let body = match self {
            Self::Bare => json!({
                "errorCode": EMAIL_TAKEN,
                "description": "This e-mail address belongs to a user already.",
            }),
            Self::Code => {
                json!({"errors": [reason("code", EMAIL_TAKEN, around.field)]})
            }
            Self::Many => json!({
                "message": "The request was refused.",
                "errors": [
                    reason("errorCode", 1001, "customerInfo.primaryEmail"),
                    reason("errorCode", 1002, "address.country"),
                ],
                "trackingId": around.tracking_id,
            }),
            Self::InSuccess => {
                let body = json!({
                    "message": "failure",
                    "errors": [reason("errorCode", EMAIL_TAKEN, around.field)],
                });
                return Answer::new(200).json(&body);
            }
        };
        Answer::new(400).json(&body)
    }
}

impl RetryAfter {
    fn text(&self, time: SystemTime) -> String {
        match self {
            Self::Seconds(seconds) => seconds.to_string(),
            Self::Date => httpdate::fmt_http_date(time + Duration::from_secs(2)),
            // Seen from Webex.
            Self::Garbage => "rand(30),add(30)".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    //! The page and the list hold each other; the answers are tested by the page.
    use super::*;

    #[test]
    fn the_page_lists_every_value() {
        let page = include_str!("../README.md");
        for (name, _) in NAMED {
            assert!(page.contains(&format!("| `{name}` | ")), "{name}");
        }
    }
}
