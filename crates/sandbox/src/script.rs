//! Answers that a test dictates.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

/// An answer to be given whatever is asked; see [`Sandbox::answer_next`](crate::Sandbox::answer_next).
///
/// ```
/// use webex_precheck_sandbox::Answer;
///
/// let answer = Answer::new(429).header("Retry-After", "194");
/// let answer = Answer::new(502).header("Content-Type", "text/html").body("<h1>Bad Gateway</h1>");
/// ```
#[derive(Clone, Debug)]
pub struct Answer {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
    end: End,
}

#[derive(Clone, Copy, Debug)]
enum End {
    Whole,
    /// The connection is closed.
    Cut,
    /// Nothing more comes.
    Stall,
}

impl Answer {
    /// An answer with this status, no body and no headers but those that HTTP requires.
    ///
    /// # Panics
    ///
    /// If HTTP has no such status.
    #[allow(clippy::panic, reason = "a test's own mistake")]
    pub fn new(status: u16) -> Self {
        let Ok(status) = StatusCode::from_u16(status) else {
            panic!("{status} is no HTTP status");
        };
        Self {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
            end: End::Whole,
        }
    }

    /// A refusal with one reason, in the shape of Webex's provisioning APIs: status 400, and
    /// `{"errors": [{"errorCode": …, "description": …, "fieldName": …}]}`.
    pub fn refusal(code: i64, field: &str, description: &str) -> Self {
        Self::new(400).json(&serde_json::json!({
            "errors": [{"errorCode": code, "description": description, "fieldName": field}],
        }))
    }

    /// Adds a header.
    ///
    /// # Panics
    ///
    /// If name or value is none.
    #[must_use]
    #[allow(clippy::panic, reason = "a test's own mistake")]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value))
        else {
            panic!("{name}: {value} is no header");
        };
        self.headers.push((name, value));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Bytes::from(body.into());
        self
    }

    /// Sets the body, as JSON.
    #[must_use]
    pub fn json(self, body: &serde_json::Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
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

    pub(crate) fn into_response(self) -> Response {
        let body = match self.end {
            End::Whole => Body::from(self.body),
            end => Body::new(Broken {
                body: Some(self.body).filter(|body| !body.is_empty()),
                end,
                is_flushed: false,
            }),
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        for (name, value) in self.headers {
            response.headers_mut().append(name, value);
        }
        response
    }
}

/// A body that never comes to its end.
struct Broken {
    body: Option<Bytes>,
    end: End,
    is_flushed: bool,
}

/// Makes the server close the connection.
#[derive(Debug)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cut off, as the test wants it")
    }
}

impl std::error::Error for Cut {}

impl HttpBody for Broken {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Cut>>> {
        if let Some(body) = self.body.take() {
            return Poll::Ready(Some(Ok(http_body::Frame::data(body))));
        }
        match self.end {
            // Whoever waits is woken when the connection goes.
            End::Stall => Poll::Pending,
            // What there is is sent while nothing more is there.
            _ if !self.is_flushed => {
                self.is_flushed = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            _ => Poll::Ready(Some(Err(Cut))),
        }
    }
}
