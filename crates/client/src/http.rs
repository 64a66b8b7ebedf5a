//! One request and its response, within limits of time and size.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderName, RETRY_AFTER};
use reqwest::{RequestBuilder, Response};

use crate::clock::{self, Clock, Deadline};
use crate::error::{Error, ErrorKind};
use crate::response::ResponseSnapshot;
use crate::retry_after;
use crate::retry_policy::RetryPolicy;

/// Bytes of a response that are read at most; Webex's have some hundred.
const MAX_BYTES: usize = 1024 * 1024;

/// Sends requests. Cheap to clone.
#[derive(Clone)]
pub(crate) struct HttpClient {
    pub(crate) client: reqwest::Client,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) attempt_timeout: Duration,
    pub(crate) retry_policy: Arc<RetryPolicy>,
    pub(crate) keep_response: bool,
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
    /// Sends a request and reads the response before the attempt times out or the deadline passes.
    /// Calls `on_head` before it reads the body. Returns what was received even if it fails.
    pub(crate) async fn exchange(
        &self,
        request: RequestBuilder,
        deadline: Deadline,
        on_head: impl FnOnce(&RawResponse),
    ) -> (RawResponse, Result<(), Error>) {
        let left = deadline.left(&*self.clock).unwrap_or_default();
        let timeout = self.attempt_timeout.min(left);
        let mut response = RawResponse::default();
        let receive = self.receive(request, &mut response, on_head);
        let end = clock::limit(&*self.clock, timeout, receive).await;
        let end = end.unwrap_or_else(|| Err(Error::new(ErrorKind::Timeout)));
        (response, end)
    }

    async fn receive(
        &self,
        request: RequestBuilder,
        into: &mut RawResponse,
        on_head: impl FnOnce(&RawResponse),
    ) -> Result<(), Error> {
        let mut response = request.send().await.map_err(Error::from_transport)?;
        self.read_head(&response, into);
        on_head(into);
        while let Some(chunk) = response.chunk().await.map_err(Error::from_transport)? {
            let left = MAX_BYTES - into.body.len();
            if chunk.len() > left {
                into.body.extend_from_slice(&chunk[..left]);
                return Err(Error::new(ErrorKind::TooLong));
            }
            into.body.extend_from_slice(&chunk);
        }
        Ok(())
    }

    fn read_head(&self, response: &Response, into: &mut RawResponse) {
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
