//! A logged request, and how secrets are removed from it.

use std::time::Duration;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::http;

/// A request and its answer. `…` replaces the tokens and secrets that the sandbox knows, and the token
/// that came with the request, if they have at least six characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LoggedRequest {
    /// 1 for the first request since the sandbox started.
    pub number: u64,
    /// When it was answered, by the clock of the sandbox since its start.
    #[serde(rename = "milliseconds", serialize_with = "milliseconds")]
    pub after: Duration,
    /// Such as `POST`.
    pub method: String,
    /// Such as `/v1/wholesale/customers/validate`.
    pub path: String,
    /// The text after `?` as it came; empty if there is none, and `…` for `/v1/access_token`.
    pub query: String,
    /// Lower-case names and values, in the order in which they came. `authorization` has only its
    /// scheme, if that is a known one.
    pub headers: Vec<(String, String)>,
    /// The first 64 KiB of the body as text. Empty for `/v1/access_token` and for a body that was not
    /// read.
    pub body: String,
    /// The status of the answer; `None` if the connection was closed instead.
    pub status: Option<u16>,
    /// The `trackingid` of the answer, if it has one.
    pub tracking_id: Option<String>,
}

impl LoggedRequest {
    /// The body as JSON; null if it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The request without the known secrets and its own token. A secret is found as it is written, but
    /// not with percent-encoding or JSON escapes.
    pub(crate) fn redacted(&self, known: &[String]) -> Self {
        let mut headers = self.headers.iter();
        let authorization = headers.find(|(name, _)| name == "authorization");
        let token = authorization.map_or("", |(_, value)| http::bearer_token(value));
        let mut request = self.clone();
        for (name, value) in &mut request.headers {
            if SECRET_HEADERS.contains(&&**name) {
                let scheme = value.split_once(' ').map_or("", |(scheme, _)| scheme);
                *value = match &*scheme.to_ascii_lowercase() {
                    "bearer" | "basic" => format!("{scheme} {REDACTED}"),
                    _ => REDACTED.to_owned(),
                };
            }
            redact(value, known, token);
        }
        redact(&mut request.path, known, token);
        redact(&mut request.query, known, token);
        redact(&mut request.body, known, token);
        request
    }
}

fn milliseconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

/// Shorter texts occur by chance and are not secrets.
const MIN_LENGTH: usize = 6;

const REDACTED: &str = "…";

/// Headers whose whole value is secret, except for a known scheme.
const SECRET_HEADERS: [&str; 3] = ["authorization", "proxy-authorization", "cookie"];

/// Replaces secrets in a text.
pub(crate) fn redact(text: &mut String, known: &[String], token: &str) {
    for secret in known.iter().map(String::as_str).chain([token]) {
        if secret.len() >= MIN_LENGTH && text.contains(secret) {
            *text = text.replace(secret, REDACTED);
        }
    }
}
