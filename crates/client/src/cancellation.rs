//! Cancels the prechecks of a run.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use tokio::sync::Notify;

/// Shared by the prechecks of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cancellation(Arc<(AtomicBool, Notify)>);

impl Cancellation {
    /// Ends all waits, present and future.
    pub(crate) fn cancel(&self) {
        self.0.0.store(true, Ordering::Release);
        self.0.1.notify_waiters();
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.0.0.load(Ordering::Acquire)
    }

    /// Runs `work` until it is done; none if the run is cancelled first.
    pub(crate) async fn run_until_cancelled<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        // Created before the flag is read, so that no cancellation after it is missed.
        let mut cancelled = pin!(self.0.1.notified());
        std::future::poll_fn(|context| {
            if self.is_cancelled() {
                return Poll::Ready(None);
            }
            if let Poll::Ready(done) = work.as_mut().poll(context) {
                return Poll::Ready(Some(done));
            }
            cancelled.as_mut().poll(context).map(|()| None)
        })
        .await
    }
}
