//! Reads the response to a precheck: a report, or an error that may be worth a retry.

use crate::error::{Cause, Error};
use crate::excerpt;
use crate::exchange::RawResponse;
use crate::judgement::{self, Judgement};
use crate::report::{Report, Verdict};
use crate::response::{Context, ErrorDetail, ResponseSnapshot};
use crate::retry_policy::RetryReason;
use crate::secret::Secrets;

/// How an attempt ended. An error comes with the reason for a retry, if one may help.
pub(crate) type AttemptResult = Result<Report, (Error, Option<RetryReason>)>;

/// Reads a response, complete or not.
pub(crate) fn read(
    response: RawResponse,
    end: Result<(), Error>,
    secrets: &Secrets,
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
            secrets,
        ))
    });
    let mut context = Context {
        status: Some(status),
        tracking_id: tracking_id(response.tracking_id.as_deref(), &body, secrets),
        date: response.date,
        snapshot,
        ..Context::default()
    };
    // Secrets are searched for in what was decoded: the body may encode them in any way.
    let clean = |text| secrets.clean(text);
    let error = match end {
        Ok(()) => match judgement::judge(status, &body) {
            Judgement::Likely(decoded) => {
                context.message = clean(decoded.message);
                let mut info = decoded.info.map(|info| info.0).unwrap_or_default();
                for info in &mut info {
                    info.description = clean(info.description.take());
                }
                let verdict = Verdict::Likely;
                return Ok(Report {
                    verdict,
                    info,
                    context: Box::new(context),
                });
            }
            Judgement::Unlikely { message, details } => {
                context.message = clean(message);
                context.details = cleaned(details, secrets);
                let (verdict, info) = (Verdict::Unlikely, Vec::new());
                return Ok(Report {
                    verdict,
                    info,
                    context: Box::new(context),
                });
            }
            Judgement::Failure { message, details } => {
                context.message = message.and_then(|it| excerpt::message(&it, secrets));
                context.details = cleaned(details, secrets);
                Error::new(Cause::Status)
            }
            Judgement::Undecodable(error) => {
                let error = secrets.redact(&error.to_string());
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
    context.excerpt = excerpt::body(&body, secrets);
    Err((error.with_context(context), reason))
}

/// The tracking ID of the header, else of the body.
pub(crate) fn tracking_id(header: Option<&str>, body: &str, secrets: &Secrets) -> Option<String> {
    let header = header.and_then(|id| excerpt::tracking_id(id, secrets));
    header.or_else(|| excerpt::tracking_id(&judgement::tracking_id(body)?, secrets))
}

fn cleaned(details: Vec<ErrorDetail>, secrets: &Secrets) -> Vec<ErrorDetail> {
    let clean = |detail: ErrorDetail| ErrorDetail {
        code: detail.code,
        description: secrets.clean(detail.description),
        field: secrets.clean(detail.field),
    };
    details.into_iter().map(clean).collect()
}
