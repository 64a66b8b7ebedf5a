//! The example with OpenTelemetry. Alone in its program: a callsite that is first met without a
//! subscriber stays off.

#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::trace::{SpanKind, TracerProvider as _};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, SdkMeterProvider};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use tracing::instrument::WithSubscriber as _;
use tracing_subscriber::layer::SubscriberExt as _;
use webex_precheck::test_util::StubTransport;
use webex_precheck::{Client, Token};

#[allow(dead_code, unreachable_pub, reason = "a program in place of a module")]
#[path = "../../../crates/client/examples/opentelemetry.rs"]
mod example;

#[tokio::test]
async fn opentelemetry_gets_spans_metrics_and_sends_its_context() {
    let (spans, measured) = (
        InMemorySpanExporter::default(),
        InMemoryMetricExporter::default(),
    );
    let traces = SdkTracerProvider::builder()
        .with_simple_exporter(spans.clone())
        .build();
    let metrics = SdkMeterProvider::builder()
        .with_periodic_exporter(measured.clone())
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(traces.tracer("test"));
    let subscriber = tracing_subscriber::registry().with(layer);

    let webex = StubTransport::new();
    let client = Client::builder(Token::new("canary").unwrap())
        .transport(webex.clone())
        .on_attempt(example::measure(&metrics.meter("test")))
        .build()
        .unwrap();
    let order = example::order(&client, "alice.anderson@acme.com");
    order.with_subscriber(subscriber).await.unwrap();

    let spans = spans.get_finished_spans().unwrap();
    let span = |name: &str| spans.iter().find(|span| span.name == name).unwrap();
    let (order, precheck, attempt) = (span("order"), span("precheck"), span("attempt"));
    assert_eq!(precheck.parent_span_id, order.span_context.span_id());
    assert_eq!(attempt.parent_span_id, precheck.span_context.span_id());
    assert_eq!(attempt.span_kind, SpanKind::Client);
    let sent = webex.requests()[0].headers()["traceparent"].clone();
    let context = &order.span_context;
    let expected = format!("00-{}-{}-01", context.trace_id(), context.span_id());
    assert_eq!(sent.to_str().unwrap(), expected);

    metrics.force_flush().unwrap();
    let measured = format!("{:?}", measured.get_finished_metrics().unwrap());
    assert!(
        measured.contains("http.client.request.duration"),
        "{measured}"
    );
    assert!(
        measured.contains("/v1/wholesale/subscribers/validate"),
        "{measured}"
    );
}
