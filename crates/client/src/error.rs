//! Why there is no answer.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// Why a precheck got no answer.
///
/// Opaque, so that reasons can be added; ask it with the methods below. Its `Display` does not
/// repeat its source, and neither ever shows a token.
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    context: Context,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// There is no usable token; says why.
    Token(&'static str),
    /// The client cannot be built as asked; says why.
    Builder(&'static str),
    /// The request could not be sent.
    Connect,
    /// A deadline passed.
    Timeout,
    /// The connection broke while an answer was read.
    Transfer,
    /// The answer is an error without a code.
    Status,
    /// The answer cannot be decoded.
    Decode,
    /// The answer says neither yes nor no.
    NoVerdict,
    /// The answer is longer than anything Webex sends.
    TooLong,
}

/// What is known of an answer that is no verdict.
#[derive(Debug, Default)]
pub(crate) struct Context {
    pub(crate) status: Option<u16>,
    pub(crate) tracking_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) excerpt: Option<String>,
}

impl Error {
    pub(crate) fn new(kind: Kind) -> Self {
        Self(Box::new(Inner {
            kind,
            context: Context::default(),
            source: None,
        }))
    }

    pub(crate) fn in_context(mut self, context: Context) -> Self {
        self.0.context = context;
        self
    }

    pub(crate) fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn of_transport(error: reqwest::Error) -> Self {
        let kind = if error.is_timeout() {
            Kind::Timeout
        } else if error.is_body() || error.is_decode() {
            Kind::Transfer
        } else {
            Kind::Connect
        };
        Self::new(kind).because(error.without_url())
    }

    /// Whether the token is missing, unusable or refused (401). Another try needs another token.
    pub fn is_unauthorized(&self) -> bool {
        matches!(self.0.kind, Kind::Token(_)) || self.0.context.status == Some(401)
    }

    /// Whether the token may not do this (403): a scope, a role or an entitlement is missing.
    pub fn is_forbidden(&self) -> bool {
        self.0.context.status == Some(403)
    }

    /// Whether Webex limits this token (429). Try again after [`retry_after`](Self::retry_after).
    pub fn is_rate_limited(&self) -> bool {
        self.0.context.status == Some(429)
    }

    /// Whether a deadline passed. A precheck changes nothing, so that it may be tried again.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == Kind::Timeout
    }

    /// Whether Webex could not be reached. May be tried again.
    pub fn is_connect(&self) -> bool {
        self.0.kind == Kind::Connect
    }

    /// Whether the client was built in a way that cannot work.
    pub fn is_builder(&self) -> bool {
        matches!(self.0.kind, Kind::Builder(_))
    }

    /// Whether Webex reports a success that holds no verdict: not JSON, not what is documented,
    /// without an info code, or empty, as an answer of status 204 is.
    pub fn is_decode(&self) -> bool {
        matches!(self.0.kind, Kind::Decode | Kind::NoVerdict)
    }

    /// The HTTP status, where there was an answer.
    pub fn status(&self) -> Option<u16> {
        self.0.context.status
    }

    /// The ID that Webex support asks for, where there was an answer with one.
    pub fn tracking_id(&self) -> Option<&str> {
        self.0.context.tracking_id.as_deref()
    }

    /// How long Webex asks to wait, where it says so in seconds.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.context.retry_after
    }

    /// The beginning of the answer's body: printable, at most 200 characters.
    pub fn body_excerpt(&self) -> Option<&str> {
        self.0.context.excerpt.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.kind, self.0.context.status) {
            (Kind::Token(why) | Kind::Builder(why), _) => f.write_str(why)?,
            (Kind::Connect, _) => f.write_str("Webex could not be reached")?,
            (Kind::Timeout, _) => f.write_str("Webex did not answer in time")?,
            (Kind::Transfer, _) => f.write_str("the connection broke while Webex answered")?,
            (Kind::TooLong, _) => f.write_str("the answer is too long")?,
            (Kind::Decode, _) => f.write_str("the answer cannot be decoded")?,
            (Kind::NoVerdict, _) => f.write_str("the answer holds no verdict")?,
            (Kind::Status, Some(401)) => f.write_str("Webex does not accept the access token")?,
            (Kind::Status, Some(403)) => {
                f.write_str("the access token may not do this: a scope, a role or the wholesale entitlement is missing")?;
            }
            (Kind::Status, Some(429)) => f.write_str("Webex limits this token for now")?,
            (Kind::Status, _) => f.write_str("Webex answered with an error")?,
        }
        if let Some(status) = self.0.context.status {
            write!(f, " (HTTP {status}")?;
            if let Some(id) = &self.0.context.tracking_id {
                write!(f, ", tracking ID {id}")?;
            }
            f.write_str(")")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("status", &self.0.context.status)
            .field("tracking_id", &self.0.context.tracking_id)
            .field("retry_after", &self.0.context.retry_after)
            .field("body_excerpt", &self.0.context.excerpt)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}
