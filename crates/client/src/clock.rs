//! Time and chance, which tests put their own in the place of.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant, SystemTime};

/// A future in a box.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Time and chance as a [`Client`](crate::Client) sees them.
///
/// A client waits for Webex, gives up and renews its token by this clock. A test of such a program
/// gives it a clock of its own, and so needs no time and leaves nothing to chance.
pub trait Clock: Send + Sync + 'static {
    /// Now, for measuring.
    fn now(&self) -> Instant;

    /// Now, for reading the dates of others.
    fn system_time(&self) -> SystemTime {
        SystemTime::now()
    }

    /// Ends after `time`, which may be as long as `Duration::MAX`.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()>;

    /// A number from 0 up to but not including 1.
    fn random(&self) -> f64;
}

/// The clock of the machine, by tokio's timer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn random(&self) -> f64 {
        fastrand::f64()
    }
}

impl fmt::Debug for dyn Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// A point in time after which there is no use in going on; none if it never comes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    pub(crate) fn after(clock: &dyn Clock, time: Duration) -> Self {
        Self(clock.now().checked_add(time))
    }

    /// Never.
    pub(crate) fn never() -> Self {
        Self(None)
    }

    /// The same, so much later.
    pub(crate) fn later_by(self, time: Duration) -> Self {
        Self(self.0.and_then(|end| end.checked_add(time)))
    }

    /// What is left of it; none where it has passed.
    pub(crate) fn left(self, clock: &dyn Clock) -> Option<Duration> {
        match self.0 {
            None => Some(Duration::MAX),
            Some(end) => Some(end.saturating_duration_since(clock.now())).filter(|d| !d.is_zero()),
        }
    }

    /// Runs `work` until it is done, or the deadline has passed.
    pub(crate) async fn limit<T>(
        self,
        clock: &dyn Clock,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        match self.0 {
            None => Some(work.await),
            Some(_) => limit(clock, self.left(clock)?, work).await,
        }
    }
}

/// Runs `work` until it is done, or for `time` at most.
pub(crate) async fn limit<T>(
    clock: &dyn Clock,
    time: Duration,
    work: impl Future<Output = T>,
) -> Option<T> {
    let mut work = std::pin::pin!(work);
    let mut end = clock.sleep(time);
    std::future::poll_fn(|context| {
        if let std::task::Poll::Ready(done) = work.as_mut().poll(context) {
            return std::task::Poll::Ready(Some(done));
        }
        end.as_mut().poll(context).map(|()| None)
    })
    .await
}
