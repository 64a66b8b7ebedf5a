//! Answers: what is sent, when, and how it ends.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::Response;
use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::header::{self, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;
use webex_precheck_escape::escape_json;

/// Waits for a time.
pub(crate) type Sleep =
    Arc<dyn Fn(Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// An answer that does not depend on the request.
///
/// ```
/// use std::time::Duration;
/// use webex_precheck_sandbox::Answer;
///
/// let limited = Answer::new(429).header("Retry-After", "194");
/// let gateway = Answer::new(502).header("Content-Type", "text/html").body("<h1>Bad Gateway</h1>");
/// let late = Answer::new(503).after(Duration::from_secs(20));
/// ```
#[derive(Clone, Debug)]
pub struct Answer {
    response: Response<Bytes>,
    delay: Duration,
    delay_per_byte: Option<Duration>,
    end: End,
    permit: Option<Arc<OwnedSemaphorePermit>>,
}

/// How an answer ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum End {
    #[default]
    #[serde(skip)]
    Complete,
    /// The connection is closed before the answer is complete.
    Cut,
    /// Nothing more is sent, and the connection stays open.
    Stalled,
    /// The connection is closed without an answer.
    Closed,
}

impl Answer {
    /// An answer with this status, without a body, and with no headers except those that HTTP
    /// requires.
    ///
    /// # Panics
    ///
    /// If `status` is not from 200 to 999.
    #[allow(clippy::panic, reason = "a mistake in a test")]
    pub fn new(status: u16) -> Self {
        let Some(answer) = Self::of_status(status) else {
            panic!("{status} is no status of a final answer");
        };
        answer
    }

    /// An answer with this status, if it is from 200 to 999.
    pub(crate) fn of_status(status: u16) -> Option<Self> {
        let response = Response::builder().status(status).body(Bytes::new()).ok()?;
        (!response.status().is_informational()).then_some(Self {
            response,
            delay: Duration::ZERO,
            delay_per_byte: None,
            end: End::Complete,
            permit: None,
        })
    }

    /// A refusal with one reason, in the shape of Webex's provisioning APIs: status 400, and
    /// `{"errors": [{"errorCode": …, "description": …, "fieldName": …}]}`.
    pub fn refusal(code: i64, field: &str, description: &str) -> Self {
        Self::new(400).json(&serde_json::json!({
            "errors": [{"errorCode": code, "description": description, "fieldName": field}],
        }))
    }

    /// No answer: the connection is closed.
    pub fn none() -> Self {
        Self::new(200).end(End::Closed)
    }

    /// Adds a header. `Content-Type` replaces an earlier one.
    ///
    /// # Panics
    ///
    /// If the name or value is invalid, or if the server sets the header itself: `Content-Length`,
    /// `Transfer-Encoding`, `Connection`.
    #[must_use]
    #[allow(clippy::panic, reason = "a mistake in a test")]
    pub fn header(self, name: &str, value: &str) -> Self {
        match self.try_header(name, value) {
            Ok(answer) => answer,
            Err(error) => panic!("{error}"),
        }
    }

    /// Adds a header, or returns why that is not possible.
    pub(crate) fn try_header(self, name: &str, value: &str) -> Result<Self, InvalidHeader> {
        use header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
        const OWN: [HeaderName; 3] = [CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION];
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), _) if OWN.contains(&name) => Err(InvalidHeader::OfTheServer(name)),
            (Ok(name), Ok(value)) => Ok(self.with(name, value)),
            _ => Err(InvalidHeader::Malformed(format!("{name}: {value}"))),
        }
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        *self.response.body_mut() = Bytes::from(body.into());
        self
    }

    /// Sets the body to JSON.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.json_text(escape_json(&body.to_string()).into_owned())
    }

    /// Sets the body to a text that is JSON.
    pub(crate) fn json_text(mut self, body: impl Into<Bytes>) -> Self {
        *self.response.body_mut() = body.into();
        let json = HeaderValue::from_static("application/json");
        self.with(header::CONTENT_TYPE, json)
    }

    /// Adds the tracking ID, which Webex support asks for.
    pub(crate) fn tracked(self, id: &str) -> Self {
        self.header("trackingid", id)
    }

    /// Delays the answer.
    #[must_use]
    pub fn after(mut self, time: Duration) -> Self {
        self.delay = time;
        self
    }

    /// Delays each byte of the body.
    #[must_use]
    pub fn dripping(mut self, each_byte: Duration) -> Self {
        self.delay_per_byte = Some(each_byte);
        self
    }

    /// Closes the connection after the body, before the answer is complete.
    #[must_use]
    pub fn cut(self) -> Self {
        self.end(End::Cut)
    }

    /// Sends nothing more after the body, before the answer is complete, and leaves the connection
    /// open.
    #[must_use]
    pub fn stalled(self) -> Self {
        self.end(End::Stalled)
    }

    pub(crate) fn end(mut self, end: End) -> Self {
        self.end = end;
        self
    }

    /// Holds a permit until the answer is sent.
    pub(crate) fn holding(mut self, permit: OwnedSemaphorePermit) -> Self {
        self.permit = Some(Arc::new(permit));
        self
    }

    /// The status, unless there is no answer.
    pub(crate) fn status(&self) -> Option<u16> {
        (self.end != End::Closed).then(|| self.response.status().as_u16())
    }

    pub(crate) fn tracking_id(&self) -> Option<&HeaderValue> {
        self.response.headers().get("trackingid")
    }

    /// Drops the second half of the body.
    pub(crate) fn halved(mut self) -> Self {
        let body = self.response.body_mut();
        body.truncate(body.len() / 2);
        self
    }

    /// Adds a header that is known to be valid.
    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        let headers = self.response.headers_mut();
        if name == header::CONTENT_TYPE {
            headers.insert(name, value);
        } else {
            headers.append(name, value);
        }
        self
    }

    /// Waits if the answer is late, and makes it an HTTP response.
    ///
    /// # Errors
    ///
    /// If the connection is to be closed instead.
    pub(crate) async fn send(self, sleep: &Sleep) -> io::Result<Response<Outgoing>> {
        if !self.delay.is_zero() {
            sleep(self.delay).await;
        }
        if self.end == End::Closed {
            return Err(closed());
        }
        Ok(self.response.map(|bytes| Outgoing {
            bytes,
            delay: self.delay_per_byte.map(|time| (time, Arc::clone(sleep))),
            pending_delay: None,
            end: self.end,
            is_flushed: false,
            _permit: self.permit,
        }))
    }
}

/// Maximum size of a part of a body: hyper takes parts until its buffer is full, and a body keeps its
/// permit until hyper has taken all of it.
const MAX_FRAME: usize = 16 * 1024;

/// Makes hyper close the connection.
fn closed() -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}

/// The body of a response that is being sent.
pub(crate) struct Outgoing {
    /// The rest of it.
    bytes: Bytes,
    /// Before each byte.
    delay: Option<(Duration, Sleep)>,
    pending_delay: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    end: End,
    is_flushed: bool,
    _permit: Option<Arc<OwnedSemaphorePermit>>,
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if !self.bytes.is_empty() {
            let next = match self.delay.clone() {
                None => {
                    let length = self.bytes.len().min(MAX_FRAME);
                    self.bytes.split_to(length)
                }
                Some((time, sleep)) => {
                    let delay = self.pending_delay.get_or_insert_with(|| sleep(time));
                    ready!(delay.as_mut().poll(context));
                    self.pending_delay = None;
                    self.bytes.split_to(1)
                }
            };
            return Poll::Ready(Some(Ok(Frame::data(next))));
        }
        match self.end {
            End::Complete => Poll::Ready(None),
            // hyper drops the body when the client closes the connection.
            End::Stalled => Poll::Pending,
            // hyper flushes what it has when the body is pending.
            _ if !self.is_flushed => {
                self.is_flushed = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            _ => Poll::Ready(Some(Err(closed()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.end == End::Complete && self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        match self.end {
            End::Complete => SizeHint::with_exact(self.bytes.len() as u64),
            _ => SizeHint::default(),
        }
    }
}

/// Why a header cannot be sent.
#[derive(Debug)]
pub(crate) enum InvalidHeader {
    /// The server sets it itself.
    OfTheServer(HeaderName),
    Malformed(String),
}

impl fmt::Display for InvalidHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OfTheServer(name) => write!(f, "{name} is set by the server"),
            Self::Malformed(header) => write!(f, "{header} is no header"),
        }
    }
}

#[cfg(test)]
mod tests {
    //! What a test's author may do with headers.
    use super::*;

    #[test]
    fn there_is_one_content_type_and_no_header_of_the_server() {
        let answer = Answer::new(200).json(&Value::Null);
        let answer = answer.header("Content-Type", "application/problem+json");
        let types = answer.response.headers().get_all(header::CONTENT_TYPE);
        let types: Vec<_> = types.iter().map(HeaderValue::as_bytes).collect();
        assert_eq!(types, [b"application/problem+json"]);
        for name in ["Content-Length", "transfer-encoding", "Connection"] {
            let refused = Answer::new(200).try_header(name, "1").unwrap_err();
            let is_own = matches!(refused, InvalidHeader::OfTheServer(_));
            assert!(is_own, "{refused}");
        }
        let twice = Answer::new(200).header("x", "1").header("x", "2");
        assert_eq!(twice.response.headers().len(), 2);
    }
}
