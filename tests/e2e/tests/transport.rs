//! Transports of a program's own: what they are given, and what becomes of their answers and errors.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use e2e::{Server, VirtualClock, Weather, until};
use tower::ServiceBuilder;
use webex_precheck::bytes::Bytes;
use webex_precheck::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use webex_precheck::http::{Request, Response};
use webex_precheck::test_util::StubTransport;
use webex_precheck::{
    Attempt, Body, Client, ClientBuilder, Error, ErrorKind, RefreshToken, RefreshTokenGrant,
    Report, RetryPolicy, SubscriberPrecheck, Token, TowerTransport, TransportError,
};
use webex_precheck_sandbox::Sandbox;

const LIKELY: &str = r#"{"info": [{"infoCode": 100}]}"#;

fn builder() -> ClientBuilder {
    Client::builder(Token::new("canary").unwrap())
}

async fn ask(client: &Client) -> Result<Report, Error> {
    let request = SubscriberPrecheck::new("alice.anderson@acme.com");
    client.precheck_subscriber(&request).await
}

/// As [`ask`], while time passes whenever the client waits for it.
async fn ask_in_time(client: &Client, clock: &VirtualClock) -> Result<Report, Error> {
    tokio::select! {
        result = ask(client) => result,
        never = clock.pass_while(|| clock.sleepers() > 0) => match never {},
    }
}

#[tokio::test]
async fn reqwest_client_of_ones_own_sends_the_requests() {
    let sandbox = Sandbox::start().await.unwrap();
    let own = reqwest::Client::builder().no_proxy().build().unwrap();
    let client = Client::builder(Token::new(sandbox.token()).unwrap())
        .base_url(sandbox.url())
        .transport(own.clone())
        .build()
        .unwrap();
    assert!(ask(&client).await.unwrap().is_likely());

    // Its errors have their kinds, and no URL.
    let kind = async |weather: Weather, timeout: u64| {
        let server = Server::start(vec![weather]).await.unwrap();
        let own = reqwest::Client::builder().no_proxy();
        let own = own.read_timeout(Duration::from_millis(timeout));
        let client = builder()
            .base_url(format!("http://{}", server.address))
            .transport(own.build().unwrap())
            .retry_policy(RetryPolicy::none());
        let error = ask(&client.build().unwrap()).await.unwrap_err();
        assert!(!format!("{error:?}").contains("/v1/"), "{error:?}");
        error
    };
    let stalled = Weather {
        stall: true,
        ..Weather::bytes("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{")
    };
    assert!(kind(stalled, 50).await.is_timeout());
    let broken = Weather::bytes("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{");
    assert_eq!(kind(broken, 60_000).await.kind(), ErrorKind::Connect);

    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let client = builder().base_url(url).transport(own);
    let client = client.retry_policy(RetryPolicy::none()).build().unwrap();
    let error = ask(&client).await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
}

#[tokio::test]
async fn layers_of_a_tower_service_see_each_attempt() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (layer, server) = (Arc::clone(&seen), StubTransport::new());
    server.respond(503, "{}");
    server.answer(Err(TransportError::Connect("no route".into())));
    let service = ServiceBuilder::new()
        .concurrency_limit(1)
        .map_request(move |request: Request<http_body_util::Full<Bytes>>| {
            layer.lock().unwrap().push(request.uri().to_string());
            request
        })
        .service_fn(move |request: Request<http_body_util::Full<Bytes>>| {
            let server = server.clone();
            async move {
                let (head, body) = request.into_parts();
                let body = http_body_util::BodyExt::collect(body).await.unwrap();
                let request = Request::from_parts(head, body.to_bytes());
                let response = webex_precheck::Transport::send(&server, request).await?;
                let full =
                    http_body_util::Full::new(Bytes::from(match response.status().as_u16() {
                        200 => LIKELY,
                        _ => "{}",
                    }));
                Ok::<_, TransportError>(response.map(|_| full))
            }
        });
    let clock = VirtualClock::new(0.5);
    let transport = TowerTransport::new(service);
    let client = builder().transport(transport).clock(clock.clone());
    let report = ask_in_time(&client.build().unwrap(), &clock).await.unwrap();
    assert_eq!((report.attempts(), report.is_likely()), (3, true));
    let url = "https://webexapis.com/v1/wholesale/subscribers/validate";
    assert_eq!(*seen.lock().unwrap(), [url; 3]);
}

#[tokio::test]
async fn errors_of_a_transport_are_retried_unless_the_request_is_invalid() {
    let classes: [(fn() -> TransportError, _, _); 5] = [
        (
            || TransportError::Connect("why".into()),
            ErrorKind::Connect,
            3,
        ),
        (
            || TransportError::ConnectTimeout("why".into()),
            ErrorKind::Timeout,
            3,
        ),
        (
            || TransportError::Timeout("why".into()),
            ErrorKind::Timeout,
            3,
        ),
        (
            || TransportError::Transfer("why".into()),
            ErrorKind::Connect,
            3,
        ),
        (
            || TransportError::Invalid("why".into()),
            ErrorKind::Builder,
            1,
        ),
    ];
    for (class, kind, attempts) in classes {
        let (webex, clock) = (StubTransport::new(), VirtualClock::new(0.5));
        for _ in 0..3 {
            webex.answer(Err(class()));
        }
        let policy = RetryPolicy::new().max_attempts(3);
        let client = builder().transport(webex.clone()).clock(clock.clone());
        let client = client.retry_policy(policy).build().unwrap();
        let error = ask_in_time(&client, &clock).await.unwrap_err();
        let name = class();
        assert_eq!(error.kind(), kind, "{name:?}");
        assert_eq!(error.attempts(), attempts, "{name:?}");
        assert_eq!(webex.requests().len(), attempts as usize, "{name:?}");
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.contains("why"), "{source}");
    }
}

#[tokio::test]
async fn a_transport_that_hangs_is_dropped_when_the_attempt_times_out() {
    struct Dropped(Arc<Mutex<u32>>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            *self.0.lock().unwrap() += 1;
        }
    }
    let (dropped, clock) = (Arc::new(Mutex::new(0)), VirtualClock::new(0.5));
    let count = Arc::clone(&dropped);
    let hangs = move |_: Request<Bytes>| {
        let guard = Dropped(Arc::clone(&count));
        async move {
            std::future::pending::<()>().await;
            drop(guard);
            Ok(Response::new(Body::from(LIKELY)))
        }
    };
    let client = builder().transport(hangs).clock(clock.clone());
    let client = client.attempt_timeout(Duration::from_secs(30));
    let client = client.retry_policy(RetryPolicy::none()).build().unwrap();
    let error = ask_in_time(&client, &clock).await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(clock.passed(), Duration::from_secs(30));
    assert_eq!(*dropped.lock().unwrap(), 1);
}

#[tokio::test]
async fn a_body_without_end_is_read_up_to_one_mebibyte() {
    /// Frames of 64 KiB for ever.
    struct Endless(Arc<Mutex<usize>>);
    impl http_body::Body for Endless {
        type Data = Bytes;
        type Error = std::convert::Infallible;
        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
            *self.0.lock().unwrap() += 1;
            let frame = http_body::Frame::data(Bytes::from_static(&[b' '; 65_536]));
            std::task::Poll::Ready(Some(Ok(frame)))
        }
    }
    let frames = Arc::new(Mutex::new(0));
    let read = Arc::clone(&frames);
    let endless = move |_: Request<Bytes>| {
        let body = Body::new(Endless(Arc::clone(&read)));
        async move { Ok(Response::new(body)) }
    };
    let error = ask(&builder().transport(endless).build().unwrap()).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Decode);
    assert_eq!(*frames.lock().unwrap(), 17);
}

#[tokio::test]
async fn headers_go_with_every_request_and_replace_each_other() {
    let webex = StubTransport::new();
    let trace = HeaderName::from_static("traceparent");
    let value = HeaderValue::from_static;
    let client = builder()
        .transport(webex.clone())
        .user_agent(value("orders/1.0"))
        .header(trace.clone(), value("first"))
        .header(AUTHORIZATION, value("Bearer other"))
        .header(CONTENT_TYPE, value("text/plain"))
        .build()
        .unwrap();
    ask(&client).await.unwrap();
    ask(&client.with_header(trace, value("second")))
        .await
        .unwrap();
    ask(&client).await.unwrap();
    let sent = webex.requests();
    let traces = ["first", "second", "first"];
    for (request, trace) in sent.iter().zip(traces) {
        let headers = request.headers();
        assert_eq!(headers["user-agent"], "orders/1.0");
        assert_eq!(headers["traceparent"], trace);
        assert_eq!(headers["authorization"], "Bearer canary");
        assert_eq!(headers["content-type"], "application/json");
        assert!(!format!("{request:?}").contains("canary"), "{request:?}");
    }
    assert_eq!(sent.len(), 3);
}

#[tokio::test]
async fn user_agent_is_that_of_the_builder_or_else_of_the_http_client() {
    let names = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&names);
    let router = axum::Router::new().fallback(async move |headers: axum::http::HeaderMap| {
        let name = headers["user-agent"].to_str().unwrap().to_owned();
        log.lock().unwrap().push(name);
        LIKELY
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, router).await });
    let own = reqwest::Client::builder().no_proxy().user_agent("own/1.0");
    let builder = builder().base_url(url);
    let with_own = builder.clone().transport(own.build().unwrap());
    let name = HeaderValue::from_static("orders/1.0");
    for builder in [builder, with_own.clone(), with_own.user_agent(name)] {
        ask(&builder.build().unwrap()).await.unwrap();
    }
    let names = names.lock().unwrap();
    assert!(names[0].starts_with("webex-precheck/"), "{names:?}");
    assert_eq!(names[1..], ["own/1.0", "orders/1.0"]);
}

#[tokio::test]
async fn a_sensitive_header_is_redacted_like_a_token() {
    let webex = StubTransport::new();
    webex.respond(
        500,
        r#"{"message": "the key gateway-key-0123456789 is not ours"}"#,
    );
    let mut key = HeaderValue::from_static("gateway-key-0123456789");
    key.set_sensitive(true);
    let client = builder().transport(webex).retry_policy(RetryPolicy::none());
    let client = client.header(HeaderName::from_static("x-api-key"), key);
    let error = ask(&client.build().unwrap()).await.unwrap_err();
    assert_eq!(error.message(), Some("the key [redacted] is not ours"));
}

#[tokio::test]
async fn each_attempt_is_observed_those_for_a_token_included() {
    let webex = StubTransport::new();
    webex.respond(200, r#"{"access_token": "canary", "expires_in": 1209600}"#);
    webex.respond(500, r#"{"message": "later"}"#);
    webex.respond(400, r#"{"errors": [{"errorCode": 1001}]}"#);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let observe = move |attempt: &Attempt<'_>| {
        let operation = attempt.operation.map(|operation| operation.id);
        let (status, is_ok) = (attempt.status(), attempt.result.is_ok());
        log.lock()
            .unwrap()
            .push((operation, attempt.number, status, is_ok));
    };
    let refresh = RefreshToken::new("canary").unwrap();
    let grant = RefreshTokenGrant::new("id", "secret", refresh).unwrap();
    let client = Client::builder(grant)
        .transport(webex)
        .on_attempt(observe)
        .retry_policy(RetryPolicy::new().backoff(Duration::ZERO, Duration::ZERO))
        .build()
        .unwrap();
    let report = ask(&client).await.unwrap();
    assert!(!report.is_likely());
    let subscriber = Some("precheckSubscriber");
    let expected = [
        (None, 1, Some(200), true),
        (subscriber, 1, Some(500), false),
        (subscriber, 2, Some(400), true),
    ];
    until(|| seen.lock().unwrap().len() == 3).await;
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[tokio::test]
async fn http_goes_to_named_hosts_alone() {
    let build = |url: &str, allowed: &str| {
        let webex = StubTransport::new();
        let builder = builder().transport(webex).allow_http(allowed);
        builder.base_url(url).build()
    };
    let client = build("http://sandbox:8282", "Sandbox").unwrap();
    assert!(ask(&client).await.unwrap().is_likely());
    for (url, allowed) in [
        ("http://sandbox.example", "sandbox"),
        ("http://sandbox", "sandbox:80"),
        ("http://webexapis.com", "*"),
        ("ftp://sandbox", "sandbox"),
    ] {
        assert!(build(url, allowed).unwrap_err().is_builder(), "{url}");
    }
}
