//! Reads the body of a request, within limits of size and time.

use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use hyper::header::{self, HeaderMap};
use tokio::sync::Semaphore;

use crate::refusal::{Refusal, Result};

/// Maximum size of a body.
const MAX_BODY: u64 = 1024 * 1024;
/// Bytes that are read of a larger body, so that its sender sees the response.
const MAX_DISCARDED: u64 = 16 * 1024 * 1024;
/// Maximum size of all bodies that are being read.
const MAX_TOTAL: usize = 64 * 1024 * 1024;

/// Reads bodies.
pub(crate) struct BodyReader {
    timeout: Duration,
    /// Bytes that may still be read.
    budget: Semaphore,
}

impl BodyReader {
    pub(crate) fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            budget: Semaphore::new(MAX_TOTAL),
        }
    }

    pub(crate) async fn read(&self, headers: &HeaderMap, body: Incoming) -> Result<Vec<u8>> {
        if body.is_end_stream() {
            return Ok(Vec::new());
        }
        let expects_continue = headers.contains_key(header::EXPECT);
        let read = tokio::time::timeout(self.timeout, self.collect(body, expects_continue));
        read.await
            .unwrap_or_else(|_| Err(refusal(408, "The body took too long to arrive.")))
    }

    async fn collect(&self, mut body: Incoming, expects_continue: bool) -> Result<Vec<u8>> {
        let announced = body.size_hint().lower();
        if announced > MAX_DISCARDED || (expects_continue && announced > MAX_BODY) {
            return Err(too_large());
        }
        let acquire = |size| {
            let permit = self.budget.try_acquire_many(size);
            permit.map_err(|_| refusal(503, "There are too many bodies to read."))
        };
        let mut permit = acquire(0)?;
        let mut bytes = Vec::new();
        let mut total = 0;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| refusal(400, "The body was cut off or is no HTTP."))?;
            // Trailers are ignored.
            let data = frame.into_data().unwrap_or_default();
            total += data.len() as u64;
            if total > MAX_DISCARDED {
                break;
            }
            if total <= MAX_BODY {
                permit.merge(acquire(u32::try_from(data.len()).unwrap_or(u32::MAX))?);
                bytes.extend_from_slice(&data);
            }
        }
        if total > MAX_BODY {
            return Err(too_large());
        }
        Ok(bytes)
    }
}

fn too_large() -> Refusal {
    refusal(413, "The body has more than 1 MiB.")
}

/// The rest of the body is not read, so the connection cannot be used again.
fn refusal(status: u16, message: &'static str) -> Refusal {
    Refusal::new(status, message).close()
}
