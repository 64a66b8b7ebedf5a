//! Answers: what is sent, when, and how it ends.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::Value;

use crate::connections::Busy;
use crate::telling::Telling;

/// Waits for a time.
pub(crate) type Sleep =
    Arc<dyn Fn(Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// An answer to be given, whatever is asked.
///
/// ```
/// use std::time::Duration;
/// use webex_precheck_sandbox::Answer;
///
/// let limited = Answer::new(429).header("Retry-After", "194");
/// let gateway = Answer::new(502).header("Content-Type", "text/html").body("<h1>Bad Gateway</h1>");
/// let late = Answer::new(503).after(Duration::from_secs(20));
/// ```
#[derive(Clone)]
pub struct Answer {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
    /// What follows the body.
    telling: Option<Box<Telling>>,
    after: Duration,
    each_byte: Option<Duration>,
    end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Whole,
    /// The connection is closed in the middle.
    Cut,
    /// Nothing more comes.
    Stall,
    /// The connection is closed without an answer.
    Closed,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status())
            .field("headers", &self.headers)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

impl Answer {
    /// An answer with this status, no body and no headers but those that HTTP requires.
    ///
    /// # Panics
    ///
    /// If `status` is none of a final answer: 200 to 999.
    #[allow(clippy::panic, reason = "a test's own mistake")]
    pub fn new(status: u16) -> Self {
        let Some(answer) = Self::of_status(status) else {
            panic!("{status} is no status of a final answer");
        };
        answer
    }

    /// An answer with this status, if it is one of a final answer.
    pub(crate) fn of_status(status: u16) -> Option<Self> {
        let status = StatusCode::from_u16(status).ok()?;
        (!status.is_informational()).then(|| Self {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
            telling: None,
            after: Duration::ZERO,
            each_byte: None,
            end: End::Whole,
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
        Self::new(200).closed()
    }

    /// Adds a header. `Content-Type` takes the place of one that is there.
    ///
    /// # Panics
    ///
    /// If name or value is none, or it is one of those that say where an answer ends, which the
    /// server sets itself: `Content-Length`, `Transfer-Encoding`, `Connection`.
    #[must_use]
    #[allow(clippy::panic, reason = "a test's own mistake")]
    pub fn header(self, name: &str, value: &str) -> Self {
        match self.try_header(name, value) {
            Ok(answer) => answer,
            Err(message) => panic!("{message}"),
        }
    }

    /// Adds a header; the error says why it cannot be.
    pub(crate) fn try_header(self, name: &str, value: &str) -> Result<Self, String> {
        const OWN: [HeaderName; 3] = [
            header::CONTENT_LENGTH,
            header::TRANSFER_ENCODING,
            header::CONNECTION,
        ];
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(_)) if OWN.contains(&name) => {
                Err(format!("{name} is set by the server itself"))
            }
            (Ok(name), Ok(value)) => Ok(self.with(name, value)),
            _ => Err(format!("{name}: {value} is no header")),
        }
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Bytes::from(body.into());
        self
    }

    /// Sets the body, as JSON.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.json_bytes(body.to_string().into())
    }

    /// Sets the body, which is JSON already.
    pub(crate) fn json_bytes(mut self, body: Bytes) -> Self {
        self.body = body;
        self.with(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        )
    }

    /// Sets the body, JSON that is put together while it is sent.
    pub(crate) fn telling(mut self, telling: Telling) -> Self {
        self.telling = Some(Box::new(telling));
        self.json_bytes(Bytes::new())
    }

    /// Adds the ID that Webex support asks for.
    pub(crate) fn tracked(self, id: &str) -> Self {
        match HeaderValue::from_str(id) {
            Ok(id) => self.with(HeaderName::from_static("trackingid"), id),
            Err(_) => self,
        }
    }

    /// Lets this time pass before the answer begins.
    #[must_use]
    pub fn after(mut self, time: Duration) -> Self {
        self.after = time;
        self
    }

    /// Lets this time pass before each byte of the body.
    #[must_use]
    pub fn dripping(mut self, each_byte: Duration) -> Self {
        self.each_byte = Some(each_byte);
        self
    }

    /// Closes the connection after the body, before the answer has come to its end.
    #[must_use]
    pub fn cut(mut self) -> Self {
        self.end = End::Cut;
        self
    }

    /// Sends nothing more after the body, before the answer has come to its end, and leaves the
    /// connection open.
    #[must_use]
    pub fn stalled(mut self) -> Self {
        self.end = End::Stall;
        self
    }

    pub(crate) fn closed(mut self) -> Self {
        self.end = End::Closed;
        self
    }

    /// The status, unless there is no answer.
    pub(crate) fn status(&self) -> Option<u16> {
        (self.end != End::Closed).then(|| self.status.as_u16())
    }

    pub(crate) fn tracking_id(&self) -> Option<&HeaderValue> {
        let mut headers = self.headers.iter();
        headers
            .find(|(name, _)| name == "trackingid")
            .map(|(_, id)| id)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// Drops the second half of the body.
    pub(crate) fn halved(mut self) -> Self {
        self.body.truncate(self.body.len() / 2);
        self
    }

    /// Closes the connection after the answer.
    pub(crate) fn closing(self) -> Self {
        self.with(header::CONNECTION, HeaderValue::from_static("close"))
    }

    /// Adds a header whose name and value are known to be fine.
    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        if name == header::CONTENT_TYPE {
            self.headers.retain(|(known, _)| *known != name);
        }
        self.headers.push((name, value));
        self
    }

    /// Waits, and makes the answer one of HTTP, which the connection is busy with until it is sent.
    pub(crate) async fn send(
        self,
        sleep: &Sleep,
        busy: Busy,
    ) -> Result<Response<Outgoing>, Dropped> {
        if !self.after.is_zero() {
            sleep(self.after).await;
        }
        if self.end == End::Closed {
            return Err(Dropped);
        }
        let mut response = Response::new(Outgoing {
            bytes: self.body,
            telling: self.telling,
            pause: None,
            each_byte: self.each_byte.map(|time| (time, Arc::clone(sleep))),
            end: self.end,
            is_flushed: false,
            _busy: busy,
        });
        *response.status_mut() = self.status;
        for (name, value) in self.headers {
            response.headers_mut().append(name, value);
        }
        Ok(response)
    }
}

/// A connection that is closed because that is the answer.
#[derive(Debug)]
pub(crate) struct Dropped;

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("closed, as was asked for")
    }
}

impl std::error::Error for Dropped {}

/// A body on its way.
pub(crate) struct Outgoing {
    /// What is left of it.
    bytes: Bytes,
    telling: Option<Box<Telling>>,
    /// Before the next byte.
    pause: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    each_byte: Option<(Duration, Sleep)>,
    end: End,
    is_flushed: bool,
    /// The connection is, until this is sent.
    _busy: Busy,
}

impl Outgoing {
    fn is_plain(&self) -> bool {
        self.end == End::Whole && self.each_byte.is_none() && self.telling.is_none()
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Dropped;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Dropped>>> {
        if !self.bytes.is_empty() {
            let next = match self.each_byte.clone() {
                None => std::mem::take(&mut self.bytes),
                Some((time, sleep)) => {
                    let pause = self.pause.get_or_insert_with(|| sleep(time));
                    ready!(pause.as_mut().poll(context));
                    self.pause = None;
                    self.bytes.split_to(1)
                }
            };
            return Poll::Ready(Some(Ok(Frame::data(next))));
        }
        if let Some(next) = self.telling.as_mut().and_then(|telling| telling.next()) {
            return Poll::Ready(Some(Ok(Frame::data(next.into()))));
        }
        match self.end {
            End::Whole => Poll::Ready(None),
            // Whoever waits is woken when the connection goes.
            End::Stall => Poll::Pending,
            // What there is is sent while nothing more is there.
            _ if !self.is_flushed => {
                self.is_flushed = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            _ => Poll::Ready(Some(Err(Dropped))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.is_plain() && self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        match self.end {
            End::Whole if self.telling.is_none() => SizeHint::with_exact(self.bytes.len() as u64),
            _ => SizeHint::default(),
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
        let types = answer
            .headers
            .iter()
            .filter(|(name, _)| name == header::CONTENT_TYPE);
        let types: Vec<_> = types.map(|(_, value)| value.as_bytes()).collect();
        assert_eq!(types, [b"application/problem+json"]);
        for name in ["Content-Length", "transfer-encoding", "Connection"] {
            let refused = Answer::new(200).try_header(name, "1").unwrap_err();
            assert!(refused.contains("is set by the server itself"), "{refused}");
        }
        let twice = Answer::new(200).header("x", "1").header("x", "2");
        assert_eq!(twice.headers.len(), 2);
    }
}
