//! What only looks like a secret stays as it is.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use axum::http::Response;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use e2e::echo::{ACCESS_TOKEN, ORGANIZATION};
use serde_json::json;
use webex_precheck::test_util::StubTransport;
use webex_precheck::{Client, RetryPolicy, SubscriberPrecheck, Token};

/// IDs as Webex writes them, of the organization of the token and others.
fn ids() -> impl Iterator<Item = String> {
    let mut random = fastrand::Rng::with_seed(18);
    let kinds = [
        "ORGANIZATION",
        "PEOPLE",
        "ROOM",
        "LOCATION",
        "SUBSCRIBER",
        "PROVISIONING_ID",
    ];
    (0..10_000).map(move |number| {
        let mut uuid = format!("{:032x}", random.u128(..));
        for at in [8, 13, 18, 23] {
            uuid.insert(at, '-');
        }
        let uuid = if number % 4 == 0 { ORGANIZATION } else { &uuid };
        let kind = kinds[number % kinds.len()];
        match number % 7 {
            0 => STANDARD_NO_PAD.encode(format!("ciscospark://us/{kind}/{uuid}")),
            1 => STANDARD.encode(uuid),
            2 => format!("ROUTERGW_{uuid}"),
            3 => uuid.to_uppercase(),
            4 => STANDARD.encode(format!(
                "ciscospark://urn:TEAM:us-east-2_a/{kind}/{uuid}:{number}"
            )),
            5 => format!("_PF84_{uuid}"),
            _ => format!("{:064x}", random.u128(..)),
        }
    })
}

#[tokio::test]
async fn ids_survive_even_of_the_organization_of_the_token() {
    let webex = StubTransport::new();
    let client = Client::builder(Token::new(ACCESS_TOKEN).unwrap())
        .transport(webex.clone())
        .retry_policy(RetryPolicy::none())
        .keep_response(true)
        .build()
        .unwrap();
    for id in ids() {
        let description = format!("{id} is not known in &quot;{id}&quot;");
        let body = json!({"errorCode": 10022, "description": description, "fieldName": id});
        let response = Response::builder().status(400).header("trackingid", &id);
        webex.answer(Ok(response.body(body.to_string().into()).unwrap()));
        let report = client
            .precheck_subscriber(&SubscriberPrecheck::new("alice@acme.com"))
            .await;
        let report = report.unwrap();
        let shown = &report.errors()[0];
        assert_eq!(shown.description.as_deref(), Some(description.as_str()));
        assert_eq!(shown.field.as_deref(), Some(id.as_str()));
        assert_eq!(report.tracking_id(), Some(id.as_str()));
        assert_eq!(report.response().unwrap().body(), &body);
    }
}
