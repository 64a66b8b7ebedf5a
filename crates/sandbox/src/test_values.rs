//! Well-known values that ask for an answer, as test cards do. The README lists them for people.

use std::time::{Duration, SystemTime};

use hyper::body::Bytes;
use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::json;

/// E-mail addresses of this domain are test values. Nobody can own it (RFC 2606).
const DOMAIN: &str = "@sandbox.example";
/// IDs that begin like this are test values.
const PREFIX: &str = "sandbox:";

/// An info code that no source documents, in the sandbox's own range.
const UNKNOWN_INFO_CODE: i64 = 900_100;
/// The code that Webex is known to use where an address belongs to a user already.
const EMAIL_TAKEN: i64 = 10_022;

const QUERY: &str = "onBehalfOfSubPartnerOrgId";

const MOST_SECONDS: u64 = 600;
const MOST_FAILURES: u32 = 1000;
/// Bytes of a value at most, what follows the plus included.
const LONGEST: usize = 256;
/// Before each byte of a dripping answer.
const DRIP: Duration = Duration::from_millis(50);

/// Where a test value may stand in a body, the first one counts.
const EMAILS: [&[&str]; 2] = [&["email"], &["customerInfo", "primaryEmail"]];
const IDS: [&[&str]; 5] = [
    &["customerId"],
    &["provisioningId"],
    &["orgId"],
    &["externalId"],
    &["provisioningParameters", "locationId"],
];

/// A test value as it stands in a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found<'a> {
    /// Dotted path, or the name in the query.
    pub(crate) field: String,
    /// The value without domain or prefix.
    pub(crate) word: &'a str,
}

/// Finds the test value of a request, if it has one.
pub(crate) fn find<'a>(
    body: &'a Map<String, Value>,
    query: &'a [(String, String)],
) -> Option<Found<'a>> {
    let text = |path: &[&str]| {
        let (first, rest) = path.split_first()?;
        let value = json::get(body, first)?;
        rest.iter()
            .try_fold(value, |at, name| at.get(name))?
            .as_str()
    };
    let emails = EMAILS.iter().filter_map(|path| {
        let text = text(path)?;
        let (word, domain) = text.split_at_checked(text.len().checked_sub(DOMAIN.len())?)?;
        domain.eq_ignore_ascii_case(DOMAIN).then(|| Found {
            field: path.join("."),
            word,
        })
    });
    let ids = IDS.iter().filter_map(|path| {
        let word = text(path)?.strip_prefix(PREFIX)?;
        Some(Found {
            field: path.join("."),
            word,
        })
    });
    let query = query.iter().filter(|(name, _)| name == QUERY);
    let query = query.filter_map(|(name, value)| {
        let word = value.strip_prefix(PREFIX)?;
        Some(Found {
            field: name.clone(),
            word,
        })
    });
    emails.chain(ids).chain(query).next()
}

/// What a test value asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TestValue {
    /// How often it fails before the answer is likely; always, where there is no number.
    failures: Option<u32>,
    after: Duration,
    effect: Effect,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Effect {
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
enum Info {
    Object,
    Float,
    Unknown,
    None,
    Many,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    Bare,
    Code,
    Many,
    InSuccess,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum RetryAfter {
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

impl TestValue {
    /// Reads a value such as `fail-2-status-503+row7`. What follows a plus makes a value another
    /// one without a change of what it asks for.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        if word.len() > LONGEST {
            return None;
        }
        // A plus in a query is a blank once it is read.
        let word = word.split(['+', ' ']).next().unwrap_or(word);
        let (failures, word) = match word.strip_prefix("fail-") {
            Some(rest) => {
                let (count, word) = rest.split_once('-')?;
                let count = number(count).filter(|count| (1..=MOST_FAILURES).contains(count))?;
                (Some(count), word)
            }
            None => (None, word),
        };
        let (after, word) = match word.strip_prefix("slow-") {
            Some(rest) => {
                let (seconds, word) = rest.split_once('-').unwrap_or((rest, "likely"));
                (number(seconds).filter(|s| *s <= MOST_SECONDS)?, word)
            }
            None => (0, word),
        };
        Some(Self {
            failures,
            after: Duration::from_secs(after),
            effect: Effect::parse(word)?,
        })
    }

    /// How often it fails before it goes through; 0 where it always does the same.
    pub(crate) fn failures(&self) -> u32 {
        self.failures.unwrap_or_default()
    }

    pub(crate) fn answer(&self, around: &Circumstances<'_>) -> Answer {
        self.effect.answer(around).after(self.after)
    }
}

/// A number in digits alone: no sign, no blank.
fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
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
    fn parse(word: &str) -> Option<Self> {
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

    fn answer(&self, around: &Circumstances<'_>) -> Answer {
        let success = |status| Answer::new(status).json_bytes(around.success.clone());
        let answer = match self {
            Self::Likely => success(200),
            Self::Info(info) => Answer::new(200).json(&info.body(around.success)),
            Self::Unlikely { code, status } => Answer::new(*status).json(&serde_json::json!({
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
    Answer::new(status).json(&serde_json::json!({
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
    serde_json::json!({name: code, "description": description, "fieldName": field})
}

impl Info {
    /// The documented answer, changed.
    fn body(&self, success: &[u8]) -> Value {
        let mut body: Value = serde_json::from_slice(success).unwrap_or_default();
        let info = body["info"][0].take();
        let unknown = serde_json::json!({
            "infoCode": UNKNOWN_INFO_CODE,
            "description": "No source documents this code.",
        });
        body["info"] = match self {
            Self::Object => info,
            Self::Float => {
                let mut info = info;
                info["infoCode"] = serde_json::json!(100.0);
                serde_json::json!([info])
            }
            Self::Unknown => serde_json::json!([unknown]),
            Self::Many => serde_json::json!([info, unknown]),
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
            Self::Bare => serde_json::json!({
                "errorCode": EMAIL_TAKEN,
                "description": "This e-mail address belongs to a user already.",
            }),
            Self::Code => {
                serde_json::json!({"errors": [reason("code", EMAIL_TAKEN, around.field)]})
            }
            Self::Many => serde_json::json!({
                "message": "The request was refused.",
                "errors": [
                    reason("errorCode", 1001, "customerInfo.primaryEmail"),
                    reason("errorCode", 1002, "address.country"),
                ],
                "trackingId": around.tracking_id,
            }),
            Self::InSuccess => {
                let body = serde_json::json!({
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
    //! What is a test value, and what is none. The answers are tested by the page that lists them.
    use super::*;

    #[test]
    fn the_page_lists_every_value() {
        let page = include_str!("../README.md");
        for (name, _) in NAMED {
            assert!(page.contains(&format!("| `{name}` | ")), "{name}");
        }
    }

    #[test]
    fn what_is_no_value_is_none() {
        for word in [
            "",
            "likly",
            "status",
            "status-",
            "status-99",
            "status-600",
            "status-+503",
            "status-503-",
            "status-503-retry-after",
            "status-503-retry-after--1",
            "slow",
            "slow-601",
            "slow-1-",
            "fail-0-closed",
            "fail-1001-closed",
            "fail-2",
            "fail-2-fail-2-closed",
            "unlikely-",
            "unlikely-x",
            "unlikely-1-2-3",
            "status-0503",
            "unlikely-99999999999999999999",
            "html-",
            "empty-x",
            "Likely",
        ] {
            assert_eq!(TestValue::parse(word), None, "{word}");
        }
    }

    #[test]
    fn values_are_found_where_they_may_stand() {
        let body = |text: &str| serde_json::from_str::<Map<String, Value>>(text).unwrap();
        for (text, field) in [
            (
                r#"{"email": "closed@sandbox.example", "customerId": "sandbox:html"}"#,
                "email",
            ),
            (
                r#"{"customerInfo": {"primaryEmail": "closed@SANDBOX.example"}}"#,
                "customerInfo.primaryEmail",
            ),
            (r#"{"customerId": "sandbox:closed"}"#, "customerId"),
            (
                r#"{"provisioningId": "sandbox:closed", "orgId": "x"}"#,
                "provisioningId",
            ),
            (r#"{"orgId": "sandbox:closed"}"#, "orgId"),
            (r#"{"externalId": "sandbox:closed"}"#, "externalId"),
            (
                r#"{"provisioningParameters": {"locationId": "sandbox:closed"}}"#,
                "provisioningParameters.locationId",
            ),
        ] {
            let word = "closed";
            let field = field.to_owned();
            assert_eq!(
                find(&body(text), &[]),
                Some(Found { field, word }),
                "{text}"
            );
        }
        for text in [
            r#"{"email": "closed@example.com"}"#,
            r#"{"email": "sandbox.example"}"#,
            r#"{"email": "€€€€€€@sandbox.examplé"}"#,
            r#"{"customerId": "closed@sandbox.example", "customerInfo": "sandbox:closed"}"#,
        ] {
            assert_eq!(find(&body(text), &[]), None, "{text}");
        }
        let query = |name: &str| [(name.to_owned(), "sandbox:closed".to_owned())];
        assert_eq!(find(&Map::new(), &query("q")), None);
        let query = query("onBehalfOfSubPartnerOrgId");
        assert_eq!(find(&Map::new(), &query).unwrap().word, "closed");
    }

    #[test]
    fn what_is_longer_than_any_value_is_none() {
        let value = |length: usize| format!("closed+{}", "x".repeat(length - 7));
        assert!(TestValue::parse(&value(LONGEST)).is_some());
        assert_eq!(TestValue::parse(&value(LONGEST + 1)), None);
    }
}
