//! A web service that asks Webex before it takes an order.
//!
//! `POST /orders` takes the JSON of a subscriber precheck, and passes a `traceparent` on to Webex.
//! `GET /metrics` counts the attempts.
//!
//! ```sh
//! WEBEX_ACCESS_TOKEN=… cargo run --example service -- http://proxy.example:3128 corporate-root.pem
//! ```

#![allow(clippy::print_stderr, reason = "an example")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header::RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use webex_precheck::{
    Attempt, Client, ClientBuilder, Error, ErrorKind, RetryPolicy, SubscriberPrecheck, Token,
};

/// The client, and what is known of its attempts. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    webex: Client,
    metrics: Arc<Metrics>,
}

impl Service {
    /// A service that asks Webex by a client of this configuration.
    ///
    /// # Errors
    ///
    /// If the configuration is wrong.
    pub fn new(webex: ClientBuilder) -> Result<Self, Error> {
        let metrics = Arc::new(Metrics::default());
        let counting = Arc::clone(&metrics);
        let webex = webex
            .user_agent(HeaderValue::from_static("orders/1.0"))
            // A customer waits for the answer.
            .retry_policy(
                RetryPolicy::new()
                    .max_attempts(2)
                    .total_timeout(Duration::from_secs(8)),
            )
            .on_attempt(move |attempt| counting.count(attempt))
            .build()?;
        Ok(Self { webex, metrics })
    }

    /// The routes of the service.
    pub fn router(self) -> Router {
        Router::new()
            .route("/orders", post(order))
            .route(
                "/metrics",
                get(|State(service): State<Self>| async move { service.metrics.text() }),
            )
            .with_state(self)
    }
}

/// Sends requests through a corporate proxy that has a root certificate of its own.
pub fn behind_proxy(webex: ClientBuilder, url: &str, root_certificate: &[u8]) -> ClientBuilder {
    webex.proxy(url).root_certificate_pem(root_certificate)
}

async fn order(
    State(service): State<Service>,
    headers: HeaderMap,
    Json(subscriber): Json<SubscriberPrecheck>,
) -> Response {
    let traceparent = HeaderName::from_static("traceparent");
    let webex = match headers.get(&traceparent) {
        Some(value) => service.webex.with_header(traceparent, value.clone()),
        None => service.webex,
    };
    match webex.precheck(&subscriber).await {
        // A refusal is an answer too.
        Ok(report) => Json(report).into_response(),
        Err(error) => refusal(&error),
    }
}

fn refusal(error: &Error) -> Response {
    match error.kind() {
        ErrorKind::InvalidRequest => {
            (StatusCode::UNPROCESSABLE_ENTITY, Json(error.findings())).into_response()
        }
        ErrorKind::RateLimited | ErrorKind::Timeout | ErrorKind::Connect | ErrorKind::Status => {
            let delay = error.retry_after().unwrap_or(Duration::from_secs(10));
            let headers = [(RETRY_AFTER, (delay.as_secs() + 1).to_string())];
            (StatusCode::SERVICE_UNAVAILABLE, headers, error.to_string()).into_response()
        }
        // Nothing that the caller could mend.
        _ => {
            eprintln!(
                "precheck failed: {error} (tracking ID {:?})",
                error.tracking_id()
            );
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// How many attempts there were, by operation and status.
#[derive(Default)]
struct Metrics(Mutex<BTreeMap<(&'static str, u16), u64>>);

impl Metrics {
    fn count(&self, attempt: &Attempt<'_>) {
        let operation = attempt
            .operation
            .map_or("getToken", |operation| operation.id);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts
            .entry((operation, attempt.status().unwrap_or(0)))
            .or_default() += 1;
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for ((operation, status), count) in &*self.0.lock().unwrap_or_else(PoisonError::into_inner)
        {
            let labels = format!("operation=\"{operation}\",status=\"{status}\"");
            let _ = writeln!(text, "webex_attempts_total{{{labels}}} {count}");
        }
        text
    }
}

/// Serves on port 8080 of this machine.
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut webex = Client::builder(Token::from_env()?);
    if let [_, proxy, root_certificate] = &*std::env::args().collect::<Vec<_>>() {
        webex = behind_proxy(webex, proxy, &std::fs::read(root_certificate)?);
    }
    let service = Service::new(webex)?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(listener, service.router()).await?;
    Ok(())
}
