//! What Webex answered.

use std::time::Duration;

use webex_precheck_api::types::{ErrorDetail, PrecheckInfo};

/// Webex's verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The provisioning is likely to go through.
    Likely,
    /// The provisioning would be refused; [`Report::errors`] says why.
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

/// The answer to a precheck.
#[derive(Clone, Debug)]
pub struct Report {
    pub(crate) verdict: Verdict,
    pub(crate) message: Option<String>,
    pub(crate) info: Vec<PrecheckInfo>,
    pub(crate) errors: Vec<ErrorDetail>,
    pub(crate) status: u16,
    pub(crate) tracking_id: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
}

impl Report {
    /// Would it go through?
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Webex's one-word summary.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// What Webex found. Code 100 says that the validation succeeded.
    pub fn info(&self) -> &[PrecheckInfo] {
        &self.info
    }

    /// Why it would not go through: at least one entry, each with its `error_code`, where the
    /// verdict is [`Verdict::Unlikely`].
    pub fn errors(&self) -> &[ErrorDetail] {
        &self.errors
    }

    /// HTTP status of the answer.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The ID that Webex support asks for.
    pub fn tracking_id(&self) -> Option<&str> {
        self.tracking_id.as_deref()
    }

    /// How often Webex was asked.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Time from the first question to the answer.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}
