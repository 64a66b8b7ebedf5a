//! Tokens: from where they come, how they are renewed, and that they are never shown.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::error::Error as StdError;
use std::future::ready;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use e2e::{Log, VirtualClock, until};
use serde_json::json;
use webex_precheck::{
    AccessToken, BoxFuture, Client, ClientBuilder, Clock, Credentials, Error, RefreshToken,
    RefreshTokenGrant, Report, RetryPolicy, SubscriberPrecheck, Token, TokenProvider,
};
use webex_precheck_sandbox::{Answer, Grant, Sandbox};

const VALIDATE: &str = "/v1/wholesale/subscribers/validate";
const RENEW: &str = "/v1/access_token";
const HOUR: Duration = Duration::from_secs(3600);

/// A sandbox whose access tokens are good for an hour.
async fn sandbox(clock: &VirtualClock) -> Sandbox {
    let clock = clock.clone();
    let grant = Grant::new("C1", "secret", "refresh").expires_in(HOUR);
    Sandbox::builder()
        .grant(grant.rotating())
        .now(move || clock.now())
        .start()
        .await
        .unwrap()
}

fn grant(secret: &str) -> RefreshTokenGrant {
    RefreshTokenGrant::new("C1", secret, RefreshToken::new("refresh").unwrap()).unwrap()
}

fn client(credentials: impl Into<Credentials>, sandbox: &Sandbox, clock: &VirtualClock) -> Client {
    builder(credentials, sandbox, clock).build().unwrap()
}

fn builder(
    credentials: impl Into<Credentials>,
    sandbox: &Sandbox,
    clock: &VirtualClock,
) -> ClientBuilder {
    Client::builder(credentials)
        .base_url(sandbox.url())
        .clock(clock.clone())
}

async fn ask(client: &Client) -> Result<Report, Error> {
    let request = SubscriberPrecheck::new("alice.anderson@acme.com");
    client.precheck_subscriber(&request).await
}

/// Asks from many callers at once.
async fn ask_all(client: &Client, callers: usize) -> Vec<Result<Report, Error>> {
    let asked: Vec<_> = (0..callers)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { ask(&client).await })
        })
        .collect();
    let mut results = Vec::new();
    for asked in asked {
        results.push(asked.await.unwrap());
    }
    results
}

fn count(sandbox: &Sandbox, path: &str, status: u16) -> u64 {
    let answered = sandbox.answered(path);
    answered.get(&status).copied().unwrap_or_default()
}

#[tokio::test]
async fn two_hundred_callers_without_a_token_cause_one_renewal() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let client = client(grant("secret"), &sandbox, &clock);
    for result in ask_all(&client, 200).await {
        assert!(result.unwrap().is_likely());
    }
    assert_eq!(count(&sandbox, RENEW, 200), 1);
    assert_eq!(count(&sandbox, VALIDATE, 200), 200);
    assert_eq!(count(&sandbox, VALIDATE, 401), 0);
}

#[tokio::test]
async fn two_hundred_callers_with_a_token_that_expired_cause_one_renewal() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let client = client(grant("secret"), &sandbox, &clock);
    ask(&client).await.unwrap();
    // Known to have expired: renewed before anything is asked with it.
    clock.advance(2 * HOUR);
    for result in ask_all(&client, 200).await {
        assert_eq!(result.unwrap().attempts(), 1);
    }
    assert_eq!(count(&sandbox, RENEW, 200), 2);
    assert_eq!(count(&sandbox, VALIDATE, 401), 0);
    // Taken back before its time: some are refused, and all get their answer.
    clock.advance(Duration::from_secs(60));
    sandbox.revoke_tokens();
    for result in ask_all(&client, 200).await {
        assert!(result.unwrap().attempts() <= 2);
    }
    assert_eq!(count(&sandbox, RENEW, 200), 3);
    assert!(count(&sandbox, VALIDATE, 401) > 0);
}

#[tokio::test]
async fn a_token_is_renewed_before_it_expires() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let client = client(grant("secret"), &sandbox, &clock);
    ask(&client).await.unwrap();
    // Five minutes are less than a tenth of an hour.
    clock.advance(HOUR - Duration::from_secs(301));
    ask(&client).await.unwrap();
    assert_eq!(count(&sandbox, RENEW, 200), 1);
    clock.advance(Duration::from_secs(1));
    // Nobody waits for it, for the old one is good for five minutes.
    ask(&client).await.unwrap();
    until(|| count(&sandbox, RENEW, 200) >= 2).await;
    assert_eq!(count(&sandbox, VALIDATE, 401), 0);
}

#[tokio::test]
async fn a_renewal_that_hangs_holds_nobody_up_whose_token_is_good() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let client = client(grant("secret"), &sandbox, &clock);
    ask(&client).await.unwrap();
    clock.advance(HOUR - Duration::from_secs(100));
    sandbox.answer_next_renewal(Answer::new(200).stalled());
    for _ in 0..5 {
        assert_eq!(ask(&client).await.unwrap().elapsed(), Duration::ZERO);
    }
}

#[tokio::test]
async fn a_renewal_that_is_refused_fails_all_once_and_for_good() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let client = client(grant("wrong-secret"), &sandbox, &clock);
    let mut results = ask_all(&client, 200).await;
    results.push(ask(&client).await);
    for result in results {
        let error = result.unwrap_err();
        assert!(
            error.is_unauthorized() && !error.is_retryable(),
            "{error:?}"
        );
        let shown = error.to_string();
        assert!(
            shown.contains("cannot be renewed: a new refresh token is needed"),
            "{shown}"
        );
        assert!(shown.contains("HTTP 400, tracking ID SANDBOX_"), "{shown}");
        let excerpt = error.body_excerpt().unwrap();
        assert!(
            excerpt.contains("There is no such integration."),
            "{excerpt}"
        );
    }
    assert_eq!(count(&sandbox, RENEW, 400), 1);
    assert_eq!(count(&sandbox, VALIDATE, 401), 0);
}

#[tokio::test]
async fn a_renewal_that_fails_for_now_is_tried_again_as_patiently_as_a_precheck() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let client = client(grant("secret"), &sandbox, &clock);
    sandbox.answer_next_renewal(Answer::new(503).header("retry-after", "7"));
    sandbox.answer_next_renewal(Answer::new(502));
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let asked = tokio::spawn(async move { ask(&client).await });
    let mut waits = 0;
    while !asked.is_finished() {
        if log.count("retrying in") > waits {
            waits += 1;
            clock.advance_to_next();
        }
        tokio::task::yield_now().await;
    }
    let report = asked.await.unwrap().unwrap();
    assert_eq!(report.attempts(), 1);
    // 7 s as Webex asks, then half of the second wait of the default.
    assert_eq!(report.elapsed(), Duration::from_millis(7_500));
    assert_eq!(count(&sandbox, RENEW, 200), 1);
}

#[tokio::test]
async fn a_token_that_is_good_for_a_while_is_used_while_renewal_fails() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let policy = webex_precheck::RetryPolicy::none();
    let client = builder(grant("secret"), &sandbox, &clock).retry_policy(policy);
    let client = client.build().unwrap();
    ask(&client).await.unwrap();
    clock.advance(HOUR - Duration::from_secs(100));
    sandbox.answer_next_renewal(Answer::new(503));
    assert!(ask(&client).await.unwrap().is_likely());
    until(|| count(&sandbox, RENEW, 503) >= 1).await;
    // The next renewal is not tried at once.
    assert!(ask(&client).await.unwrap().is_likely());
    assert_eq!(count(&sandbox, RENEW, 200), 1);
    clock.advance(Duration::from_secs(30));
    assert!(ask(&client).await.unwrap().is_likely());
    until(|| count(&sandbox, RENEW, 200) >= 2).await;
}

#[tokio::test]
async fn each_new_refresh_token_is_handed_out_and_used() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let stored = Arc::new(Mutex::new(Vec::new()));
    let store = Arc::clone(&stored);
    let grant = grant("secret").on_refresh(move |renewed| {
        assert_eq!(renewed.expires_in(), Some(HOUR));
        assert!(
            renewed
                .access_token()
                .unwrap()
                .expose()
                .starts_with("sandbox-access-token-")
        );
        let expires_in = renewed.refresh_token_expires_in();
        let stored = (
            renewed.refresh_token().expose().to_owned(),
            expires_in.unwrap().as_secs(),
        );
        store.lock().unwrap().push(stored);
        ready(Ok(()))
    });
    let client = client(grant, &sandbox, &clock);
    ask(&client).await.unwrap();
    sandbox.revoke_tokens();
    assert_eq!(ask(&client).await.unwrap().attempts(), 2);
    let stored = stored.lock().unwrap();
    // The sandbox's rotate, and it says 90 days.
    let expected = [
        ("refresh:1".to_owned(), 7_776_000),
        ("refresh:2".to_owned(), 7_776_000),
    ];
    assert_eq!(*stored, expected);
}

/// Two clients that know nothing of each other, as those of two processes, share a stored refresh token.
#[tokio::test]
async fn processes_that_share_a_refresh_token_lose_no_rotation() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let stored = Arc::new(Mutex::new("refresh".to_owned()));
    let lock = Arc::new(tokio::sync::Mutex::new(()));
    let [one, other] = [(); 2].map(|()| {
        let (loaded, written, lock) = (Arc::clone(&stored), Arc::clone(&stored), Arc::clone(&lock));
        let grant = grant("secret").before_refresh(move || {
            let (loaded, lock) = (Arc::clone(&loaded), Arc::clone(&lock));
            async move {
                let lock = lock.lock_owned().await;
                let token = loaded.lock().unwrap().clone();
                Ok((RefreshToken::new(token)?, lock))
            }
        });
        let grant = grant.on_refresh(move |renewed| {
            *written.lock().unwrap() = renewed.refresh_token().expose().to_owned();
            ready(Ok(()))
        });
        client(grant, &sandbox, &clock)
    });
    for _ in 0..5 {
        let (one, other) = tokio::join!(ask(&one), ask(&other));
        assert!(one.unwrap().is_likely() && other.unwrap().is_likely());
        clock.advance(HOUR);
    }
    assert_eq!(count(&sandbox, RENEW, 200), 10);
    assert_eq!(*stored.lock().unwrap(), "refresh:10");
}

#[tokio::test]
async fn a_refresh_token_that_somebody_replaced_is_loaded_after_a_refusal() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let stored = Arc::new(Mutex::new("expired"));
    let loaded = Arc::clone(&stored);
    let grant = grant("secret").before_refresh(move || {
        let token = *loaded.lock().unwrap();
        async move { Ok((RefreshToken::new(token)?, ())) }
    });
    let client = client(grant, &sandbox, &clock);
    for _ in 0..3 {
        assert!(ask(&client).await.unwrap_err().is_unauthorized());
    }
    // Not for each precheck.
    assert_eq!(count(&sandbox, RENEW, 400), 1);
    *stored.lock().unwrap() = "refresh";
    clock.advance(Duration::from_secs(1));
    assert!(ask(&client).await.unwrap().is_likely());
}

#[tokio::test]
async fn a_refresh_token_that_cannot_be_loaded_is_an_error_and_is_loaded_the_next_time() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let tries = AtomicUsize::new(0);
    let grant = grant("secret").before_refresh(move || {
        let is_first = tries.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            if is_first {
                return Err("the file is locked".into());
            }
            Ok((RefreshToken::new("refresh")?, ()))
        }
    });
    let client = client(grant, &sandbox, &clock);
    let error = ask(&client).await.unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "the file is locked");
    clock.advance(Duration::from_secs(60));
    assert!(ask(&client).await.unwrap().is_likely());
    assert_eq!(count(&sandbox, RENEW, 200), 1);
}

/// Stores fail twice, in each way that they can; the tokens are not used before they are stored, and no
/// other refresh token is asked for.
#[tokio::test]
async fn tokens_that_could_not_be_stored_are_stored_before_they_are_used() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let stored = Arc::new(Mutex::new(Vec::new()));
    let store = Arc::clone(&stored);
    let grant = grant("secret").on_refresh(move |renewed| {
        let calls = {
            let mut stored = store.lock().unwrap();
            stored.push(renewed.refresh_token().expose().to_owned());
            stored.len()
        };
        async move {
            match calls {
                1 => Err("the database is down".into()),
                2 => panic!("a bug"),
                3 => std::future::pending().await,
                _ => Ok(()),
            }
        }
    });
    let hangs = || stored.lock().unwrap().len() == 3;
    let client = client(grant, &sandbox, &clock);
    for expected in ["the database is down", "panicked", "in time"] {
        let result = tokio::select! {
            result = ask(&client) => result,
            never = clock.pass_while(hangs) => match never {},
        };
        let error = result.unwrap_err();
        let source = error.source().unwrap().to_string();
        assert!(source.contains(expected), "{source}");
        assert_eq!(error.is_timeout(), expected == "in time");
        assert!(error.is_retryable());
        clock.advance(Duration::from_secs(2));
    }
    assert!(ask(&client).await.unwrap().is_likely());
    assert_eq!(*stored.lock().unwrap(), ["refresh:1"; 4]);
    assert_eq!(count(&sandbox, RENEW, 200), 1);
}

#[tokio::test]
async fn a_refresh_token_that_comes_alone_is_stored() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let stored = Arc::new(Mutex::new(Vec::new()));
    let store = Arc::clone(&stored);
    let grant = grant("secret").on_refresh(move |renewed| {
        assert!(renewed.access_token().is_none());
        let mut stored = store.lock().unwrap();
        stored.push(renewed.refresh_token().expose().to_owned());
        ready(Ok(()))
    });
    sandbox.answer_next_renewal(Answer::new(200).json(&json!({"refresh_token": "r1"})));
    let error = ask(&client(grant, &sandbox, &clock)).await.unwrap_err();
    assert!(
        error
            .source()
            .unwrap()
            .to_string()
            .contains("no access token")
    );
    assert_eq!(*stored.lock().unwrap(), ["r1"]);
}

#[tokio::test]
async fn a_caller_that_gives_up_takes_no_renewal_with_it() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let client = client(grant("secret"), &sandbox, &clock);
    // Polled once, which starts the renewal, and dropped.
    {
        let mut asked = Box::pin(ask(&client));
        std::future::poll_fn(|context| {
            assert!(asked.as_mut().poll(context).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
    }
    assert!(ask(&client).await.unwrap().is_likely());
    assert_eq!(count(&sandbox, RENEW, 200), 1);
}

#[tokio::test]
async fn an_answer_without_a_token_is_an_error_that_shows_nothing_of_it() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    for answer in [
        json!({"access_token": "canary canary", "expires_in": 1}),
        json!({"access_token": 5, "refresh_token": "canary"}),
        json!("canary"),
    ] {
        sandbox.answer_next_renewal(Answer::new(200).header("trackingid", "T_1").json(&answer));
        let client = client(grant("secret"), &sandbox, &clock);
        let error = ask(&client).await.unwrap_err();
        assert_eq!(
            (error.status(), error.tracking_id()),
            (Some(200), Some("T_1"))
        );
        let shown = format!("{error} {error:?} {}", error.source().unwrap());
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains("contains no access token"), "{shown}");
    }
}

#[tokio::test]
async fn an_odd_field_of_a_renewal_costs_no_other() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let stored = Arc::new(Mutex::new(Vec::new()));
    let store = Arc::clone(&stored);
    let grant = grant("secret").on_refresh(move |renewed| {
        let refresh_token = renewed.refresh_token().expose().to_owned();
        store
            .lock()
            .unwrap()
            .push((refresh_token, renewed.expires_in()));
        ready(Ok(()))
    });
    // The sandbox takes its own token for good.
    for (answer, expected) in [
        (
            json!({"access_token": "sandbox-token", "expires_in": "3600", "refresh_token": "r1"}),
            ("r1", Some(HOUR)),
        ),
        (
            json!({"access_token": "sandbox-token", "expires_in": "x", "refresh_token": "a b"}),
            ("r1", None),
        ),
    ] {
        sandbox.answer_next_renewal(Answer::new(200).json(&answer));
        ask(&client(grant.clone(), &sandbox, &clock)).await.unwrap();
        let (refresh_token, expires_in) = stored.lock().unwrap().pop().unwrap();
        assert_eq!((refresh_token.as_str(), expires_in), expected);
    }
}

#[tokio::test]
async fn clients_of_one_grant_do_not_lock_each_other_out() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let grant = grant("secret");
    let clients = [(); 3].map(|()| client(grant.clone(), &sandbox, &clock));
    for _ in 0..3 {
        // All at once, so that some renew with a refresh token that another has just replaced.
        let asked = clients
            .clone()
            .map(|client| tokio::spawn(async move { ask(&client).await }));
        for asked in asked {
            assert!(asked.await.unwrap().unwrap().is_likely());
        }
        clock.advance(2 * HOUR);
    }
}

#[tokio::test]
async fn an_impatient_caller_starts_no_second_renewal() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let patient = client(grant("secret"), &sandbox, &clock);
    let hurried =
        patient.with_retry_policy(RetryPolicy::new().total_timeout(Duration::from_secs(5)));
    // Its token endpoint takes its time.
    sandbox.answer_next_renewal(Answer::new(503).header("retry-after", "20"));
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let asked = tokio::spawn(async move { ask(&patient).await });
    until(|| log.count("retrying in") >= 1).await;
    // Two callers, of which one gives up; and the renewal, which waits as long as it was asked to.
    let asked_in_a_hurry = tokio::spawn(async move { ask(&hurried).await });
    until(|| clock.sleepers() >= 5).await;
    clock.advance(Duration::from_secs(5));
    let error = asked_in_a_hurry.await.unwrap().unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
    assert_eq!(count(&sandbox, RENEW, 503), 1);
    clock.advance(Duration::from_secs(15));
    assert!(asked.await.unwrap().unwrap().is_likely());
    assert_eq!(
        (count(&sandbox, RENEW, 200), count(&sandbox, RENEW, 400)),
        (1, 0)
    );
}

#[tokio::test]
async fn a_refusal_is_forgotten_when_another_client_has_a_new_refresh_token() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let grant = grant("secret");
    let first = client(grant.clone(), &sandbox, &clock);
    let second = client(grant, &sandbox, &clock);
    // As the second is told that has sent a token which the first has just replaced.
    sandbox.answer_next_renewal(Answer::new(400).json(&json!({"message": "used"})));
    let error = ask(&second).await.unwrap_err();
    assert!(error.is_unauthorized());
    assert!(ask(&first).await.unwrap().is_likely());
    assert!(ask(&second).await.unwrap().is_likely());
}

#[tokio::test]
async fn a_refresh_token_that_took_the_place_of_another_is_refused_for_good_too() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let client = client(grant("secret"), &sandbox, &clock);
    // It comes without an access token, and is kept all the same; the sandbox knows nothing of it.
    let answer = json!({"refresh_token": "another"});
    sandbox.answer_next_renewal(Answer::new(200).json(&answer));
    assert!(ask(&client).await.unwrap_err().is_retryable());
    clock.advance(Duration::from_secs(1));
    for _ in 0..3 {
        assert!(ask(&client).await.unwrap_err().is_unauthorized());
        clock.advance(HOUR);
    }
    assert_eq!(count(&sandbox, RENEW, 400), 1);
}

#[tokio::test]
async fn what_a_proxy_says_of_a_renewal_is_not_for_good() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let client = client(grant("secret"), &sandbox, &clock);
    for status in [400, 401, 403] {
        sandbox.answer_next_renewal(Answer::new(status).body("<h1>Sign in</h1>"));
        let error = ask(&client).await.unwrap_err();
        assert!(
            error.is_retryable() && error.status() == Some(status),
            "{error:?}"
        );
        // Those that come at once are told the same.
        assert_eq!(ask(&client).await.unwrap_err().status(), Some(status));
        clock.advance(Duration::from_secs(1));
    }
    assert!(ask(&client).await.unwrap().is_likely());
    assert_eq!(count(&sandbox, RENEW, 200), 1);
}

#[tokio::test]
async fn a_token_that_is_refused_at_once_is_not_renewed_in_vain() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let client = client(grant("secret"), &sandbox, &clock);
    for _ in 0..20 {
        sandbox.answer_next(Answer::new(401));
    }
    for _ in 0..10 {
        assert_eq!(ask(&client).await.unwrap_err().status(), Some(401));
    }
    // The first, and another when that was refused.
    assert_eq!(count(&sandbox, RENEW, 200), 2);
}

#[tokio::test]
async fn time_between_two_renewals_because_of_refusals_can_be_chosen() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let builder = builder(grant("secret"), &sandbox, &clock);
    let client = builder.renewal_interval(Duration::from_secs(60));
    let client = client.build().unwrap();
    for (passed, renewals) in [(0, 2), (59, 2), (1, 3)] {
        clock.advance(Duration::from_secs(passed));
        sandbox.answer_next(Answer::new(401));
        if renewals != count(&sandbox, RENEW, 200) {
            sandbox.answer_next(Answer::new(401));
        }
        assert_eq!(ask(&client).await.unwrap_err().status(), Some(401));
        assert_eq!(count(&sandbox, RENEW, 200), renewals, "{passed}");
    }
}

/// Never answers the first time.
struct Hanging(AtomicUsize);

impl TokenProvider for Hanging {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, Box<dyn StdError + Send + Sync>>> {
        Box::pin(async {
            if self.0.fetch_add(1, Ordering::SeqCst) == 0 {
                std::future::pending::<()>().await;
            }
            Ok(AccessToken::new(Token::new("sandbox-token")?))
        })
    }
}

#[tokio::test]
async fn a_source_that_hangs_is_given_up_and_asked_again() {
    let clock = VirtualClock::new(0.5);
    let sandbox = sandbox(&clock).await;
    let credentials = Credentials::from_provider(Hanging(AtomicUsize::new(0)));
    let client = client(credentials, &sandbox, &clock);
    let asked = {
        let client = client.clone();
        tokio::spawn(async move { ask(&client).await })
    };
    // The fetch, those who wait for it, and their caller.
    until(|| clock.sleepers() >= 3).await;
    clock.advance(Duration::from_secs(30));
    let error = asked.await.unwrap().unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
    clock.advance(Duration::from_secs(1));
    assert!(ask(&client).await.unwrap().is_likely());
}

#[tokio::test]
async fn a_file_is_read_again_when_its_token_is_refused() {
    let clock = VirtualClock::new(0.5);
    let sandbox = Sandbox::builder().token("second").start().await.unwrap();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"\"first\"\n").unwrap();
    let client = client(
        Credentials::from_file(file.path()).unwrap(),
        &sandbox,
        &clock,
    );
    let error = ask(&client).await.unwrap_err();
    assert!(
        error.is_unauthorized() && error.status() == Some(401),
        "{error:?}"
    );
    std::fs::write(file.path(), "second\n").unwrap();
    assert_eq!(ask(&client).await.unwrap().attempts(), 2);
    assert_eq!(ask(&client).await.unwrap().attempts(), 1);
    for (path, part) in [("/nowhere/token", "/nowhere/token"), ("/", "/")] {
        let error = Credentials::from_file(path).unwrap_err();
        assert!(error.is_unauthorized());
        assert!(
            error.source().unwrap().to_string().contains(part),
            "{error:?}"
        );
    }
}

/// Hands out these tokens, one after the other.
struct Tokens(Vec<&'static str>, AtomicUsize);

impl TokenProvider for Tokens {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, Box<dyn StdError + Send + Sync>>> {
        Box::pin(async {
            let number = self.1.fetch_add(1, Ordering::SeqCst);
            let token = self.0.get(number).ok_or("the store is locked")?;
            Ok(AccessToken::new(Token::new(*token)?).expires_in(HOUR))
        })
    }
}

#[tokio::test]
async fn a_source_of_ones_own_is_asked_when_a_token_is_needed_and_not_before() {
    let clock = VirtualClock::new(0.5);
    let sandbox = Sandbox::builder().token("good").start().await.unwrap();
    let source = |tokens: &[&'static str]| {
        let source = Tokens(tokens.to_vec(), AtomicUsize::new(0));
        Credentials::from_provider(source)
    };
    let client_with = |tokens: &[&'static str]| client(source(tokens), &sandbox, &clock);
    let client = client_with(&["bad", "good", "good"]);
    assert_eq!(ask(&client).await.unwrap().attempts(), 2);
    assert_eq!(ask(&client).await.unwrap().attempts(), 1);
    clock.advance(HOUR);
    assert_eq!(ask(&client).await.unwrap().attempts(), 1);
    clock.advance(HOUR);
    let error = ask(&client).await.unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "the store is locked");
    assert!(error.is_retryable() && !error.is_unauthorized());

    // Twice the same token, of which the second can be no better.
    let error = ask(&client_with(&["bad", "bad"])).await.unwrap_err();
    assert_eq!((error.status(), error.attempts()), (Some(401), 1));
    // Another one, once; it is no endless search.
    let error = ask(&client_with(&["bad", "worse", "good"]))
        .await
        .unwrap_err();
    assert_eq!((error.status(), error.attempts()), (Some(401), 2));
}

#[test]
fn quotes_and_newlines_are_stripped_and_other_bytes_refused_unseen() {
    for text in ["abc", "\"abc\"\n", " 'abc'\r\n"] {
        assert!(Token::new(text).is_ok());
        assert_eq!(RefreshToken::new(text).unwrap().expose(), "abc");
    }
    let odd = "canary\u{7f}";
    let errors = [
        Token::new(odd).unwrap_err(),
        RefreshToken::new(odd).unwrap_err(),
        RefreshTokenGrant::new("id", odd, RefreshToken::new("x").unwrap()).unwrap_err(),
    ];
    for error in errors {
        let shown = format!("{error} {error:?}");
        assert!(
            shown.contains("copy it again") && !shown.contains("canary"),
            "{shown}"
        );
    }
}
