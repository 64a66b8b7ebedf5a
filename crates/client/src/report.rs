//! What Webex answered.

use std::fmt;
use std::time::{Duration, SystemTime};

use webex_precheck_api::Code;
use webex_precheck_api::types::PrecheckInfo;

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

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A reason to refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reason {
    /// Webex's number for it. None is documented for these operations; its provisioning APIs use
    /// 1001 for a value that is missing, 1002 for one of the wrong size, and others.
    pub code: Code,
    /// Webex's words for it.
    pub description: Option<String>,
    /// The field that it is about.
    pub field: Option<String>,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(field) = &self.field {
            write!(f, " {field}")?;
        }
        if let Some(description) = &self.description {
            write!(f, ": {description}")?;
        }
        Ok(())
    }
}

/// The answer to a precheck.
#[derive(Clone, Debug)]
pub struct Report {
    pub(crate) verdict: Verdict,
    pub(crate) message: Option<String>,
    pub(crate) info: Vec<PrecheckInfo>,
    pub(crate) errors: Vec<Reason>,
    pub(crate) status: u16,
    pub(crate) tracking_id: Option<String>,
    pub(crate) date: Option<SystemTime>,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
}

impl Report {
    /// Whether the verdict is [`Verdict::Likely`].
    pub fn is_likely(&self) -> bool {
        self.verdict == Verdict::Likely
    }

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

    /// Why it would not go through: at least one reason where the verdict is
    /// [`Verdict::Unlikely`], none where it is [`Verdict::Likely`].
    pub fn errors(&self) -> &[Reason] {
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

    /// What Webex's clock said, where the answer has a date; to the second.
    pub fn date(&self) -> Option<SystemTime> {
        self.date
    }

    /// How often Webex was asked.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Time from the call to the answer, waits included.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}
