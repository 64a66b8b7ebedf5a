//! One request and its answer, within limits.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use reqwest::{RequestBuilder, Response};

use crate::clock::{self, Clock};
use crate::error::{Error, Kind};
use crate::retry_after;

/// Bytes of an answer that are read at most; Webex's have some hundred.
const MOST_BYTES: usize = 1024 * 1024;

/// What came back, as far as it did.
#[derive(Default)]
pub(crate) struct Answer {
    /// None before the headers are there.
    pub(crate) status: Option<u16>,
    pub(crate) tracking_id: Option<String>,
    pub(crate) date: Option<SystemTime>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Vec<u8>,
}

/// Sends a request and reads its answer, in `time` at most; `on_head` gets what is known before the
/// body. What was read before something went wrong is in the answer.
pub(crate) async fn exchange(
    clock: &Arc<dyn Clock>,
    request: RequestBuilder,
    time: Duration,
    on_head: impl FnOnce(&Answer),
) -> (Answer, Result<(), Error>) {
    let mut answer = Answer::default();
    let clock = &**clock;
    let end = clock::limit(clock, time, receive(clock, request, &mut answer, on_head)).await;
    let end = end.unwrap_or_else(|| Err(Error::new(Kind::Timeout)));
    (answer, end)
}

async fn receive(
    clock: &dyn Clock,
    request: RequestBuilder,
    answer: &mut Answer,
    on_head: impl FnOnce(&Answer),
) -> Result<(), Error> {
    let mut response = request.send().await.map_err(Error::of_transport)?;
    read_head(clock, &response, answer);
    on_head(answer);
    while let Some(chunk) = response.chunk().await.map_err(Error::of_transport)? {
        let left = MOST_BYTES - answer.body.len();
        if chunk.len() > left {
            answer.body.extend_from_slice(&chunk[..left]);
            return Err(Error::new(Kind::TooLong));
        }
        answer.body.extend_from_slice(&chunk);
    }
    Ok(())
}

fn read_head(clock: &dyn Clock, response: &Response, answer: &mut Answer) {
    let header = |headers: &HeaderMap, name: &str| -> Option<String> {
        Some(String::from_utf8_lossy(headers.get(name)?.as_bytes()).into_owned())
    };
    answer.status = Some(response.status().as_u16());
    answer.tracking_id = header(response.headers(), "trackingid");
    answer.date = header(response.headers(), DATE.as_str())
        .and_then(|date| httpdate::parse_http_date(&date).ok());
    answer.retry_after = header(response.headers(), RETRY_AFTER.as_str())
        .and_then(|value| retry_after::parse(&value, clock.system_time()));
    tracing::trace!(status = answer.status, "the headers have come");
}
