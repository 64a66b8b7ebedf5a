//! The sandbox over TLS: clients that trust its root reach it by the names that it was given.

#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

use std::net::SocketAddr;

use reqwest::{Certificate, ClientBuilder};
use webex_precheck::{Client, RetryPolicy, SubscriberPrecheck, Token, Verdict};
use webex_precheck_sandbox::{Sandbox, Tls, TlsError};

const SUBSCRIBERS: &str = "/v1/wholesale/subscribers/validate";

/// A client that trusts one root, and finds the sandbox behind every name.
fn client(root: &str, sandbox: SocketAddr) -> reqwest::Client {
    let root = Certificate::from_pem(root.as_bytes()).unwrap();
    let client = ClientBuilder::new().tls_certs_only([root]).no_proxy();
    let names = ["webex", "webex.test", "other.test", "localhost"];
    let client = names
        .iter()
        .fold(client, |it, name| it.resolve(name, sandbox));
    client.build().unwrap()
}

#[tokio::test]
async fn client_that_trusts_the_root_reaches_the_names_of_the_certificate() {
    let tls = Tls::new(["webex", "webex.test"]).unwrap();
    let root = tls.root_certificate_pem().to_owned();
    let sandbox = Sandbox::builder().tls(tls).start().await.unwrap();
    let (address, port) = (sandbox.address(), sandbox.address().port());
    assert_eq!(sandbox.url(), format!("https://127.0.0.1:{port}"));
    let ask = async |client: &reqwest::Client, host: &str| {
        let url = format!("https://{host}:{port}{SUBSCRIBERS}");
        let request = client.post(url).bearer_auth("sandbox-token");
        let body = serde_json::json!({"email": "alice@example.com"});
        request
            .json(&body)
            .send()
            .await
            .map(|it| it.status().as_u16())
    };
    let trusting = client(&root, address);
    for host in ["webex", "webex.test", "localhost", "127.0.0.1"] {
        assert_eq!(ask(&trusting, host).await.unwrap(), 200, "{host}");
    }
    assert!(ask(&trusting, "other.test").await.unwrap_err().is_connect());

    let another = Tls::new(["webex"]).unwrap();
    let distrusting = client(another.root_certificate_pem(), address);
    assert!(ask(&distrusting, "webex").await.unwrap_err().is_connect());
    // Nothing is answered in the clear.
    let clear = trusting.get(format!("http://localhost:{port}/healthz"));
    assert!(clear.send().await.is_err());
    assert_eq!(sandbox.requests().len(), 4);
    sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn client_of_webex_trusts_the_root_that_it_is_given() {
    let tls = Tls::new(Vec::<String>::new()).unwrap();
    let root = tls.root_certificate_pem().to_owned();
    let sandbox = Sandbox::builder().tls(tls).start().await.unwrap();
    let token = || Token::new(sandbox.token()).unwrap();
    let request = SubscriberPrecheck::new("alice@example.com").customer_id("ZjViMzYx");
    let client = Client::builder(token())
        .base_url(sandbox.url())
        .root_certificate_pem(root);
    let report = client.build().unwrap().precheck_subscriber(&request).await;
    assert_eq!(report.unwrap().verdict(), Verdict::Likely);

    let distrusting = Client::builder(token())
        .base_url(sandbox.url())
        .retry_policy(RetryPolicy::none());
    let answer = distrusting
        .build()
        .unwrap()
        .precheck_subscriber(&request)
        .await;
    assert!(answer.unwrap_err().is_connect());
    assert_eq!(sandbox.requests().len(), 1);
}

#[test]
fn what_is_no_host_gets_no_certificate() {
    for host in ["", "a b", "http://webex", "webex:8282", "*.webex", "wébex"] {
        let error = Tls::new([host]).unwrap_err();
        assert!(
            matches!(&error, TlsError::Host(it) if it == host),
            "{error}"
        );
    }
    assert!(Tls::new(["::1", "192.0.2.1", "my_service"]).is_ok());
}
