//! One precheck: attempts, waits and renewed tokens, until there is an answer or the retry policy
//! gives up.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use tracing::Instrument;
use url::Url;
use webex_precheck_api::Operation;

use crate::attempt::{self, AttemptResult};
use crate::cancellation::Cancellation;
use crate::clock::{Clock, Deadline};
use crate::endpoint::Endpoint;
use crate::error::{Cause, Error};
use crate::exchange::{HttpClient, RawResponse};
use crate::hooks::Attempt;
use crate::rate_limiter::{AcquireError, Permit};
use crate::report::Report;
use crate::retry_policy::{RetryPolicy, RetryReason};
use crate::telemetry;
use crate::token_cache::{CachedToken, TokenCache};

/// What all clones of a client share.
#[derive(Clone)]
pub(crate) struct Core {
    pub(crate) base_url: Arc<Url>,
    pub(crate) http: HttpClient,
    pub(crate) tokens: Arc<TokenCache>,
    /// One for each operation.
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) validate_before_send: bool,
}

/// Whether the time in the queue of the rate limiter counts towards the deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QueueTime {
    /// It does: somebody waits for this precheck.
    Counted,
    /// It does not: the rows of a run wait for one another.
    Uncounted,
}

/// What a precheck belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) queue_time: QueueTime,
    /// Ends its waits.
    pub(crate) cancellation: Cancellation,
    /// Of all prechecks of the run.
    pub(crate) deadline: Deadline,
}

impl Run {
    /// Of a precheck alone.
    pub(crate) fn single() -> Self {
        Self {
            queue_time: QueueTime::Counted,
            cancellation: Cancellation::default(),
            deadline: Deadline::never(),
        }
    }
}

pub(crate) const NO_RUNTIME: &str = "a client must be used within a tokio runtime; without one, \
    use the feature `blocking`";

impl Core {
    /// Repeats a request until there is an answer or the retry policy gives up.
    pub(crate) async fn call(
        &self,
        operation: &Operation,
        body: Bytes,
        run: Run,
    ) -> Result<Report, Error> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(Error::builder(NO_RUNTIME));
        }
        let endpoint = self.endpoint(operation);
        endpoint.check()?;
        let span = telemetry::precheck_span(operation.id);
        let (clock, policy) = (self.clock(), &*self.http.retry_policy);
        let call = PrecheckCall {
            core: self,
            endpoint,
            policy,
            body,
            start: clock.now(),
            deadline: Deadline::after(clock, policy.total_timeout).min(run.deadline),
            run,
            reasons: Vec::new(),
            attempts: 0,
            last_error: None,
            queue_number: None,
        };
        let recorded = span.clone();
        let result = call.run().instrument(span).await;
        telemetry::precheck_ended(&recorded, result.as_ref());
        result
    }

    pub(crate) fn endpoint(&self, operation: &Operation) -> &Endpoint {
        let mut endpoints = self.endpoints.iter();
        // Operations come from the table that the endpoints are made of.
        let found = endpoints.find(|it| std::ptr::eq(it.operation, operation));
        found.unwrap_or(&self.endpoints[0])
    }

    fn clock(&self) -> &dyn Clock {
        &*self.http.clock
    }
}

/// A precheck in progress.
struct PrecheckCall<'a> {
    core: &'a Core,
    endpoint: &'a Endpoint,
    policy: &'a RetryPolicy,
    body: Bytes,
    start: Instant,
    deadline: Deadline,
    run: Run,
    /// Why the attempts so far failed.
    reasons: Vec<RetryReason>,
    attempts: u32,
    /// The last failure, while it waits for the next attempt.
    last_error: Option<Error>,
    /// Its place in the queue of the rate limiter.
    queue_number: Option<u64>,
}

impl<'a> PrecheckCall<'a> {
    async fn run(mut self) -> Result<Report, Error> {
        let mut result = self.until_answered().await;
        let context = match &mut result {
            Ok(report) => &mut report.context,
            Err(error) => error.context_mut(),
        };
        context.attempts = self.attempts;
        context.elapsed = self.core.clock().now() - self.start;
        result
    }

    async fn until_answered(&mut self) -> Result<Report, Error> {
        let mut is_renewed = false;
        // Before the queue: without a token, there is nothing to wait for.
        self.token().await?;
        loop {
            let permit = if self.policy.rate_limit {
                Some(self.acquire().await?)
            } else {
                None
            };
            // It may have expired in the queue.
            let token = self.token().await?;
            let sent_at = self.core.clock().now();
            let span = telemetry::attempt_span(
                &self.endpoint.method,
                &self.endpoint.uri,
                self.attempts as usize,
            );
            self.attempts += 1;
            // Cloned first: a clone between making the future and its `await` costs a copy of it.
            let recorded = span.clone();
            let attempt = self.attempt(&token, permit.as_ref());
            let result = attempt.instrument(span).await;
            let has_paused = permit.is_some_and(|permit| permit.has_paused());
            let outcome = result.as_ref().map_err(|(error, _)| error);
            telemetry::attempt_ended(&recorded, outcome);
            self.core.http.notify(&Attempt {
                operation: Some(self.endpoint.operation),
                number: self.attempts,
                duration: self.core.clock().now() - sent_at,
                result: outcome.map(Some),
            });
            match result {
                Ok(report) => return Ok(report),
                Err((error, _)) if error.status() == Some(401) => {
                    let Core { tokens, http, .. } = self.core;
                    let next = tokens.next(http, Some(&token));
                    let has_other = !is_renewed && self.in_time(next).await?.is_some();
                    if !has_other || !self.endpoint.operation.is_safe {
                        return Err(error);
                    }
                    is_renewed = true;
                }
                Err((error, None)) => return Err(error),
                Err((error, Some(reason))) => self.wait(error, reason, has_paused).await?,
            }
        }
    }

    async fn token(&self) -> Result<Arc<CachedToken>, Error> {
        let Core { tokens, http, .. } = self.core;
        // The usual case needs no timer.
        match tokens.ready(self.core.clock().now()) {
            Some(token) => Ok(token),
            None => self.in_time(tokens.current(http)).await,
        }
    }

    /// Runs `work` until it is done, the deadline passes or the run is cancelled.
    async fn in_time<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let work = self.deadline.limit(self.core.clock(), work);
        match self.run.cancellation.run_until_cancelled(work).await {
            Some(done) => done.unwrap_or_else(|| Err(Error::new(Cause::Timeout))),
            None => Err(Error::new(Cause::Cancelled)),
        }
    }

    /// Waits for a permit of the rate limiter.
    async fn acquire(&mut self) -> Result<Permit<'a>, Error> {
        let (clock, limiter, policy) = (self.core.clock(), &self.endpoint.limiter, self.policy);
        let deadline = match self.run.queue_time {
            QueueTime::Counted => self.deadline,
            QueueTime::Uncounted => self.run.deadline,
        };
        let accepts_delay =
            |delay| policy.accepts_delay(delay, deadline.left(clock).unwrap_or_default());
        let queued_at = clock.now();
        let permit = limiter.acquire(clock, deadline, accepts_delay, &mut self.queue_number);
        let Some(permit) = self.run.cancellation.run_until_cancelled(permit).await else {
            return Err(Error::new(Cause::Cancelled));
        };
        if self.run.queue_time == QueueTime::Uncounted {
            let later = self.deadline.later_by(clock.now() - queued_at);
            self.deadline = later.min(self.run.deadline);
        }
        permit.map_err(|failure| {
            // Webex's own response says more.
            let mut error = self.last_error.take().unwrap_or_else(|| {
                let status = limiter.status(clock.now());
                let is_limited = status.per_second.is_some() || status.paused_for.is_some();
                Error::new(if is_limited {
                    Cause::RateLimited
                } else {
                    Cause::Timeout
                })
            });
            if let AcquireError::Paused(delay) = failure {
                error.context_mut().retry_after = Some(delay);
            }
            error
        })
    }

    /// Waits before the next attempt, or gives up.
    ///
    /// `in_queue`: all callers are paused, and wait in the queue.
    async fn wait(
        &mut self,
        error: Error,
        reason: RetryReason,
        in_queue: bool,
    ) -> Result<(), Error> {
        if !self.endpoint.operation.is_safe && reason != RetryReason::NotSent {
            return Err(error);
        }
        self.reasons.push(reason);
        let (clock, policy) = (self.core.clock(), self.policy);
        let is_refused = reason == RetryReason::Status(429) && policy.rate_limit;
        let is_uncounted = is_refused && self.run.queue_time == QueueTime::Uncounted;
        let random = || if in_queue { 0.0 } else { clock.random() };
        let delay = policy.delay(error.retry_after(), self.reasons.len(), random);
        let deadline = if is_uncounted {
            self.run.deadline
        } else {
            self.deadline
        };
        let left = deadline.left(clock).unwrap_or_default();
        if !policy.should_retry(&self.reasons) || !policy.accepts_delay(delay, left) {
            return Err(error);
        }
        if !in_queue {
            let attempt = self.attempts as usize + 1;
            telemetry::retrying(&error, delay, attempt, policy.max_attempts);
            let sleep = clock.sleep(delay);
            if self
                .run
                .cancellation
                .run_until_cancelled(sleep)
                .await
                .is_none()
            {
                return Err(Error::new(Cause::Cancelled));
            }
            if is_uncounted {
                self.deadline = self.deadline.later_by(delay).min(self.run.deadline);
            }
        }
        self.last_error = Some(error);
        Ok(())
    }

    async fn attempt(&self, token: &CachedToken, permit: Option<&Permit<'_>>) -> AttemptResult {
        let http = &self.core.http;
        let Endpoint { method, uri, .. } = self.endpoint;
        let mut request = http.request(method.clone(), uri.clone(), self.body.clone());
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(AUTHORIZATION, token.header.clone());
        let on_head = |response: &RawResponse| {
            if let Some(permit) = permit {
                self.settle(permit, response);
            }
        };
        let (response, end) = http.exchange(request, self.deadline, on_head).await;
        attempt::read(response, end, &http.secrets.redactor(), http.keep_response)
    }

    /// Tells the rate limiter what became of the request, as soon as it is known.
    fn settle(&self, permit: &Permit<'_>, response: &RawResponse) {
        let clock = self.core.clock();
        if response.status != Some(429) {
            return permit.accepted(clock.now());
        }
        let delay = permit.refused(clock.now(), |refusals| {
            let refusals = refusals as usize;
            self.policy
                .delay(response.retry_after, refusals, || clock.random())
        });
        if let Some(delay) = delay {
            telemetry::rate_limited(delay);
        }
    }
}
