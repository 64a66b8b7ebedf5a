//! What the sandbox answers.

use std::net::IpAddr;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crate::operation::Operation as OperationId;
use hyper::body::Incoming;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response};
use serde_json::{Value, json};

use crate::about;
use crate::answer::{Answer, Dropped, Outgoing, Sleep};
use crate::connections::Busy;
use crate::documented::Documented;
use crate::effect::Circumstances;
use crate::failures::Failures;
use crate::flaky::Flaky;
use crate::http;
use crate::incoming::{self, Unread};
use crate::json;
use crate::judge;
use crate::limits::Buckets;
use crate::log::{Asked, Log};
use crate::reason::{NO_OBJECT, NO_TEST_VALUE, Reason, TWICE};
use crate::scenario::{Script, Taken};
use crate::test_values::{self, TestValue};
use crate::tokens::{Access, Tokens};

/// Where access tokens are given.
const ACCESS_TOKEN: &str = "/v1/access_token";

/// Names the fields of a request that no source documents.
const UNKNOWN_FIELDS: HeaderName = HeaderName::from_static("sandbox-unknown-fields");

/// Gives the present time.
pub(crate) type Now = Arc<dyn Fn() -> Instant + Send + Sync>;

/// What all connections share.
pub(crate) struct Webex {
    pub(crate) documented: Documented,
    pub(crate) tokens: Mutex<Tokens>,
    pub(crate) buckets: Mutex<Buckets<(String, OperationId)>>,
    pub(crate) script: Mutex<Script>,
    pub(crate) flaky: Mutex<Option<Flaky>>,
    pub(crate) failures: Mutex<Failures>,
    pub(crate) log: Arc<Mutex<Log>>,
    pub(crate) last_tracking_id: Mutex<u64>,
    pub(crate) now: Now,
    pub(crate) sleep: Sleep,
    /// When it was started.
    pub(crate) started: (Instant, SystemTime),
    /// Bytes of bodies that are being read.
    pub(crate) reading: AtomicUsize,
    /// How long a request may take to arrive.
    pub(crate) patience: Duration,
}

fn path_of(id: OperationId) -> &'static str {
    match id {
        OperationId::Customer => "/v1/wholesale/customers/validate",
        OperationId::Subscriber => "/v1/wholesale/subscribers/validate",
    }
}

/// The paths that are served as Webex serves them.
pub(crate) fn paths() -> [&'static str; 3] {
    let [customers, subscribers] = OperationId::ALL.map(path_of);
    [customers, subscribers, ACCESS_TOKEN]
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Webex {
    /// Answers a request of `peer` at the address `local`. `arrived` is called once it was read; the
    /// connection is busy until what it gives is dropped.
    pub(crate) async fn serve(
        &self,
        request: Request<Incoming>,
        (peer, local): (IpAddr, IpAddr),
        arrived: impl FnOnce() -> Busy,
    ) -> Result<Response<Outgoing>, Dropped> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path();
        if about::is_own(path) {
            let answer = match http::malformed(&parts) {
                Some(message) => self.refuse(400, message, &[]).closing(),
                None => about::answer(self, &parts, peer, local),
            };
            return answer.send(&self.sleep, arrived()).await;
        }
        // Also where it is nobody's business: who sends it shall see the answer.
        let read = incoming::read(&parts.headers, body, self.patience, &self.reading).await;
        let busy = arrived();
        let operation = OperationId::ALL.into_iter().find(|id| path == path_of(*id));
        let is_known = operation.is_some() || path == ACCESS_TOKEN;
        let token = http::bearer(&parts.headers);
        let answer = if let Some(message) = http::malformed(&parts) {
            self.refuse(400, message, &[]).closing()
        } else if is_known && parts.method != Method::POST {
            self.refuse(405, "Only POST is served here.", &[])
                .with(header::ALLOW, HeaderValue::from_static("POST"))
        } else if let Some(id) = operation {
            self.precheck(id, &parts, token, &read)
        } else if is_known {
            self.renew(&parts, &read)
        } else {
            self.refuse(404, "There is nothing under this address.", &[])
        };
        let logged = match &read {
            // That of a renewal is secret, and so is its query.
            _ if path == ACCESS_TOKEN => None,
            Ok(body) => Some(&body[..]),
            Err(_) => Some(&[][..]),
        };
        let asked = Asked {
            parts: &parts,
            body: logged,
            token,
            after: (self.now)().saturating_duration_since(self.started.0),
        };
        lock(&self.log).note(&asked, &answer);
        answer.send(&self.sleep, busy).await
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
            let message = "The token is missing, expired or not one of this sandbox; \
                           send `Authorization: Bearer TOKEN`.";
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
        if !http::is_of_type(&parts.headers, "application/json") && !body.is_empty() {
            return self.refuse(415, "Send the body as application/json.", &[]);
        }
        self.judge(id, &http::query(parts), body)
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
            let word = json::told(found.word);
            let description = format!(
                "There is no test value `{word}`; the README of webex-precheck-sandbox lists them."
            );
            let reason = Reason::new(NO_TEST_VALUE, &found.field, description);
            judgement.reasons.push(reason);
        }
        let answer = match (&judgement.reasons[..], found, value) {
            ([], Some(found), Some(Some(value))) => {
                let failures = value.failures();
                if failures == 0 || lock(&self.failures).fails(id, found.word, failures) {
                    self.test_value(id, &value, &found.field)
                } else {
                    self.success(id)
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

    fn renew(&self, parts: &Parts, body: &Result<hyper::body::Bytes, Unread>) -> Answer {
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
        if !http::is_of_type(&parts.headers, "application/x-www-form-urlencoded") {
            let message = "Send the body as application/x-www-form-urlencoded.";
            return self.refuse(415, message, &[]);
        }
        let form: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
        let renewed = lock(&self.tokens).renew(&form, (self.now)());
        match renewed {
            Ok(tokens) => Answer::new(200).json(&tokens).tracked(&self.tracking_id()),
            Err(message) => self.refuse(400, &message, &[]),
        }
    }

    /// Refuses a request whose body was not read.
    fn unread(&self, unread: Unread) -> Answer {
        let (status, message) = match unread {
            Unread::Crowded => (503, "There are too many bodies to read."),
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

    fn tracking_id(&self) -> String {
        let mut last = lock(&self.last_tracking_id);
        *last += 1;
        format!("SANDBOX_{:08}", *last)
    }

    /// An error in the shape of Webex's provisioning APIs.
    pub(crate) fn refuse(&self, status: u16, message: &str, reasons: &[Reason]) -> Answer {
        let tracking_id = self.tracking_id();
        let mut body = json!({"message": message});
        if !reasons.is_empty() {
            body["errors"] = reasons.iter().map(Reason::to_json).collect();
        }
        body["trackingId"] = Value::from(&*tracking_id);
        Answer::new(status).json(&body).tracked(&tracking_id)
    }
}

fn missing_scope(id: OperationId) -> &'static str {
    match id {
        OperationId::Customer => "The token lacks the scope spark-admin:wholesale_customers_write.",
        OperationId::Subscriber => {
            "The token lacks the scope spark-admin:wholesale_subscribers_write."
        }
    }
}

/// The names as a header, each encoded as in a query and no longer than it may be.
fn named(fields: &[String]) -> Option<HeaderValue> {
    const MOST: usize = 1024;
    const LONGEST: usize = 100;
    let mut names = String::new();
    for field in fields {
        if !names.is_empty() {
            names.push_str(", ");
        }
        if names.len() > MOST {
            names.push_str("...");
            break;
        }
        let name: String = form_urlencoded::byte_serialize(field.as_bytes()).collect();
        match name.get(..LONGEST) {
            Some(beginning) if name.len() > LONGEST => {
                names.push_str(beginning);
                names.push_str("...");
            }
            _ => names.push_str(&name),
        }
    }
    if names.is_empty() {
        None
    } else {
        HeaderValue::from_str(&names).ok()
    }
}
