//! What the sandbox answers about itself: its health, and what it was asked.

use std::net::IpAddr;

use hyper::Method;
use hyper::header::{self, HeaderValue};
use hyper::http::request::Parts;
use serde_json::json;

use crate::answer::Answer;
use crate::http;
use crate::telling::Telling;
use crate::webex::{Webex, lock};

const HEALTH: &str = "/healthz";
const REQUESTS: &str = "/__sandbox/requests";

/// Requests that are told unless more are asked for.
const DEFAULT_LAST: usize = 100;

/// Whether a path is the sandbox's own, and none of Webex's.
pub(crate) fn is_own(path: &str) -> bool {
    [HEALTH, REQUESTS].contains(&path)
}

/// Answers a request to such a path. `peer` asks at the address `local`.
pub(crate) fn answer(webex: &Webex, parts: &Parts, peer: IpAddr, local: IpAddr) -> Answer {
    let not_allowed = |allowed| {
        let answer = webex.refuse(405, "This method is not served here.", &[]);
        answer.with(header::ALLOW, HeaderValue::from_static(allowed))
    };
    if parts.uri.path() == HEALTH {
        return match parts.method {
            Method::GET | Method::HEAD => Answer::new(200).json(&json!({"status": "ok"})),
            _ => not_allowed("GET, HEAD"),
        };
    }
    if !http::is_from_here(peer, local, &parts.headers) {
        return webex.refuse(403, "Only this machine may read the requests.", &[]);
    }
    match parts.method {
        Method::GET | Method::HEAD => {
            let query = http::query(parts);
            let last = query.iter().find(|(name, _)| name == "last");
            match last.map_or(Ok(DEFAULT_LAST), |(_, text)| text.parse()) {
                Ok(last) => Answer::new(200).telling(Telling::new(&webex.log, last)),
                Err(_) => webex.refuse(400, "`last` is a number of requests.", &[]),
            }
        }
        Method::DELETE => {
            lock(&webex.log).clear();
            Answer::new(204)
        }
        _ => not_allowed("GET, HEAD, DELETE"),
    }
}
