//! What the sandbox answers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response};
use serde_json::{Value, json};
use webex_precheck_contract::OperationId;

use crate::answer::{Answer, Dropped, Outgoing, Sleep};
use crate::documented::Documented;
use crate::flaky::Flaky;
use crate::incoming::{self, Unread};
use crate::json;
use crate::judge::{self, NO_OBJECT, NO_TEST_VALUE, Reason, TWICE};
use crate::limits::Buckets;
use crate::log::{Log, LoggedRequest};
use crate::scenario::{Script, Taken};
use crate::test_values::{self, Circumstances, Failures, TestValue};
use crate::tokens::{Access, Tokens};

/// Where access tokens are given.
const ACCESS_TOKEN: &str = "/v1/access_token";
const HEALTH: &str = "/healthz";
const REQUESTS: &str = "/__sandbox/requests";

/// Names the fields of a request that no source documents.
const UNKNOWN_FIELDS: HeaderName = HeaderName::from_static("sandbox-unknown-fields");
/// Bytes of that header at most.
const MOST_UNKNOWN: usize = 1024;

/// Gives the present time.
pub(crate) type Now = std::sync::Arc<dyn Fn() -> Instant + Send + Sync>;

/// What all connections share.
pub(crate) struct Webex {
    pub(crate) documented: Documented,
    pub(crate) tokens: Mutex<Tokens>,
    pub(crate) buckets: Mutex<Buckets<(String, OperationId)>>,
    pub(crate) script: Mutex<Script>,
    pub(crate) flaky: Mutex<Option<Flaky>>,
    pub(crate) failures: Mutex<Failures>,
    pub(crate) log: Mutex<Log>,
    pub(crate) last_tracking_id: Mutex<u64>,
    pub(crate) now: Now,
    pub(crate) sleep: Sleep,
    /// When it was started.
    pub(crate) started: (Instant, SystemTime),
    /// How long a request may take to arrive.
    pub(crate) patience: Duration,
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads the query; `None` where it has no such form.
fn query(parts: &Parts) -> Vec<(String, String)> {
    let query = parts.uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

impl Webex {
    /// Answers a request. `has_arrived` is called once it was read.
    pub(crate) async fn serve(
        &self,
        request: Request<Incoming>,
        peer: IpAddr,
        has_arrived: impl FnOnce(),
    ) -> Result<Response<Outgoing>, Dropped> {
        let (parts, body) = request.into_parts();
        if let Some(message) = malformed(&parts) {
            has_arrived();
            let answer = self.refuse(400, message, &[]).closing();
            return answer.send(&self.sleep).await;
        }
        let path = parts.uri.path();
        if [HEALTH, REQUESTS].contains(&path) {
            has_arrived();
            let answer = self.about_itself(&parts, peer);
            return answer.send(&self.sleep).await;
        }
        let operation = OperationId::ALL
            .into_iter()
            .find(|id| path.strip_prefix("/v1") == Some(id.path_suffix()));
        let is_known = operation.is_some() || path == ACCESS_TOKEN;
        let read = match is_known && parts.method == Method::POST {
            true => incoming::read(&parts.headers, body, self.patience).await,
            // Its body is nobody's business.
            false => Ok(hyper::body::Bytes::new()),
        };
        has_arrived();
        let token = bearer(&parts.headers);
        let answer = match operation {
            _ if is_known && parts.method != Method::POST => self
                .refuse(405, "Only POST is served here.", &[])
                .with(header::ALLOW, HeaderValue::from_static("POST")),
            Some(id) => self.precheck(id, &parts, token, &read),
            None if is_known => self.renew(&read),
            None => self.refuse(404, "There is nothing under this address.", &[]),
        };
        let logged: &[u8] = match &read {
            Ok(body) if operation.is_some() => body,
            // A renewal's holds secrets.
            _ => &[],
        };
        lock(&self.log).note(&parts, logged, token, answer.status());
        answer.send(&self.sleep).await
    }

    fn precheck(
        &self,
        id: OperationId,
        parts: &Parts,
        token: &str,
        body: &Result<hyper::body::Bytes, Unread>,
    ) -> Answer {
        let known: &[u8] = body.as_ref().map_or(&[], |body| body);
        let taken = lock(&self.script).precheck(id, known);
        match taken {
            Taken::Judged => {}
            Taken::Answer(answer) => return answer,
            Taken::TestValue(value) => return self.test_value(id, &value, "email"),
            Taken::Unexpected(message) => return self.unexpected(&message),
        }
        let now = (self.now)();
        let access = lock(&self.tokens).access(token, now);
        if access == Access::None {
            let message = "The token is missing, expired or not one of this sandbox.";
            return self
                .refuse(401, message, &[])
                .with(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if !access.is_for(id) {
            return self.refuse(403, missing_scope(id), &[]);
        }
        if let Err(wait) = lock(&self.buckets).take((token.to_owned(), id), now) {
            let seconds = wait.as_secs_f64().ceil().to_string();
            return self
                .refuse(429, "There are too many requests with this token.", &[])
                .header("retry-after", &seconds);
        }
        if let Some(failure) = lock(&self.flaky).as_mut().and_then(Flaky::next) {
            return failure.tracked(&self.tracking_id());
        }
        let body = match body {
            Ok(body) => body,
            Err(unread) => return self.unread(*unread),
        };
        if !is_json(&parts.headers) && !body.is_empty() {
            return self.refuse(415, "Send the body as application/json.", &[]);
        }
        self.judge(id, &query(parts), body)
    }

    fn judge(&self, id: OperationId, query: &[(String, String)], body: &[u8]) -> Answer {
        let no_object = |why: &str| {
            let reason = Reason::new(NO_OBJECT, "", why);
            self.refuse(400, "The body is not a JSON object.", &[reason])
        };
        let (body, twice) = match json::read(body) {
            Ok((Value::Object(body), twice)) => (body, twice),
            Ok(_) => return no_object("It is JSON, but no object."),
            Err(error) => return no_object(&format!("{error}.")),
        };
        let documented = self.documented.operation(id);
        let mut judgement = judge::judge(documented, id, &body);
        let names = query.iter().enumerate().filter_map(|(index, (name, _))| {
            let is_second = query[..index].iter().any(|(before, _)| before == name);
            is_second.then(|| name.clone())
        });
        for name in twice.into_iter().chain(names) {
            let reason = Reason::new(TWICE, &name, "This name comes twice.");
            judgement.reasons.push(reason);
        }
        let found = test_values::find(&body, query);
        let value = found.as_ref().map(|found| TestValue::parse(found.word));
        if let (Some(found), Some(None)) = (&found, &value) {
            let description = format!("There is no test value `{}`.", found.word);
            let reason = Reason::new(NO_TEST_VALUE, &found.field, description);
            judgement.reasons.push(reason);
        }
        let answer = match (&judgement.reasons[..], found, value) {
            ([], Some(found), Some(Some(value))) => {
                let failures = value.failures();
                match failures == 0 || lock(&self.failures).fails(id, found.word, failures) {
                    true => self.test_value(id, &value, &found.field),
                    false => self.success(id),
                }
            }
            ([], _, _) => self.success(id),
            (reasons, _, _) => self.refuse(judgement.status(), "The request was refused.", reasons),
        };
        match named(&judgement.unknown) {
            Some(names) => answer.with(UNKNOWN_FIELDS, names),
            None => answer,
        }
    }

    fn success(&self, id: OperationId) -> Answer {
        Answer::new(200)
            .json_bytes(self.documented.operation(id).success.clone())
            .tracked(&self.tracking_id())
    }

    fn test_value(&self, id: OperationId, value: &TestValue, field: &str) -> Answer {
        let (instant, time) = self.started;
        let passed = (self.now)().saturating_duration_since(instant);
        value.answer(&Circumstances {
            success: &self.documented.operation(id).success,
            tracking_id: &self.tracking_id(),
            field,
            time: time + passed,
        })
    }

    fn renew(&self, body: &Result<hyper::body::Bytes, Unread>) -> Answer {
        let taken = lock(&self.script).renewal();
        match taken {
            Taken::Judged => {}
            Taken::Answer(answer) => return answer,
            Taken::TestValue(value) => {
                return self.test_value(OperationId::Subscriber, &value, "refresh_token");
            }
            Taken::Unexpected(message) => return self.unexpected(&message),
        }
        let body = match body {
            Ok(body) => body,
            Err(unread) => return self.unread(*unread),
        };
        let form: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
        let renewed = lock(&self.tokens).renew(&form, (self.now)());
        match renewed {
            Ok(tokens) => Answer::new(200).json(&tokens).tracked(&self.tracking_id()),
            Err(message) => self.refuse(400, message, &[]),
        }
    }

    fn unread(&self, unread: Unread) -> Answer {
        let (status, message) = match unread {
            Unread::TooLarge => (413, "The body has more than 1 MiB."),
            Unread::TooSlow => (408, "The body took too long to arrive."),
            Unread::Broken => (400, "The body was cut off or is no HTTP."),
        };
        self.refuse(status, message, &[]).closing()
    }

    /// A scenario expects something else. No status of Webex's, so that nobody takes it for one.
    fn unexpected(&self, message: &str) -> Answer {
        self.refuse(
            501,
            &format!("The scenario has another plan: {message}."),
            &[],
        )
    }

    /// Answers what is not Webex's.
    fn about_itself(&self, parts: &Parts, peer: IpAddr) -> Answer {
        let not_allowed = |allowed| {
            let answer = self.refuse(405, "This method is not served here.", &[]);
            answer.with(header::ALLOW, HeaderValue::from_static(allowed))
        };
        if parts.uri.path() == HEALTH {
            return match parts.method {
                Method::GET | Method::HEAD => Answer::new(200).json(&json!({"status": "ok"})),
                _ => not_allowed("GET, HEAD"),
            };
        }
        if !is_loopback(peer) || !names_loopback(parts) {
            return self.refuse(403, "Only this machine may read the requests.", &[]);
        }
        match parts.method {
            Method::GET | Method::HEAD => {
                let query = query(parts);
                let last = query.iter().find(|(name, _)| name == "last");
                let last = last.map(|(_, text)| text.parse());
                match last.unwrap_or(Ok(DEFAULT_LAST)) {
                    Ok(last) => {
                        let requests = lock(&self.log).requests(last);
                        let requests = requests.iter().map(LoggedRequest::to_json);
                        Answer::new(200).json(&requests.collect())
                    }
                    Err(_) => self.refuse(400, "`last` is a number of requests.", &[]),
                }
            }
            Method::DELETE => {
                lock(&self.log).clear();
                Answer::new(204)
            }
            _ => not_allowed("GET, HEAD, DELETE"),
        }
    }

    fn tracking_id(&self) -> String {
        let mut last = lock(&self.last_tracking_id);
        *last += 1;
        format!("SANDBOX_{:08}", *last)
    }

    /// An error in the shape of Webex's provisioning APIs.
    fn refuse(&self, status: u16, message: &str, reasons: &[Reason]) -> Answer {
        let tracking_id = self.tracking_id();
        let mut body = json!({"message": message, "trackingId": tracking_id});
        if !reasons.is_empty() {
            let reasons = reasons.iter().map(|reason| {
                json!({
                    "errorCode": reason.code,
                    "description": reason.description,
                    "fieldName": reason.field,
                })
            });
            body["errors"] = reasons.collect();
        }
        Answer::new(status).json(&body).tracked(&tracking_id)
    }
}

/// What a proxy might read otherwise than we do: where the request ends, and who is asked.
fn malformed(parts: &Parts) -> Option<&'static str> {
    let encodings = parts.headers.get_all(header::TRANSFER_ENCODING);
    let mut encodings = encodings.iter().map(HeaderValue::as_bytes);
    let is_plain = match (encodings.next(), encodings.next()) {
        (None, _) => true,
        (Some(only), None) => only.eq_ignore_ascii_case(b"chunked"),
        _ => false,
    };
    if !is_plain {
        return Some("Transfer-Encoding is chunked or absent.");
    }
    let hosts = parts.headers.get_all(header::HOST).iter().count();
    let is_old = parts.version < hyper::Version::HTTP_11;
    match hosts {
        1 => None,
        0 if is_old => None,
        _ => Some("There must be one Host."),
    }
}

/// Requests that are told unless more are asked for.
const DEFAULT_LAST: usize = 100;

fn missing_scope(id: OperationId) -> &'static str {
    match id {
        OperationId::Customer => "The token lacks the scope spark-admin:wholesale_customers_write.",
        OperationId::Subscriber => {
            "The token lacks the scope spark-admin:wholesale_subscribers_write."
        }
    }
}

/// The names as a header, each encoded as in a query.
fn named(fields: &[String]) -> Option<HeaderValue> {
    let mut names = String::new();
    for field in fields {
        let name: String = form_urlencoded::byte_serialize(field.as_bytes()).collect();
        if names.len() + name.len() > MOST_UNKNOWN {
            names.push_str(", ...");
            break;
        }
        if !names.is_empty() {
            names.push_str(", ");
        }
        names.push_str(&name);
    }
    match names.is_empty() {
        true => None,
        false => HeaderValue::from_str(&names).ok(),
    }
}

fn is_loopback(peer: IpAddr) -> bool {
    peer.to_canonical().is_loopback()
}

/// Whether the request was sent to an address of this machine by its name: a page in a browser that
/// made its own name one of this machine's must not read what was asked.
fn names_loopback(parts: &Parts) -> bool {
    let host = parts.headers.get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    let host = match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => host,
    };
    host.eq_ignore_ascii_case("localhost")
        || host.parse().is_ok_and(|host: Ipv4Addr| host.is_loopback())
        || host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .is_some_and(|host| host.parse().is_ok_and(|host: Ipv6Addr| host.is_loopback()))
}

/// The token of `Authorization: Bearer …`; empty where there is none.
fn bearer(headers: &HeaderMap) -> &str {
    let header = headers.get(header::AUTHORIZATION);
    let value = header
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let (scheme, token) = value.split_once(' ').unwrap_or_default();
    match scheme.eq_ignore_ascii_case("bearer") {
        true => token.trim(),
        false => "",
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let header = headers.get(header::CONTENT_TYPE);
    let value = header
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}
