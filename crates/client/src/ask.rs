//! One precheck: attempts, waits and renewals, until there is a verdict or no more patience.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use tracing::{Instrument, Span, field};
use url::Url;
use webex_precheck_api::Operation;

use crate::clock::{Clock, Deadline};
use crate::endpoint::Endpoint;
use crate::error::{Error, Kind};
use crate::http::{self, Answer};
use crate::keeper::{Current, Keeper};
use crate::outcome::Outcome;
use crate::pace::{Going, TooLong};
use crate::patience::{Patience, Setback};
use crate::renewal::Renewal;
use crate::report::Report;
use crate::stop::Stop;

/// What all clones of a client share.
#[derive(Clone)]
pub(crate) struct Core {
    pub(crate) base_url: Arc<Url>,
    pub(crate) renewal: Renewal,
    pub(crate) keeper: Arc<Keeper>,
    /// One for each operation.
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) refuse_hard_findings: bool,
}

/// Whether the time that a precheck spends in the client's line counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// As time of its caller, who has so much patience.
    Counts,
    /// It does not: the caller has many rows, and they all wait for one another.
    IsFree,
}

/// What is said where there is no runtime.
pub(crate) const NO_RUNTIME: &str = "a client must be used within a tokio runtime; the feature \
    `blocking` has one that needs none";

/// A shorter wait than this is as good as none: it does not say when asking makes sense.
pub(crate) const SHORTEST_WAIT: Duration = Duration::from_millis(100);

impl Core {
    /// Asks until there is an answer or no more patience.
    pub(crate) async fn ask(
        &self,
        operation: &Operation,
        body: Bytes,
        line: Line,
        stop: Stop,
    ) -> Result<Report, Error> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(Error::new(Kind::Builder(NO_RUNTIME)));
        }
        let endpoint = self.endpoint(operation);
        endpoint.check()?;
        let start = self.clock().now();
        let span = tracing::debug_span!(
            "precheck",
            operation = operation.id,
            attempts = field::Empty,
            status = field::Empty,
            tracking_id = field::Empty,
        );
        let precheck = Asking {
            core: self,
            endpoint,
            body,
            start,
            deadline: Deadline::after(self.clock(), self.patience().total_time()),
            line,
            stop,
            setbacks: Vec::new(),
            attempts: 0,
            last: None,
            place: None,
        };
        precheck.run().instrument(span).await
    }

    /// Where an operation is asked.
    pub(crate) fn endpoint(&self, operation: &Operation) -> &Endpoint {
        let mut endpoints = self.endpoints.iter();
        let found = endpoints.find(|it| std::ptr::eq(it.operation, operation));
        // Operations come from the table that the endpoints are made of.
        found.unwrap_or(&self.endpoints[0])
    }

    fn clock(&self) -> &dyn Clock {
        &*self.renewal.clock
    }

    fn patience(&self) -> &Patience {
        &self.renewal.patience
    }
}

/// A precheck under way.
struct Asking<'a> {
    core: &'a Core,
    endpoint: &'a Endpoint,
    body: Bytes,
    start: Instant,
    deadline: Deadline,
    line: Line,
    /// Ends its waits.
    stop: Stop,
    setbacks: Vec<Setback>,
    attempts: u32,
    /// What Webex said last, while it is waited for.
    last: Option<Error>,
    /// Its place in the line.
    place: Option<u64>,
}

impl<'a> Asking<'a> {
    async fn run(mut self) -> Result<Report, Error> {
        let result = self.until_answered().await;
        let elapsed = self.core.clock().now() - self.start;
        let span = Span::current();
        span.record("attempts", self.attempts);
        match result {
            Ok(mut report) => {
                report.attempts = self.attempts;
                report.elapsed = elapsed;
                span.record("status", report.status);
                span.record("tracking_id", report.tracking_id.as_deref());
                tracing::debug!(verdict = report.verdict.as_str(), "Webex has answered");
                Ok(report)
            }
            Err(mut error) => {
                error.context_mut().attempts = self.attempts;
                error.context_mut().elapsed = elapsed;
                span.record("status", error.status());
                span.record("tracking_id", error.tracking_id());
                tracing::debug!(%error, "there is no verdict");
                Err(error)
            }
        }
    }

    async fn until_answered(&mut self) -> Result<Report, Error> {
        let mut is_renewed = false;
        // Before the line: whoever has no token has no use for a turn.
        self.current().await?;
        let mut since = self.start;
        loop {
            let going = if self.core.patience().keeps_pace() {
                Some(self.leave().await?)
            } else {
                None
            };
            // It may have expired in the line.
            let current = self.current().await?;
            self.attempts += 1;
            let span = tracing::debug_span!(
                "attempt",
                number = self.attempts,
                wait_ms = milliseconds(self.core.clock().now() - since),
                status = field::Empty,
                tracking_id = field::Empty,
            );
            let outcome = self.attempt(&current, going).instrument(span).await;
            since = self.core.clock().now();
            match outcome {
                Outcome::Verdict(report) => return Ok(*report),
                Outcome::Unauthorized(error) if is_renewed => return Err(error),
                Outcome::Unauthorized(error) => {
                    let Core {
                        keeper, renewal, ..
                    } = self.core;
                    let another = keeper.another(renewal, Some(&current));
                    if self.in_time(another).await?.is_none() {
                        return Err(error);
                    }
                    is_renewed = true;
                }
                Outcome::Failed(error, None) => return Err(error),
                Outcome::Failed(error, Some(setback)) => self.wait(error, setback).await?,
            }
        }
    }

    /// The token to ask with.
    async fn current(&self) -> Result<Arc<Current>, Error> {
        let Core {
            keeper, renewal, ..
        } = self.core;
        // The usual case needs no timer.
        match keeper.ready(self.core.clock().now()) {
            Some(current) => Ok(current),
            None => self.in_time(keeper.current(renewal)).await,
        }
    }

    /// Runs `work` for as long as the caller has time.
    async fn in_time<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let done = self.deadline.limit(self.core.clock(), work);
        match self.stop.end(done).await {
            Some(done) => done.unwrap_or_else(|| Err(Error::new(Kind::Timeout))),
            None => Err(Error::new(Kind::Stopped)),
        }
    }

    /// Waits for leave to ask.
    async fn leave(&mut self) -> Result<Going<'a>, Error> {
        let core: &'a Core = self.core;
        let clock = core.clock();
        let pace = &self.endpoint.pace;
        let deadline = match self.line {
            Line::Counts => self.deadline,
            Line::IsFree => Deadline::never(),
        };
        let bears = |wait| {
            let left = deadline.left(clock).unwrap_or_default();
            core.patience().bears(wait, left)
        };
        let before = clock.now();
        let going = pace.leave(clock, deadline, bears, &mut self.place);
        let Some(going) = self.stop.end(going).await else {
            return Err(Error::new(Kind::Stopped));
        };
        let waited = clock.now() - before;
        if self.line == Line::IsFree {
            self.deadline = self.deadline.later_by(waited);
        }
        let too_long = match going {
            Ok(going) => return Ok(going),
            Err(too_long) => too_long,
        };
        // What Webex said itself tells more.
        let mut error = self.last.take().unwrap_or_else(|| {
            let pace = pace.snapshot(clock.now());
            let is_limited = pace.per_second.is_some() || pace.pause.is_some();
            Error::new(if is_limited {
                Kind::Limited
            } else {
                Kind::Timeout
            })
        });
        if let TooLong::Gate(wait) = too_long {
            error.context_mut().retry_after = Some(wait);
        }
        Err(error)
    }

    /// After a setback: waits for the next attempt, or gives up.
    async fn wait(&mut self, error: Error, setback: Setback) -> Result<(), Error> {
        self.setbacks.push(setback);
        let core = self.core;
        let (clock, patience) = (core.clock(), core.patience());
        if !patience.tries_again(&self.setbacks) {
            return Err(error);
        }
        let failures = u32::try_from(self.setbacks.len()).unwrap_or(u32::MAX);
        let asked = error.retry_after().filter(|wait| *wait >= SHORTEST_WAIT);
        // Those that Webex limits wait in the line.
        let in_line = setback == Setback::Status(429) && patience.keeps_pace();
        let wait = match (in_line, asked) {
            (true, asked) => asked.unwrap_or_default(),
            (false, Some(asked)) => asked,
            (false, None) => patience.backoff_after(failures, clock.random()),
        };
        let left = if in_line && self.line == Line::IsFree {
            Duration::MAX
        } else {
            self.deadline.left(clock).unwrap_or_default()
        };
        if !patience.bears(wait, left) {
            return Err(error);
        }
        // For those in the line the pace has said it already.
        if !in_line {
            tracing::info!(
                status = error.status(),
                tracking_id = error.tracking_id(),
                wait_ms = milliseconds(wait),
                "another try follows"
            );
        }
        self.last = Some(error);
        if !in_line && self.stop.end(clock.sleep(wait)).await.is_none() {
            return Err(Error::new(Kind::Stopped));
        }
        Ok(())
    }

    async fn attempt(&self, current: &Current, going: Option<Going<'_>>) -> Outcome {
        let Core { renewal, .. } = self.core;
        let Endpoint { method, url, .. } = self.endpoint;
        let request = renewal
            .http
            .request(method.clone(), url.clone())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(AUTHORIZATION, current.header.clone())
            .body(self.body.clone());
        let left = self.deadline.left(self.core.clock()).unwrap_or_default();
        let time = renewal.attempt.min(left);
        let on_head = |answer: &Answer| {
            if let Some(going) = &going {
                self.settle(going, answer);
            }
        };
        let (answer, end) = http::exchange(&renewal.clock, request, time, on_head).await;
        let outcome = Outcome::read(answer, end, current);
        let (status, tracking_id) = match &outcome {
            Outcome::Verdict(report) => (Some(report.status), report.tracking_id.as_deref()),
            Outcome::Unauthorized(error) | Outcome::Failed(error, _) => {
                (error.status(), error.tracking_id())
            }
        };
        let span = Span::current();
        span.record("status", status);
        span.record("tracking_id", tracking_id);
        outcome
    }

    /// Tells the pace what became of the request, as soon as it is known.
    fn settle(&self, going: &Going<'_>, answer: &Answer) {
        if answer.status != Some(429) {
            return going.accepted(self.core.clock().now());
        }
        let clock = self.core.clock();
        let asked = answer.retry_after.filter(|wait| *wait >= SHORTEST_WAIT);
        let wait = going.refused(clock.now(), |refusals| {
            asked.unwrap_or_else(|| {
                let patience = self.core.patience();
                patience.backoff_after(refusals, clock.random())
            })
        });
        tracing::info!(
            wait_ms = milliseconds(wait),
            "Webex limits this token: all callers wait"
        );
    }
}

pub(crate) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
