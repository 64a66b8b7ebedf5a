//! The library against the sandbox.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use webex_precheck::{
    Address, CallingParameters, Client, Country, CustomerInfo, CustomerPackage, CustomerPrecheck,
    CustomerProvisioningParameters, Location, RetryPolicy, SubscriberPackage, SubscriberPrecheck,
    TimeZone, Token, Verdict,
};
use webex_precheck_sandbox::Sandbox;

async fn start() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let token = Token::new(sandbox.token()).unwrap();
    let client = Client::builder(token)
        .base_url(sandbox.url())
        .build()
        .unwrap();
    (sandbox, client)
}

fn address() -> Address {
    Address::new("771 Alder Drive", "Milpitas", Country::US).state_or_province("CA")
}

#[tokio::test]
async fn a_customer_is_likely() {
    let (_sandbox, client) = start().await;
    let location = Location::new(
        "Head Office",
        address(),
        TimeZone::new("America/Los_Angeles"),
        "en_us",
    );
    let request = CustomerPrecheck::new(address())
        .customer_info(CustomerInfo::new("john.anderson@acme.com").name("John's Pizza"))
        .packages([
            CustomerPackage::WebexCalling,
            CustomerPackage::CiscoCallingPlan,
        ])
        .provisioning_parameters(
            CustomerProvisioningParameters::new().calling(CallingParameters::new(location)),
        );
    let report = client.precheck_customer(&request).await.unwrap();
    assert_eq!(report.verdict(), Verdict::Likely);
    assert_eq!(report.status(), 200);
    assert_eq!(report.info()[0].info_code.map(|code| code.0), Some(100));
    assert!(report.tracking_id().is_some());
    assert_eq!((report.attempts(), report.errors().len()), (1, 0));
}

#[tokio::test]
async fn a_subscriber_is_unlikely_with_code_and_field() {
    let (_sandbox, client) = start().await;
    let request = SubscriberPrecheck::new("alice.anderson@acme.com").packages(["webex_tomorrow"]);
    let report = client.precheck_subscriber(&request).await.unwrap();
    assert_eq!(report.verdict(), Verdict::Unlikely);
    assert_eq!(report.errors()[0].field.as_deref(), Some("packages"));
    // The sandbox's own code for an unknown package.
    assert_eq!(report.errors()[0].code.0, 900_002);
    let request = request.packages([SubscriberPackage::WebexCalling]);
    let report = client.precheck_subscriber(&request).await.unwrap();
    assert_eq!(report.verdict(), Verdict::Likely);
}

#[tokio::test]
async fn another_token_is_refused_and_not_shown() {
    let sandbox = Sandbox::builder()
        .token("right-token")
        .start()
        .await
        .unwrap();
    let token = Token::new("wrong-token").unwrap();
    let client = Client::builder(token)
        .base_url(sandbox.url())
        .build()
        .unwrap();
    let request = SubscriberPrecheck::new("alice.anderson@acme.com");
    let error = client.precheck_subscriber(&request).await.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!(error.status(), Some(401));
    assert!(error.tracking_id().is_some());
    assert!(!format!("{error} {error:?} {client:?}").contains("wrong-token"));
}

#[tokio::test]
async fn a_sandbox_stops_when_dropped() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::builder(Token::new(sandbox.token()).unwrap())
        .base_url(sandbox.url())
        .retry_policy(RetryPolicy::none())
        .build()
        .unwrap();
    let request = SubscriberPrecheck::new("alice.anderson@acme.com");
    let address = sandbox.url();
    drop(sandbox);
    // The port closes as soon as the server's task has run.
    let address = address.trim_start_matches("http://");
    let closed = async {
        while tokio::net::TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    let timeout = std::time::Duration::from_secs(60);
    tokio::time::timeout(timeout, closed).await.unwrap();
    let error = client.precheck_subscriber(&request).await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
}

#[tokio::test]
async fn the_generated_client_works_too_and_keeps_the_status_of_an_error() {
    let sandbox = Sandbox::start().await.unwrap();
    let with_token = |token: &str| {
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
        let http = reqwest::Client::builder()
            .default_headers(headers)
            .no_proxy()
            .build()
            .unwrap();
        webex_precheck_api::Client::new_with_client(&sandbox.url(), http)
    };
    let request: webex_precheck_api::types::SubscriberPrecheckRequest =
        SubscriberPrecheck::new("alice.anderson@acme.com").into();
    let client = with_token(sandbox.token());
    let answer = client
        .precheck_subscriber(Some("abc"), &request)
        .await
        .unwrap();
    let info = answer.into_inner().info.unwrap();
    assert_eq!(info[0].info_code.map(|code| code.0), Some(100));

    let client = with_token("wrong");
    let error = client
        .precheck_subscriber(None, &request)
        .await
        .unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(401));
    let webex_precheck_api::Error::UnexpectedResponse(response) = error else {
        panic!("{error}");
    };
    let body: webex_precheck_api::types::ErrorBody = response.json().await.unwrap();
    assert!(body.tracking_id.is_some());
}
