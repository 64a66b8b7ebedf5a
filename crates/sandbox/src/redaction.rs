//! Replaces secrets in logged requests.

use crate::http;
use crate::logged_request::LoggedRequest;

/// Shorter texts occur by chance and are not secrets.
const MIN_LENGTH: usize = 6;

const REDACTED: &str = "…";

/// Headers whose whole value is secret, except for a known scheme.
const SECRET_HEADERS: [&str; 3] = ["authorization", "proxy-authorization", "cookie"];

/// The request without the known secrets and its own token. A secret is found as it is written, but
/// not with percent-encoding or JSON escapes.
pub(crate) fn redacted(request: &LoggedRequest, known: &[String]) -> LoggedRequest {
    let mut headers = request.headers.iter();
    let authorization = headers.find(|(name, _)| name == "authorization");
    let token = authorization.map_or("", |(_, value)| http::bearer_token(value));
    let mut request = request.clone();
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

/// Replaces secrets in a text.
pub(crate) fn redact(text: &mut String, known: &[String], token: &str) {
    for secret in known.iter().map(String::as_str).chain([token]) {
        if secret.len() >= MIN_LENGTH && text.contains(secret) {
            *text = text.replace(secret, REDACTED);
        }
    }
}
