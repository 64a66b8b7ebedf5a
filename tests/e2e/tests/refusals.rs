//! 429s that are no rate limit: how much of the possible rate is used, by callers in virtual time.
//!
//! The transport is a function, so that a run of minutes takes milliseconds and is the same each time.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use tokio::time::sleep;
use webex_precheck::{
    Body, BoxFuture, Client, Clock, RetryPolicy, SubscriberPrecheck, Token, Transport,
    TransportError,
};

const LATENCY: Duration = Duration::from_millis(100);
const SEEDS: u64 = 5;

/// tokio's clock, which stands still while there is something to do.
struct PausedClock(Mutex<fastrand::Rng>);

impl Clock for PausedClock {
    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(sleep(time))
    }

    fn random(&self) -> f64 {
        self.0.lock().unwrap().f64()
    }
}

/// Refuses so many per cent at random, and beyond a token bucket of so many a second if there is one.
#[derive(Clone, Copy)]
struct Limits {
    percent: u8,
    retry_after: Option<u64>,
    per_second: Option<f64>,
}

struct Webex {
    limits: Limits,
    random: fastrand::Rng,
    tokens: f64,
    at: tokio::time::Instant,
    refused: u32,
    answered: u32,
}

impl Webex {
    fn answer(&mut self) -> Response<Body> {
        let now = tokio::time::Instant::now();
        let mut retry_after = None;
        if self.random.u8(0..100) < self.limits.percent {
            retry_after = Some(self.limits.retry_after);
        } else if let Some(rate) = self.limits.per_second {
            let refilled = self.tokens + rate * (now - self.at).as_secs_f64();
            (self.tokens, self.at) = (refilled.min(rate), now);
            if self.tokens < 1.0 {
                retry_after = Some(Some(1));
            } else {
                self.tokens -= 1.0;
            }
        }
        let body = r#"{"message": "success", "info": [{"infoCode": 100}]}"#;
        let mut response = Response::new(Body::from(Bytes::from_static(body.as_bytes())));
        match retry_after {
            None => self.answered += 1,
            Some(header) => {
                self.refused += 1;
                *response.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
                if let Some(seconds) = header {
                    response.headers_mut().insert("retry-after", seconds.into());
                }
            }
        }
        response
    }
}

#[derive(Clone)]
struct Stub(Arc<Mutex<Webex>>);

impl Transport for Stub {
    fn send(
        &self,
        _: Request<Bytes>,
    ) -> BoxFuture<'static, Result<Response<Body>, TransportError>> {
        let webex = Arc::clone(&self.0);
        Box::pin(async move {
            sleep(LATENCY / 2).await;
            let response = webex.lock().unwrap().answer();
            sleep(LATENCY / 2).await;
            Ok(response)
        })
    }
}

/// Requests a second that were answered, and the share refused in per cent.
async fn run(limits: Limits, callers: u32, requests: u32, seed: u64, is_naive: bool) -> (f64, f64) {
    let start = tokio::time::Instant::now();
    let webex = Stub(Arc::new(Mutex::new(Webex {
        limits,
        random: fastrand::Rng::with_seed(seed),
        tokens: limits.per_second.unwrap_or_default(),
        at: start,
        refused: 0,
        answered: 0,
    })));
    let policy = if is_naive {
        RetryPolicy::none()
    } else {
        // As long as it takes, so that all requests count.
        RetryPolicy::new()
            .max_attempts(50)
            .total_timeout(Duration::MAX)
    };
    let client = Client::builder(Token::new("token").unwrap())
        .transport(webex.clone())
        .retry_policy(policy)
        .attempt_timeout(Duration::from_secs(60))
        .clock(PausedClock(Mutex::new(fastrand::Rng::with_seed(seed))))
        .build()
        .unwrap();
    let left = Arc::new(Mutex::new(requests));
    let callers: Vec<_> = (0..callers)
        .map(|_| {
            let (client, left) = (client.clone(), Arc::clone(&left));
            tokio::spawn(async move {
                let request = SubscriberPrecheck::new("alice.anderson@acme.com");
                loop {
                    {
                        let mut left = left.lock().unwrap();
                        let Some(fewer) = left.checked_sub(1) else {
                            return;
                        };
                        *left = fewer;
                    }
                    while let Err(error) = client.precheck_subscriber(&request).await {
                        assert!(is_naive && error.is_rate_limited(), "{error:?}");
                        sleep(error.retry_after().unwrap_or_default()).await;
                    }
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    let webex = webex.0.lock().unwrap();
    assert_eq!(webex.answered, requests);
    let refused = f64::from(webex.refused) / f64::from(webex.refused + webex.answered);
    let seconds = start.elapsed().as_secs_f64();
    (f64::from(requests) / seconds, 100.0 * refused)
}

/// What callers who wait as long as they must, and no longer, would get.
fn possible(limits: Limits, callers: u32) -> f64 {
    let chance = f64::from(limits.percent) / 100.0;
    // Without `Retry-After`, half a second of backoff with full jitter.
    let wait = limits.retry_after.map_or(0.25, |seconds| seconds as f64);
    let per_request = (LATENCY.as_secs_f64() + chance * wait) / (1.0 - chance);
    let by_callers = f64::from(callers) / per_request;
    limits
        .per_second
        .map_or(by_callers, |rate| rate.min(by_callers))
}

/// Runs every seed, and fails if one of them is below this share of the possible rate.
async fn check(limits: Limits, callers: u32, requests: u32, least: f64) {
    let possible = possible(limits, callers);
    for seed in 0..SEEDS {
        let (ours, refused) = run(limits, callers, requests, seed, false).await;
        let (naive, naive_refused) = run(limits, callers, requests, seed, true).await;
        let Limits {
            percent,
            retry_after,
            per_second,
        } = limits;
        let bucket = per_second.map_or("no limit".to_owned(), |rate| format!("{rate} a second"));
        let share = |rate: f64| 100.0 * rate / possible;
        let summary = format!(
            "{percent}% at random, Retry-After {retry_after:?}, {bucket}, {callers} callers, seed {seed}: \
             client {:.1}% of the possible rate, {refused:.1}% refused; loop that obeys Retry-After \
             {:.1}%, {naive_refused:.1}% refused",
            share(ours),
            share(naive),
        );
        println!("{summary}");
        assert!(share(ours) >= least, "{summary}");
    }
}

fn random(percent: u8, retry_after: Option<u64>) -> Limits {
    Limits {
        percent,
        retry_after,
        per_second: None,
    }
}

#[tokio::test(start_paused = true)]
async fn refusals_by_chance_leave_most_of_the_possible_rate() {
    for retry_after in [Some(1), None] {
        check(random(8, retry_after), 64, 20_000, 80.0).await;
        check(random(20, retry_after), 64, 20_000, 50.0).await;
    }
}

#[tokio::test(start_paused = true)]
async fn one_caller_keeps_most_of_the_possible_rate() {
    check(random(8, Some(1)), 1, 2_000, 80.0).await;
    check(random(20, Some(1)), 1, 2_000, 50.0).await;
}

/// The limit and the chance together: what is accepted stays near the limit.
#[tokio::test(start_paused = true)]
async fn refusals_by_chance_at_a_rate_limit_leave_most_of_it() {
    for per_second in [5.0, 100.0] {
        let limits = Limits {
            per_second: Some(per_second),
            ..random(8, Some(1))
        };
        check(limits, 64, 5_000, 75.0).await;
    }
}

#[tokio::test(start_paused = true)]
async fn long_waits_of_refused_requests_do_not_make_the_others_wait() {
    check(random(8, Some(30)), 64, 20_000, 80.0).await;
}
