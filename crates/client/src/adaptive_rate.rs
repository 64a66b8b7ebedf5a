//! Adapts the request rate to what Webex accepts.
//!
//! Webex limits each token and operation, and shows the limit only by answering 429. This module
//! decides when the next request may be sent, from what became of the others. It takes times and
//! returns times.
//!
//! - Before the first 429 it limits the requests in flight, as TCP's slow start does: the first
//!   burst is small, so that little of it is refused.
//! - A 429 pauses all callers for as long as Webex asks, unless `refusal_probe.rs` finds that slowing down
//!   does not reduce them: then only its own request waits. The requests accepted between two pauses,
//!   divided by the time between them, are the rate that Webex allows in the long run, whatever the
//!   size of its token bucket.
//! - From then on requests are sent one by one at that rate, which grows, slowly at first and then
//!   faster, until the next 429 measures it again. No measurement lowers it by more than half. This
//!   resembles the additive increase and multiplicative decrease (AIMD) of TCP's congestion avoidance.
//!
//! The simulations in `adaptive_rate/simulation.rs` hold the constants to 90 or 95 % of what several kinds
//! of limits allow, with 2 to 7 % of the requests refused.

use std::time::{Duration, Instant};

use crate::refusal_probe::{Conclusion, RefusalProbe, Refused, SLOWED};

/// Requests in flight at first. Chosen: small, because all of them may be refused.
const FIRST_WINDOW: f64 = 4.0;
/// TCP's slow start threshold: up to here, the window grows by one with each response, then by one
/// per window. Chosen: a growing window overshoots an unknown limit by its own size at most.
const SLOW_START: f64 = 16.0;
/// Accepted requests that make a first measurement. Chosen: with fewer, one request more or less changes
/// the rate by over 20 %; with more, a slow limit refuses many before it is measured.
const MIN_SAMPLE: u32 = 5;
/// The factor of a multiplicative decrease. TCP's: a window is halved at most.
const MAX_DECREASE: f64 = 0.5;
/// The same where most requests of a batch were refused: what was accepted is then what is allowed.
/// Chosen: the few requests of such a batch may be wrong by a factor of two.
const MAX_MEASURED_DECREASE: f64 = 0.25;
/// Growth of the rate with the first accepted request, relative to itself. Chosen by the simulations.
const GROWTH: f64 = 3.5e-4;
/// Accepted requests after which the growth has doubled. Chosen by the simulations.
const ACCELERATION: f64 = 300.0;
/// Seconds in which the rate doubles even if few requests are sent. Chosen: short enough to forget an
/// outage that was mistaken for a limit; up to ten times as long for a rate measured that often.
const DOUBLING: f64 = 60.0;
/// A request that starts later than this does not make the next one start earlier. Chosen: more
/// than the inaccuracy of timers; to catch up on a longer delay would be a burst.
const MAX_LATE: Duration = Duration::from_millis(50);
/// A gap without requests that is longer than this is not part of a measurement. Chosen: longer than
/// most responses take.
const IDLE: Duration = Duration::from_secs(1);
/// With a full window, one more request is sent each time that nothing happens for so long: those in
/// flight may belong to futures that are not polled. Chosen: longer than most responses take.
pub(crate) const STALLED: Duration = Duration::from_secs(1);
/// Longest pause. Chosen: whatever `Retry-After` says, which may be nonsense, one caller probes again
/// after an hour.
const MAX_PAUSE: Duration = Duration::from_secs(3600);
/// Lowest rate. Chosen: a request per minute finds out soon enough that more is allowed.
const MIN_RATE: f64 = 1.0 / 60.0;

/// Maximum number of requests in flight, before a rate is known.
#[derive(Debug)]
struct Window(f64);

impl Default for Window {
    fn default() -> Self {
        Self(FIRST_WINDOW)
    }
}

impl Window {
    fn has_room(&self, in_flight: u32) -> bool {
        f64::from(in_flight) < self.0.floor()
    }
}

/// What is known of the rate that Webex allows.
#[derive(Debug, Default)]
pub(crate) struct AdaptiveRate {
    in_flight: u32,
    window: Window,
    /// The rate measured at the last 429.
    measured: Option<f64>,
    /// Earliest time of the next request, as Webex asks.
    paused_until: Option<Instant>,
    /// Earliest time of the next request, by the rate.
    next: Option<Instant>,
    /// Time of the last request or response.
    last: Option<Instant>,
    /// The measurement in progress.
    sample: Option<Sample>,
    accepted_since_pause: u32,
    consecutive_refusals: u32,
    /// Number of pauses and of changes of the rate by a probe.
    epoch: u64,
    probe: RefusalProbe,
    /// The rate before the probe slowed down.
    rate_before_probe: Option<f64>,
}

/// How many requests were accepted since when.
#[derive(Clone, Copy, Debug)]
struct Sample {
    since: Instant,
    accepted: u32,
}

impl Sample {
    fn starting(since: Instant) -> Self {
        Self { since, accepted: 0 }
    }

    /// Leaves a time out of the measurement.
    fn skip(&mut self, time: Duration, end: Instant) {
        self.since = (self.since + time).min(end);
    }
}

/// The number of pauses and probes before a request was sent. Only the first 429 after a pause is news.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Epoch(u64);

/// Who waits after a 429.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waits {
    /// All callers, until the pause ends.
    All,
    /// The caller whose request was refused.
    One,
}

/// Why a request must wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Webex paused all callers until then.
    Paused(Instant),
    /// The rate allows it then.
    Rate(Instant),
    /// The window is full: for a response.
    Window,
}

impl AdaptiveRate {
    /// Lets a request start that has `ahead` others before it in the queue, or says why it must wait.
    ///
    /// At a known rate, each place in the queue has its own time, so that a request may overtake
    /// one that does not start in time. Before, whoever is notified of a response may start.
    pub(crate) fn try_acquire(&mut self, now: Instant, ahead: usize) -> Result<Epoch, Wait> {
        let ahead = u32::try_from(ahead).unwrap_or(u32::MAX);
        let rate = self.rate(now);
        let interval = rate.map_or(Duration::ZERO, |rate| Duration::from_secs_f64(1.0 / rate));
        let behind = interval.saturating_mul(ahead);
        if let Some(until) = self.paused_until {
            let start = until.checked_add(behind).unwrap_or(until);
            if now < start {
                return Err(Wait::Paused(start));
            }
            self.paused_until = None;
        }
        if rate.is_some() {
            let next = self.next.unwrap_or(now);
            let start = next.checked_add(behind).unwrap_or(next);
            if now < start {
                return Err(Wait::Rate(start));
            }
            let late = now.saturating_duration_since(next).min(MAX_LATE);
            self.next = Some(now - late + interval);
        } else if !self.window.has_room(self.in_flight) {
            return Err(Wait::Window);
        }
        Ok(self.start(now))
    }

    /// Lets a request start even if the window is full, if nothing happened for [`STALLED`].
    pub(crate) fn try_acquire_stalled(&mut self, now: Instant) -> Result<Epoch, Wait> {
        let quiet = self.last.map(|last| now.saturating_duration_since(last));
        match self.try_acquire(now, 0) {
            Err(Wait::Window) if quiet.is_some_and(|quiet| quiet >= STALLED) => Ok(self.start(now)),
            other => other,
        }
    }

    fn start(&mut self, now: Instant) -> Epoch {
        let usual_gap = self
            .measured
            .map(|rate| Duration::from_secs_f64(1.5 / rate));
        let gap = self
            .last
            .map_or(Duration::ZERO, |last| now.saturating_duration_since(last));
        self.last = Some(now);
        let sample = self.sample.get_or_insert(Sample::starting(now));
        // Time in which nobody asked is no measure of what is allowed.
        if gap > IDLE.max(usual_gap.unwrap_or_default()) {
            sample.skip(gap, now);
        }
        self.in_flight += 1;
        Epoch(self.epoch)
    }

    /// Webex accepted the request, whatever it answered.
    pub(crate) fn accepted(&mut self, epoch: Epoch, now: Instant) {
        self.last = Some(now);
        if let Some(sample) = &mut self.sample {
            sample.accepted = sample.accepted.saturating_add(1);
        }
        self.accepted_since_pause = self.accepted_since_pause.saturating_add(1);
        self.consecutive_refusals = 0;
        self.window.0 += if self.window.0 < SLOW_START {
            1.0
        } else {
            1.0 / self.window.0
        };
        self.probe.accepted(epoch.0 == self.epoch);
        self.conclude(now);
    }

    /// Webex answered 429 and asks to wait for `delay`. Says whether all callers wait, or only this one.
    pub(crate) fn refused(&mut self, epoch: Epoch, now: Instant, delay: Duration) -> Waits {
        let is_current = epoch.0 == self.epoch;
        let accepted = (self.epoch > 0).then_some(self.accepted_since_pause);
        self.consecutive_refusals = self.consecutive_refusals.saturating_add(1);
        match self.probe.refused(is_current, accepted, now) {
            Refused::All => {
                self.pause(is_current, now, delay);
                return Waits::All;
            }
            Refused::Slower => {
                self.epoch += 1;
                self.rate_before_probe = self.measured;
                self.measured = self.rate(now).map(|rate| rate * SLOWED);
            }
            Refused::One => self.conclude(now),
        }
        self.last = Some(now);
        Waits::One
    }

    fn pause(&mut self, is_current: bool, now: Instant, delay: Duration) {
        let until = now + delay.min(MAX_PAUSE);
        let until = self.paused_until.map_or(until, |known| known.max(until));
        self.paused_until = Some(until);
        self.last = Some(until);
        self.next = Some(until);
        // A request sent before the pause tells nothing new.
        if !is_current {
            return;
        }
        let is_first = self.epoch == 0;
        // A probe that a pause ends says nothing about the rate before it.
        let rate = self.rate_before_probe.take().or_else(|| self.rate(now));
        self.measured = rate;
        self.probe.reset();
        self.epoch += 1;
        self.window.0 = (self.window.0 / 2.0).max(1.0);
        let sample = self.sample.get_or_insert(Sample::starting(until));
        if std::mem::take(&mut self.accepted_since_pause) == 0 {
            // Webex accepts nothing at all, as in an outage: there is no limit to measure.
            sample.skip(until.saturating_duration_since(now), until);
            return;
        }
        if is_first {
            // What was saved up is no measure of the rate.
            self.window.0 = self.window.0.min(FIRST_WINDOW);
            self.sample = Some(Sample::starting(until));
            return;
        }
        if rate.is_none() && sample.accepted < MIN_SAMPLE {
            return;
        }
        let time = until.saturating_duration_since(sample.since);
        let measured = f64::from(sample.accepted) / time.as_secs_f64().max(1e-3);
        let measured = rate.map_or(measured, |rate| measured.clamp(rate * MAX_DECREASE, rate));
        self.measure(measured, until);
    }

    /// Draws the consequence of a probe, if it is complete.
    fn conclude(&mut self, now: Instant) {
        let Some(conclusion) = self.probe.conclude(now) else {
            return;
        };
        let rate_before_probe = self.rate_before_probe.take();
        match conclusion {
            Conclusion::NotRefused => self.measured = rate_before_probe.or(self.measured),
            Conclusion::Random(rate) => self.measured = Some(rate.max(MIN_RATE)),
            Conclusion::RateLimit(accepted) => {
                let rate = self.rate(now).unwrap_or(accepted);
                self.measure(accepted.clamp(rate * MAX_MEASURED_DECREASE, rate), now);
                self.accepted_since_pause = 0;
                self.epoch += 1;
            }
            Conclusion::Over => {
                if let Some(rate) = self.rate(now) {
                    self.measure(rate, now);
                }
            }
        }
    }

    fn measure(&mut self, rate: f64, since: Instant) {
        self.measured = Some(rate.max(MIN_RATE));
        self.sample = Some(Sample::starting(since));
    }

    /// The request is no longer in flight, whatever became of it.
    pub(crate) fn release(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// Requests a second, once it is known.
    pub(crate) fn rate(&self, now: Instant) -> Option<f64> {
        let measured = self.measured?;
        let Some(sample) = self.sample else {
            return Some(measured);
        };
        let count = f64::from(sample.accepted);
        let by_count = if self.probe.is_counting() {
            0.0
        } else {
            GROWTH * count * (1.0 + count / ACCELERATION)
        };
        let quiet = now.saturating_duration_since(sample.since).as_secs_f64();
        let by_time = (quiet / (DOUBLING * self.epoch.clamp(1, 10) as f64)).powi(2);
        Some(measured * (1.0 + by_count + by_time))
    }

    /// Whether the window, if there is one, has room for another request.
    pub(crate) fn has_room(&self) -> bool {
        self.measured.is_none() && self.window.has_room(self.in_flight)
    }

    /// The end of the pause, during one.
    pub(crate) fn paused_until(&self, now: Instant) -> Option<Instant> {
        self.paused_until.filter(|until| now < *until)
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight as usize
    }

    /// Consecutive 429s, including the one that is about to be reported.
    pub(crate) fn refusals(&self) -> u32 {
        self.consecutive_refusals.saturating_add(1)
    }
}

#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
