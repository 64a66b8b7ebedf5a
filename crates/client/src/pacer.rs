//! Learns how fast Webex lets a token ask.
//!
//! Webex limits by token and operation, and says so only by refusing (429). The pacer decides when
//! the next request may go, from what became of the others; it takes times and returns times.
//!
//! Until something is known it counts what is under way, as TCP's slow start does: a burst that no
//! answer has come for yet is small, so that little of it is refused. A refusal closes the gate for
//! everyone, for as long as Webex asks. What was accepted from one opening of the gate to the next,
//! by the time between, is what Webex allows in the long run, whatever the size of its bucket.
//! From then on requests go one by one at that rate, which grows, at first slowly and then faster,
//! until the next refusal measures it anew.

use std::time::{Duration, Instant};

/// Requests under way at once, at first.
const FIRST_WINDOW: f64 = 4.0;
/// Up to here the window grows by one with each answer, then by one each time all are answered.
const SLOW_START: f64 = 16.0;
/// Fewer accepted requests are no measure to begin with.
const SAMPLE: u32 = 10;
/// No measurement leaves less of the rate that was.
const LESS: f64 = 0.5;
/// The rate grows by this part of itself with the first request after a refusal...
const GROWTH: f64 = 3.5e-4;
/// ...and twice as fast after this many.
const ACCELERATION: f64 = 300.0;
/// Whatever was asked, it doubles in this time, in seconds, and grows ever faster: soon where it
/// was measured once, and later, up to ten times as late, where it was often.
const DOUBLING: f64 = 60.0;
/// A turn taken later than this is not made up for.
const LATE: Duration = Duration::from_millis(50);
/// Nobody wanted to go for this long: the time does not count.
const IDLE: Duration = Duration::from_secs(1);
/// With enough under way, one more goes each time that nothing has moved for so long.
pub(crate) const UNANSWERED: Duration = Duration::from_secs(1);
/// Whatever Webex asks for, somebody looks again after this time: what it asks for has been seen to
/// be nonsense.
const LOOK: Duration = Duration::from_secs(3600);
/// No rate is lower: one request a minute, per second.
const SLOWEST: f64 = 1.0 / 60.0;

/// What is known of the pace that Webex allows.
#[derive(Debug)]
pub(crate) struct Pacer {
    /// Requests under way.
    under_way: u32,
    /// How many may be under way, before a rate is known.
    window: f64,
    /// The rate as it was measured at the last refusal.
    measured: Option<f64>,
    /// Nobody goes before.
    opens: Option<Instant>,
    /// When the next one goes, by the rate.
    next: Option<Instant>,
    /// When the last one went, or was answered.
    last: Option<Instant>,
    /// The measurement under way.
    sample: Option<Sample>,
    /// Requests accepted since the gate opened last.
    since_opening: u32,
    /// Refusals in a row.
    refusals: u32,
    /// Number of times the gate was closed.
    closings: u64,
}

/// What was accepted, and from when on.
#[derive(Clone, Copy, Debug)]
struct Sample {
    since: Instant,
    accepted: u32,
}

/// Leave to ask, to be settled with what became of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leave {
    closings: u64,
}

/// Why a request cannot go yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// The gate opens then.
    Gate(Instant),
    /// Its turn comes then.
    Turn(Instant),
    /// Enough is under way.
    Answer,
}

impl Pacer {
    pub(crate) fn new() -> Self {
        Self {
            under_way: 0,
            window: FIRST_WINDOW,
            measured: None,
            opens: None,
            next: None,
            last: None,
            sample: None,
            since_opening: 0,
            refusals: 0,
            closings: 0,
        }
    }

    /// Lets a request go that has `ahead` others before it in the line, or says what it waits for.
    ///
    /// By the rate, it may go in the place of one before it that does not come when its turn is
    /// there; before a rate is known, whoever is told of an answer may go.
    pub(crate) fn leave(&mut self, now: Instant, ahead: usize) -> Result<Leave, Wait> {
        let ahead = u32::try_from(ahead).unwrap_or(u32::MAX);
        let rate = self.rate(now);
        let interval = rate.map_or(Duration::ZERO, |rate| Duration::from_secs_f64(1.0 / rate));
        let behind = interval.saturating_mul(ahead);
        if let Some(opens) = self.opens {
            let turn = opens.checked_add(behind).unwrap_or(opens);
            if now < turn {
                return Err(Wait::Gate(turn));
            }
            self.opens = None;
        }
        if rate.is_some() {
            let next = self.next.unwrap_or(now);
            let turn = next.checked_add(behind).unwrap_or(next);
            if now < turn {
                return Err(Wait::Turn(turn));
            }
            let made_up = now.saturating_duration_since(next).min(LATE);
            self.next = Some(now - made_up + interval);
        } else if f64::from(self.under_way) >= self.window.floor() {
            return Err(Wait::Answer);
        }
        Ok(self.go(now))
    }

    /// Lets a request go though enough is under way, if nothing has moved for [`UNANSWERED`]: nobody
    /// may be there to take the answers.
    pub(crate) fn leave_unanswered(&mut self, now: Instant) -> Result<Leave, Wait> {
        let still = self.last.map(|last| now.saturating_duration_since(last));
        match self.leave(now, 0) {
            Err(Wait::Answer) if still.is_some_and(|still| still >= UNANSWERED) => Ok(self.go(now)),
            other => other,
        }
    }

    fn go(&mut self, now: Instant) -> Leave {
        let idle = self.last.map(|last| now.saturating_duration_since(last));
        let idle = idle.filter(|idle| *idle > IDLE.max(self.usual_gap()));
        self.last = Some(now);
        let sample = self.sample.get_or_insert(Sample {
            since: now,
            accepted: 0,
        });
        // What was not asked for is no measure of what is allowed.
        if let Some(idle) = idle {
            sample.since = (sample.since + idle).min(now);
        }
        self.under_way += 1;
        Leave {
            closings: self.closings,
        }
    }

    /// Webex took the request, whatever it answered.
    pub(crate) fn accepted(&mut self, now: Instant) {
        self.last = Some(now);
        if let Some(sample) = &mut self.sample {
            sample.accepted = sample.accepted.saturating_add(1);
        }
        self.since_opening = self.since_opening.saturating_add(1);
        self.refusals = 0;
        self.window += if self.window < SLOW_START {
            1.0
        } else {
            1.0 / self.window
        };
    }

    /// Webex refused the request, and all are to wait.
    pub(crate) fn refused(&mut self, leave: Leave, now: Instant, wait: Duration) {
        let opens = now + wait.min(LOOK);
        let opens = self.opens.map_or(opens, |known| known.max(opens));
        self.opens = Some(opens);
        self.last = Some(opens);
        self.next = Some(opens);
        // What went before the gate was closed tells nothing new.
        if leave.closings != self.closings {
            return;
        }
        self.closings += 1;
        self.refusals = self.refusals.saturating_add(1);
        self.window = (self.window / 2.0).max(1.0);
        let rate = self.rate(now);
        let fresh = Sample {
            since: opens,
            accepted: 0,
        };
        let sample = self.sample.get_or_insert(fresh);
        if std::mem::take(&mut self.since_opening) == 0 {
            // Webex takes nothing at all, as in an outage: not a limit that could be measured.
            sample.since = (sample.since + opens.saturating_duration_since(now)).min(opens);
            return;
        }
        if rate.is_none() && sample.accepted < SAMPLE {
            return;
        }
        let time = opens.saturating_duration_since(sample.since);
        let measured = f64::from(sample.accepted) / time.as_secs_f64().max(1e-3);
        let measured = rate.map_or(measured, |rate| measured.clamp(rate * LESS, rate));
        self.measured = Some(measured.max(SLOWEST));
        self.sample = Some(fresh);
    }

    /// The request is not under way any more, whatever became of it.
    pub(crate) fn done(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }

    /// Requests a second, once it is known.
    pub(crate) fn rate(&self, now: Instant) -> Option<f64> {
        let measured = self.measured?;
        let Some(sample) = self.sample else {
            return Some(measured);
        };
        let count = f64::from(sample.accepted);
        let by_count = GROWTH * count * (1.0 + count / ACCELERATION);
        let quiet = now.saturating_duration_since(sample.since).as_secs_f64();
        let by_time = (quiet / (DOUBLING * self.closings.clamp(1, 10) as f64)).powi(2);
        Some(measured * (1.0 + by_count + by_time))
    }

    /// Time between two requests at the measured rate.
    fn usual_gap(&self) -> Duration {
        let gap = self
            .measured
            .map(|rate| Duration::from_secs_f64(1.5 / rate));
        gap.unwrap_or_default()
    }

    /// Whether more may be under way, as far as that is what is counted.
    pub(crate) fn has_room(&self) -> bool {
        self.measured.is_none() && f64::from(self.under_way) < self.window.floor()
    }

    /// When the gate opens, where it is closed.
    pub(crate) fn opens(&self, now: Instant) -> Option<Instant> {
        self.opens.filter(|opens| now < *opens)
    }

    pub(crate) fn under_way(&self) -> u32 {
        self.under_way
    }

    /// Refusals in a row, with one more.
    pub(crate) fn refusals(&self) -> u32 {
        self.refusals.saturating_add(1)
    }
}

#[cfg(test)]
mod tests;
