//! Ends waits, when a run is to stop.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use tokio::sync::Notify;

/// Shared by the prechecks of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop(Arc<State>);

#[derive(Debug, Default)]
struct State {
    is_stopped: AtomicBool,
    stopped: Notify,
}

impl Stop {
    /// Ends all waits, those to come as well.
    pub(crate) fn stop(&self) {
        self.0.is_stopped.store(true, Ordering::Release);
        self.0.stopped.notify_waiters();
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.0.is_stopped.load(Ordering::Acquire)
    }

    /// Runs `wait` until it is over, or the run is stopped.
    pub(crate) async fn end<T>(&self, wait: impl Future<Output = T>) -> Option<T> {
        let mut wait = pin!(wait);
        // Before the look at the flag, so that no stop after it is missed.
        let mut stopped = pin!(self.0.stopped.notified());
        std::future::poll_fn(|context| {
            if self.is_stopped() {
                return Poll::Ready(None);
            }
            if let Poll::Ready(done) = wait.as_mut().poll(context) {
                return Poll::Ready(Some(done));
            }
            stopped.as_mut().poll(context).map(|()| None)
        })
        .await
    }
}
