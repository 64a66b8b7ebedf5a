//! The sandbox's own paths: its health, and the requests that it has logged.

use std::net::IpAddr;
use std::sync::Arc;

use hyper::Method;
use hyper::http::request::Parts;
use serde_json::json;
use tokio::sync::Semaphore;
use webex_precheck_escape::escape_json;

use crate::answer::Answer;
use crate::http;
use crate::log::Log;
use crate::refusal::{Refusal, Result};

const HEALTH: &str = "/healthz";
const REQUESTS: &str = "/__sandbox/requests";

/// Number of requests in the list by default.
const DEFAULT_LAST: usize = 100;
/// Maximum number of lists that are being sent: clients that do not read them must not fill memory.
pub(crate) const MAX_LISTS: usize = 8;

/// Whether a path is the sandbox's own and not Webex's.
pub(crate) fn serves(path: &str) -> bool {
    [HEALTH, REQUESTS].contains(&path)
}

/// Answers a request to such a path, which `peer` sends to the address `local`.
pub(crate) fn answer(
    log: &mut Log,
    lists: &Arc<Semaphore>,
    parts: &Parts,
    peer: IpAddr,
    local: IpAddr,
) -> Result<Answer> {
    if parts.uri.path() == HEALTH {
        return match parts.method {
            Method::GET | Method::HEAD => Ok(Answer::new(200).json(&json!({"status": "ok"}))),
            _ => Err(Refusal::method_not_allowed("GET, HEAD")),
        };
    }
    if !http::is_local(peer, local, &parts.headers) {
        let message = "Only this machine may read the requests.";
        return Err(Refusal::new(403, message));
    }
    match parts.method {
        Method::GET | Method::HEAD => {
            let query = http::query(parts);
            let last = query.iter().find(|(name, _)| name == "last");
            let last = last.map_or(Ok(DEFAULT_LAST), |(_, text)| text.parse());
            let last = last.map_err(|_| Refusal::new(400, "`last` is a number of requests."))?;
            let permit = Arc::clone(lists).try_acquire_owned();
            let permit = permit.map_err(|_| Refusal::new(503, "Too many lists are being sent."))?;
            let requests = serde_json::to_string(&log.last(last)).unwrap_or_default();
            let requests = escape_json(&requests).into_owned();
            Ok(Answer::new(200).json_text(requests).holding(permit))
        }
        Method::DELETE => {
            log.clear();
            Ok(Answer::new(204))
        }
        _ => Err(Refusal::method_not_allowed("GET, HEAD, DELETE")),
    }
}
