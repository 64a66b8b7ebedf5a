//! Reads the response to a precheck: a report, or an error that may be worth a retry.

use crate::error::{Cause, Error};
use crate::excerpt::{Excerpts, MAX_CODES};
use crate::exchange::RawResponse;
use crate::judgement::{self, Judgement};
use crate::redaction::Redactor;
use crate::report::{Report, Verdict};
use crate::response::{Context, ErrorDetail, ResponseSnapshot};
use crate::retry_policy::RetryReason;

/// How an attempt ended. An error comes with the reason for a retry, if one may help.
pub(crate) type AttemptResult = Result<Report, (Error, Option<RetryReason>)>;

/// Reads a response, complete or not.
pub(crate) fn read(
    response: RawResponse,
    end: Result<(), Error>,
    redactor: &Redactor,
    keep_response: bool,
) -> AttemptResult {
    let Some(status) = response.status else {
        let error = end.err().unwrap_or_else(|| Error::new(Cause::Connect));
        let may_help = !matches!(error.cause(), Cause::Builder(_));
        let reason = if error.is_not_sent() {
            RetryReason::NotSent
        } else {
            RetryReason::Connection
        };
        return Err((error, may_help.then_some(reason)));
    };
    let body = String::from_utf8_lossy(&response.body);
    let snapshot = keep_response.then(|| {
        let names = &response.header_names;
        Box::new(ResponseSnapshot::new(
            status,
            names,
            &body,
            end.is_ok(),
            redactor,
        ))
    });
    // Secrets are searched for in what was decoded: the body may encode them in any way.
    let mut shown = Excerpts::new(redactor);
    let mut context = Context {
        status: Some(status),
        tracking_id: tracking_id(response.tracking_id.as_deref(), &body, &shown),
        date: response.date,
        snapshot,
        ..Context::default()
    };
    let error = match end {
        Ok(()) => match judgement::judge(status, &body) {
            Judgement::Likely(decoded) => {
                context.message = shown.text(decoded.message);
                let mut info = decoded.info.map(|info| info.0).unwrap_or_default();
                info.truncate(MAX_CODES);
                for info in &mut info {
                    info.description = shown.text(info.description.take());
                }
                let verdict = Verdict::Likely;
                return Ok(Report {
                    verdict,
                    info,
                    context: Box::new(context),
                });
            }
            Judgement::Unlikely { message, details } => {
                context.message = shown.text(message);
                context.details = shown_details(details, &mut shown);
                let (verdict, info) = (Verdict::Unlikely, Vec::new());
                return Ok(Report {
                    verdict,
                    info,
                    context: Box::new(context),
                });
            }
            Judgement::Failure { message, details } => {
                context.message = shown.message(message);
                context.details = shown_details(details, &mut shown);
                Error::new(Cause::Status)
            }
            Judgement::Undecodable(error) => {
                let error = shown.text(Some(error.to_string())).unwrap_or_default();
                Error::new(Cause::Decode).because(error)
            }
            Judgement::NoVerdict => Error::new(Cause::NoVerdict),
        },
        // The status says enough.
        Err(end) if !judgement::can_have_verdict(status) => Error::new(Cause::Status).because(end),
        Err(end) => end,
    };
    let reason = match error.cause() {
        Cause::Status => Some(RetryReason::Status(status)),
        Cause::Timeout | Cause::Transfer | Cause::Connect => Some(RetryReason::Connection),
        _ => None,
    };
    context.retry_after = response.retry_after;
    context.excerpt = shown.body(&body);
    Err((error.with_context(context), reason))
}

/// The tracking ID of the header, else of the body.
pub(crate) fn tracking_id(
    header: Option<&str>,
    body: &str,
    shown: &Excerpts<'_>,
) -> Option<String> {
    let header = header.and_then(|id| shown.tracking_id(id));
    header.or_else(|| shown.tracking_id(&judgement::tracking_id(body)?))
}

fn shown_details(details: Vec<ErrorDetail>, shown: &mut Excerpts<'_>) -> Vec<ErrorDetail> {
    let detail = |detail: ErrorDetail| ErrorDetail {
        code: detail.code,
        description: shown.text(detail.description),
        field: shown.text(detail.field),
    };
    details.into_iter().take(MAX_CODES).map(detail).collect()
}
