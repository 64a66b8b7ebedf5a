//! The answer to a precheck.

use std::fmt;
use std::time::{Duration, SystemTime};

use webex_precheck_api::types::PrecheckInfo;

use crate::response::{Context, ErrorDetail, ResponseSnapshot};

/// Webex's verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Provisioning is likely to succeed.
    Likely,
    /// Provisioning would fail; [`Report::errors`] says why.
    Unlikely,
}

impl Verdict {
    /// `likely` or `unlikely`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Likely => "likely",
            Self::Unlikely => "unlikely",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The answer to a precheck.
#[derive(Clone, Debug)]
pub struct Report {
    pub(crate) verdict: Verdict,
    pub(crate) info: Vec<PrecheckInfo>,
    /// Boxed, because a report passes through several futures.
    pub(crate) context: Box<Context>,
}

impl Report {
    /// Whether the verdict is [`Verdict::Likely`].
    pub fn is_likely(&self) -> bool {
        self.verdict == Verdict::Likely
    }

    /// Whether provisioning would succeed.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Webex's one-word summary; at most 2 KiB.
    pub fn message(&self) -> Option<&str> {
        self.context.message.as_deref()
    }

    /// What Webex found, at most 32 codes. Code 100 means that the validation succeeded.
    pub fn info(&self) -> &[PrecheckInfo] {
        &self.info
    }

    /// Why provisioning would fail: at least one error if the verdict is
    /// [`Verdict::Unlikely`], at most 32, none if it is [`Verdict::Likely`].
    pub fn errors(&self) -> &[ErrorDetail] {
        &self.context.details
    }

    /// HTTP status of the response.
    pub fn status(&self) -> u16 {
        // Every report comes from a response.
        self.context.status.unwrap_or_default()
    }

    /// The ID that Webex support asks for.
    pub fn tracking_id(&self) -> Option<&str> {
        self.context.tracking_id.as_deref()
    }

    /// The time of Webex's clock, if the response has a date; to the second.
    pub fn date(&self) -> Option<SystemTime> {
        self.context.date
    }

    /// The whole response, if the client
    /// [keeps it](crate::ClientBuilder::keep_response).
    pub fn response(&self) -> Option<&ResponseSnapshot> {
        self.context.snapshot.as_deref()
    }

    /// Number of attempts.
    pub fn attempts(&self) -> u32 {
        self.context.attempts
    }

    /// Time from the call to the answer, waits included.
    pub fn elapsed(&self) -> Duration {
        self.context.elapsed
    }
}
