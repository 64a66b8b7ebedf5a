//! The library against servers that answer badly: status, tracking ID and the beginning of the
//! body are never lost.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use webex_precheck::api::types::SubscriberPrecheckRequest;
use webex_precheck::{Client, Error, Report, Token, Verdict};

const TOKEN: &str = "secret-token-1";

async fn ask(address: std::net::SocketAddr) -> Result<Report, Error> {
    let client = Client::builder(Token::new(TOKEN).unwrap())
        .base_url(format!("http://{address}"))
        .build()
        .unwrap();
    client
        .precheck_subscriber(&SubscriberPrecheckRequest::new("a@b.c"))
        .await
}

/// A server that always answers this.
async fn answering(
    status: u16,
    headers: &[(&'static str, &str)],
    body: &str,
) -> Result<Report, Error> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, value.parse().unwrap());
    }
    let answer = (StatusCode::from_u16(status).unwrap(), map, body.to_owned());
    let router = Router::new().fallback(move || async move { answer.clone() });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    ask(address).await
}

/// A server that reads a request, writes these bytes and closes.
async fn writing(bytes: &'static [u8]) -> Result<Report, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 64 * 1024];
        let _ = stream.read(&mut request).await;
        let _ = stream.write_all(bytes).await;
    });
    ask(address).await
}

#[tokio::test]
async fn every_form_of_a_refusal_becomes_unlikely_with_its_codes() {
    for (body, code, field) in [
        (
            r#"{"errorCode": 10022, "description": "taken"}"#,
            10022,
            None,
        ),
        (r#"{"code": 10022}"#, 10022, None),
        (
            r#"{"errors": [{"errorCode": 1001, "description": "null", "fieldName": "email"}]}"#,
            1001,
            Some("email"),
        ),
        (
            r#"{"message": "no", "errors": [{"code": 1002, "fieldName": "country"}], "trackingId": "X"}"#,
            1002,
            Some("country"),
        ),
    ] {
        let report = answering(400, &[("trackingid", "T1")], body).await.unwrap();
        assert_eq!(report.verdict(), Verdict::Unlikely, "{body}");
        let reason = &report.errors()[0];
        assert_eq!(reason.error_code.map(|c| c.0), Some(code), "{body}");
        assert_eq!(reason.field_name.as_deref(), field);
        assert_eq!((report.status(), report.tracking_id()), (400, Some("T1")));
    }
}

#[tokio::test]
async fn whatever_cannot_be_decoded_keeps_status_tracking_id_and_excerpt() {
    for (status, body, excerpt) in [
        (
            502,
            "<html>\n<h1>Bad Gateway</h1>",
            Some("<html> <h1>Bad Gateway</h1>"),
        ),
        (429, "", None),
        (400, r#"{"message": "cut o"#, Some(r#"{"message": "cut o"#)),
        (200, "<html>login</html>", Some("<html>login</html>")),
        (200, "", None),
        (418, "teapot", Some("teapot")),
    ] {
        let error = answering(status, &[("trackingid", "T2")], body)
            .await
            .unwrap_err();
        assert_eq!(error.status(), Some(status), "{body}");
        assert_eq!(error.tracking_id(), Some("T2"));
        assert_eq!(error.body_excerpt(), excerpt);
    }
}

#[tokio::test]
async fn the_tracking_id_of_the_body_serves_where_the_header_is_missing() {
    let body = r#"{"message": "x", "errors": [{"description": "y"}], "trackingId": "ROUTERGW_1"}"#;
    let error = answering(404, &[], body).await.unwrap_err();
    assert_eq!(
        (error.status(), error.tracking_id()),
        (Some(404), Some("ROUTERGW_1"))
    );
}

#[tokio::test]
async fn retry_after_in_seconds_is_kept_whole_and_garbage_is_not_taken_for_a_wait() {
    let error = answering(429, &[("retry-after", "194")], "")
        .await
        .unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(194)));
    let error = answering(429, &[("retry-after", "rand(30),add(30)")], "")
        .await
        .unwrap_err();
    assert_eq!(error.retry_after(), None);
}

#[tokio::test]
async fn an_excerpt_is_short_printable_and_without_the_token() {
    let body = format!("you sent {TOKEN}\u{1b}[31m {}", "x".repeat(10_000));
    let error = answering(500, &[], &body).await.unwrap_err();
    let excerpt = error.body_excerpt().unwrap();
    assert!(excerpt.chars().count() <= 200);
    assert!(
        excerpt.starts_with("you sent [redacted] [31m x"),
        "{excerpt}"
    );
    assert!(!format!("{error} {error:?}").contains(TOKEN));
}

#[tokio::test]
async fn a_token_that_the_server_echoes_is_shown_nowhere() {
    let echo = |field: &str| format!(r#"{{"errorCode": 1, "{field}": "you sent {TOKEN}"}}"#);
    for (status, body) in [
        (400, echo("description")),
        (400, echo("message")),
        (401, echo("trackingId")),
        (200, format!(r#"{{"info": "{TOKEN}"}}"#)),
        (200, format!(r#"{{"info": [{{"infoCode": "{TOKEN}"}}]}}"#)),
    ] {
        for headers in [&[][..], &[("trackingid", TOKEN)]] {
            let shown = match answering(status, headers, &body).await {
                Ok(report) => format!("{report:?}"),
                Err(error) => {
                    let source = std::error::Error::source(&error).map(ToString::to_string);
                    format!("{error} {error:?} {source:?}")
                }
            };
            assert!(!shown.contains(TOKEN), "{shown}");
            assert!(shown.contains("redacted"), "{shown}");
        }
    }
}

#[tokio::test]
async fn a_tracking_id_cannot_steer_a_terminal() {
    let body = r#"{"message": "x", "trackingId": "A\u001b[31m\nB"}"#;
    let error = answering(404, &[], body).await.unwrap_err();
    assert_eq!(error.tracking_id(), Some("A [31m B"));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let error = answering(302, &[("location", "http://127.0.0.1:1/")], "")
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(302));
}

#[tokio::test]
async fn an_endless_body_is_cut() {
    let body = "x".repeat(2 * 1024 * 1024);
    let error = answering(200, &[("trackingid", "T3")], &body)
        .await
        .unwrap_err();
    assert_eq!(
        (error.status(), error.tracking_id()),
        (Some(200), Some("T3"))
    );
}

#[tokio::test]
async fn a_body_cut_off_by_the_connection_keeps_what_was_known() {
    let error = writing(
        b"HTTP/1.1 400 Bad Request\r\ntrackingid: T4\r\ncontent-length: 100\r\n\r\n{\"message\"",
    )
    .await
    .unwrap_err();
    assert_eq!(
        (error.status(), error.tracking_id()),
        (Some(400), Some("T4"))
    );
    let error = writing(b"nonsense\r\n\r\n").await.unwrap_err();
    assert_eq!(error.status(), None);
    let error = writing(b"").await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
}
