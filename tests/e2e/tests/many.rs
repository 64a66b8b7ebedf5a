//! Many prechecks at once, and given up ones.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::Router;
use e2e::{VirtualClock, until};
use futures_core::Stream;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use webex_precheck::api::operations::{PRECHECK_CUSTOMER, PRECHECK_SUBSCRIBER};
use webex_precheck::{
    BulkOptions, Client, RateStatus, RetryPolicy, SubscriberPrecheck, Token, rows,
};
use webex_precheck_sandbox::{Answer, Sandbox};

const PATH: &str = "/v1/wholesale/subscribers/validate";

fn request() -> SubscriberPrecheck {
    SubscriberPrecheck::new("alice.anderson@acme.com")
}

fn client_of(url: &str, token: &str) -> Client {
    let builder = Client::builder(Token::new(token).unwrap()).base_url(url);
    builder.build().unwrap()
}

/// A client whose time passes as the test says.
fn timed(sandbox: &Sandbox, clock: &VirtualClock) -> Client {
    Client::builder(Token::new(sandbox.token()).unwrap())
        .base_url(sandbox.url())
        .clock(clock.clone())
        .build()
        .unwrap()
}

async fn start() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client_of(&sandbox.url(), sandbox.token());
    (sandbox, client)
}

#[tokio::test]
async fn every_row_is_answered_once_under_its_key() {
    let (sandbox, client) = start().await;
    let mut answers = client.precheck_many(
        rows((0..500).map(|key| (key, request()))),
        BulkOptions::new().concurrency(7),
    );
    let mut keys = BTreeSet::new();
    while let Some((key, result)) = answers.next().await {
        assert!(result.unwrap().is_likely());
        assert!(keys.insert(key), "{key} twice");
    }
    assert_eq!(keys.len(), 500);
    assert!(answers.next().await.is_none());
    assert_eq!(sandbox.answered(PATH)[&200], 500);
}

#[tokio::test]
async fn an_answer_does_not_wait_for_those_of_earlier_rows() {
    let fast_was_answered = Arc::new(Notify::new());
    let notify = Arc::clone(&fast_was_answered);
    let router = Router::new().fallback(move |body: String| {
        let notify = Arc::clone(&notify);
        async move {
            if body.contains("slow") {
                notify.notified().await;
            }
            r#"{"info":[{"infoCode":100}]}"#
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let names = ["slow", "fast"];
    let asked = names.map(|name| (name, SubscriberPrecheck::new(format!("{name}@acme.com"))));
    let mut answers = client_of(&url, "token").precheck_many(rows(asked), BulkOptions::default());
    assert_eq!(answers.next().await.unwrap().0, "fast");
    fast_was_answered.notify_one();
    assert_eq!(answers.next().await.unwrap().0, "slow");
}

#[tokio::test]
async fn no_more_rows_are_taken_than_may_be_under_way() {
    let (_sandbox, client) = start().await;
    let taken = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&taken);
    let asked = (0..200).map(move |key| {
        counted.fetch_add(1, Ordering::SeqCst);
        (key, request())
    });
    let mut answers = client.precheck_many(rows(asked), BulkOptions::new().concurrency(5));
    assert_eq!(
        taken.load(Ordering::SeqCst),
        0,
        "nothing happens before it is polled"
    );
    let mut answered = 0;
    while answers.next().await.is_some() {
        answered += 1;
        assert!(taken.load(Ordering::SeqCst) <= answered + 5);
    }
    assert_eq!(answered, 200);
}

#[tokio::test]
async fn rows_start_no_faster_than_asked_for() {
    let clock = VirtualClock::new(0.5);
    let sandbox = Sandbox::start().await.unwrap();
    let client = timed(&sandbox, &clock);
    let asked = (0..9).map(|key| (key, request()));
    let mut answers = client.precheck_many(rows(asked), BulkOptions::new().per_second(4.0));
    let all = async {
        let mut answered = 0;
        while answers.next().await.is_some() {
            answered += 1;
        }
        answered
    };
    let mut all = pin!(all);
    let answered = std::future::poll_fn(|context| {
        let polled = all.as_mut().poll(context);
        // Nothing is under way, so it waits to start the next.
        if polled.is_pending() && client.rate_status(&PRECHECK_SUBSCRIBER).in_flight == 0 {
            clock.advance_to_next();
        }
        context.waker().wake_by_ref();
        polled
    })
    .await;
    assert_eq!(answered, 9);
    // The first goes at once, the other eight a quarter of a second apart; the pause after the ninth
    // may pass as well, before its precheck has begun.
    let passed = clock.passed().as_millis();
    assert!((2_000..=2_250).contains(&passed), "{passed}");
}

/// A stream that has its only row later.
struct Later(Arc<Mutex<Row>>);

#[derive(Default)]
struct Row {
    request: Option<SubscriberPrecheck>,
    is_last: bool,
    waker: Option<Waker>,
}

impl Stream for Later {
    type Item = ((), SubscriberPrecheck);

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut state = self.0.lock().unwrap();
        match (state.request.take(), state.is_last) {
            (Some(row), _) => Poll::Ready(Some(((), row))),
            (None, true) => Poll::Ready(None),
            (None, false) => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

#[tokio::test]
async fn a_stream_that_has_no_row_yet_is_waited_for() {
    let (_sandbox, client) = start().await;
    let state = Arc::new(Mutex::new(Row::default()));
    let mut answers = client.precheck_many(Later(Arc::clone(&state)), BulkOptions::default());
    let mut next = Box::pin(answers.next());
    let mut context = Context::from_waker(Waker::noop());
    assert!(next.as_mut().poll(&mut context).is_pending());
    let waker = {
        let mut state = state.lock().unwrap();
        state.request = Some(request());
        state.is_last = true;
        state.waker.take()
    };
    waker.unwrap().wake();
    assert!(next.await.unwrap().1.unwrap().is_likely());
    assert!(answers.next().await.is_none());
}

/// What is left when nobody asks any more.
fn is_quiet(pace: &RateStatus) -> bool {
    (pace.queued, pace.in_flight) == (0, 0)
}

#[tokio::test]
async fn a_precheck_dropped_at_any_point_leaves_nothing_behind() {
    let (sandbox, client) = start().await;
    let mut polls = 0;
    loop {
        let request = request();
        let mut asked = Box::pin(client.precheck_subscriber(&request));
        let mut done = false;
        for _ in 0..=polls {
            done = std::future::poll_fn(|context| Poll::Ready(asked.as_mut().poll(context)))
                .await
                .is_ready();
            if done {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(asked);
        assert!(
            is_quiet(&client.rate_status(&PRECHECK_SUBSCRIBER)),
            "after {polls} polls"
        );
        if done {
            break;
        }
        polls += 1;
    }
    assert!(polls > 1, "it was never dropped halfway");
    let request = request();
    assert!(
        client
            .precheck_subscriber(&request)
            .await
            .unwrap()
            .is_likely()
    );
    drop(sandbox);
}

#[tokio::test]
async fn callers_that_give_up_in_the_line_hold_nobody_up() {
    let clock = VirtualClock::new(0.5);
    let sandbox = Sandbox::start().await.unwrap();
    let client = timed(&sandbox, &clock);
    sandbox.answer_next(Answer::new(429).header("retry-after", "100"));
    let mut asked: Vec<_> = (0..50)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.precheck_subscriber(&request()).await })
        })
        .collect();
    let pace = || client.rate_status(&PRECHECK_SUBSCRIBER);
    // Three more may have gone before the refusal came.
    let settled = || pace().paused_for.is_some() && pace().in_flight == 0 && pace().queued >= 47;
    until(settled).await;
    let last = asked.pop().unwrap();
    for caller in &asked {
        caller.abort();
    }
    until(|| pace().queued <= 1).await;
    clock.advance(Duration::from_secs(100));
    // The rate that was learned is low; those that are gone take none of it.
    let report = last.await.unwrap().unwrap();
    assert!(report.elapsed() <= Duration::from_secs(100), "{report:?}");
    assert!(is_quiet(&pace()));
}

#[tokio::test]
async fn operations_have_separate_rate_limits_and_clones_share_them() {
    let (sandbox, client) = start().await;
    let client = client.clone();
    sandbox.answer_next(Answer::new(429).header("retry-after", "1000"));
    let error = client
        .clone()
        .precheck_subscriber(&request())
        .await
        .unwrap_err();
    assert!(error.is_rate_limited());
    let pause = client.rate_status(&PRECHECK_SUBSCRIBER).paused_for.unwrap();
    assert!(pause > Duration::from_secs(900) && pause <= Duration::from_secs(1000));
    assert_eq!(client.rate_status(&PRECHECK_CUSTOMER).paused_for, None);
}

#[tokio::test]
async fn derived_clients_share_rate_limit_and_token_but_not_the_sub_partner() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let queries = Arc::clone(&seen);
    let router = Router::new().fallback(move |uri: axum::http::Uri| {
        let query = uri.query().unwrap_or_default().to_owned();
        queries.lock().unwrap().push(query);
        async {
            (
                axum::http::StatusCode::TOO_MANY_REQUESTS,
                [("retry-after", "1000")],
            )
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = client_of(&url, "token");
    let of_partner = client
        .on_behalf_of("a+b")
        .with_retry_policy(RetryPolicy::none());
    for _ in 0..2 {
        let error = of_partner
            .precheck_subscriber(&request())
            .await
            .unwrap_err();
        assert_eq!(error.status(), Some(429));
    }
    // Without retries there is no rate limit.
    assert_eq!(client.rate_status(&PRECHECK_SUBSCRIBER).paused_for, None);
    let patient = of_partner.with_retry_policy(RetryPolicy::default());
    patient.precheck_subscriber(&request()).await.unwrap_err();
    assert!(
        client
            .rate_status(&PRECHECK_SUBSCRIBER)
            .paused_for
            .is_some()
    );
    assert!(client.precheck_subscriber(&request()).await.is_err());
    let query = "onBehalfOfSubPartnerOrgId=a%2Bb";
    assert_eq!(*seen.lock().unwrap(), [query; 3]);
}

#[tokio::test]
async fn without_retries_there_is_one_attempt_and_no_rate_limit() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::builder(Token::new(sandbox.token()).unwrap())
        .base_url(sandbox.url())
        .retry_policy(RetryPolicy::none())
        .build()
        .unwrap();
    for _ in 0..3 {
        sandbox.answer_next(Answer::new(429).header("retry-after", "1000"));
        let error = client.precheck_subscriber(&request()).await.unwrap_err();
        assert_eq!((error.attempts(), error.status()), (1, Some(429)));
    }
    assert_eq!(client.rate_status(&PRECHECK_SUBSCRIBER).paused_for, None);
    assert!(
        client
            .precheck_subscriber(&request())
            .await
            .unwrap()
            .is_likely()
    );
}

#[test]
fn outside_of_a_runtime_it_is_an_error_and_no_panic() {
    let client = client_of("http://127.0.0.1:1", "token");
    let request = request();
    let mut asked = Box::pin(client.precheck_subscriber(&request));
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(Err(error)) = asked.as_mut().poll(&mut context) else {
        panic!("it waits");
    };
    assert!(
        error.is_builder() && error.to_string().contains("tokio runtime"),
        "{error}"
    );
}

/// Asks for rows, and within their loop for something else.
#[tokio::test]
async fn a_precheck_within_the_loop_over_others_does_not_wait_for_them() {
    let (_sandbox, client) = start().await;
    let asked = (0..100).map(|key| (key, request()));
    let mut answers = client.precheck_many(rows(asked), BulkOptions::default());
    let mut answered = 0;
    while let Some((_, result)) = answers.next().await {
        assert!(result.unwrap().is_likely());
        let report = client.precheck_subscriber(&request()).await.unwrap();
        assert!(report.elapsed() < Duration::from_secs(30), "{report:?}");
        answered += 1;
    }
    assert_eq!(answered, 100);
}

/// Prechecks that are begun and then not polled, as in a `select!` that took another branch.
#[tokio::test]
async fn futures_that_nobody_polls_hold_nobody_up() {
    let (sandbox, client) = start().await;
    let held = request();
    let mut kept = Vec::new();
    for _ in 0..10 {
        let mut asked = Box::pin(client.precheck_subscriber(&held));
        let polled = std::future::poll_fn(|context| Poll::Ready(asked.as_mut().poll(context)));
        assert!(polled.await.is_pending());
        kept.push(asked);
    }
    let report = client.precheck_subscriber(&request()).await.unwrap();
    assert!(report.is_likely());
    drop(kept);
    assert!(is_quiet(&client.rate_status(&PRECHECK_SUBSCRIBER)));
    drop(sandbox);
}

#[tokio::test]
async fn rows_wait_as_long_as_webex_asks_and_their_consumer_as_long_as_it_likes() {
    let clock = VirtualClock::new(0.5);
    let sandbox = Sandbox::start().await.unwrap();
    let builder = Client::builder(Token::new(sandbox.token()).unwrap())
        .base_url(sandbox.url())
        .clock(clock.clone());
    let client = builder.clone().build().unwrap();
    // Longer than a single precheck would wait.
    sandbox.answer_next(Answer::new(429).header("retry-after", "1000"));
    let asked = (0..50).map(|key| (key, request()));
    let mut answers = client.precheck_many(rows(asked), BulkOptions::default());
    let mut answered = 0;
    while answered < 50 {
        let next = std::future::poll_fn(|context| {
            let next = Pin::new(&mut answers).poll_next(context);
            Poll::Ready(next)
        });
        match next.await {
            Poll::Ready(Some((_, result))) => {
                assert!(result.unwrap().is_likely());
                answered += 1;
                // What the consumer takes its time for, with rows still in the line.
                if client.rate_status(&PRECHECK_SUBSCRIBER).in_flight == 0 {
                    clock.advance(Duration::from_secs(100));
                }
            }
            Poll::Ready(None) => panic!("the end after {answered}"),
            Poll::Pending => {
                let pace = client.rate_status(&PRECHECK_SUBSCRIBER);
                if pace.in_flight == 0 && pace.queued > 0 {
                    clock.advance_to_next();
                }
                tokio::task::yield_now().await;
            }
        }
    }
    assert!(clock.passed() >= Duration::from_secs(1000));
    // Unless the client is told not to.
    let policy = RetryPolicy::new().max_delay(Duration::from_secs(60));
    let client = builder.retry_policy(policy).build().unwrap();
    sandbox.answer_next(Answer::new(429).header("retry-after", "61"));
    let mut answers = client.precheck_many(rows([((), request())]), BulkOptions::default());
    let (_, result) = answers.next().await.unwrap();
    assert!(result.unwrap_err().is_rate_limited());
}

#[tokio::test]
async fn a_stopped_run_waits_for_what_is_under_way_alone() {
    // An answer that takes as long as the test says.
    let go_on = Arc::new(Notify::new());
    let (asked, seen) = (Arc::new(AtomicUsize::new(0)), go_on.clone());
    let count = asked.clone();
    let answer = axum::routing::post(move || async move {
        count.fetch_add(1, Ordering::SeqCst);
        seen.notified().await;
        r#"{"message": "success", "info": [{"infoCode": 100}]}"#
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        axum::serve(listener, Router::new().route(PATH, answer))
            .await
            .unwrap();
    });
    let client = client_of(&url, "abc");
    // 4 may go at first, and 4 others wait in the client's line.
    let requests = (0..100).map(|key| (key, request()));
    let mut answers = client.precheck_many(rows(requests), BulkOptions::new().concurrency(8));
    tokio::select! {
        _ = answers.next() => panic!("nothing is answered yet"),
        () = until(|| asked.load(Ordering::SeqCst) == 4) => {}
    }
    answers.cancel();
    let mut keys = BTreeSet::new();
    let (mut likely, mut stopped) = (0, 0);
    while let Some((key, result)) = answers.next().await {
        assert!(keys.insert(key), "{key} twice");
        match result {
            Ok(report) => likely += usize::from(report.is_likely()),
            Err(error) => {
                assert!(error.is_cancelled() && error.is_retryable(), "{error:?}");
                stopped += 1;
                go_on.notify_waiters();
            }
        }
    }
    assert_eq!((likely, stopped), (4, 4));
    assert_eq!(asked.load(Ordering::SeqCst), 4);
    server.abort();
}

#[tokio::test]
async fn a_row_that_waits_for_another_attempt_is_stopped() {
    let clock = VirtualClock::new(0.5);
    let sandbox = Sandbox::start().await.unwrap();
    let client = timed(&sandbox, &clock);
    sandbox.answer_next(Answer::new(503).header("retry-after", "100"));
    let mut answers = client.precheck_many(rows([((), request())]), BulkOptions::default());
    tokio::select! {
        _ = answers.next() => panic!("time does not pass"),
        () = until(|| sandbox.statuses().contains_key(&503) && clock.sleepers() == 1) => {}
    }
    answers.cancel();
    let (_, result) = answers.next().await.unwrap();
    let error = result.unwrap_err();
    assert!(error.is_cancelled() && error.attempts() == 1, "{error:?}");
    assert!(answers.next().await.is_none());
}

#[tokio::test]
async fn limits_of_every_size_are_borne() {
    let (_sandbox, client) = start().await;
    for per_second in [
        0.0,
        -1.0,
        f64::NAN,
        f64::INFINITY,
        1e300,
        f64::MIN_POSITIVE,
        1e-19,
        1e-300,
    ] {
        let asked = [(1, request()), (2, request())];
        let limits = BulkOptions::new()
            .concurrency(usize::MAX)
            .per_second(per_second);
        let mut answers = client.precheck_many(rows(asked), limits);
        assert!(answers.next().await.unwrap().1.unwrap().is_likely());
    }
}

#[test]
fn rows_whose_runtime_is_gone_are_errors_and_not_lost() {
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().unwrap()
    };
    let serving = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let sandbox = serving.block_on(Sandbox::start()).unwrap();
    let client = client_of(&sandbox.url(), sandbox.token());
    let asked = (0..20).map(|key| (key, request()));
    let mut answers = client.precheck_many(rows(asked), BulkOptions::new().concurrency(4));
    let first = runtime();
    let mut keys: BTreeSet<i32> = first.block_on(async {
        let (key, result) = answers.next().await.unwrap();
        assert!(result.unwrap().is_likely());
        BTreeSet::from([key])
    });
    drop(first);
    let mut lost = 0;
    runtime().block_on(async {
        while let Some((key, result)) = answers.next().await {
            assert!(keys.insert(key));
            lost += usize::from(result.is_err());
        }
    });
    assert_eq!(keys.len(), 20);
    assert!(lost <= 4, "{lost}");
}

/// With answers that take their time, no more are under way than the first window allows, though
/// many wait for longer than a second.
#[tokio::test]
async fn those_who_wait_for_answers_go_one_by_one() {
    let clock = VirtualClock::new(0.5);
    let release = Arc::new(Notify::new());
    let released = Arc::clone(&release);
    let router = Router::new().fallback(move || {
        let released = Arc::clone(&released);
        async move {
            released.notified().await;
            r#"{"info":[{"infoCode":100}]}"#
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let builder = Client::builder(Token::new("token").unwrap()).base_url(url);
    let client = builder.clock(clock.clone()).build().unwrap();
    let asked: Vec<_> = (0..100)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.precheck_subscriber(&request()).await })
        })
        .collect();
    let pace = || client.rate_status(&PRECHECK_SUBSCRIBER);
    until(|| pace().queued >= 96).await;
    assert_eq!(pace().in_flight, 4);
    for second in 1..=3 {
        clock.advance(Duration::from_secs(1));
        until(|| pace().in_flight >= 4 + second).await;
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
        assert_eq!(pace().in_flight, 4 + second);
    }
    while asked.iter().any(|asked| !asked.is_finished()) {
        release.notify_one();
        tokio::task::yield_now().await;
    }
}
