//! How much of what a limit allows is used, by 64 callers in virtual time, against the sandbox.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use e2e::VirtualClock;
use tokio::task::LocalSet;
use webex_precheck::api::operations::PRECHECK_SUBSCRIBER;
use webex_precheck::{Client, Clock, RetryPolicy, SubscriberPrecheck, Token};
use webex_precheck_sandbox::Sandbox;

const PATH: &str = "/v1/wholesale/subscribers/validate";
const CALLERS: usize = 64;

/// What came of a run.
#[derive(Debug)]
struct Run {
    seconds: f64,
    likely: u64,
    refused: u64,
    lost: u64,
}

async fn sandbox(clock: &VirtualClock) -> Sandbox {
    let clock = clock.clone();
    Sandbox::builder()
        .limit(300, Duration::from_secs(60))
        .limit(20, Duration::from_secs(1))
        .now(move || clock.now())
        .start()
        .await
        .unwrap()
}

/// Callers take requests until none is left. Each is asleep or asks: when all that are left sleep,
/// time goes on.
async fn run(requests: u64, policy: RetryPolicy, obeys: bool) -> Run {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let client = Client::builder(Token::new(sandbox.token()).unwrap())
        .base_url(sandbox.url())
        .retry_policy(policy)
        .clock(clock.clone())
        .build()
        .unwrap();
    let left = Rc::new(Cell::new(requests));
    let lost = Rc::new(Cell::new(0));
    let callers = Rc::new(Cell::new(CALLERS));
    let asleep = Rc::new(Cell::new(0));
    let local = LocalSet::new();
    for _ in 0..CALLERS {
        let (client, clock) = (client.clone(), clock.clone());
        let (left, lost, callers) = (Rc::clone(&left), Rc::clone(&lost), Rc::clone(&callers));
        let asleep = Rc::clone(&asleep);
        local.spawn_local(async move {
            let request = SubscriberPrecheck::new("alice.anderson@acme.com");
            while left.get() > 0 {
                left.set(left.get() - 1);
                loop {
                    match client.precheck_subscriber(&request).await {
                        Ok(report) => assert!(report.is_likely()),
                        Err(error) if obeys && error.is_rate_limited() => {
                            asleep.set(asleep.get() + 1);
                            clock.sleep(error.retry_after().unwrap()).await;
                            asleep.set(asleep.get() - 1);
                            continue;
                        }
                        Err(error) => {
                            println!("lost: {error:?}");
                            lost.set(lost.get() + 1);
                        }
                    }
                    break;
                }
            }
            callers.set(callers.get() - 1);
        });
    }
    let time = async {
        while callers.get() > 0 {
            let in_flight = client.rate_status(&PRECHECK_SUBSCRIBER).in_flight;
            if asleep.get() == callers.get() || !obeys && in_flight == 0 {
                clock.advance_to_next();
            }
            tokio::task::yield_now().await;
        }
    };
    local.run_until(time).await;
    let answered = sandbox.answered(PATH);
    let count = |status| answered.get(&status).copied().unwrap_or_default();
    Run {
        seconds: clock.passed().as_secs_f64(),
        likely: count(200),
        refused: count(429),
        lost: lost.get(),
    }
}

/// Share of the permitted rate, and of refused requests, in per cent.
fn shares(run: &Run, requests: u64) -> (f64, f64) {
    // 300 are saved up, then 5 a second are permitted.
    let best = (requests as f64 - 300.0) / 5.0;
    let refused = run.refused as f64 / (run.refused + run.likely) as f64;
    (100.0 * best / run.seconds, 100.0 * refused)
}

#[tokio::test]
async fn five_thousand_requests_use_what_is_permitted_and_few_are_refused() {
    const REQUESTS: u64 = 5_000;
    let ours = run(REQUESTS, RetryPolicy::default(), false).await;
    let (rate, refused) = shares(&ours, REQUESTS);
    println!("client: {rate:.1}% of the permitted rate, {refused:.2}% refused; {ours:?}");
    let naive = run(REQUESTS, RetryPolicy::none(), true).await;
    let (naive_rate, naive_refused) = shares(&naive, REQUESTS);
    println!(
        "loop that obeys Retry-After: {naive_rate:.1}% of the permitted rate, {naive_refused:.2}% \
         refused; {naive:?}"
    );
    assert_eq!((ours.likely, ours.lost), (REQUESTS, 0));
    assert!(rate >= 95.0 && refused <= 2.0);
    // Otherwise there would be nothing to learn.
    assert!(naive_refused > 50.0);
}
