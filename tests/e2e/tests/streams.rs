//! Streams of rows as programs have them: of several operations, of rows that fail, and with a deadline.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use e2e::{VirtualClock, until};
use webex_precheck::bytes::Bytes;
use webex_precheck::http::{Request, Response};
use webex_precheck::test_util::StubTransport;
use webex_precheck::{
    Address, AnyPrecheck, Body, BulkOptions, Client, Country, CustomerPrecheck, ErrorKind,
    Precheck, RefreshToken, RefreshTokenGrant, RetryPolicy, SubscriberPrecheck, Token, rows,
};

fn subscriber() -> SubscriberPrecheck {
    SubscriberPrecheck::new("alice.anderson@acme.com")
}

fn customer() -> CustomerPrecheck {
    let address = Address::new("771 Alder Drive", "Milpitas", Country::US);
    CustomerPrecheck::new(address.state_or_province("CA"))
}

fn client(webex: &StubTransport) -> Client {
    let builder = Client::builder(Token::new("canary").unwrap()).transport(webex.clone());
    builder.build().unwrap()
}

/// How many requests there were, by path.
fn paths(webex: &StubTransport) -> BTreeMap<String, usize> {
    let mut paths = BTreeMap::new();
    for request in webex.requests() {
        *paths.entry(request.uri().path().to_owned()).or_default() += 1;
    }
    paths
}

#[tokio::test]
async fn operations_share_a_stream_and_keys_may_hold_the_request() {
    let expected = BTreeMap::from([
        ("/v1/wholesale/customers/validate".to_owned(), 10),
        ("/v1/wholesale/subscribers/validate".to_owned(), 10),
    ]);
    let webex = StubTransport::new();
    let mixed = (0..20).map(|row| {
        let request: AnyPrecheck = match row % 2 {
            0 => subscriber().into(),
            _ => customer().into(),
        };
        ((row, request.clone()), request)
    });
    let mut results = client(&webex).precheck_many(rows(mixed), BulkOptions::new());
    while let Some(((row, request), result)) = results.next().await {
        let operation = ["precheckSubscriber", "precheckCustomer"][row % 2];
        assert_eq!(request.operation().id, operation);
        assert!(result.unwrap().is_likely());
    }
    assert_eq!(paths(&webex), expected);

    let webex = StubTransport::new();
    let mixed = (0..20).map(|row| {
        let request: Box<dyn Precheck> = match row % 2 {
            0 => Box::new(subscriber()),
            _ => Box::new(customer()),
        };
        (row, request)
    });
    let mut results = client(&webex).precheck_many(rows(mixed), BulkOptions::new());
    while let Some((_, result)) = results.next().await {
        assert!(result.unwrap().is_likely());
    }
    assert_eq!(paths(&webex), expected);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_returned_and_the_next_ones_follow() {
    let webex = StubTransport::new();
    let read = ["7", "x", "8", "", "9"].map(|text| {
        let key = text.parse::<u32>();
        key.map(|key| (key, subscriber()))
    });
    let mut results = client(&webex).try_precheck_many(rows(read), BulkOptions::new());
    let (mut keys, mut errors) = (Vec::new(), Vec::new());
    while let Some(result) = results.next().await {
        match result {
            Ok((key, result)) => {
                assert!(result.unwrap().is_likely());
                keys.push(key);
            }
            Err(error) => errors.push(error.to_string()),
        }
    }
    keys.sort_unstable();
    assert_eq!(keys, [7, 8, 9]);
    assert_eq!(errors.len(), 2);
    assert_eq!(webex.requests().len(), 3);
}

#[tokio::test]
async fn a_row_with_findings_is_an_error_under_its_key() {
    let webex = StubTransport::new();
    let rows = rows([(1, SubscriberPrecheck::new("")), (2, subscriber())]);
    let mut results = client(&webex).precheck_many(rows, BulkOptions::new());
    let mut kinds = BTreeMap::new();
    while let Some((key, result)) = results.next().await {
        kinds.insert(key, result.err().map(|error| error.kind()));
    }
    let expected = [(1, Some(ErrorKind::InvalidRequest)), (2, None)];
    assert_eq!(kinds, BTreeMap::from(expected));
    assert_eq!(webex.requests().len(), 1);
}

#[tokio::test]
async fn a_deadline_ends_rows_in_progress_and_starts_no_others() {
    let clock = VirtualClock::new(0.5);
    // The third request and those after it are never answered.
    let count = Arc::new(Mutex::new(0));
    let sent = Arc::clone(&count);
    let transport = move |_: Request<Bytes>| {
        let number = {
            let mut sent = sent.lock().unwrap();
            *sent += 1;
            *sent
        };
        async move {
            if number > 2 {
                std::future::pending::<()>().await;
            }
            Ok(Response::new(Body::from(
                r#"{"info": [{"infoCode": 100}]}"#,
            )))
        }
    };
    let client = Client::builder(Token::new("canary").unwrap())
        .transport(transport)
        .attempt_timeout(Duration::from_secs(3600))
        .retry_policy(RetryPolicy::new().total_timeout(Duration::from_secs(3600)))
        .clock(clock.clone())
        .build()
        .unwrap();
    let options = BulkOptions::new().concurrency(2);
    let options = options.total_timeout(Duration::from_secs(60));
    let many = (0..100).map(|key| (key, subscriber()));
    let mut results = client.precheck_many(rows(many), options);
    for _ in 0..2 {
        assert!(results.next().await.unwrap().1.unwrap().is_likely());
    }
    clock.advance(Duration::from_secs(59));
    tokio::select! {
        _ = results.next() => panic!("the deadline has not passed"),
        () = until(|| *count.lock().unwrap() == 4) => {}
    }
    clock.advance(Duration::from_secs(1));
    let mut keys = Vec::new();
    let ended = async {
        while let Some((key, result)) = results.next().await {
            assert!(result.unwrap_err().is_timeout());
            keys.push(key);
        }
    };
    let minute = Duration::from_secs(60);
    tokio::time::timeout(minute, ended).await.unwrap();
    keys.sort_unstable();
    assert_eq!(keys, [2, 3]);
    assert_eq!(*count.lock().unwrap(), 4);
}

#[tokio::test]
async fn a_deadline_that_passes_while_a_token_is_awaited_is_a_timeout() {
    let clock = VirtualClock::new(0.5);
    let hangs = |_: Request<Bytes>| async {
        std::future::pending::<()>().await;
        Ok(Response::new(Body::from("")))
    };
    let grant = RefreshTokenGrant::new("id", "secret", RefreshToken::new("canary").unwrap());
    let client = Client::builder(grant.unwrap())
        .transport(hangs)
        .retry_policy(RetryPolicy::new().total_timeout(Duration::from_secs(5)))
        .clock(clock.clone())
        .build()
        .unwrap();
    let request = subscriber();
    let result = tokio::select! {
        result = client.precheck(&request) => result,
        never = clock.pass_while(|| clock.sleepers() > 0) => match never {},
    };
    let error = result.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(clock.passed(), Duration::from_secs(5));
}

#[tokio::test]
async fn deadlines_pass_in_the_paused_time_of_tokio() {
    tokio::time::pause();
    let hangs = |_: Request<Bytes>| async {
        std::future::pending::<()>().await;
        Ok(Response::new(Body::from("")))
    };
    let client = Client::builder(Token::new("canary").unwrap())
        .transport(hangs)
        .attempt_timeout(Duration::from_secs(5))
        .retry_policy(RetryPolicy::new().total_timeout(Duration::from_secs(7)))
        .build()
        .unwrap();
    let error = client.precheck(&subscriber()).await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!((error.attempts(), error.elapsed().as_secs()), (2, 7));
}
