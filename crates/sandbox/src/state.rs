//! The state of a sandbox, and how it answers a request.

use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Request, Response};
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::admin;
use crate::answer::{Answer, Outgoing, Sleep};
use crate::body::BodyReader;
use crate::effect::RequestContext;
use crate::failures::Failures;
use crate::flaky::Flaky;
use crate::http;
use crate::json;
use crate::judge;
use crate::limits::RateLimits;
use crate::log::Log;
use crate::operation::{self, Operation};
use crate::refusal::{
    DUPLICATE_NAME, ErrorDetail, NOT_AN_OBJECT, Refusal, Result, UNKNOWN_TEST_VALUE,
};
use crate::scenario::script::Script;
use crate::scenario::step::Reply;
use crate::sync::lock;
use crate::test_values::{self, TestAnswer};
#[cfg(feature = "tls")]
use crate::tls::Tls;
use crate::tokens::Tokens;

/// The path that issues access tokens.
const ACCESS_TOKEN: &str = "/v1/access_token";

/// Names the fields of a request that no source documents.
const UNKNOWN_FIELDS: HeaderName = HeaderName::from_static("sandbox-unknown-fields");

/// Returns the current time.
pub(crate) type Now = Arc<dyn Fn() -> Instant + Send + Sync>;

/// What all connections share.
pub(crate) struct ServerState {
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<Tls>,
    pub(crate) tokens: Mutex<Tokens>,
    pub(crate) limits: Mutex<RateLimits<(String, &'static str)>>,
    pub(crate) script: Mutex<Script>,
    pub(crate) flaky: Mutex<Option<Flaky>>,
    pub(crate) failures: Mutex<Failures>,
    pub(crate) log: Mutex<Log>,
    /// Permits to send the log.
    pub(crate) lists: Arc<Semaphore>,
    pub(crate) last_tracking_id: AtomicU64,
    pub(crate) now: Now,
    pub(crate) sleep: Sleep,
    pub(crate) started: (Instant, SystemTime),
    pub(crate) bodies: BodyReader,
    pub(crate) read_timeout: Duration,
}

/// The paths that Webex serves too.
pub(crate) fn paths() -> Vec<&'static str> {
    let prechecks = operation::all().iter();
    let prechecks = prechecks.map(|operation| operation.path.as_str());
    prechecks.chain([ACCESS_TOKEN]).collect()
}

impl ServerState {
    /// The scheme of the sandbox's URLs.
    pub(crate) fn scheme(&self) -> &'static str {
        #[cfg(feature = "tls")]
        if self.tls.is_some() {
            return "https";
        }
        "http"
    }

    /// Answers a request that `peer` sends to the address `local`. An error closes the connection.
    pub(crate) async fn serve(
        &self,
        request: Request<Incoming>,
        peer: IpAddr,
        local: IpAddr,
    ) -> io::Result<Response<Outgoing>> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path();
        if admin::serves(path) {
            let checked = http::check_framing(&parts);
            let answer = checked.and_then(|()| {
                let log = &mut lock(&self.log);
                admin::answer(log, &self.lists, &parts, peer, local)
            });
            let answer = answer.unwrap_or_else(|refusal| refusal.answer(&self.tracking_id()));
            return answer.send(&self.sleep).await;
        }
        // A body is read even if it is not needed, so that its sender sees the answer.
        let body = self.bodies.read(&parts.headers, body).await;
        let answer = self.answer(&parts, body.as_deref().map_err(Clone::clone));
        let answer = answer.unwrap_or_else(|refusal| refusal.answer(&self.tracking_id()));
        let body = (path != ACCESS_TOKEN).then(|| body.unwrap_or_default());
        let after = self.elapsed();
        lock(&self.log).add(&parts, body, &answer, after);
        answer.send(&self.sleep).await
    }

    fn answer(&self, parts: &Parts, body: Result<&[u8]>) -> Result<Answer> {
        http::check_framing(parts)?;
        let path = parts.uri.path();
        let operation = operation::at(path, parts.method.as_str());
        if operation.is_none() && path != ACCESS_TOKEN {
            return Err(Refusal::new(404, "There is nothing under this address."));
        }
        let method = operation.map_or("POST", |operation| &operation.method);
        if parts.method != method {
            return Err(Refusal::method_not_allowed(method));
        }
        match operation {
            Some(operation) => self.precheck(operation, parts, body),
            None => self.renew(parts, body),
        }
    }

    fn precheck(
        &self,
        operation: &'static Operation,
        parts: &Parts,
        body: Result<&[u8]>,
    ) -> Result<Answer> {
        let known = body.as_deref().unwrap_or_default();
        let reply = lock(&self.script).precheck(&operation.name, known)?;
        if let Some(answer) = self.scripted(reply, &operation.success, "email") {
            return Ok(answer);
        }
        let token = http::bearer(&parts.headers);
        let now = (self.now)();
        lock(&self.tokens).authorize(token, operation, now)?;
        let taken = lock(&self.limits).take(|| (token.to_owned(), operation.name.as_str()), now);
        if let Err(wait) = taken {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            let refusal = Refusal::new(429, "There are too many requests with this token.");
            return Err(refusal.header(header::RETRY_AFTER, seconds.into()));
        }
        if let Some(failure) = lock(&self.flaky).as_mut().and_then(Flaky::next) {
            return Ok(failure.tracked(&self.tracking_id()));
        }
        let body = body?;
        if !http::is_of_type(&parts.headers, "application/json") && !body.is_empty() {
            return Err(Refusal::new(415, "Send the body as application/json."));
        }
        self.judge(operation, &http::query(parts), body)
    }

    fn judge(
        &self,
        operation: &Operation,
        query: &[(String, String)],
        body: &[u8],
    ) -> Result<Answer> {
        let not_an_object = |description: String| {
            let error = ErrorDetail::new(NOT_AN_OBJECT, "", description);
            Refusal::new(400, "The body is not a JSON object.").errors(vec![error])
        };
        let read = json::read(body).map_err(|error| not_an_object(format!("{error}.")))?;
        let (json, mut duplicates) = read;
        let Value::Object(body) = &json else {
            return Err(not_an_object("It is JSON, but not an object.".to_owned()));
        };
        for (index, (name, _)) in query.iter().enumerate() {
            if query[..index].iter().any(|(before, _)| before == name) {
                duplicates.push(name.clone());
            }
        }
        let mut judgement = judge::judge(operation, body);
        for name in duplicates {
            let error = ErrorDetail::new(DUPLICATE_NAME, &name, "This name comes twice.");
            judgement.errors.push(error);
        }
        let found = test_values::find(operation, &json, query);
        let test = found.map(|found| {
            let answer = self.test_answer(&operation.success, found.value, &found.field);
            (found, answer)
        });
        if let Some((found, None)) = &test {
            let description = format!(
                "There is no test value `{}`; the README of webex-precheck-sandbox lists them.",
                json::quoted(found.value)
            );
            let error = ErrorDetail::new(UNKNOWN_TEST_VALUE, &found.field, description);
            judgement.errors.push(error);
        }
        let fails = |value, failures| lock(&self.failures).fails(&operation.name, value, failures);
        let answer = match test {
            _ if !judgement.errors.is_empty() => {
                let refusal = Refusal::new(judgement.status(), "The request was refused.");
                refusal.errors(judgement.errors).answer(&self.tracking_id())
            }
            Some((found, Some(TestAnswer { failures, answer })))
                if failures == 0 || fails(found.value, failures) =>
            {
                answer
            }
            _ => {
                let answer = Answer::new(200).json_text(operation.success.clone());
                answer.tracked(&self.tracking_id())
            }
        };
        Ok(match unknown_fields(&judgement.unknown_fields) {
            Some(names) => answer.with(UNKNOWN_FIELDS, names),
            None => answer,
        })
    }

    fn test_answer(&self, success: &Bytes, value: &str, field: &str) -> Option<TestAnswer> {
        let context = RequestContext {
            success,
            tracking_id: &self.tracking_id(),
            field,
            time: self.started.1 + self.elapsed(),
        };
        test_values::answer(value, &context)
    }

    /// The answer of a scenario, unless the request is judged.
    fn scripted(&self, reply: Reply, success: &Bytes, field: &str) -> Option<Answer> {
        match reply {
            Reply::Judged => None,
            Reply::Answer(answer) => Some(answer),
            Reply::TestValue(value) => {
                let answer = self.test_answer(success, &value, field);
                answer.map(|test| test.answer)
            }
        }
    }

    fn renew(&self, parts: &Parts, body: Result<&[u8]>) -> Result<Answer> {
        let reply = lock(&self.script).renewal();
        let success = operation::all().first().map(|it| it.success.clone());
        let success = success.unwrap_or_default();
        if let Some(answer) = self.scripted(reply, &success, "refresh_token") {
            return Ok(answer);
        }
        let body = body?;
        if !http::is_of_type(&parts.headers, "application/x-www-form-urlencoded") {
            let message = "Send the body as application/x-www-form-urlencoded.";
            return Err(Refusal::new(415, message));
        }
        let tokens = lock(&self.tokens).renew(body, (self.now)())?;
        Ok(Answer::new(200).json(&tokens).tracked(&self.tracking_id()))
    }

    fn tracking_id(&self) -> String {
        let last = self.last_tracking_id.fetch_add(1, Ordering::Relaxed);
        format!("SANDBOX_{:08}", last + 1)
    }

    /// The time since the start.
    fn elapsed(&self) -> Duration {
        (self.now)().saturating_duration_since(self.started.0)
    }
}

/// The names as a header of limited length, each encoded as in a query.
fn unknown_fields(fields: &[String]) -> Option<HeaderValue> {
    const MAX_LENGTH: usize = 1024;
    const MAX_NAME: usize = 100;
    let mut names = String::new();
    for field in fields {
        if names.len() > MAX_LENGTH {
            names.push_str(", ...");
            break;
        }
        let mut name: String = form_urlencoded::byte_serialize(field.as_bytes()).collect();
        if name.len() > MAX_NAME {
            name.replace_range(MAX_NAME.., "...");
        }
        let join = if names.is_empty() { "" } else { ", " };
        names.extend([join, &name]);
    }
    (!fields.is_empty()).then(|| HeaderValue::from_str(&names).ok())?
}
