//! One request and its response, within limits of time and size.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{DATE, HeaderName, RETRY_AFTER};
use http::{HeaderMap, Method, Request, Response, Uri};

use crate::clock::{self, Clock, Deadline};
use crate::error::{Cause, Error};
use crate::hooks::{Attempt, OnAttempt};
use crate::response::ResponseSnapshot;
use crate::retry_after;
use crate::retry_policy::RetryPolicy;
use crate::secrets::Secrets;
use crate::transport::{Body, Transport};

/// Bytes of a response that are read at most; Webex's have some hundred.
const MAX_BYTES: usize = 1024 * 1024;

/// Sends requests. Cheap to clone.
#[derive(Clone)]
pub(crate) struct HttpClient {
    pub(crate) transport: Arc<dyn Transport>,
    /// Sent with every request.
    pub(crate) headers: HeaderMap,
    pub(crate) clock: Arc<dyn Clock>,
    /// What a server must not make visible.
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) attempt_timeout: Duration,
    pub(crate) retry_policy: Arc<RetryPolicy>,
    pub(crate) keep_response: bool,
    pub(crate) on_attempt: Option<OnAttempt>,
}

/// A response as far as it was received.
#[derive(Default)]
pub(crate) struct RawResponse {
    /// None before the headers are there.
    pub(crate) status: Option<u16>,
    pub(crate) tracking_id: Option<String>,
    pub(crate) date: Option<SystemTime>,
    pub(crate) retry_after: Option<Duration>,
    /// Empty unless responses are kept.
    pub(crate) header_names: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl HttpClient {
    /// A request with the headers of every request.
    pub(crate) fn request(&self, method: Method, uri: Uri, body: Bytes) -> Request<Bytes> {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        for secret in self.headers.values().filter(|value| value.is_sensitive()) {
            if let Ok(secret) = secret.to_str() {
                self.secrets.add(secret);
            }
        }
        let headers = request.headers_mut();
        *headers = self.headers.clone();
        // For those of the request, and of the connection.
        headers.reserve(4);
        request
    }

    /// Calls the callback of [`ClientBuilder::on_attempt`](crate::ClientBuilder::on_attempt).
    pub(crate) fn notify(&self, attempt: &Attempt<'_>) {
        if let Some(OnAttempt(notify)) = &self.on_attempt {
            notify(attempt);
        }
    }

    /// Sends a request and reads the response before the attempt times out or the deadline passes.
    /// Calls `on_head` before it reads the body. Returns what was received even if it fails.
    pub(crate) async fn exchange(
        &self,
        request: Request<Bytes>,
        deadline: Deadline,
        on_head: impl FnOnce(&RawResponse),
    ) -> (RawResponse, Result<(), Error>) {
        let left = deadline.left(&*self.clock).unwrap_or_default();
        let timeout = self.attempt_timeout.min(left);
        let mut response = RawResponse::default();
        let receive = self.receive(request, &mut response, on_head);
        let end = clock::limit(&*self.clock, timeout, receive).await;
        let end = end.unwrap_or_else(|| Err(Error::new(Cause::Timeout)));
        (response, end)
    }

    async fn receive(
        &self,
        request: Request<Bytes>,
        into: &mut RawResponse,
        on_head: impl FnOnce(&RawResponse),
    ) -> Result<(), Error> {
        let response = self.transport.send(request).await;
        let response = response.map_err(Error::from_transport)?;
        self.read_head(&response, into);
        on_head(into);
        let mut body = response.into_body();
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(Error::from_transport)?;
            let left = MAX_BYTES - into.body.len();
            if chunk.len() > left {
                into.body.extend_from_slice(&chunk[..left]);
                return Err(Error::new(Cause::TooLong));
            }
            into.body.extend_from_slice(&chunk);
        }
        Ok(())
    }

    fn read_head(&self, response: &Response<Body>, into: &mut RawResponse) {
        let headers = response.headers();
        let header = |name: HeaderName| {
            let value = headers.get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        into.status = Some(response.status().as_u16());
        into.tracking_id = header(const { HeaderName::from_static("trackingid") });
        into.date = header(DATE).and_then(|date| httpdate::parse_http_date(&date).ok());
        into.retry_after = header(RETRY_AFTER)
            .and_then(|value| retry_after::parse(&value, self.clock.system_time()));
        if self.keep_response {
            let names = headers.keys().take(ResponseSnapshot::MAX_HEADER_NAMES);
            into.header_names = names.map(HeaderName::to_string).collect();
        }
        tracing::trace!(
            http.response.status_code = into.status,
            "received the response headers"
        );
    }
}
