//! Spans and events. One test, since callsites that other threads register first may be disabled.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::time::Duration;

use e2e::Log;
use webex_precheck::{Client, RetryPolicy, SubscriberPrecheck, Token};
use webex_precheck_sandbox::{Answer, Sandbox};

#[tokio::test]
async fn attempts_are_spans_by_the_conventions_of_opentelemetry() {
    let sandbox = Sandbox::start().await.unwrap();
    let backoff = Duration::from_millis(1);
    let client = Client::builder(Token::new(sandbox.token()).unwrap())
        .base_url(sandbox.url())
        .retry_policy(RetryPolicy::new().backoff(backoff, backoff))
        .build()
        .unwrap();
    let request = SubscriberPrecheck::new("alice.anderson@acme.com").customer_id("ZjVi");
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());

    sandbox.answer_next(Answer::new(503));
    sandbox.answer_next(Answer::new(429).header("retry-after", "0.2"));
    client.precheck_subscriber(&request).await.unwrap();
    let text = log.text();
    let port = sandbox.url().rsplit(':').next().unwrap().to_owned();
    let attempt = format!(
        "attempt otel.kind=\"client\" http.request.method=\"POST\" \
         server.address=\"127.0.0.1\" server.port={port}"
    );
    for expected in [
        "precheck operation=\"precheckSubscriber\"",
        &format!("{attempt} http.request.resend_count=1"),
        &format!("{attempt} http.request.resend_count=2"),
        " http.response.status_code=503",
        " error.type=503",
        "message=retrying in 0.0 s (attempt 2 of 5)",
        "message=rate limited by Webex; resuming in 0.2 s",
        " http.response.status_code=200",
        " attempts=3",
        " verdict=\"likely\"",
    ] {
        assert!(log.count(expected) > 0, "{expected}: {text}");
    }
    // The first attempt is no resend.
    assert!(text.lines().any(|line| line.ends_with(&attempt)), "{text}");

    // A verdict with an HTTP error is an error of the attempt, and not of the precheck.
    sandbox.answer_next(Answer::refusal(1001, "customerId", "It is null."));
    let report = client.precheck_subscriber(&request).await.unwrap();
    assert_eq!((report.status(), report.is_likely()), (400, false));
    assert_eq!(log.count("error.type=400"), 1, "{}", log.text());
}
