//! What was asked and answered.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use hyper::Method;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::http::request::Parts;

use crate::answer::Answer;
use crate::logged::LoggedRequest;
use crate::secrets::Secrets;

/// A request to be noted.
pub(crate) struct Asked<'a> {
    pub(crate) parts: &'a Parts,
    /// `None` where it is secret.
    pub(crate) body: Option<&'a [u8]>,
    /// What came with it.
    pub(crate) token: &'a str,
    /// When, since the sandbox was started.
    pub(crate) after: Duration,
}

/// A request in little room: thousands are noted in a second, and few are ever read.
struct Entry {
    number: u64,
    after: Duration,
    method: Method,
    status: Option<u16>,
    tracking_id: Option<HeaderValue>,
    headers: usize,
    /// Path, query, names and values of the headers, and the body, each ended by a zero, which none
    /// but the body can hold.
    text: String,
}

/// The last requests, and how many there were.
pub(crate) struct Log {
    most: usize,
    secrets: Secrets,
    last: VecDeque<Entry>,
    /// Of all their texts.
    bytes: usize,
    number: u64,
    /// By path, as far as there is room.
    answered: BTreeMap<String, BTreeMap<u16, u64>>,
    /// Whatever the path.
    statuses: BTreeMap<u16, u64>,
}

/// Bytes of a body that are kept, or some more where a secret before it was taken out.
const MOST_BODY: usize = 64 * 1024;
/// Bytes that are kept of all requests.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// Paths whose answers are counted; a client may invent any number.
const MOST_PATHS: usize = 100;

impl Log {
    /// `secrets` are the tokens and other secrets that the sandbox knows, and `paths` those that it
    /// serves.
    pub(crate) fn new(most: usize, secrets: &[&str], paths: &[&str]) -> Self {
        let known = paths
            .iter()
            .map(|path| ((*path).to_owned(), BTreeMap::new()));
        Self {
            most,
            secrets: Secrets::new(secrets),
            last: VecDeque::new(),
            bytes: 0,
            number: 0,
            answered: known.collect(),
            statuses: BTreeMap::new(),
        }
    }

    /// Notes a request and its answer.
    pub(crate) fn note(&mut self, asked: &Asked<'_>, answer: &Answer) {
        let Asked {
            parts, body, token, ..
        } = *asked;
        self.number += 1;
        let path = parts.uri.path();
        let status = answer.status();
        if let Some(status) = status {
            self.count(path, status);
        }
        let secrets = self.secrets.with(token);
        let query = parts.uri.query().unwrap_or_default();
        let body_kept = text_of(body.unwrap_or_default());
        let headers = parts.headers.iter();
        let headers = headers.map(|(name, value)| name.as_str().len() + value.len() + 8);
        let length = path.len() + query.len() + headers.sum::<usize>() + body_kept.len() + 8;
        let mut text = String::with_capacity(length);
        text.push_str(path);
        text.push(END);
        if body.is_none() && !query.is_empty() || secrets.is_hidden_in_query(query) {
            text.push('…')
        } else {
            text.push_str(query)
        }
        text.push(END);
        for (name, value) in &parts.headers {
            text.push_str(name.as_str());
            text.push(END);
            push_header(&mut text, name, value);
            text.push(END);
        }
        let begin = text.len();
        if secrets.is_hidden_in_json(&body_kept) {
            text.push('…')
        } else {
            text.push_str(&body_kept)
        }
        let mut text = secrets.clean(text);
        // Only now: what is cut in two is not found any more.
        let most = text.len().min(begin + MOST_BODY);
        let end = (begin..=most).rev().find(|at| text.is_char_boundary(*at));
        text.truncate(end.unwrap_or(begin));
        if text.capacity() > 2 * text.len() {
            text.shrink_to_fit();
        }
        self.bytes += text.len();
        self.last.push_back(Entry {
            number: self.number,
            after: asked.after,
            method: parts.method.clone(),
            status,
            tracking_id: answer.tracking_id().cloned(),
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
        *self.statuses.entry(status).or_default() += 1;
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
        self.statuses.clone()
    }

    /// The last requests, the newest first, at most so many.
    pub(crate) fn newest(&self, most: usize) -> impl Iterator<Item = LoggedRequest> {
        self.last.iter().rev().take(most).map(Entry::read)
    }

    /// Number of the last request.
    pub(crate) fn last_number(&self) -> u64 {
        self.number
    }

    /// The first request of this number or a higher one.
    pub(crate) fn from(&self, number: u64) -> Option<LoggedRequest> {
        let first = self.last.front()?.number;
        let index = usize::try_from(number.saturating_sub(first)).ok()?;
        self.last.get(index).map(Entry::read)
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
            after: self.after,
            method: self.method.to_string(),
            path: part(),
            query: part(),
            headers: (0..self.headers).map(|_| (part(), part())).collect(),
            body: part(),
            status: self.status,
            tracking_id: self
                .tracking_id
                .as_ref()
                .map(|id| text_of(id.as_bytes()).into_owned()),
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
        let scheme = value.split_once(' ').map_or("", |(scheme, _)| scheme);
        if ["bearer", "basic"].contains(&&*scheme.to_ascii_lowercase()) {
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
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::telling::Telling;
    use crate::webex::lock;
    use hyper::Request;
    use serde_json::Value;

    const TOKEN: &str = "c2VjcmV0LXRva2Vu";
    const KNOWN: &str = "known-secret";

    fn log(most: usize) -> Log {
        Log::new(most, &[KNOWN], &["/served"])
    }

    /// Notes a request that was answered with this status, or not at all.
    fn note(log: &mut Log, path: &str, body: Option<&[u8]>, status: Option<u16>) {
        let parts = parts(path);
        let asked = Asked {
            parts: &parts,
            body,
            token: TOKEN,
            after: Duration::from_millis(1500),
        };
        let answer = status.map_or_else(Answer::none, |status| Answer::new(status).tracked("T_1"));
        log.note(&asked, &answer);
    }

    fn parts(path: &str) -> Parts {
        let request = Request::post(path)
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("cookie", "secret")
            .header("x-token", TOKEN)
            .header("x-known", KNOWN)
            .header("proxy-authorization", "its-token x")
            .header("user-agent", "test");
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn requests_are_kept_without_secrets() {
        let mut log = log(10);
        let body = format!("{{\"a\": \"{TOKEN}\0é {KNOWN}\"}}");
        let path = format!("/path?q={TOKEN}");
        note(&mut log, &path, Some(body.as_bytes()), Some(200));
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let expected = LoggedRequest {
            number: 1,
            after: Duration::from_millis(1500),
            method: "POST".to_owned(),
            path: "/path".to_owned(),
            query: "q=…".to_owned(),
            headers: vec![
                header("authorization", "Bearer …"),
                header("cookie", "…"),
                header("x-token", "…"),
                header("x-known", "…"),
                header("proxy-authorization", "…"),
                header("user-agent", "test"),
            ],
            body: "{\"a\": \"…\0é …\"}".to_owned(),
            status: Some(200),
            tracking_id: Some("T_1".to_owned()),
        };
        assert_eq!(log.newest(10).collect::<Vec<_>>(), [expected]);
    }

    #[test]
    fn secrets_are_found_however_they_are_written() {
        let mut log = log(10);
        for (query, body, kept) in [
            ("?a=known%2Dsecret", "{}", ("…", "{}")),
            (
                "?a=b%2Dc",
                r#"{"a": "known\u002dsecret"}"#,
                ("a=b%2Dc", "…"),
            ),
            ("?a", r#"{"known\u002dsecret": []}"#, ("a", "…")),
            (
                "?a",
                r#"{"a": ["\n", {"b": "known\u002dsecret"}]}"#,
                ("a", "…"),
            ),
            ("?a", r#"{"a": "\u002d"}"#, ("a", r#"{"a": "\u002d"}"#)),
        ] {
            note(&mut log, &format!("/{query}"), Some(body.as_bytes()), None);
            let noted = log.newest(1).next().unwrap();
            assert_eq!((noted.query.as_str(), noted.body.as_str()), kept);
        }
        note(&mut log, "/?client_secret=x", None, Some(200));
        let noted = log.newest(1).next().unwrap();
        assert_eq!((noted.query.as_str(), noted.body.as_str()), ("…", ""));
        note(&mut log, "/", None, Some(200));
        assert_eq!(log.newest(1).next().unwrap().query, "");
    }

    #[test]
    fn the_oldest_go_first() {
        let mut log = log(2);
        for path in ["/1", "/2", "/2"] {
            note(&mut log, path, Some(b""), Some(404));
        }
        note(&mut log, "/4", Some(b""), None);
        let paths = |most| {
            log.newest(most)
                .map(|request| request.path)
                .collect::<Vec<_>>()
        };
        assert_eq!(paths(10), ["/4", "/2"]);
        assert_eq!(paths(1), ["/4"]);
        assert_eq!(log.answered("/2"), BTreeMap::from([(404, 2)]));
        assert_eq!(log.statuses(), BTreeMap::from([(404, 3)]));
        log.clear();
        assert_eq!((log.newest(10).count(), log.bytes), (0, 0));
    }

    #[test]
    fn the_last_are_told_as_json() {
        let log = Arc::new(Mutex::new(log(4)));
        let told = |most| {
            let text: String = Telling::new(&log, most).collect();
            let told: Value = serde_json::from_str(&text).unwrap();
            let told = told.as_array().unwrap().iter();
            told.map(|request| request["number"].as_u64().unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(told(10), [0; 0]);
        for _ in 0..6 {
            note(&mut lock(&log), "/", Some(b""), Some(200));
        }
        assert_eq!(told(10), [3, 4, 5, 6]);
        assert_eq!(told(2), [5, 6]);
        assert_eq!(told(0), [0; 0]);
        // What comes in between is not told, what goes is left out.
        let mut telling = Telling::new(&log, 10);
        let begin = telling.next().unwrap();
        for _ in 0..2 {
            note(&mut lock(&log), "/", Some(b""), Some(200));
        }
        let rest: String = telling.collect();
        let told: Value = serde_json::from_str(&(begin + &rest)).unwrap();
        let numbers = told
            .as_array()
            .unwrap()
            .iter()
            .map(|request| &request["number"]);
        assert_eq!(numbers.collect::<Vec<_>>(), [3, 5, 6]);
        lock(&log).clear();
        assert_eq!(Telling::new(&log, 10).collect::<String>(), "[]");
    }

    #[test]
    fn what_is_served_is_counted_whatever_else_is_asked() {
        let mut log = log(1);
        for number in 0..2 * MOST_PATHS {
            note(&mut log, &format!("/{number}"), Some(b""), Some(404));
        }
        note(&mut log, "/served", Some(b""), Some(200));
        assert_eq!(log.answered("/served"), BTreeMap::from([(200, 1)]));
        assert_eq!(log.statuses(), BTreeMap::from([(200, 1), (404, 200)]));
        assert_eq!(log.answered.len(), MOST_PATHS);
    }

    #[test]
    fn bytes_are_bounded_and_none_may_be_kept() {
        let mut log = log(usize::MAX);
        let body = vec![b'x'; 2 * MOST_BODY];
        for _ in 0..2 * MOST_BYTES / MOST_BODY {
            note(&mut log, "/", Some(&body), Some(200));
        }
        assert!(log.bytes <= MOST_BYTES && log.last.len() > MOST_BYTES / MOST_BODY / 2);
        let mut log = super::Log::new(0, &[], &[]);
        note(&mut log, "/", Some(b""), Some(200));
        assert_eq!((log.newest(1).count(), log.bytes), (0, 0));
        assert_eq!(log.answered("/"), BTreeMap::from([(200, 1)]));
    }
}
