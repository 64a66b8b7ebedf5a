//! The client-side rate limit that all callers share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::adaptive_rate::{AdaptiveRate, Epoch, STALLED, Wait, Waits};
use crate::clock::{self, Clock, Deadline};

/// The client-side rate limit at a moment.
///
/// Webex limits the rate of each token and operation, changes its limits without notice, and shows
/// them only by answering 429. A client adapts: all callers of it and of its clones wait in
/// one queue. After a 429 nobody asks until the time in `Retry-After` has passed, and then
/// requests start one by one at the rate that Webex was seen to accept. If slowing down does not
/// reduce the 429s, they are not a rate limit, and only the refused request waits. The
/// [retry policy](crate::RetryPolicy) decides how long a caller waits, and
/// [`RetryPolicy::respect_rate_limit`](crate::RetryPolicy::respect_rate_limit) whether it takes part.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RateStatus {
    /// Requests a second; none before the first 429.
    pub per_second: Option<f64>,
    /// Time until requests may start again after a 429.
    pub paused_for: Option<Duration>,
    /// Callers in the queue.
    pub queued: usize,
    /// Requests in flight.
    pub in_flight: usize,
}

/// The rate limiter of one operation.
///
/// Callers hold nothing while they wait: a future that is not polled, as in a stream that nobody
/// asks for its next item, must not hold up the others.
#[derive(Debug, Default)]
pub(crate) struct RateLimiter {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    rate: AdaptiveRate,
    /// Numbers of the callers that wait, in order.
    queue: Vec<u64>,
    last_number: u64,
}

/// Why a caller got no permit.
#[derive(Debug)]
pub(crate) enum AcquireError {
    /// Webex paused all callers for longer than this one accepts.
    Paused(Duration),
    /// The deadline passed.
    Timeout,
}

impl RateLimiter {
    /// Waits for a permit. `accepts_delay` says whether the caller accepts a pause of this length;
    /// `number` is its place in the queue, which it keeps from one attempt to the next.
    pub(crate) async fn acquire(
        &self,
        clock: &dyn Clock,
        deadline: Deadline,
        accepts_delay: impl Fn(Duration) -> bool,
        number: &mut Option<u64>,
    ) -> Result<Permit<'_>, AcquireError> {
        let place = {
            let mut state = self.lock();
            let number = *number.get_or_insert_with(|| {
                state.last_number += 1;
                state.last_number
            });
            // The usual case: nobody waits.
            if state.queue.is_empty()
                && let Ok(epoch) = state.rate.try_acquire(clock.now(), 0)
            {
                return Ok(Permit::new(self, epoch));
            }
            if let Err(place) = state.queue.binary_search(&number) {
                state.queue.insert(place, number);
            }
            QueuePlace {
                limiter: self,
                number,
            }
        };
        let permit = deadline
            .limit(clock, place.wait(clock, accepts_delay))
            .await;
        permit.unwrap_or(Err(AcquireError::Timeout))
    }

    pub(crate) fn status(&self, now: Instant) -> RateStatus {
        let state = self.lock();
        RateStatus {
            per_second: state.rate.rate(now),
            paused_for: state.rate.paused_until(now).map(|until| until - now),
            queued: state.queue.len(),
            in_flight: state.rate.in_flight(),
        }
    }

    /// Nothing that is done under this lock can panic halfway.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the queue, given up when it is dropped.
struct QueuePlace<'a> {
    limiter: &'a RateLimiter,
    number: u64,
}

impl<'a> QueuePlace<'a> {
    async fn wait(
        &self,
        clock: &dyn Clock,
        accepts_delay: impl Fn(Duration) -> bool,
    ) -> Result<Permit<'a>, AcquireError> {
        let limiter = self.limiter;
        let mut is_stalled = false;
        loop {
            // Created before the state is read, so that no change after it is missed.
            let changed = limiter.changed.notified();
            let (wait, now) = {
                let mut state = limiter.lock();
                let now = clock.now();
                if let Some(until) = state.rate.paused_until(now)
                    && !accepts_delay(until - now)
                {
                    return Err(AcquireError::Paused(until - now));
                }
                let ahead = state.queue.binary_search(&self.number).unwrap_or_default();
                let epoch = if is_stalled {
                    state.rate.try_acquire_stalled(now)
                } else {
                    state.rate.try_acquire(now, ahead)
                };
                match epoch {
                    Ok(epoch) => {
                        state.queue.remove(ahead);
                        let has_room = !state.queue.is_empty() && state.rate.has_room();
                        drop(state);
                        if has_room {
                            limiter.changed.notify_one();
                        }
                        return Ok(Permit::new(limiter, epoch));
                    }
                    Err(wait) => (wait, now),
                }
            };
            let time = match wait {
                Wait::Paused(until) | Wait::Rate(until) => until - now,
                Wait::Window => STALLED,
            };
            let in_time = clock::limit(clock, time, changed).await.is_some();
            is_stalled = wait == Wait::Window && !in_time;
        }
    }
}

impl Drop for QueuePlace<'_> {
    fn drop(&mut self) {
        let mut state = self.limiter.lock();
        // A caller that got its permit has left the queue.
        let Ok(place) = state.queue.binary_search(&self.number) else {
            return;
        };
        state.queue.remove(place);
        let has_moved_up = place < state.queue.len();
        drop(state);
        if has_moved_up {
            self.limiter.changed.notify_waiters();
        }
    }
}

/// A request in flight, until it is dropped. If a cancelled caller drops it without a result, it
/// counts as neither accepted nor refused.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    limiter: &'a RateLimiter,
    epoch: Epoch,
    has_paused: AtomicBool,
}

impl<'a> Permit<'a> {
    fn new(limiter: &'a RateLimiter, epoch: Epoch) -> Self {
        Self {
            limiter,
            epoch,
            has_paused: AtomicBool::new(false),
        }
    }

    /// Webex accepted the request.
    pub(crate) fn accepted(&self, now: Instant) {
        self.limiter.lock().rate.accepted(self.epoch, now);
    }

    /// Webex answered 429: pauses all callers, or lets only this one wait, for the `delay` after so many
    /// consecutive refusals. None if only this one waits.
    pub(crate) fn refused(
        &self,
        now: Instant,
        delay: impl FnOnce(u32) -> Duration,
    ) -> Option<Duration> {
        let mut state = self.limiter.lock();
        let delay = delay(state.rate.refusals());
        let is_paused = state.rate.refused(self.epoch, now, delay) == Waits::All;
        self.has_paused.store(is_paused, Ordering::Relaxed);
        is_paused.then_some(delay)
    }

    /// Whether the answer to this request paused all callers.
    pub(crate) fn has_paused(&self) -> bool {
        self.has_paused.load(Ordering::Relaxed)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.limiter.lock().rate.release();
        self.limiter.changed.notify_one();
    }
}
