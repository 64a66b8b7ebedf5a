//! For tests of programs that use a client: a transport that needs no server, and reports and errors to
//! hand out.
//!
//! ```
//! use webex_precheck::test_util::StubTransport;
//! use webex_precheck::{Client, SubscriberPrecheck, Token};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), webex_precheck::Error> {
//! let webex = StubTransport::new();
//! webex.respond(403, "{}");
//! let client = Client::builder(Token::new("abc")?).transport(webex.clone()).build()?;
//! let request = SubscriberPrecheck::new("alice@example.com");
//! assert!(client.precheck_subscriber(&request).await.unwrap_err().is_forbidden());
//! assert!(client.precheck_subscriber(&request).await?.is_likely());
//! assert_eq!(webex.requests()[0].body(), br#"{"email":"alice@example.com"}"#.as_slice());
//! # Ok(())
//! # }
//! ```

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use webex_precheck_api::types::PrecheckInfo;

use crate::clock::BoxFuture;
use crate::error::{Cause, Error, ErrorKind};
use crate::findings::Finding;
use crate::report::{Report, Verdict};
use crate::response::{Context, ErrorDetail};
use crate::transport::{Body, Transport, TransportError};

type Answer = Result<Response<Bytes>, TransportError>;

/// A [`Transport`] that records requests and returns the responses that a test sets, or else a likely verdict.
/// Clones share requests and responses.
///
/// Requests of an access token are among them, if the client has a refresh token: they take an answer,
/// and `Debug` of their bodies shows the secrets that the test gave to the client.
#[derive(Clone, Default)]
pub struct StubTransport(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    answers: VecDeque<Answer>,
    requests: Vec<Request<Bytes>>,
}

impl StubTransport {
    /// A transport without answers.
    pub fn new() -> Self {
        Self::default()
    }

    /// The next request that has no answer yet is answered with this status and body.
    ///
    /// # Panics
    ///
    /// If it is no status.
    pub fn respond(&self, status: u16, body: impl Into<Bytes>) {
        let mut response = Response::new(body.into());
        match status.try_into() {
            Ok(status) => *response.status_mut() = status,
            #[allow(clippy::panic, reason = "for tests")]
            Err(_) => panic!("{status} is no HTTP status"),
        }
        self.answer(Ok(response));
    }

    /// The next request that has no answer yet is refused for these reasons, with status 400: the verdict is
    /// [`Verdict::Unlikely`].
    ///
    /// # Panics
    ///
    /// If there is no reason, or its code is 400: Webex would not mean a verdict by it.
    pub fn refuse(&self, errors: impl IntoIterator<Item = ErrorDetail>) {
        let error = |it: ErrorDetail| {
            serde_json::json!({
                "errorCode": it.code, "description": it.description, "fieldName": it.field
            })
        };
        let errors: Vec<_> = errors.into_iter().collect();
        let is_verdict = errors.iter().any(|it| it.code.0 != 400);
        assert!(is_verdict, "{errors:?} are no reasons for a verdict");
        let errors: Vec<_> = errors.into_iter().map(error).collect();
        self.respond(400, serde_json::json!({ "errors": errors }).to_string());
    }

    /// As [`respond`](Self::respond), with a whole response, or why there is none.
    pub fn answer(&self, answer: Result<Response<Bytes>, TransportError>) {
        self.state().answers.push_back(answer);
    }

    /// The requests so far. Their `Authorization` is marked as sensitive, and `Debug` does not show it.
    pub fn requests(&self) -> Vec<Request<Bytes>> {
        self.state().requests.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for StubTransport {
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'static, Result<Response<Body>, TransportError>> {
        const LIKELY: &str = r#"{"message": "success", "info": [{"infoCode": 100}]}"#;
        let mut state = self.state();
        state.requests.push(request);
        let answer = state.answers.pop_front();
        let answer = answer.unwrap_or_else(|| Ok(Response::new(LIKELY.into())));
        Box::pin(std::future::ready(answer.map(|it| it.map(Body::from))))
    }
}

impl fmt::Debug for StubTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("StubTransport")
            .field("answers", &state.answers.len())
            .field("requests", &state.requests.len())
            .finish()
    }
}

/// A report of status 200 whose verdict is [`Verdict::Likely`], with info code 100.
pub fn likely_report() -> Report {
    let mut success = PrecheckInfo::default();
    success.info_code = Some(100.into());
    Report {
        info: vec![success],
        ..report(Verdict::Likely, 200, Vec::new())
    }
}

/// A report of status 400 whose verdict is [`Verdict::Unlikely`], for these reasons.
pub fn unlikely_report(errors: impl IntoIterator<Item = ErrorDetail>) -> Report {
    report(Verdict::Unlikely, 400, errors.into_iter().collect())
}

fn report(verdict: Verdict, status: u16, details: Vec<ErrorDetail>) -> Report {
    let context = Context {
        status: Some(status),
        details,
        attempts: 1,
        ..Context::default()
    };
    Report {
        verdict,
        info: Vec::new(),
        context: Box::new(context),
    }
}

/// An error of this kind: [`ErrorBuilder`] without anything else.
pub fn error(kind: ErrorKind) -> Error {
    ErrorBuilder::new(kind).build()
}

/// Makes an error.
#[derive(Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct ErrorBuilder(Error);

impl ErrorBuilder {
    /// An error of this kind after one attempt, or none if nothing was sent. It has a status if errors of
    /// this kind do.
    pub fn new(kind: ErrorKind) -> Self {
        let (cause, status) = match kind {
            ErrorKind::InvalidRequest => (Cause::InvalidRequest, None),
            ErrorKind::Unauthorized => (Cause::Status, Some(401)),
            ErrorKind::Forbidden => (Cause::Status, Some(403)),
            ErrorKind::RateLimited => (Cause::Status, Some(429)),
            ErrorKind::Timeout => (Cause::Timeout, None),
            ErrorKind::Connect => (Cause::Connect, None),
            ErrorKind::TokenRefresh => (Cause::TokenRefresh { refused: false }, None),
            ErrorKind::Status => (Cause::Status, Some(500)),
            ErrorKind::Decode => (Cause::Decode, Some(200)),
            ErrorKind::Cancelled => (Cause::Cancelled, None),
            ErrorKind::Builder => (Cause::Builder("made by a test"), None),
        };
        let was_sent = status.is_some() || matches!(cause, Cause::Timeout | Cause::Connect);
        let context = Context {
            status,
            attempts: was_sent.into(),
            ..Context::default()
        };
        Self(Error::new(cause).with_context(context))
    }

    /// Its [`status`](Error::status).
    pub fn status(mut self, status: u16) -> Self {
        self.0.context_mut().status = Some(status);
        self
    }

    /// Its [`retry_after`](Error::retry_after).
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.0.context_mut().retry_after = Some(delay);
        self
    }

    /// Its [`tracking_id`](Error::tracking_id).
    pub fn tracking_id(mut self, id: impl Into<String>) -> Self {
        self.0.context_mut().tracking_id = Some(id.into());
        self
    }

    /// Its number of [`attempts`](Error::attempts).
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.0.context_mut().attempts = attempts;
        self
    }

    /// Its [`findings`](Error::findings), such as those of a request.
    pub fn findings(mut self, findings: Vec<Finding>) -> Self {
        self.0 = self.0.with_findings(findings);
        self
    }

    /// The error.
    pub fn build(self) -> Error {
        self.0
    }
}
