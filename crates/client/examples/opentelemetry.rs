//! Spans, metrics and the trace context of prechecks, by OpenTelemetry.
//!
//! ```sh
//! WEBEX_ACCESS_TOKEN=… cargo run --example opentelemetry -- alice.anderson@acme.com
//! ```

use std::collections::HashMap;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Meter, MeterProvider as _};
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Instrument as _, Span, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::layer::SubscriberExt as _;
use webex_precheck::http::{HeaderName, HeaderValue};
use webex_precheck::{Attempt, Client, Report, SubscriberPrecheck, Token};

/// Measures attempts, by the conventions for HTTP clients.
pub fn measure(meter: &Meter) -> impl Fn(&Attempt<'_>) + Send + Sync + use<> {
    let duration = meter.f64_histogram("http.client.request.duration");
    let duration = duration.with_unit("s").build();
    move |attempt| {
        let mut attributes = vec![KeyValue::new("http.request.method", "POST")];
        if let Some(operation) = attempt.operation {
            attributes.push(KeyValue::new("url.template", operation.path));
        }
        if let Some(status) = attempt.status() {
            let status = KeyValue::new("http.response.status_code", i64::from(status));
            attributes.push(status);
        }
        if let Err(error) = attempt.result {
            attributes.push(KeyValue::new("error.type", error.kind().as_str()));
        }
        duration.record(attempt.duration.as_secs_f64(), &attributes);
    }
}

/// A client that sends the context of the current span: `traceparent` and `tracestate`.
pub fn traced(client: &Client) -> Client {
    let mut headers = HashMap::new();
    TraceContextPropagator::new().inject_context(&Span::current().context(), &mut headers);
    headers.into_iter().fold(client.clone(), |client, header| {
        let (Ok(name), Ok(value)) = (
            HeaderName::try_from(header.0),
            HeaderValue::try_from(header.1),
        ) else {
            return client;
        };
        client.with_header(name, value)
    })
}

/// A precheck within a span of your own.
///
/// # Errors
///
/// If Webex does not answer.
pub async fn order(client: &Client, email: &str) -> Result<Report, webex_precheck::Error> {
    let span = info_span!("order");
    let precheck = async {
        let request = SubscriberPrecheck::new(email);
        traced(client).precheck(&request).await
    };
    precheck.instrument(span).await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // An exporter for your collector in place of these.
    let traces = SdkTracerProvider::builder()
        .with_simple_exporter(opentelemetry_stdout::SpanExporter::default())
        .build();
    let metrics = SdkMeterProvider::builder()
        .with_periodic_exporter(opentelemetry_stdout::MetricExporter::default())
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(traces.tracer("orders"));
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer))?;

    let client = Client::builder(Token::from_env()?)
        .on_attempt(measure(&metrics.meter("orders")))
        .build()?;
    let email = std::env::args().nth(1).ok_or("say an e-mail address")?;
    let result = order(&client, &email).await;
    traces.shutdown()?;
    metrics.shutdown()?;
    result?;
    Ok(())
}
