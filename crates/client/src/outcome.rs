//! What an answer means for a precheck: a verdict, or an error that may be worth another try.

use std::time::Duration;

use crate::answer::{self, Said};
use crate::error::{Error, Kind};
use crate::excerpt;
use crate::http::Answer;
use crate::keeper::Current;
use crate::patience::Setback;
use crate::report::{Reason, Report, Verdict};
use crate::secret::Secrets;

/// How an attempt ended.
pub(crate) enum Outcome {
    Verdict(Box<Report>),
    /// 401.
    Unauthorized(Error),
    /// The setback says whether another try may help.
    Failed(Error, Option<Setback>),
}

impl Outcome {
    /// Reads an answer, whole or not.
    pub(crate) fn read(answer: Answer, end: Result<(), Error>, current: &Current) -> Self {
        let Some(status) = answer.status else {
            let error = end.err().unwrap_or_else(|| Error::new(Kind::Connect));
            let may_help = !matches!(error.kind(), Kind::Builder(_));
            return Self::Failed(error, may_help.then_some(Setback::Connection));
        };
        let secrets = &current.secrets;
        let body = String::from_utf8_lossy(&answer.body);
        let header = answer.tracking_id.as_deref();
        let tracking_id = header.and_then(|id| excerpt::tracking_id(id, secrets));
        // What was decoded is searched for the token, for it may have been encoded in any way.
        let clean = |text| secrets.clean(text);
        let report = |verdict, message| Report {
            verdict,
            message: clean(message),
            info: Vec::new(),
            errors: Vec::new(),
            status,
            tracking_id: tracking_id.clone().or_else(|| id_in_body(&body, current)),
            date: answer.date,
            attempts: 0,
            elapsed: Duration::ZERO,
        };
        let (mut message, mut reasons) = (None, Vec::new());
        let error = match end {
            Ok(()) => match answer::judge(status, &body) {
                Said::Likely(response) => {
                    let mut report = report(Verdict::Likely, response.message);
                    report.info = response.info.map(|info| info.0).unwrap_or_default();
                    for info in &mut report.info {
                        info.description = clean(info.description.take());
                    }
                    return Self::Verdict(Box::new(report));
                }
                Said::Unlikely { message, reasons } => {
                    let mut report = report(Verdict::Unlikely, message);
                    report.errors = cleaned(reasons, secrets);
                    return Self::Verdict(Box::new(report));
                }
                Said::Refusal {
                    message: said,
                    reasons: given,
                } => {
                    message = said.and_then(|said| excerpt::words(&said, secrets));
                    reasons = cleaned(given, secrets);
                    Error::new(Kind::Status)
                }
                Said::Nonsense(error) => {
                    let error = error.to_string();
                    Error::new(Kind::Decode).because(secrets.redact(&error))
                }
                Said::Nothing => Error::new(Kind::NoVerdict),
            },
            // The status tells enough.
            Err(cut) if !answer::may_judge(status) => Error::new(Kind::Status).because(cut),
            Err(cut) => cut,
        };
        let setback = match error.kind() {
            Kind::Status => Some(Setback::Status(status)),
            Kind::Timeout | Kind::Transfer | Kind::Connect => Some(Setback::Connection),
            _ => None,
        };
        let mut error = error;
        let context = error.context_mut();
        context.status = Some(status);
        context.tracking_id = tracking_id.or_else(|| id_in_body(&body, current));
        context.date = answer.date;
        context.retry_after = answer.retry_after;
        context.message = message;
        context.reasons = reasons;
        context.excerpt = excerpt::of_body(&body, secrets);
        match status {
            401 => Self::Unauthorized(error),
            _ => Self::Failed(error, setback),
        }
    }
}

fn cleaned(reasons: Vec<Reason>, secrets: &Secrets) -> Vec<Reason> {
    let clean = |reason: Reason| Reason {
        code: reason.code,
        description: secrets.clean(reason.description),
        field: secrets.clean(reason.field),
    };
    reasons.into_iter().map(clean).collect()
}

fn id_in_body(body: &str, current: &Current) -> Option<String> {
    excerpt::tracking_id(&answer::tracking_id(body)?, &current.secrets)
}
