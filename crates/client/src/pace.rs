//! The pace that all callers of a client share.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex as Line, Notify};

use crate::clock::{Clock, Deadline};
use crate::pacer::{Leave, Pacer, Wait};

/// How fast a client asks, and what it waits for, at a moment.
///
/// Webex limits each token and operation, changes the limits without notice, and shows them by
/// refusing alone. A client learns from refusals: the callers of it and of its clones wait
/// in one line, none asks while Webex wants to be left alone, and then they go one by one at the
/// rate at which Webex was seen to accept.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Pace {
    /// Requests a second that Webex was found to accept; none before it refused anything.
    pub per_second: Option<f64>,
    /// How long Webex wants to be left alone.
    pub pause: Option<Duration>,
    /// Callers that wait to ask.
    pub waiting: usize,
    /// Requests under way.
    pub under_way: usize,
}

/// The shared pace of one operation.
#[derive(Debug)]
pub(crate) struct SharedPace {
    pacer: Mutex<Pacer>,
    /// First come, first served; who holds it is next.
    line: Line<()>,
    waiting: Mutex<usize>,
    answered: Notify,
}

/// Why a caller gave up waiting.
#[derive(Debug)]
pub(crate) enum TooLong {
    /// Webex wants to be left alone for this long, which is more than the caller bears.
    Gate(Duration),
    /// The caller's time was up before its turn came.
    Line,
}

impl SharedPace {
    pub(crate) fn new() -> Self {
        Self {
            pacer: Mutex::new(Pacer::new()),
            line: Line::new(()),
            waiting: Mutex::new(0),
            answered: Notify::new(),
        }
    }

    /// Waits for leave to ask. `bears` says whether the caller accepts a wait for the gate.
    pub(crate) async fn leave(
        &self,
        clock: &dyn Clock,
        deadline: Deadline,
        bears: impl Fn(Duration) -> bool,
    ) -> Result<Going<'_>, TooLong> {
        // The usual case: nobody waits.
        if let Ok(_first) = self.line.try_lock()
            && let Ok(leave) = lock(&self.pacer).leave(clock.now())
        {
            return Ok(Going::new(self, leave));
        }
        let _waiting = Waiting::new(&self.waiting);
        let now = clock.now();
        let gate = lock(&self.pacer).opens(now);
        if let Some(wait) = gate.map(|opens| opens - now)
            && !bears(wait)
        {
            return Err(TooLong::Gate(wait));
        }
        match deadline.limit(clock, self.turn(clock, &bears)).await {
            Some(turn) => turn,
            None => Err(TooLong::Line),
        }
    }

    async fn turn(
        &self,
        clock: &dyn Clock,
        bears: impl Fn(Duration) -> bool,
    ) -> Result<Going<'_>, TooLong> {
        let _first = self.line.lock().await;
        loop {
            let answered = self.answered.notified();
            let now = clock.now();
            let wait = match lock(&self.pacer).leave(now) {
                Ok(leave) => return Ok(Going::new(self, leave)),
                Err(wait) => wait,
            };
            match wait {
                Wait::Gate(opens) if !bears(opens - now) => {
                    return Err(TooLong::Gate(opens - now));
                }
                Wait::Gate(then) | Wait::Turn(then) => clock.sleep(then - now).await,
                Wait::Answer => answered.await,
            }
        }
    }

    pub(crate) fn snapshot(&self, now: Instant) -> Pace {
        let waiting = *lock(&self.waiting);
        let pacer = lock(&self.pacer);
        Pace {
            per_second: pacer.rate(),
            pause: pacer.opens(now).map(|opens| opens - now),
            waiting,
            under_way: pacer.under_way() as usize,
        }
    }
}

/// A request under way. Dropped unsettled, as when a caller is cancelled, it counts for nothing.
#[derive(Debug)]
pub(crate) struct Going<'a> {
    pace: &'a SharedPace,
    leave: Option<Leave>,
}

impl<'a> Going<'a> {
    fn new(pace: &'a SharedPace, leave: Leave) -> Self {
        Self {
            pace,
            leave: Some(leave),
        }
    }

    /// Webex took the request.
    pub(crate) fn accepted(mut self) {
        if let Some(leave) = self.leave.take() {
            lock(&self.pace.pacer).accepted(leave);
        }
        self.pace.answered.notify_one();
    }

    /// Webex refused the request: all wait, for as long as `wait` says of the number of refusals
    /// in a row.
    pub(crate) fn refused(mut self, now: Instant, wait: impl FnOnce(u32) -> Duration) -> Duration {
        let mut pacer = lock(&self.pace.pacer);
        let wait = wait(pacer.refusals());
        if let Some(leave) = self.leave.take() {
            pacer.refused(leave, now, wait);
        }
        drop(pacer);
        self.pace.answered.notify_one();
        wait
    }
}

impl Drop for Going<'_> {
    fn drop(&mut self) {
        if let Some(leave) = self.leave.take() {
            lock(&self.pace.pacer).abandoned(leave);
            self.pace.answered.notify_one();
        }
    }
}

/// Counts a caller that waits, until it is dropped.
struct Waiting<'a>(&'a Mutex<usize>);

impl<'a> Waiting<'a> {
    fn new(count: &'a Mutex<usize>) -> Self {
        *lock(count) += 1;
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        *lock(self.0) -= 1;
    }
}

/// Nothing that is done under these locks can panic halfway.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
