//! Why there is no answer.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::findings::Finding;
use crate::response::{Context, ErrorDetail, ResponseSnapshot};
use crate::transport::TransportError;

/// Why a precheck got no answer.
///
/// Opaque, so that more can be added; [`kind`](Self::kind) and predicates tell errors apart. Its `Display`
/// does not repeat its source, and neither ever shows a token or another secret.
///
/// | what happened | method | worth a retry |
/// |---|---|---|
/// | the request has [findings](crate::Finding) of severity error; nothing was sent | [`is_invalid_request`](Self::is_invalid_request) | once it is corrected |
/// | the token is missing, unusable or refused (401), or cannot be renewed | [`is_unauthorized`](Self::is_unauthorized) | with another token |
/// | the token lacks a permission (403) | [`is_forbidden`](Self::is_forbidden) | with another scope, role or entitlement |
/// | Webex limits the rate (429) for longer than the [retry policy](crate::RetryPolicy) allows; no status if Webex told another caller | [`is_rate_limited`](Self::is_rate_limited) | after [`retry_after`](Self::retry_after) |
/// | a timeout or deadline passed | [`is_timeout`](Self::is_timeout) | yes |
/// | Webex is unreachable, or the connection broke | [`is_connect`](Self::is_connect) | yes |
/// | the token cannot be renewed for now | [`ErrorKind::TokenRefresh`] | yes |
/// | Webex answered with another error, without a code | [`status`](Self::status) | if [`is_retryable`](Self::is_retryable) |
/// | a success without a verdict in it | [`is_decode`](Self::is_decode) | no |
/// | the run was cancelled while the row waited | [`is_cancelled`](Self::is_cancelled) | yes |
/// | the client was built or used in a way that cannot work | [`is_builder`](Self::is_builder) | no |
///
/// After several attempts, the error is that of the last one.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    cause: Cause,
    context: Context,
    findings: Vec<Finding>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// What an [`Error`] is about; [`Error::kind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// See [`Error::is_invalid_request`].
    InvalidRequest,
    /// See [`Error::is_unauthorized`].
    Unauthorized,
    /// See [`Error::is_forbidden`].
    Forbidden,
    /// See [`Error::is_rate_limited`].
    RateLimited,
    /// See [`Error::is_timeout`].
    Timeout,
    /// See [`Error::is_connect`].
    Connect,
    /// The access token cannot be renewed for now, for another reason than a timeout. A retry may
    /// help.
    TokenRefresh,
    /// Webex answered with another [status](Error::status), without a code.
    Status,
    /// See [`Error::is_decode`].
    Decode,
    /// See [`Error::is_cancelled`].
    Cancelled,
    /// See [`Error::is_builder`].
    Builder,
}

impl ErrorKind {
    /// Its name in snake case, such as `rate_limited`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::RateLimited => "rate_limited",
            Self::Timeout => "timeout",
            Self::Connect => "connect",
            Self::TokenRefresh => "token_refresh",
            Self::Status => "status",
            Self::Decode => "decode",
            Self::Cancelled => "cancelled",
            Self::Builder => "builder",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// There is no usable token; says why.
    Token(&'static str),
    /// The token cannot be renewed, for good if Webex refused.
    TokenRefresh { refused: bool },
    /// The client cannot be built or used like this; says why.
    Builder(&'static str),
    /// The request has findings of severity error.
    InvalidRequest,
    /// The request could not be sent.
    Connect,
    /// As `Connect`, because a timeout passed.
    ConnectTimeout,
    /// A deadline passed.
    Timeout,
    /// The connection broke before the response was complete.
    Transfer,
    /// The response is an error without a code.
    Status,
    /// The client-side rate limit made the caller wait for too long; Webex was not asked.
    RateLimited,
    /// The response cannot be decoded.
    Decode,
    /// The response says neither yes nor no.
    NoVerdict,
    /// The response is longer than any of Webex's.
    TooLong,
    /// The run was cancelled.
    Cancelled,
}

impl Error {
    pub(crate) fn new(cause: Cause) -> Self {
        Self(Box::new(Inner {
            cause,
            context: Context::default(),
            findings: Vec::new(),
            source: None,
        }))
    }

    pub(crate) fn token(why: &'static str) -> Self {
        Self::new(Cause::Token(why))
    }

    pub(crate) fn builder(why: &'static str) -> Self {
        Self::new(Cause::Builder(why))
    }

    pub(crate) fn invalid(findings: Vec<Finding>) -> Self {
        Self::new(Cause::InvalidRequest).with_findings(findings)
    }

    pub(crate) fn with_findings(mut self, findings: Vec<Finding>) -> Self {
        self.0.findings = findings;
        self
    }

    pub(crate) fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    pub(crate) fn from_transport(error: TransportError) -> Self {
        let cause = match &error {
            TransportError::Connect(_) => Cause::Connect,
            TransportError::ConnectTimeout(_) => Cause::ConnectTimeout,
            TransportError::Timeout(_) => Cause::Timeout,
            TransportError::Transfer(_) => Cause::Transfer,
            TransportError::Invalid(_) => Cause::Builder("the request cannot be sent"),
        };
        Self::new(cause).because(error.into_inner())
    }

    /// Whether no connection could be made, so that nothing was sent.
    pub(crate) fn is_not_sent(&self) -> bool {
        matches!(self.0.cause, Cause::Connect | Cause::ConnectTimeout)
    }

    pub(crate) fn cause(&self) -> Cause {
        self.0.cause
    }

    /// The `error.type` of OpenTelemetry: the status of an error response, else the kind.
    pub(crate) fn type_id(&self) -> Cow<'static, str> {
        match (self.0.cause, self.0.context.status) {
            (Cause::Status, Some(status)) => status.to_string().into(),
            _ => self.kind().as_str().into(),
        }
    }

    pub(crate) fn with_context(mut self, context: Context) -> Self {
        self.0.context = context;
        self
    }

    pub(crate) fn context_mut(&mut self) -> &mut Context {
        &mut self.0.context
    }

    /// The same error for another caller who waited for the same token.
    pub(crate) fn share(&self) -> Self {
        Self(self.0.clone())
    }

    /// What happened, for a `match`. The predicates below say the same.
    pub fn kind(&self) -> ErrorKind {
        let source = || self.source().and_then(|it| it.downcast_ref::<Self>());
        match (self.0.cause, self.0.context.status) {
            (Cause::InvalidRequest, _) => ErrorKind::InvalidRequest,
            (Cause::Builder(_), _) => ErrorKind::Builder,
            (Cause::Cancelled, _) => ErrorKind::Cancelled,
            (Cause::Token(_) | Cause::TokenRefresh { refused: true }, _) => ErrorKind::Unauthorized,
            (Cause::RateLimited, _) | (_, Some(429)) => ErrorKind::RateLimited,
            (Cause::Timeout | Cause::ConnectTimeout, _) => ErrorKind::Timeout,
            (Cause::Connect | Cause::Transfer, _) => ErrorKind::Connect,
            (Cause::TokenRefresh { .. }, _) if source().is_some_and(Self::is_timeout) => {
                ErrorKind::Timeout
            }
            (Cause::TokenRefresh { .. }, _) => ErrorKind::TokenRefresh,
            (Cause::Decode | Cause::NoVerdict | Cause::TooLong, _) => ErrorKind::Decode,
            (Cause::Status, Some(401)) => ErrorKind::Unauthorized,
            (Cause::Status, Some(403)) => ErrorKind::Forbidden,
            (Cause::Status, _) => ErrorKind::Status,
        }
    }

    /// Whether the request has [findings](Self::findings) of severity error, and was not sent.
    pub fn is_invalid_request(&self) -> bool {
        self.kind() == ErrorKind::InvalidRequest
    }

    /// The findings because of which the request was not sent.
    pub fn findings(&self) -> &[Finding] {
        &self.0.findings
    }

    /// Whether the token is missing, unusable or refused (401), or Webex refuses to renew it.
    /// A retry needs another token.
    pub fn is_unauthorized(&self) -> bool {
        self.kind() == ErrorKind::Unauthorized
    }

    /// Whether the token lacks a permission (403): a scope, a role or an entitlement.
    pub fn is_forbidden(&self) -> bool {
        self.kind() == ErrorKind::Forbidden
    }

    /// Whether Webex limits the rate (429) for longer than the
    /// [retry policy](crate::RetryPolicy) allows. Retry after [`retry_after`](Self::retry_after).
    pub fn is_rate_limited(&self) -> bool {
        self.kind() == ErrorKind::RateLimited
    }

    /// Whether a timeout or deadline passed, while getting a token or later. A precheck changes
    /// nothing, so a retry is safe.
    pub fn is_timeout(&self) -> bool {
        self.kind() == ErrorKind::Timeout
    }

    /// Whether Webex is unreachable, or the connection broke. A retry is safe.
    pub fn is_connect(&self) -> bool {
        self.kind() == ErrorKind::Connect
    }

    /// Whether the client was built or used in a way that cannot work.
    pub fn is_builder(&self) -> bool {
        self.kind() == ErrorKind::Builder
    }

    /// Whether Webex reports a success that contains no verdict: not JSON, not as documented,
    /// without an info code, or empty (such as a 204).
    pub fn is_decode(&self) -> bool {
        self.kind() == ErrorKind::Decode
    }

    /// Whether the run was [cancelled](crate::PrecheckStream::cancel) while the row waited.
    pub fn is_cancelled(&self) -> bool {
        self.kind() == ErrorKind::Cancelled
    }

    /// Whether the same request may succeed later: Webex limits the rate (429), is locked (423),
    /// fails (5xx), is too slow or unreachable; or the run was cancelled.
    pub fn is_retryable(&self) -> bool {
        use ErrorKind::{Cancelled, Connect, RateLimited, Status, Timeout, TokenRefresh};
        match self.kind() {
            TokenRefresh | Connect | Timeout | RateLimited | Cancelled => true,
            Status => matches!(self.0.context.status, Some(408 | 423 | 500..)),
            _ => false,
        }
    }

    /// The HTTP status, if there was a response. If the token cannot be renewed, it is that of the
    /// token endpoint.
    pub fn status(&self) -> Option<u16> {
        self.0.context.status
    }

    /// The ID that Webex support asks for, if there was a response with one.
    pub fn tracking_id(&self) -> Option<&str> {
        self.0.context.tracking_id.as_deref()
    }

    /// The time of Webex's clock, if there was a response with a date; to the second.
    pub fn date(&self) -> Option<SystemTime> {
        self.0.context.date
    }

    /// How long Webex asks to wait (`Retry-After`): seconds, with a fraction or without, or a date.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.context.retry_after
    }

    /// Message and descriptions of the response. Printable, at most 2 KiB.
    pub fn message(&self) -> Option<&str> {
        self.0.context.message.as_deref()
    }

    /// The error codes of the response. With this status, they are no verdict.
    pub fn details(&self) -> &[ErrorDetail] {
        &self.0.context.details
    }

    /// The beginning of the body. Printable, at most 200 characters.
    pub fn body_excerpt(&self) -> Option<&str> {
        self.0.context.excerpt.as_deref()
    }

    /// The whole response, if there was one and the client
    /// [keeps it](crate::ClientBuilder::keep_response). Responses of the token endpoint are
    /// never kept.
    pub fn response(&self) -> Option<&ResponseSnapshot> {
        self.0.context.snapshot.as_deref()
    }

    /// As `Display`, without status, tracking ID and attempts.
    pub fn summary(&self) -> String {
        let summary = match (self.0.cause, self.0.context.status) {
            (Cause::Token(why) | Cause::Builder(why), _) => why,
            (Cause::TokenRefresh { refused: true }, _) => {
                "the access token cannot be renewed: a new refresh token is needed"
            }
            (Cause::TokenRefresh { .. }, _) => "the access token could not be renewed for now",
            (Cause::InvalidRequest, _) => {
                let findings: Vec<String> =
                    self.0.findings.iter().map(Finding::to_string).collect();
                let findings = findings.join("; ");
                return format!("the request is invalid and was not sent: {findings}");
            }
            (Cause::Connect, _) => "Webex is unreachable",
            (Cause::Timeout | Cause::ConnectTimeout, _) => "Webex did not answer in time",
            (Cause::Transfer, _) => "the connection broke before the response was complete",
            (Cause::TooLong, _) => "the response is too long",
            (Cause::Decode, _) => "the response cannot be decoded",
            (Cause::NoVerdict, _) => "the response contains no verdict",
            (Cause::Cancelled, _) => "the run was cancelled before there was an answer",
            (Cause::RateLimited, _) => "rate limited by Webex for longer than this client waits",
            (Cause::Status, Some(401)) => "Webex does not accept the access token",
            (Cause::Status, Some(403)) => {
                "the access token lacks a scope, a role or the wholesale entitlement"
            }
            (Cause::Status, Some(429)) => "rate limited by Webex",
            (Cause::Status, _) => "Webex answered with an error",
        };
        summary.to_owned()
    }

    /// Number of attempts.
    pub fn attempts(&self) -> u32 {
        self.0.context.attempts
    }

    /// Time spent, waits included.
    pub fn elapsed(&self) -> Duration {
        self.0.context.elapsed
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary())?;
        let context = &self.0.context;
        let more = [
            context.status.map(|status| format!("HTTP {status}")),
            context
                .tracking_id
                .as_ref()
                .map(|id| format!("tracking ID {id}")),
            (context.attempts > 1).then(|| format!("{} attempts", context.attempts)),
        ];
        let more: Vec<String> = more.into_iter().flatten().collect();
        if more.is_empty() {
            return Ok(());
        }
        write!(f, " ({})", more.join(", "))
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}
