//! The example of a service.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use e2e::tls::{Authority, TlsProxy};
use tower::ServiceExt as _;
use webex_precheck::test_util::StubTransport;
use webex_precheck::{Client, RetryPolicy, Token};

#[allow(dead_code, unreachable_pub, reason = "a program in place of a module")]
#[path = "../../../crates/client/examples/service.rs"]
mod service;

const ORDER: &str = r#"{"email": "alice.anderson@acme.com"}"#;
const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

async fn ask(service: &Router, method: &str, path: &str, body: &str) -> (StatusCode, String) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json")
        .header("traceparent", TRACEPARENT)
        .body(Body::from(body.to_owned()))
        .unwrap();
    let response = service.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 65_536).await;
    (status, String::from_utf8(body.unwrap().to_vec()).unwrap())
}

#[tokio::test]
async fn service_is_tested_with_a_stub() {
    let webex = StubTransport::new();
    let builder = Client::builder(Token::new("canary").unwrap()).transport(webex.clone());
    let service = service::Service::new(builder).unwrap().router();

    webex.respond(500, "{}");
    let (status, body) = ask(&service, "POST", "/orders", ORDER).await;
    assert_eq!(status, 200);
    assert!(body.starts_with(r#"{"verdict":"likely""#), "{body}");
    let sent = webex.requests();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0].headers()["user-agent"], "orders/1.0");
    assert_eq!(sent[0].headers()["traceparent"], TRACEPARENT);

    webex.respond(
        400,
        r#"{"errors": [{"errorCode": 1001, "description": "It is null."}]}"#,
    );
    let (status, body) = ask(&service, "POST", "/orders", ORDER).await;
    assert_eq!(status, 200);
    assert!(body.contains(r#""verdict":"unlikely""#), "{body}");

    let (status, body) = ask(&service, "POST", "/orders", r#"{"email": ""}"#).await;
    assert_eq!(status, 422);
    assert!(body.contains(r#""field":"email""#), "{body}");

    webex.respond(403, "{}");
    let (status, _) = ask(&service, "POST", "/orders", ORDER).await;
    assert_eq!(status, 500);

    let (_, metrics) = ask(&service, "GET", "/metrics", "").await;
    let counts = [(200, 1), (400, 1), (403, 1), (500, 1)].map(|(status, count)| {
        format!(
            "webex_attempts_total{{operation=\"precheckSubscriber\",status=\"{status}\"}} {count}\n"
        )
    });
    assert_eq!(metrics, counts.concat());
}

/// An HTTP server that says yes, if the request has the headers that it should.
async fn webex() -> SocketAddr {
    let router = Router::new().fallback(async |headers: HeaderMap| {
        assert_eq!(headers["host"], "webexapis.com");
        assert_eq!(headers["authorization"], "Bearer canary");
        assert_eq!(headers["traceparent"], TRACEPARENT);
        assert_eq!(headers.get("proxy-authorization"), None);
        r#"{"message": "success", "info": [{"infoCode": 100}]}"#
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, router).await });
    address
}

#[tokio::test]
async fn service_reaches_webex_through_a_corporate_proxy() {
    let corporation = Authority::new().unwrap();
    let server = webex().await;
    let proxy = TlsProxy::start(&corporation, "webexapis.com", server);
    let proxy = proxy.await.unwrap();
    let builder = Client::builder(Token::new("canary").unwrap());

    let root = corporation.root_pem();
    let trusting = service::behind_proxy(builder.clone(), &proxy.url("acme:pass"), root.as_bytes());
    let trusting = service::Service::new(trusting).unwrap().router();
    let (status, body) = ask(&trusting, "POST", "/orders", ORDER).await;
    assert_eq!(status, 200, "{body}");
    assert!(body.contains(r#""verdict":"likely""#), "{body}");
    let heads = proxy.heads();
    assert_eq!(heads.len(), 1);
    assert!(
        heads[0].starts_with("CONNECT webexapis.com:443 "),
        "{heads:?}"
    );
    // "acme:pass"
    let has_password = heads[0].contains("Basic YWNtZTpwYXNz");
    assert!(has_password && !heads[0].contains("canary"), "{heads:?}");

    // A proxy with any other root gets no token.
    let other = Authority::new().unwrap().root_pem();
    let builder = builder.retry_policy(RetryPolicy::none());
    let wary = service::behind_proxy(builder, &proxy.url("acme:pass"), other.as_bytes());
    let wary = service::Service::new(wary).unwrap().router();
    let (status, body) = ask(&wary, "POST", "/orders", ORDER).await;
    assert_eq!(status, 503, "{body}");
    assert!(!body.contains("pass"), "{body}");
}
