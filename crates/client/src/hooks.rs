//! What a program can observe of a client, beside its logs.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use webex_precheck_api::Operation;

use crate::error::Error;
use crate::report::Report;

/// An attempt that has ended, for metrics; see
/// [`ClientBuilder::on_attempt`](crate::ClientBuilder::on_attempt).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The operation; none for a request of an access token.
    pub operation: Option<&'static Operation>,
    /// Number of the attempt, from 1.
    pub number: u32,
    /// Time from sending the request to the end of the response.
    pub duration: Duration,
    /// The report; or the error, even if another attempt follows. `Ok(None)` is an access token.
    pub result: Result<Option<&'a Report>, &'a Error>,
}

impl Attempt<'_> {
    /// HTTP status of the response, if there was one. A token that was received has 200.
    pub fn status(&self) -> Option<u16> {
        match self.result {
            Ok(report) => Some(report.map_or(200, Report::status)),
            Err(error) => error.status(),
        }
    }
}

/// Called after each attempt.
#[derive(Clone)]
pub(crate) struct OnAttempt(pub(crate) Arc<dyn Fn(&Attempt<'_>) + Send + Sync>);

impl fmt::Debug for OnAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnAttempt")
    }
}
