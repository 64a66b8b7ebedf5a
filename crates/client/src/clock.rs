//! Time and random numbers, which tests replace.

use std::fmt;
use std::future::Future;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::pin::Pin;
use std::time::{Duration, Instant, SystemTime};

/// A boxed future.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Time and random numbers of a [`Client`](crate::Client).
///
/// A client measures its timeouts, delays and token lifetimes by this clock. With a clock of its
/// own, a test is fast and deterministic.
pub trait Clock: Send + Sync + 'static {
    /// The time, for measuring.
    fn now(&self) -> Instant;

    /// The time of day, for dates in responses.
    fn system_time(&self) -> SystemTime {
        SystemTime::now()
    }

    /// Ends after `time`, which may be as long as `Duration::MAX`.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()>;

    /// A number from 0 to 1, 1 excluded.
    fn random(&self) -> f64;
}

/// The system clock, with tokio's timer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        // As tokio sees it: a test may pause it.
        tokio::time::Instant::now().into_std()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn random(&self) -> f64 {
        // A hasher with new random keys: all the randomness that a delay needs.
        let bits = RandomState::new().build_hasher().finish();
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    }
}

impl fmt::Debug for dyn Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// When to give up; none is never.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    pub(crate) fn after(clock: &dyn Clock, time: Duration) -> Self {
        Self(clock.now().checked_add(time))
    }

    pub(crate) fn never() -> Self {
        Self(None)
    }

    /// The earlier one.
    pub(crate) fn min(self, other: Self) -> Self {
        let ends = [self.0, other.0].into_iter().flatten();
        Self(ends.min())
    }

    /// This deadline, postponed.
    pub(crate) fn later_by(self, time: Duration) -> Self {
        Self(self.0.and_then(|end| end.checked_add(time)))
    }

    /// The time left; none once it has passed.
    pub(crate) fn left(self, clock: &dyn Clock) -> Option<Duration> {
        match self.0 {
            None => Some(Duration::MAX),
            Some(end) => Some(end.saturating_duration_since(clock.now())).filter(|d| !d.is_zero()),
        }
    }

    /// Runs `work` until it is done; none if the deadline passes first.
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

/// Runs `work` for `time` at most; none if it is not done by then.
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
