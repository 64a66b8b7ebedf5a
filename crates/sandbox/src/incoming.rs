//! Reads a body, as far and as long as it may take.

use std::sync::atomic::{AtomicUsize, Ordering};
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
    /// Others are being read, and together they are too large.
    Crowded,
    TooLarge,
    TooSlow,
    /// It is no HTTP, or it was cut off.
    Broken,
}

/// Bytes of all bodies that are being read at a time.
const MOST_AT_A_TIME: usize = 64 * 1024 * 1024;

/// Reads a body within a time. `reading` counts the bytes of all that are being read.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Incoming,
    patience: Duration,
    reading: &AtomicUsize,
) -> Result<Bytes, Unread> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let waits = headers.contains_key(header::EXPECT);
    match tokio::time::timeout(patience, collect(body, waits, reading)).await {
        Ok(read) => read,
        Err(_) => Err(Unread::TooSlow),
    }
}

/// The bytes that one body has in the count of all.
struct Share<'a> {
    all: &'a AtomicUsize,
    own: usize,
}

impl Share<'_> {
    fn grow(&mut self, bytes: usize) -> Result<(), Unread> {
        self.own += bytes;
        let others = self.all.fetch_add(bytes, Ordering::Relaxed);
        if others + bytes > MOST_AT_A_TIME {
            Err(Unread::Crowded)
        } else {
            Ok(())
        }
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.all.fetch_sub(self.own, Ordering::Relaxed);
    }
}

/// `waits` says that the client asks before it sends.
async fn collect(mut body: Incoming, waits: bool, reading: &AtomicUsize) -> Result<Bytes, Unread> {
    let announced = body.size_hint().lower();
    let is_too_large = announced > MOST_BYTES as u64;
    if is_too_large && (waits || announced > MOST_DRAINED) {
        return Err(Unread::TooLarge);
    }
    let mut share = Share {
        all: reading,
        own: 0,
    };
    // Nearly always, a body comes in one piece, which need not be copied.
    let mut only = Bytes::new();
    let mut bytes = Vec::new();
    let mut read = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else {
            // Trailers say nothing here.
            continue;
        };
        read += data.len() as u64;
        if read > MOST_DRAINED {
            break;
        }
        if read > MOST_BYTES as u64 {
            (only, bytes) = (Bytes::new(), Vec::new());
            continue;
        }
        share.grow(data.len())?;
        if read == data.len() as u64 {
            only = data;
        } else {
            bytes.extend_from_slice(&std::mem::take(&mut only));
            bytes.extend_from_slice(&data);
        }
    }
    match read <= MOST_BYTES as u64 {
        true if bytes.is_empty() => Ok(only),
        true => Ok(Bytes::from(bytes)),
        false => Err(Unread::TooLarge),
    }
}
