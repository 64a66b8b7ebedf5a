//! What is known of a response.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde::Serialize;
use serde_json::Value;
use webex_precheck_api::Code;

use crate::excerpt;
use crate::redaction::Redactor;

/// An error code in a response, with what Webex says about it: why Webex would refuse to provision,
/// or why it gave no verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorDetail {
    /// Webex's error code. None is documented for these operations; the provisioning APIs use
    /// 1001 for a missing value, 1002 for one of the wrong size, and others.
    pub code: Code,
    /// Webex's description of it, at most 2 KiB.
    pub description: Option<String>,
    /// The field it refers to.
    pub field: Option<String>,
}

impl ErrorDetail {
    /// A code alone.
    pub fn new(code: impl Into<Code>) -> Self {
        Self {
            code: code.into(),
            description: None,
            field: None,
        }
    }

    /// With a description.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// With the field it refers to.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}

impl fmt::Display for ErrorDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(field) = &self.field {
            write!(f, " {field}")?;
        }
        if let Some(description) = &self.description {
            write!(f, ": {description}")?;
        }
        Ok(())
    }
}

/// What a report and an error have in common. Nothing in it contains a secret.
#[derive(Clone, Debug, Default)]
pub(crate) struct Context {
    /// None without a response.
    pub(crate) status: Option<u16>,
    pub(crate) tracking_id: Option<String>,
    pub(crate) date: Option<SystemTime>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) message: Option<String>,
    pub(crate) details: Vec<ErrorDetail>,
    pub(crate) excerpt: Option<String>,
    pub(crate) snapshot: Option<Box<ResponseSnapshot>>,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
}

/// A response as a whole, for diagnostics; see
/// [`ClientBuilder::keep_response`](crate::ClientBuilder::keep_response).
///
/// Secrets are redacted, and header values are left out. It serializes as
///
/// ```json
/// {
///   "status": 200,
///   "headers": ["content-type", "trackingid"],
///   "body": {"message": "success", "info": [{"infoCode": 100}]},
///   "truncated": false
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ResponseSnapshot {
    status: u16,
    #[serde(rename = "headers")]
    header_names: Vec<String>,
    body: Value,
    #[serde(rename = "truncated")]
    is_truncated: bool,
}

impl ResponseSnapshot {
    /// Maximum length of the body in bytes: 64 KiB.
    pub const MAX_BODY_BYTES: usize = 64 * 1024;
    /// Maximum number of header names.
    pub const MAX_HEADER_NAMES: usize = 64;

    pub(crate) fn new(
        status: u16,
        header_names: &[String],
        body: &str,
        is_complete: bool,
        redactor: &Redactor,
    ) -> Self {
        let kept = excerpt::prefix(body, Self::MAX_BODY_BYTES);
        let is_truncated = !is_complete || kept.len() < body.len();
        let json = serde_json::from_str(kept).ok();
        let names = header_names.iter();
        Self {
            status,
            header_names: names.map(|it| redactor.redact(it).into_owned()).collect(),
            // A long body is text even where its beginning happens to be JSON, as `1` of `100` is.
            body: match json.filter(|_| !is_truncated) {
                Some(json) => redact(json, redactor),
                None => Value::String(redactor.redact(kept).into_owned()),
            },
            is_truncated,
        }
    }

    /// HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The names of the first [`MAX_HEADER_NAMES`](Self::MAX_HEADER_NAMES) headers, in lower case.
    pub fn header_names(&self) -> &[String] {
        &self.header_names
    }

    /// The body as JSON, with secrets redacted in all its strings and keys. A body that is
    /// not JSON, or [truncated](Self::is_truncated), is one string.
    pub fn body(&self) -> &Value {
        &self.body
    }

    /// Whether the body is only a prefix: the response is longer than
    /// [`MAX_BODY_BYTES`](Self::MAX_BODY_BYTES), or the connection broke.
    pub fn is_truncated(&self) -> bool {
        self.is_truncated
    }
}

/// Redacts every string and key. The parser has limited the depth.
fn redact(value: Value, redactor: &Redactor) -> Value {
    let text = |text: &str| redactor.redact(text).into_owned();
    match value {
        Value::String(value) => Value::String(text(&value)),
        Value::Array(values) => {
            let values = values.into_iter();
            Value::Array(values.map(|value| redact(value, redactor)).collect())
        }
        Value::Object(members) => {
            let member = |(key, value): (String, Value)| (text(&key), redact(value, redactor));
            Value::Object(members.into_iter().map(member).collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    //! What a snapshot contains of a response, and what it never contains.
    use super::*;
    use serde_json::json;

    fn snapshot(body: &str, is_complete: bool) -> ResponseSnapshot {
        let redactor = Redactor::new(["canary-token/1"]);
        let names = ["content-type".to_owned(), "x-canary-token_1".to_owned()];
        ResponseSnapshot::new(400, &names, body, is_complete, &redactor)
    }

    #[test]
    fn strings_and_keys_are_redacted_at_every_depth() {
        let body =
            r#"{"a":[{"b":"your canary-token\/1"}],"\u0063anary-token/1":1,"n":[true,null,2]}"#;
        let snapshot = snapshot(body, true);
        let expected = json!({
            "a": [{"b": "your [redacted]"}], "[redacted]": 1, "n": [true, null, 2]
        });
        assert_eq!(snapshot.body(), &expected);
        assert!(!snapshot.is_truncated());
    }

    #[test]
    fn a_body_that_is_not_json_is_a_redacted_string() {
        for (body, expected) in [
            ("<p>canary-token/1</p>", "<p>[redacted]</p>"),
            ("", ""),
            (r#"{"cut": "canary-token\/1"#, r#"{"cut": "[redacted]"#),
        ] {
            assert_eq!(snapshot(body, true).body(), &json!(expected));
        }
    }

    #[test]
    fn a_long_or_incomplete_body_is_a_prefix_marked_as_truncated() {
        let long = format!("\"{}\"", "ä".repeat(ResponseSnapshot::MAX_BODY_BYTES));
        let cut = snapshot(&long, true);
        let text = cut.body().as_str().unwrap();
        assert_eq!(
            text.len(),
            ResponseSnapshot::MAX_BODY_BYTES - 1,
            "a whole character"
        );
        assert!(cut.is_truncated());
        let broken = snapshot("1", false);
        assert_eq!((broken.body(), broken.is_truncated()), (&json!("1"), true));
    }

    #[test]
    fn it_serializes_as_documented() {
        let json = serde_json::to_value(snapshot("[1]", true)).unwrap();
        let names = ["content-type", "x-[redacted]"];
        let expected = json!({"status": 400, "headers": names, "body": [1], "truncated": false});
        assert_eq!(json, expected);
    }
}
