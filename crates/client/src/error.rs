//! Why there is no answer.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::findings::Finding;
use crate::report::Reason;

/// Why a precheck got no answer.
///
/// Opaque, so that reasons can be added; ask it with the methods below. Its `Display` does not
/// repeat its source, and neither ever shows a token or another secret.
///
/// | what happened | tells it | worth another try |
/// |---|---|---|
/// | the request has [hard findings](crate::Finding); nothing was sent | [`is_invalid_request`](Self::is_invalid_request) | when it is mended |
/// | the token is missing, unusable or refused (401), or cannot be renewed | [`is_unauthorized`](Self::is_unauthorized) | with another token |
/// | the token may not do this (403) | [`is_forbidden`](Self::is_forbidden) | with another scope, role or entitlement |
/// | Webex limits the token (429), beyond the client's patience; without a status where it was another caller whom Webex told | [`is_rate_limited`](Self::is_rate_limited) | after [`retry_after`](Self::retry_after) |
/// | a deadline passed | [`is_timeout`](Self::is_timeout) | yes |
/// | Webex could not be reached, or the connection broke | [`is_connect`](Self::is_connect) | yes |
/// | Webex answered with another error, without a code | [`status`](Self::status) | if [`is_temporary`](Self::is_temporary) |
/// | a success without a verdict in it | [`is_decode`](Self::is_decode) | no |
/// | the run was stopped while the row waited | [`is_stopped`](Self::is_stopped) | yes |
/// | the client was built in a way that cannot work | [`is_builder`](Self::is_builder) | no |
///
/// Where the client has tried several times, the error is that of the last attempt.
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: Kind,
    context: Context,
    findings: Vec<Finding>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// There is no usable token; says why.
    Token(&'static str),
    /// The token cannot be renewed: whether that is final, or may work another time.
    Renewal { refused: bool },
    /// The client cannot be built or used as asked; says why.
    Builder(&'static str),
    /// The request has hard findings.
    Invalid,
    /// The request could not be sent.
    Connect,
    /// A deadline passed.
    Timeout,
    /// The connection broke before the answer was there.
    Transfer,
    /// The answer is an error without a code.
    Status,
    /// Webex wants to be left alone for longer than the caller's patience; it was not asked.
    Limited,
    /// The answer cannot be decoded.
    Decode,
    /// The answer says neither yes nor no.
    NoVerdict,
    /// The answer is longer than anything Webex sends.
    TooLong,
    /// The run that it was part of was stopped.
    Stopped,
}

/// What is known of an answer that is no verdict.
#[derive(Clone, Debug, Default)]
pub(crate) struct Context {
    pub(crate) status: Option<u16>,
    pub(crate) tracking_id: Option<String>,
    pub(crate) date: Option<SystemTime>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) message: Option<String>,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) excerpt: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
}

impl Error {
    pub(crate) fn new(kind: Kind) -> Self {
        Self(Box::new(Inner {
            kind,
            context: Context::default(),
            findings: Vec::new(),
            source: None,
        }))
    }

    pub(crate) fn invalid(findings: Vec<Finding>) -> Self {
        let mut error = Self::new(Kind::Invalid);
        error.0.findings = findings;
        error
    }

    pub(crate) fn because(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.because_shared(Arc::from(source.into()))
    }

    pub(crate) fn because_shared(mut self, source: Arc<dyn StdError + Send + Sync>) -> Self {
        self.0.source = Some(source);
        self
    }

    pub(crate) fn of_transport(error: reqwest::Error) -> Self {
        let kind = if error.is_builder() {
            Kind::Builder("the request cannot be sent as it is")
        } else if error.is_timeout() {
            Kind::Timeout
        } else if error.is_connect() {
            Kind::Connect
        } else {
            Kind::Transfer
        };
        Self::new(kind).because(error.without_url())
    }

    pub(crate) fn kind(&self) -> Kind {
        self.0.kind
    }

    pub(crate) fn context_mut(&mut self) -> &mut Context {
        &mut self.0.context
    }

    /// The same error for another caller who waited for the same.
    pub(crate) fn share(&self) -> Self {
        Self(self.0.clone())
    }

    /// Whether the request has hard findings, because of which it was not sent; see
    /// [`findings`](Self::findings).
    pub fn is_invalid_request(&self) -> bool {
        self.0.kind == Kind::Invalid
    }

    /// The hard findings because of which the request was not sent.
    pub fn findings(&self) -> &[Finding] {
        &self.0.findings
    }

    /// Whether the token is missing, unusable or refused (401), or was refused its renewal.
    /// Another try needs another token.
    pub fn is_unauthorized(&self) -> bool {
        match self.0.kind {
            Kind::Token(_) | Kind::Renewal { refused: true } => true,
            Kind::Renewal { refused: false } => false,
            _ => self.0.context.status == Some(401),
        }
    }

    /// Whether the token may not do this (403): a scope, a role or an entitlement is missing.
    pub fn is_forbidden(&self) -> bool {
        self.is_answer() && self.0.context.status == Some(403)
    }

    /// Whether Webex limits this token (429), beyond the client's patience. Try again after
    /// [`retry_after`](Self::retry_after).
    pub fn is_rate_limited(&self) -> bool {
        self.0.kind == Kind::Limited || self.0.context.status == Some(429)
    }

    /// Whether a deadline passed. A precheck changes nothing, so that it may be tried again.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == Kind::Timeout
    }

    /// Whether Webex could not be reached, or the connection broke. May be tried again.
    pub fn is_connect(&self) -> bool {
        matches!(self.0.kind, Kind::Connect | Kind::Transfer)
    }

    /// Whether the client was built or used in a way that cannot work.
    pub fn is_builder(&self) -> bool {
        matches!(self.0.kind, Kind::Builder(_))
    }

    /// Whether Webex reports a success that holds no verdict: not JSON, not what is documented,
    /// without an info code, or empty, as an answer of status 204 is.
    pub fn is_decode(&self) -> bool {
        matches!(self.0.kind, Kind::Decode | Kind::NoVerdict | Kind::TooLong)
    }

    /// Whether the same request may succeed another time: Webex was limiting, locked (423),
    /// failing (5xx), too slow or out of reach; or the run was stopped.
    pub fn is_temporary(&self) -> bool {
        match self.0.kind {
            Kind::Renewal { refused } => !refused,
            Kind::Connect | Kind::Timeout | Kind::Transfer | Kind::Limited | Kind::Stopped => true,
            Kind::Status => matches!(self.0.context.status, Some(408 | 423 | 429 | 500..)),
            _ => false,
        }
    }

    /// Whether there is no verdict because the run was stopped
    /// ([`Answers::stop`](crate::Answers::stop)) while the row waited.
    pub fn is_stopped(&self) -> bool {
        self.0.kind == Kind::Stopped
    }

    fn is_answer(&self) -> bool {
        !matches!(self.0.kind, Kind::Renewal { .. })
    }

    /// The HTTP status, where there was an answer. For a token that cannot be renewed, that of the
    /// renewal.
    pub fn status(&self) -> Option<u16> {
        self.0.context.status
    }

    /// The ID that Webex support asks for, where there was an answer with one.
    pub fn tracking_id(&self) -> Option<&str> {
        self.0.context.tracking_id.as_deref()
    }

    /// What Webex's clock said, where there was an answer with a date; to the second.
    pub fn date(&self) -> Option<SystemTime> {
        self.0.context.date
    }

    /// How long Webex asks to wait, where it says so: in seconds, with a fraction or without, or
    /// by a date.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.context.retry_after
    }

    /// What Webex says in words, where its answer does: message and descriptions. Printable, at most
    /// 500 characters.
    pub fn message(&self) -> Option<&str> {
        self.0.context.message.as_deref()
    }

    /// The codes that Webex gives, where its answer has any: of an error of this status they are no
    /// verdict.
    pub fn reasons(&self) -> &[Reason] {
        &self.0.context.reasons
    }

    /// The beginning of the answer's body: printable, at most 200 characters.
    pub fn body_excerpt(&self) -> Option<&str> {
        self.0.context.excerpt.as_deref()
    }

    /// What happened, in words: as `Display`, without status, tracking ID and attempts.
    pub fn what(&self) -> String {
        struct What<'a>(&'a Error);
        impl fmt::Display for What<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.write_what(f)
            }
        }
        What(self).to_string()
    }

    /// How often Webex was asked.
    pub fn attempts(&self) -> u32 {
        self.0.context.attempts
    }

    /// Time spent, waits included.
    pub fn elapsed(&self) -> Duration {
        self.0.context.elapsed
    }
}

impl Error {
    fn write_what(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.kind, self.0.context.status) {
            (Kind::Token(why) | Kind::Builder(why), _) => f.write_str(why)?,
            (Kind::Renewal { refused: true }, _) => {
                f.write_str("the access token cannot be renewed: a new refresh token is needed")?;
            }
            (Kind::Renewal { refused: false }, _) => {
                f.write_str("the access token could not be renewed for now")?;
            }
            (Kind::Invalid, _) => {
                f.write_str("the request was not sent, for Webex would refuse it: ")?;
                for (index, finding) in self.0.findings.iter().enumerate() {
                    let separator = if index == 0 { "" } else { "; " };
                    write!(f, "{separator}{finding}")?;
                }
            }
            (Kind::Connect, _) => f.write_str("Webex could not be reached")?,
            (Kind::Timeout, _) => f.write_str("Webex did not answer in time")?,
            (Kind::Transfer, _) => {
                f.write_str("the connection broke before the answer was there")?
            }
            (Kind::TooLong, _) => f.write_str("the answer is too long")?,
            (Kind::Decode, _) => f.write_str("the answer cannot be decoded")?,
            (Kind::NoVerdict, _) => f.write_str("the answer holds no verdict")?,
            (Kind::Stopped, _) => f.write_str("the run was stopped before there was an answer")?,
            (Kind::Limited, _) => {
                f.write_str("Webex limits this token for longer than this client is to wait")?;
            }
            (Kind::Status, Some(401)) => f.write_str("Webex does not accept the access token")?,
            (Kind::Status, Some(403)) => {
                f.write_str("the access token may not do this: a scope, a role or the wholesale entitlement is missing")?;
            }
            (Kind::Status, Some(429)) => f.write_str("Webex limits this token for now")?,
            (Kind::Status, _) => f.write_str("Webex answered with an error")?,
        }
        Ok(())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_what(f)?;
        let context = &self.0.context;
        if let Some(status) = context.status {
            write!(f, " (HTTP {status}")?;
            if let Some(id) = &context.tracking_id {
                write!(f, ", tracking ID {id}")?;
            }
            if context.attempts > 1 {
                write!(f, ", {} attempts", context.attempts)?;
            }
            f.write_str(")")?;
        } else if context.attempts > 1 {
            write!(f, " ({} attempts)", context.attempts)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            kind,
            context,
            findings,
            source,
        } = &*self.0;
        f.debug_struct("Error")
            .field("kind", kind)
            .field("context", context)
            .field("findings", findings)
            .field("source", source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}
