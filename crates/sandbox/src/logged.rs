//! A request that was asked and answered, as it is told.

use std::time::Duration;

use serde_json::{Value, json};

/// A request that was answered, as [`Sandbox::requests`](crate::Sandbox::requests) tells it. The
/// tokens and secrets that the sandbox knows are replaced by `…`, and so is the token that came with
/// the request, if they have six characters at least.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// 1 for the first one since the sandbox was started.
    pub number: u64,
    /// When it was answered, since the sandbox was started and by its clock.
    pub after: Duration,
    /// Such as `POST`.
    pub method: String,
    /// Such as `/v1/wholesale/customers/validate`.
    pub path: String,
    /// What follows the `?`, as it came; empty where there is none, and `…` where it holds a token.
    pub query: String,
    /// Names in small letters, in the order in which they came. Of `authorization`, only the scheme
    /// is kept, where it is a known one.
    pub headers: Vec<(String, String)>,
    /// The first 64 KiB of the body, as text. Empty for `/v1/access_token`, and where none was read.
    pub body: String,
    /// The status of the answer; `None` where the connection was closed instead.
    pub status: Option<u16>,
    /// The `trackingid` of the answer, where it has one.
    pub tracking_id: Option<String>,
}

impl LoggedRequest {
    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    pub(crate) fn to_json(&self) -> Value {
        let headers = self.headers.iter();
        let headers: Vec<Value> = headers.map(|(name, value)| json!([name, value])).collect();
        json!({
            "number": self.number,
            "milliseconds": u64::try_from(self.after.as_millis()).unwrap_or(u64::MAX),
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": headers,
            "body": self.body,
            "status": self.status,
            "trackingId": self.tracking_id,
        })
    }
}
