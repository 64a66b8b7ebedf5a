//! What was asked and answered.

use std::collections::{BTreeMap, VecDeque};

use hyper::header::{self, HeaderName};
use hyper::http::request::Parts;
use serde_json::{Value, json};

/// A request that was answered, as [`Sandbox::requests`](crate::Sandbox::requests) tells it. It
/// holds no token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// 1 for the first one.
    pub number: u64,
    /// Such as `POST`.
    pub method: String,
    /// Such as `/v1/wholesale/customers/validate`.
    pub path: String,
    /// What follows the `?`, as it came; empty where there is none.
    pub query: String,
    /// Names in small letters, in the order in which they came. Of `authorization`, only the scheme
    /// is kept.
    pub headers: Vec<(String, String)>,
    /// The body as far as it is text, up to 64 KiB. Empty for `/v1/access_token`.
    pub body: String,
    /// The status of the answer; `None` where the connection was closed instead.
    pub status: Option<u16>,
}

impl LoggedRequest {
    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    fn to_json(&self) -> Value {
        let headers = self.headers.iter();
        let headers: Vec<Value> = headers.map(|(name, value)| json!([name, value])).collect();
        json!({
            "number": self.number,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": headers,
            "body": self.body,
            "status": self.status,
        })
    }
}

/// The last requests, and how many there were.
pub(crate) struct Log {
    most: usize,
    last: VecDeque<LoggedRequest>,
    number: u64,
    answered: BTreeMap<String, BTreeMap<u16, u64>>,
}

/// Bytes of a body that are kept.
const MOST_BODY: usize = 64 * 1024;
/// Paths whose answers are counted; a client may invent any number.
const MOST_PATHS: usize = 100;

impl Log {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            last: VecDeque::new(),
            number: 0,
            answered: BTreeMap::new(),
        }
    }

    /// Notes a request and the status of its answer. `token` is what must not be kept of it.
    pub(crate) fn note(&mut self, parts: &Parts, body: &[u8], token: &str, status: Option<u16>) {
        self.number += 1;
        let path = redacted(parts.uri.path(), token);
        if let Some(status) = status
            && (self.answered.len() < MOST_PATHS || self.answered.contains_key(&path))
        {
            let by_status = self.answered.entry(path.clone()).or_default();
            *by_status.entry(status).or_default() += 1;
        }
        if self.most == 0 {
            return;
        }
        if self.last.len() >= self.most {
            self.last.pop_front();
        }
        let headers = parts.headers.iter();
        let headers = headers.map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.as_str().to_owned(), shown(name, &value, token))
        });
        let body = &body[..body.len().min(MOST_BODY)];
        self.last.push_back(LoggedRequest {
            number: self.number,
            method: parts.method.to_string(),
            query: redacted(parts.uri.query().unwrap_or_default(), token),
            headers: headers.collect(),
            body: redacted(&String::from_utf8_lossy(body), token),
            status,
            path,
        });
    }

    /// How many requests to a path were answered, by status.
    pub(crate) fn answered(&self, path: &str) -> BTreeMap<u16, u64> {
        self.answered.get(path).cloned().unwrap_or_default()
    }

    /// All statuses and how often they were given, whatever the path.
    pub(crate) fn statuses(&self) -> BTreeMap<u16, u64> {
        let mut all = BTreeMap::new();
        for (status, count) in self.answered.values().flatten() {
            *all.entry(*status).or_default() += count;
        }
        all
    }

    pub(crate) fn requests(&self) -> Vec<LoggedRequest> {
        self.last.iter().cloned().collect()
    }

    /// The last requests as JSON, at most so many.
    pub(crate) fn to_json(&self, most: usize) -> Value {
        let skipped = self.last.len().saturating_sub(most);
        let requests = self.last.iter().skip(skipped);
        requests.map(LoggedRequest::to_json).collect()
    }

    pub(crate) fn clear(&mut self) {
        self.last.clear();
    }
}

/// A header as it may be shown.
fn shown(name: &HeaderName, value: &str, token: &str) -> String {
    const SECRET: [HeaderName; 3] = [
        header::AUTHORIZATION,
        header::PROXY_AUTHORIZATION,
        header::COOKIE,
    ];
    match SECRET.contains(name) {
        true => {
            let scheme = value.split_once(' ').map(|(scheme, _)| scheme);
            format!("{} …", scheme.unwrap_or_default())
                .trim_start()
                .to_owned()
        }
        false => redacted(value, token),
    }
}

fn redacted(text: &str, token: &str) -> String {
    match token.is_empty() {
        true => text.to_owned(),
        false => text.replace(token, "…"),
    }
}
