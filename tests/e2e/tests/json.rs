//! Reports and errors as JSON, and those that tests make.

#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use serde_json::json;
use webex_precheck::test_util::{self, ErrorBuilder, StubTransport};
use webex_precheck::{
    Client, Error, ErrorDetail, ErrorKind, Report, RetryPolicy, SubscriberPrecheck, Token,
    TransportError,
};

async fn ask(status: u16, body: &'static str) -> Result<Report, Error> {
    let webex = StubTransport::new();
    webex.respond(status, body);
    let client = Client::builder(Token::new("canary").unwrap());
    let client = client.transport(webex).retry_policy(RetryPolicy::none());
    let request = SubscriberPrecheck::new("alice.anderson@acme.com");
    client.build().unwrap().precheck(&request).await
}

#[tokio::test]
async fn reports_have_the_shape_of_the_program() {
    let body = r#"{"message": "success", "info": [{"infoCode": 4711, "description": "It fits."}]}"#;
    let mut report = json!(ask(200, body).await.unwrap());
    assert!(report["milliseconds"].take().is_u64());
    let expected = json!({
        "verdict": "likely", "message": "success", "status": 200, "trackingId": null,
        "infoCodes": [{"code": 4711, "description": "It fits.", "meaning": null}],
        "errorCodes": [], "attempts": 1, "milliseconds": null,
    });
    assert_eq!(report, expected);

    let body =
        r#"{"errors": [{"errorCode": 1001, "fieldName": "customerId", "description": "null"}]}"#;
    let mut report = json!(ask(400, body).await.unwrap());
    assert!(report["milliseconds"].take().is_u64());
    let expected = json!({
        "verdict": "unlikely", "message": null, "status": 400, "trackingId": null, "infoCodes": [],
        "errorCodes": [{"code": 1001, "description": "null", "field": "customerId"}],
        "attempts": 1, "milliseconds": null,
    });
    assert_eq!(report, expected);
}

#[tokio::test]
async fn errors_have_a_shape_of_their_own() {
    let mut error = json!(
        ask(403, r#"{"trackingId": "ROUTERGW_1"}"#)
            .await
            .unwrap_err()
    );
    assert!(error["milliseconds"].take().is_u64());
    assert!(error["message"].take().as_str().unwrap().contains("403"));
    let expected = json!({
        "kind": "forbidden", "message": null, "cause": null, "status": 403, "trackingId": "ROUTERGW_1",
        "retryAfter": null, "errorCodes": [], "findings": [], "attempts": 1, "milliseconds": null,
    });
    assert_eq!(error, expected);

    let findings = SubscriberPrecheck::new("").findings();
    let error = ErrorBuilder::new(ErrorKind::InvalidRequest).findings(findings);
    let error = json!(error.build());
    assert_eq!(error["kind"], "invalid_request");
    assert_eq!(error["findings"][0]["field"], "email");
    assert_eq!(error["findings"][0]["severity"], "error");
    assert_eq!(error["attempts"], 0);
}

#[tokio::test]
async fn the_cause_of_an_error_is_told() {
    let webex = StubTransport::new();
    webex.answer(Err(TransportError::Connect("no route to proxy".into())));
    let client = Client::builder(Token::new("canary").unwrap());
    let client = client.transport(webex).retry_policy(RetryPolicy::none());
    let request = SubscriberPrecheck::new("alice.anderson@acme.com");
    let error = client.build().unwrap().precheck(&request).await;
    assert_eq!(json!(error.unwrap_err())["cause"], "no route to proxy");
}

#[tokio::test]
async fn a_stub_refuses_for_the_reasons_of_the_test() {
    let webex = StubTransport::new();
    let error = ErrorDetail::new(1001)
        .field("customerId")
        .description("It is null.");
    webex.refuse([error.clone()]);
    let client = Client::builder(Token::new("canary").unwrap()).transport(webex);
    let request = SubscriberPrecheck::new("alice.anderson@acme.com");
    let report = client.build().unwrap().precheck(&request).await.unwrap();
    assert_eq!(report.errors(), [error]);
}

#[test]
fn reports_can_be_made() {
    let likely = json!(test_util::likely_report());
    assert_eq!(likely["verdict"], "likely");
    assert_eq!(likely["infoCodes"][0]["code"], 100);
    let unlikely = test_util::unlikely_report([ErrorDetail::new(1001)]);
    assert_eq!((unlikely.is_likely(), unlikely.errors().len()), (false, 1));
}

#[test]
fn errors_of_every_kind_can_be_made() {
    for kind in [
        ErrorKind::InvalidRequest,
        ErrorKind::Unauthorized,
        ErrorKind::Forbidden,
        ErrorKind::RateLimited,
        ErrorKind::Timeout,
        ErrorKind::Connect,
        ErrorKind::TokenRefresh,
        ErrorKind::Status,
        ErrorKind::Decode,
        ErrorKind::Cancelled,
        ErrorKind::Builder,
    ] {
        assert_eq!(test_util::error(kind).kind(), kind);
    }
    let error = ErrorBuilder::new(ErrorKind::RateLimited)
        .retry_after(Duration::from_secs(30))
        .tracking_id("ROUTERGW_1")
        .attempts(3)
        .build();
    let error = json!(error);
    assert_eq!(error["status"], 429);
    assert_eq!(error["retryAfter"], 30.0);
    assert_eq!(error["trackingId"], "ROUTERGW_1");
    assert_eq!(error["attempts"], 3);
    let error = ErrorBuilder::new(ErrorKind::Status).status(418).build();
    assert_eq!(
        (error.status(), error.kind()),
        (Some(418), ErrorKind::Status)
    );
}
