//! The response that a client keeps for diagnostics.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use serde_json::json;
use webex_precheck::{
    Client, ClientBuilder, ResponseSnapshot, RetryPolicy, SubscriberPrecheck, Token,
};
use webex_precheck_sandbox::{Answer, Sandbox};

async fn start() -> (Sandbox, ClientBuilder) {
    let sandbox = Sandbox::start().await.unwrap();
    let builder = Client::builder(Token::new(sandbox.token()).unwrap()).base_url(sandbox.url());
    (sandbox, builder)
}

fn request() -> SubscriberPrecheck {
    SubscriberPrecheck::new("alice.anderson@acme.com").customer_id("ZjVi")
}

#[tokio::test]
async fn a_report_keeps_the_response_if_asked_to() {
    let (_sandbox, builder) = start().await;
    let client = builder.clone().build().unwrap();
    let report = client.precheck_subscriber(&request()).await.unwrap();
    assert_eq!(report.response(), None);

    let client = builder.keep_response(true).build().unwrap();
    let report = client.precheck_subscriber(&request()).await.unwrap();
    let response = report.response().unwrap();
    assert_eq!((response.status(), response.is_truncated()), (200, false));
    assert_eq!(response.body()["info"][0]["infoCode"], json!(100));
    for name in ["content-type", "trackingid"] {
        let names = response.header_names();
        assert!(names.iter().any(|known| known == name), "{names:?}");
    }
    let serialized = serde_json::to_value(response).unwrap();
    assert_eq!(serialized["status"], json!(200));
    assert_eq!(&serialized["body"], response.body());
    assert_eq!(serialized["headers"], json!(response.header_names()));
    assert_eq!(serialized["truncated"], json!(false));
}

#[tokio::test]
async fn an_error_keeps_the_response_without_secrets() {
    let (sandbox, builder) = start().await;
    let client = builder.keep_response(true).build().unwrap();
    let token = sandbox.token();
    let body = json!({"message": format!("bad {token}"), token: [{"deep": token}]});
    sandbox.answer_next(Answer::new(403).json(&body));
    let error = client.precheck_subscriber(&request()).await.unwrap_err();
    let response = error.response().unwrap();
    let expected = json!({"message": "bad [redacted]", "[redacted]": [{"deep": "[redacted]"}]});
    assert_eq!((response.status(), response.body()), (403, &expected));

    let long = format!(
        "{{\"message\":\"{}\"}}",
        "x".repeat(ResponseSnapshot::MAX_BODY_BYTES)
    );
    sandbox.answer_next(Answer::new(403).body(long.clone()));
    let error = client.precheck_subscriber(&request()).await.unwrap_err();
    let response = error.response().unwrap();
    let prefix = &long[..ResponseSnapshot::MAX_BODY_BYTES];
    assert_eq!(
        (response.body(), response.is_truncated()),
        (&json!(prefix), true)
    );
}

#[tokio::test]
async fn an_error_without_a_response_keeps_none() {
    let (sandbox, builder) = start().await;
    let client = builder
        .keep_response(true)
        .retry_policy(RetryPolicy::none());
    let client = client.build().unwrap();
    sandbox.stop().await.unwrap();
    let error = client.precheck_subscriber(&request()).await.unwrap_err();
    assert!(
        error.is_connect() && error.response().is_none(),
        "{error:?}"
    );
}
