//! What was asked and answered.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use hyper::Method;
use hyper::header::{self, HeaderName, HeaderValue};
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

    pub(crate) fn to_json(&self) -> Value {
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
    last: VecDeque<Entry>,
    /// Of all their texts.
    bytes: usize,
    number: u64,
    answered: BTreeMap<String, BTreeMap<u16, u64>>,
}

/// A request in little room: thousands are noted in a second, and few are ever read.
struct Entry {
    number: u64,
    method: Method,
    status: Option<u16>,
    headers: usize,
    /// Path, query, names and values of the headers, and the body, each ended by a zero, which none
    /// but the body can hold.
    text: String,
}

/// Bytes of a body that are kept.
const MOST_BODY: usize = 64 * 1024;
/// Bytes that are kept of all requests.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// Paths whose answers are counted; a client may invent any number.
const MOST_PATHS: usize = 100;
/// What is shorter is in any text, and no secret.
const SHORTEST_TOKEN: usize = 6;

impl Log {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            last: VecDeque::new(),
            bytes: 0,
            number: 0,
            answered: BTreeMap::new(),
        }
    }

    /// Notes a request and the status of its answer. `token` is what must not be kept of it.
    pub(crate) fn note(&mut self, parts: &Parts, body: &[u8], token: &str, status: Option<u16>) {
        self.number += 1;
        let path = parts.uri.path();
        if let Some(status) = status {
            self.count(path, status);
        }
        let mut text = String::with_capacity(512 + body.len());
        for part in [path, parts.uri.query().unwrap_or_default()] {
            text.push_str(part);
            text.push(END);
        }
        for (name, value) in &parts.headers {
            text.push_str(name.as_str());
            text.push(END);
            push_header(&mut text, name, value);
            text.push(END);
        }
        let body = &body[..body.len().min(MOST_BODY)];
        text.push_str(&text_of(body));
        let is_secret = token.len() >= SHORTEST_TOKEN;
        if is_secret && memchr::memmem::find(text.as_bytes(), token.as_bytes()).is_some() {
            text = text.replace(token, "…");
        }
        text.shrink_to_fit();
        self.bytes += text.len();
        self.last.push_back(Entry {
            number: self.number,
            method: parts.method.clone(),
            status,
            headers: parts.headers.len(),
            text,
        });
        while self.last.len() > self.most || self.bytes > MOST_BYTES {
            let Some(oldest) = self.last.pop_front() else {
                break;
            };
            self.bytes -= oldest.text.len();
        }
    }

    fn count(&mut self, path: &str, status: u16) {
        if let Some(by_status) = self.answered.get_mut(path) {
            *by_status.entry(status).or_default() += 1;
        } else if self.answered.len() < MOST_PATHS {
            let path = path.to_owned();
            self.answered.insert(path, BTreeMap::from([(status, 1)]));
        }
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

    /// The last requests, at most so many.
    pub(crate) fn requests(&self, most: usize) -> Vec<LoggedRequest> {
        let skipped = self.last.len().saturating_sub(most);
        self.last.iter().skip(skipped).map(Entry::read).collect()
    }

    pub(crate) fn clear(&mut self) {
        self.last.clear();
        self.bytes = 0;
    }
}

/// Ends a part of an entry's text.
const END: char = '\0';

impl Entry {
    fn read(&self) -> LoggedRequest {
        let mut parts = self
            .text
            .splitn(3 + 2 * self.headers, END)
            .map(str::to_owned);
        let mut part = || parts.next().unwrap_or_default();
        LoggedRequest {
            number: self.number,
            method: self.method.to_string(),
            path: part(),
            query: part(),
            headers: (0..self.headers).map(|_| (part(), part())).collect(),
            body: part(),
            status: self.status,
        }
    }
}

/// The bytes as text; nearly always, they are some.
fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// Adds a header's value as it may be shown.
fn push_header(text: &mut String, name: &HeaderName, value: &HeaderValue) {
    const SECRET: [HeaderName; 3] = [
        header::AUTHORIZATION,
        header::PROXY_AUTHORIZATION,
        header::COOKIE,
    ];
    let value = text_of(value.as_bytes());
    if SECRET.contains(name) {
        if let Some((scheme, _)) = value.split_once(' ') {
            text.push_str(scheme);
            text.push(' ');
        }
        text.push('…');
    } else {
        text.push_str(&value);
    }
}

#[cfg(test)]
mod tests {
    //! What is kept, and what is not.
    use super::*;
    use hyper::Request;

    const TOKEN: &str = "c2VjcmV0LXRva2Vu";

    fn parts(path: &str) -> Parts {
        let request = Request::post(path)
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("cookie", "secret")
            .header("x-token", TOKEN)
            .header("user-agent", "test");
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn requests_are_kept_without_tokens() {
        let mut log = Log::new(10);
        let body = format!("{{\"a\": \"{TOKEN}\0é\"}}");
        log.note(
            &parts(&format!("/path?q={TOKEN}")),
            body.as_bytes(),
            TOKEN,
            Some(200),
        );
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let expected = LoggedRequest {
            number: 1,
            method: "POST".to_owned(),
            path: "/path".to_owned(),
            query: "q=…".to_owned(),
            headers: vec![
                header("authorization", "Bearer …"),
                header("cookie", "…"),
                header("x-token", "…"),
                header("user-agent", "test"),
            ],
            body: "{\"a\": \"…\0é\"}".to_owned(),
            status: Some(200),
        };
        assert_eq!(log.requests(10), [expected]);
    }

    #[test]
    fn the_oldest_go_first() {
        let mut log = Log::new(2);
        for path in ["/1", "/2", "/2"] {
            log.note(&parts(path), b"", TOKEN, Some(404));
        }
        log.note(&parts("/4"), b"", TOKEN, None);
        let paths = |requests: Vec<LoggedRequest>| -> Vec<String> {
            requests.into_iter().map(|request| request.path).collect()
        };
        assert_eq!(paths(log.requests(10)), ["/2", "/4"]);
        assert_eq!(paths(log.requests(1)), ["/4"]);
        assert_eq!(log.answered("/2"), BTreeMap::from([(404, 2)]));
        assert_eq!(log.statuses(), BTreeMap::from([(404, 3)]));
        log.clear();
        assert_eq!((log.requests(10), log.bytes), (vec![], 0));
    }

    #[test]
    fn bytes_are_bounded_and_none_may_be_kept() {
        let mut log = Log::new(usize::MAX);
        let body = vec![b'x'; 2 * MOST_BODY];
        for _ in 0..2 * MOST_BYTES / MOST_BODY {
            log.note(&parts("/"), &body, TOKEN, Some(200));
        }
        assert!(log.bytes <= MOST_BYTES && log.last.len() > MOST_BYTES / MOST_BODY / 2);
        let mut log = Log::new(0);
        log.note(&parts("/"), b"", TOKEN, Some(200));
        assert_eq!((log.requests(1), log.bytes), (vec![], 0));
        assert_eq!(log.answered("/"), BTreeMap::from([(200, 1)]));
    }
}
