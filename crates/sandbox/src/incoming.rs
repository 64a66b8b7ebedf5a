//! Reads a body, as far and as long as it may take.

use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{self, HeaderMap};

/// Bytes of a body at most.
pub(crate) const MOST_BYTES: usize = 1024 * 1024;

/// Bytes that are read of a body that is too long, so that who sends them gets to read the answer.
const MOST_DRAINED: u64 = 16 * 1024 * 1024;

/// Why there is no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    TooLarge,
    TooSlow,
    /// It is no HTTP, or it was cut off.
    Broken,
}

/// Reads a body within a time.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Incoming,
    patience: Duration,
) -> Result<Bytes, Unread> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let waits = headers.contains_key(header::EXPECT);
    match tokio::time::timeout(patience, collect(body, waits)).await {
        Ok(read) => read,
        Err(_) => Err(Unread::TooSlow),
    }
}

/// `waits` says that the client asks before it sends.
async fn collect(mut body: Incoming, waits: bool) -> Result<Bytes, Unread> {
    let announced = body.size_hint().lower();
    let too_large = announced > MOST_BYTES as u64;
    if too_large && (waits || announced > MOST_DRAINED) {
        return Err(Unread::TooLarge);
    }
    let mut bytes = Vec::with_capacity(if too_large { 0 } else { announced as usize });
    let mut drained = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else {
            // Trailers say nothing here.
            continue;
        };
        drained += data.len() as u64;
        if drained > MOST_DRAINED {
            break;
        }
        if drained <= MOST_BYTES as u64 {
            bytes.extend_from_slice(&data);
        }
    }
    match drained <= MOST_BYTES as u64 {
        true => Ok(Bytes::from(bytes)),
        false => Err(Unread::TooLarge),
    }
}
