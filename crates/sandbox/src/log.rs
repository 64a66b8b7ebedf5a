//! The log: the last requests, and counts of all answers.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use hyper::http::request::Parts;

use crate::answer::Answer;
use crate::http;
use crate::logged_request::{LoggedRequest, redact};

/// Maximum size of a logged body.
const MAX_BODY: usize = 64 * 1024;
/// Maximum size of all logged requests.
const MAX_TOTAL: usize = 64 * 1024 * 1024;
/// Maximum number of paths with counts; clients may invent any number.
const MAX_PATHS: usize = 100;

/// The last requests, and how many were answered.
pub(crate) struct Log {
    capacity: usize,
    secrets: Vec<String>,
    /// As they came, with their sizes. Redacting each would slow down every request, so they are
    /// redacted when they are read.
    last: VecDeque<(LoggedRequest, usize)>,
    size: usize,
    number: u64,
    by_path: BTreeMap<String, BTreeMap<u16, u64>>,
    by_status: BTreeMap<u16, u64>,
}

impl Log {
    /// `secrets` are the tokens and secrets that the sandbox knows, and `paths` those that it serves.
    pub(crate) fn new(capacity: usize, secrets: Vec<String>, paths: &[&str]) -> Self {
        let paths = paths.iter();
        Self {
            capacity,
            secrets,
            last: VecDeque::new(),
            size: 0,
            number: 0,
            by_path: paths
                .map(|path| ((*path).to_owned(), BTreeMap::new()))
                .collect(),
            by_status: BTreeMap::new(),
        }
    }

    /// Adds a request and its answer. Without a body, the query is not kept either; `after` is the
    /// time since the sandbox started.
    pub(crate) fn add(
        &mut self,
        parts: &Parts,
        body: Option<Vec<u8>>,
        answer: &Answer,
        after: Duration,
    ) {
        let (path, status) = (parts.uri.path(), answer.status());
        self.number += 1;
        if let Some(status) = status {
            self.count(path, status);
        }
        let headers = parts.headers.iter();
        let headers = headers
            .map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes().to_vec())));
        let query = match parts.uri.query() {
            Some(_) if body.is_none() => "…",
            query => query.unwrap_or_default(),
        };
        let mut body = text(body.unwrap_or_default());
        if body.len() > MAX_BODY {
            // A secret that is cut in two would not be found any more.
            redact(&mut body, &self.secrets, http::bearer(&parts.headers));
            let mut ends = (0..=MAX_BODY).rev();
            let end = ends.find(|end| body.is_char_boundary(*end));
            body.truncate(end.unwrap_or_default());
        }
        body.shrink_to_fit();
        let request = LoggedRequest {
            number: self.number,
            after,
            method: parts.method.as_str().to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: headers.collect(),
            body,
            status,
            tracking_id: answer.tracking_id().map(|id| text(id.as_bytes().to_vec())),
        };
        let size = size_of(&request);
        self.size += size;
        self.last.push_back((request, size));
        while self.last.len() > self.capacity || self.size > MAX_TOTAL {
            let oldest = self.last.pop_front();
            self.size -= oldest.map_or(self.size, |(_, size)| size);
        }
    }

    fn count(&mut self, path: &str, status: u16) {
        *self.by_status.entry(status).or_default() += 1;
        if let Some(counts) = self.by_path.get_mut(path) {
            *counts.entry(status).or_default() += 1;
        } else if self.by_path.len() < MAX_PATHS {
            let counts = BTreeMap::from([(status, 1)]);
            self.by_path.insert(path.to_owned(), counts);
        }
    }

    /// The number of answers to requests for a path, by status.
    pub(crate) fn answered(&self, path: &str) -> BTreeMap<u16, u64> {
        self.by_path.get(path).cloned().unwrap_or_default()
    }

    /// The number of answers by status.
    pub(crate) fn statuses(&self) -> BTreeMap<u16, u64> {
        self.by_status.clone()
    }

    /// The last requests, at most `count`, the oldest first.
    pub(crate) fn last(&self, count: usize) -> Vec<LoggedRequest> {
        let skipped = self.last.len().saturating_sub(count);
        let last = self.last.iter().skip(skipped);
        last.map(|(request, _)| request.redacted(&self.secrets))
            .collect()
    }

    /// Forgets the requests; the counts stay.
    pub(crate) fn clear(&mut self) {
        self.last.clear();
        self.size = 0;
    }
}

fn text(bytes: Vec<u8>) -> String {
    let text = String::from_utf8(bytes);
    text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// The memory that a request takes, about.
fn size_of(request: &LoggedRequest) -> usize {
    let headers = request.headers.iter();
    let headers = headers.map(|header| size_of_val(header) + header.0.len() + header.1.len());
    let text = request.path.len() + request.query.len() + request.body.len();
    size_of_val(request) + text + headers.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::Request;

    const TOKEN: &str = "c2VjcmV0LXRva2Vu";
    const KNOWN: &str = "known-secret";

    fn log(capacity: usize) -> Log {
        Log::new(capacity, vec![KNOWN.to_owned()], &["/served"])
    }

    /// Adds a request with this answer, or without one.
    fn add(log: &mut Log, path: &str, body: Option<&str>, status: Option<u16>) {
        let request = Request::post(path)
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("cookie", "secret")
            .header("x-token", TOKEN)
            .header("x-known", KNOWN)
            .header("proxy-authorization", "its-token x")
            .header("user-agent", "test");
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let answer = status.map_or_else(Answer::none, |status| Answer::new(status).tracked("T_1"));
        let after = Duration::from_millis(1500);
        log.add(&parts, body.map(Vec::from), &answer, after);
    }

    #[test]
    fn requests_are_logged_without_secrets() {
        let mut log = log(10);
        let body = format!("{{\"a\": \"{TOKEN}\0é {KNOWN}\"}}");
        add(
            &mut log,
            &format!("/path?q={TOKEN}"),
            Some(&body),
            Some(200),
        );
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
        assert_eq!(log.last(10), [expected]);
    }

    #[test]
    fn secret_bodies_are_not_logged_and_neither_are_their_queries() {
        let mut log = log(10);
        add(&mut log, "/?client_secret=x", None, Some(200));
        add(&mut log, "/", None, Some(200));
        let logged = log.last(10);
        assert_eq!((&*logged[0].query, &*logged[0].body), ("…", ""));
        assert_eq!((&*logged[1].query, &*logged[1].body), ("", ""));
    }

    #[test]
    fn secret_at_the_limit_of_a_body_is_redacted() {
        let mut log = log(10);
        let body = format!(
            "{}{KNOWN}{}",
            "x".repeat(MAX_BODY - 5),
            "é".repeat(MAX_BODY)
        );
        add(&mut log, "/", Some(&body), Some(200));
        assert_eq!(
            log.last(1)[0].body,
            format!("{}…é", "x".repeat(MAX_BODY - 5))
        );
    }

    #[test]
    fn oldest_requests_are_dropped_first() {
        let mut log = log(2);
        for path in ["/1", "/2", "/2"] {
            add(&mut log, path, Some(""), Some(404));
        }
        add(&mut log, "/4", Some(""), None);
        let paths = |log: &Log, count| {
            let requests = log.last(count).into_iter();
            requests.map(|request| request.path).collect::<Vec<_>>()
        };
        assert_eq!(paths(&log, 10), ["/2", "/4"]);
        assert_eq!(paths(&log, 1), ["/4"]);
        assert_eq!(log.answered("/2"), BTreeMap::from([(404, 2)]));
        assert_eq!(log.statuses(), BTreeMap::from([(404, 3)]));
        log.clear();
        assert_eq!((log.last(10).len(), log.size), (0, 0));
    }

    #[test]
    fn served_paths_are_counted_after_many_unknown_ones() {
        let mut log = log(1);
        for number in 0..2 * MAX_PATHS {
            add(&mut log, &format!("/{number}"), Some(""), Some(404));
        }
        add(&mut log, "/served", Some(""), Some(200));
        assert_eq!(log.answered("/served"), BTreeMap::from([(200, 1)]));
        assert_eq!(log.statuses(), BTreeMap::from([(200, 1), (404, 200)]));
        assert_eq!(log.by_path.len(), MAX_PATHS);
    }

    #[test]
    fn size_is_bounded_and_capacity_may_be_zero() {
        let mut log = log(usize::MAX);
        let body = "x".repeat(2 * MAX_BODY);
        for _ in 0..2 * MAX_TOTAL / MAX_BODY {
            add(&mut log, "/", Some(&body), Some(200));
        }
        assert!(log.size <= MAX_TOTAL && log.last.len() > MAX_TOTAL / MAX_BODY / 2);
        let mut log = Log::new(0, Vec::new(), &[]);
        add(&mut log, "/", Some(""), Some(200));
        assert_eq!((log.last(1).len(), log.size), (0, 0));
        assert_eq!(log.answered("/"), BTreeMap::from([(200, 1)]));
    }
}
