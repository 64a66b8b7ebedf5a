//! The pace that all callers of a client share.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::clock::{self, Clock, Deadline};
use crate::pacer::{Leave, Pacer, UNANSWERED, Wait};

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
///
/// No caller holds anything while it waits: one that is not polled, as in a stream that nobody asks
/// for its next item, must not hold up the others.
#[derive(Debug)]
pub(crate) struct SharedPace {
    state: Mutex<State>,
    answered: Notify,
}

#[derive(Debug)]
struct State {
    pacer: Pacer,
    /// Tickets of the callers that wait, in order.
    line: Vec<u64>,
    last_ticket: u64,
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
            state: Mutex::new(State {
                pacer: Pacer::new(),
                line: Vec::new(),
                last_ticket: 0,
            }),
            answered: Notify::new(),
        }
    }

    /// Waits for leave to ask. `bears` says whether the caller accepts a wait for the gate; `number`
    /// is its place in the line, which it keeps from one attempt to the next.
    pub(crate) async fn leave(
        &self,
        clock: &dyn Clock,
        deadline: Deadline,
        bears: impl Fn(Duration) -> bool,
        number: &mut Option<u64>,
    ) -> Result<Going<'_>, TooLong> {
        let ticket = {
            let mut state = self.lock();
            let number = *number.get_or_insert_with(|| {
                state.last_ticket += 1;
                state.last_ticket
            });
            // The usual case: nobody waits.
            if state.line.is_empty()
                && let Ok(leave) = state.pacer.leave(clock.now(), 0)
            {
                return Ok(Going::new(self, leave));
            }
            Ticket::take(self, &mut state, number)
        };
        match deadline.limit(clock, ticket.turn(clock, bears)).await {
            Some(turn) => turn,
            None => Err(TooLong::Line),
        }
    }

    pub(crate) fn snapshot(&self, now: Instant) -> Pace {
        let state = self.lock();
        Pace {
            per_second: state.pacer.rate(now),
            pause: state.pacer.opens(now).map(|opens| opens - now),
            waiting: state.line.len(),
            under_way: state.pacer.under_way() as usize,
        }
    }

    /// Nothing that is done under this lock can panic halfway.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the line, given up when it is dropped.
struct Ticket<'a> {
    pace: &'a SharedPace,
    number: u64,
}

impl<'a> Ticket<'a> {
    fn take(pace: &'a SharedPace, state: &mut State, number: u64) -> Self {
        if let Err(place) = state.line.binary_search(&number) {
            state.line.insert(place, number);
        }
        Self { pace, number }
    }

    /// Waits for the turn.
    async fn turn(
        &self,
        clock: &dyn Clock,
        bears: impl Fn(Duration) -> bool,
    ) -> Result<Going<'a>, TooLong> {
        let mut is_unanswered = false;
        loop {
            // Before the look at the state, so that no change after it is missed.
            let changed = self.pace.answered.notified();
            let (wait, now) = {
                let mut state = self.pace.lock();
                let now = clock.now();
                if let Some(opens) = state.pacer.opens(now)
                    && !bears(opens - now)
                {
                    return Err(TooLong::Gate(opens - now));
                }
                let ahead = state.line.binary_search(&self.number).unwrap_or_default();
                let leave = if is_unanswered {
                    state.pacer.leave_unanswered(now)
                } else {
                    state.pacer.leave(now, ahead)
                };
                match leave {
                    Ok(leave) => {
                        state.line.remove(ahead);
                        let has_room = !state.line.is_empty() && state.pacer.has_room();
                        drop(state);
                        if has_room {
                            self.pace.answered.notify_one();
                        }
                        return Ok(Going::new(self.pace, leave));
                    }
                    Err(wait) => (wait, now),
                }
            };
            let time = match wait {
                Wait::Gate(then) | Wait::Turn(then) => then - now,
                Wait::Answer => UNANSWERED,
            };
            let in_time = clock::limit(clock, time, changed).await.is_some();
            is_unanswered = wait == Wait::Answer && !in_time;
        }
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut state = self.pace.lock();
        // Those that went are in the line no more.
        let Ok(place) = state.line.binary_search(&self.number) else {
            return;
        };
        state.line.remove(place);
        let has_moved_up = place < state.line.len();
        drop(state);
        if has_moved_up {
            self.pace.answered.notify_waiters();
        }
    }
}

/// A request under way, until it is dropped. Unsettled, as when a caller is cancelled, it counts for
/// nothing.
#[derive(Debug)]
pub(crate) struct Going<'a> {
    pace: &'a SharedPace,
    leave: Leave,
}

impl<'a> Going<'a> {
    fn new(pace: &'a SharedPace, leave: Leave) -> Self {
        Self { pace, leave }
    }

    /// Webex took the request.
    pub(crate) fn accepted(&self, now: Instant) {
        self.pace.lock().pacer.accepted(now);
    }

    /// Webex refused the request: all wait, for as long as `wait` says of the number of refusals
    /// in a row.
    pub(crate) fn refused(&self, now: Instant, wait: impl FnOnce(u32) -> Duration) -> Duration {
        let mut state = self.pace.lock();
        let wait = wait(state.pacer.refusals());
        state.pacer.refused(self.leave, now, wait);
        wait
    }
}

impl Drop for Going<'_> {
    fn drop(&mut self) {
        self.pace.lock().pacer.done();
        self.pace.answered.notify_one();
    }
}
