//! Spans and events, by the conventions of OpenTelemetry for HTTP clients.

use std::time::Duration;

use http::{Method, Uri};
use tracing::{Span, debug_span, field, field::Empty, info_span};

use crate::error::Error;
use crate::report::Report;

/// The span of a precheck.
pub(crate) fn precheck_span(operation: &'static str) -> Span {
    info_span!(
        "precheck",
        operation,
        attempts = Empty,
        verdict = Empty,
        http.response.status_code = Empty,
        "error.type" = Empty,
        tracking_id = Empty,
    )
}

/// The span of one request. The `resends` are the attempts before it.
pub(crate) fn attempt_span(method: &Method, uri: &Uri, resends: usize) -> Span {
    debug_span!(
        "attempt",
        otel.kind = "client",
        http.request.method = method.as_str(),
        server.address = uri.host(),
        server.port = port(uri),
        http.request.resend_count = (resends > 0).then_some(resends),
        http.response.status_code = Empty,
        "error.type" = Empty,
        tracking_id = Empty,
    )
}

/// The port of a URI, whether or not it states it.
fn port(uri: &Uri) -> Option<u16> {
    let known = || match uri.scheme_str()? {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    };
    uri.port_u16().or_else(known)
}

/// Records how a precheck ended.
pub(crate) fn precheck_ended(span: &Span, result: Result<&Report, &Error>) {
    record(span, result);
    match result {
        Ok(report) => {
            span.record("attempts", report.attempts());
            span.record("verdict", report.verdict().as_str());
            tracing::debug!(parent: span, verdict = report.verdict().as_str(), "got a verdict");
        }
        Err(error) => {
            span.record("attempts", error.attempts());
            tracing::debug!(parent: span, %error, "got no verdict");
        }
    }
}

/// Records how an attempt ended.
pub(crate) fn attempt_ended(span: &Span, result: Result<&Report, &Error>) {
    record(span, result);
    // A verdict, but an error for HTTP.
    if let Ok(report) = result
        && report.status() >= 400
    {
        span.record("error.type", field::display(report.status()));
    }
}

fn record(span: &Span, result: Result<&Report, &Error>) {
    let (status, tracking_id) = match result {
        Ok(report) => (Some(report.status()), report.tracking_id()),
        Err(error) => (error.status(), error.tracking_id()),
    };
    span.record("http.response.status_code", status);
    span.record("tracking_id", tracking_id);
    if let Err(error) = result {
        span.record("error.type", field::display(error.type_id()));
    }
}

/// The event before a retry.
pub(crate) fn retrying(error: &Error, delay: Duration, attempt: usize, attempts: u32) {
    tracing::info!(
        "error.type" = %error.type_id(),
        tracking_id = error.tracking_id(),
        "retrying in {:.1} s (attempt {attempt} of {attempts})",
        delay.as_secs_f64(),
    );
}

/// The event of a 429 that pauses all callers.
pub(crate) fn rate_limited(delay: Duration) {
    tracing::info!(
        "rate limited by Webex; resuming in {:.1} s",
        delay.as_secs_f64()
    );
}
