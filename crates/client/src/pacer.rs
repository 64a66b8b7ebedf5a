//! Learns how fast Webex lets a token ask.
//!
//! Webex limits by token and operation, and says so only by refusing (429). The pacer decides when
//! the next request may go, from what became of the others; it takes times and returns times.
//!
//! Until the first refusal it counts what is under way, as TCP's slow start does: a burst that no
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
/// The rate grows by this part of itself with the first request after a refusal...
const GROWTH: f64 = 3.5e-4;
/// ...and twice as fast after this many.
const ACCELERATION: f64 = 300.0;
/// A turn taken later than this is not made up for.
const LATE: Duration = Duration::from_millis(50);
/// Nobody wanted to go for this long: the time does not count.
const IDLE: Duration = Duration::from_secs(1);
/// No rate is lower: one request in two minutes, per second.
const SLOWEST: f64 = 1.0 / 120.0;

/// What is known of the pace that Webex allows.
#[derive(Debug)]
pub(crate) struct Pacer {
    /// Requests under way.
    under_way: u32,
    /// How many may be under way, before anything was refused.
    window: f64,
    /// The rate as it was measured at the last refusal.
    measured: Option<f64>,
    /// Nobody goes before.
    opens: Option<Instant>,
    /// When the next one goes, by the rate.
    next: Option<Instant>,
    /// When the gate opened last, or the first request went.
    since: Option<Instant>,
    /// Requests accepted since then.
    accepted: u32,
    /// Refusals in a row.
    refusals: u32,
    /// Number of times the gate was closed.
    closings: u64,
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
            since: None,
            accepted: 0,
            refusals: 0,
            closings: 0,
        }
    }

    /// Lets the next request go, or says what it waits for.
    pub(crate) fn leave(&mut self, now: Instant) -> Result<Leave, Wait> {
        if let Some(opens) = self.opens {
            if now < opens {
                return Err(Wait::Gate(opens));
            }
            self.opens = None;
        }
        match self.rate() {
            Some(rate) => {
                let turn = self.next.unwrap_or(now);
                if now < turn {
                    return Err(Wait::Turn(turn));
                }
                let late = now - turn;
                let made_up = late.min(LATE);
                self.next = Some(now - made_up + Duration::from_secs_f64(1.0 / rate));
                if late > IDLE {
                    // What was not asked for is no measure of what is allowed.
                    self.since = self.since.map(|since| since + late);
                }
            }
            None if f64::from(self.under_way) >= self.window.floor() => return Err(Wait::Answer),
            None => {}
        }
        self.since.get_or_insert(now);
        self.under_way += 1;
        Ok(Leave {
            closings: self.closings,
        })
    }

    /// Webex took the request, whatever it answered.
    pub(crate) fn accepted(&mut self, _: Leave) {
        self.under_way = self.under_way.saturating_sub(1);
        self.accepted = self.accepted.saturating_add(1);
        self.refusals = 0;
        self.window += match self.window < SLOW_START {
            true => 1.0,
            false => 1.0 / self.window,
        };
    }

    /// Webex refused the request, and all are to wait.
    pub(crate) fn refused(&mut self, leave: Leave, now: Instant, wait: Duration) {
        self.under_way = self.under_way.saturating_sub(1);
        // A wait beyond the end of time is as good as one of a year.
        const YEAR: Duration = Duration::from_secs(366 * 24 * 3600);
        let opens = now + wait.min(YEAR);
        let opens = self.opens.map_or(opens, |known| known.max(opens));
        self.opens = Some(opens);
        // What went before the gate was closed tells nothing new.
        if leave.closings != self.closings {
            return;
        }
        self.closings += 1;
        self.refusals = self.refusals.saturating_add(1);
        let time = self
            .since
            .map(|since| opens.saturating_duration_since(since));
        let time = time.unwrap_or_default().as_secs_f64().max(1e-3);
        let measured = f64::from(self.accepted) / time;
        let rate = match self.rate() {
            // Nothing, or next to nothing, was accepted: not a measure.
            Some(rate) => measured.clamp(rate / 2.0, rate),
            None => measured,
        };
        self.measured = Some(rate.max(SLOWEST));
        self.accepted = 0;
        self.since = Some(opens);
        self.next = Some(opens);
    }

    /// Nothing is known of what became of the request.
    pub(crate) fn abandoned(&mut self, _: Leave) {
        self.under_way = self.under_way.saturating_sub(1);
    }

    /// Requests a second, once it is known.
    pub(crate) fn rate(&self) -> Option<f64> {
        let count = f64::from(self.accepted);
        let growth = GROWTH * count * (1.0 + count / ACCELERATION);
        Some(self.measured? * (1.0 + growth))
    }

    /// When the gate opens, where it is closed.
    pub(crate) fn opens(&self, now: Instant) -> Option<Instant> {
        self.opens.filter(|opens| now < *opens)
    }

    pub(crate) fn under_way(&self) -> u32 {
        self.under_way
    }

    /// Refusals in a row, this one included.
    pub(crate) fn refusals(&self) -> u32 {
        self.refusals + 1
    }
}

#[cfg(test)]
mod tests {
    //! Simulated limits of several kinds: how much of what is allowed is used, and what is refused.
    use super::*;
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;

    /// A limit, as a server would keep it.
    trait Limit {
        /// Takes a request, or says how long to wait.
        fn ask(&mut self, now: f64) -> Result<(), f64>;
    }

    /// Token buckets: capacity, and tokens a second.
    struct Buckets(Vec<(f64, f64, f64, f64)>);

    impl Buckets {
        fn new(buckets: &[(f64, f64)]) -> Self {
            Self(
                buckets
                    .iter()
                    .map(|(most, rate)| (*most, *rate, *most, 0.0))
                    .collect(),
            )
        }
    }

    impl Limit for Buckets {
        fn ask(&mut self, now: f64) -> Result<(), f64> {
            for (most, rate, level, at) in &mut self.0 {
                *level = most.min(*level + *rate * (now - *at));
                *at = now;
            }
            let wait = |(_, rate, level, _): &(f64, f64, f64, f64)| (1.0 - level) / rate;
            let wait = self.0.iter().map(wait).fold(0.0, f64::max);
            if wait > 1e-9 {
                return Err(wait);
            }
            for (_, _, level, _) in &mut self.0 {
                *level -= 1.0;
            }
            Ok(())
        }
    }

    /// So many requests in each minute by the clock.
    struct Window(f64, u64, f64);

    impl Limit for Window {
        fn ask(&mut self, now: f64) -> Result<(), f64> {
            let minute = (now / 60.0).floor() as u64;
            if minute != self.1 {
                (self.1, self.2) = (minute, 0.0);
            }
            if self.2 >= self.0 {
                return Err((self.1 + 1) as f64 * 60.0 - now);
            }
            self.2 += 1.0;
            Ok(())
        }
    }

    struct Outcome {
        seconds: f64,
        refused: u32,
    }

    /// Asks `requests` times from `callers` at once; each answer takes `latency` seconds.
    fn run(limit: &mut dyn Limit, requests: u32, callers: u32, latency: f64) -> Outcome {
        let start = Instant::now();
        let at = |seconds: f64| start + Duration::from_secs_f64(seconds);
        let mut pacer = Pacer::new();
        let mut now = 0.0_f64;
        let (mut left, mut refused, mut answered) = (requests, 0, 0);
        let mut waiting = callers.min(requests);
        left -= waiting;
        // Nanoseconds, so that they have an order.
        let mut answers: BinaryHeap<Reverse<(u64, u32)>> = BinaryHeap::new();
        let mut under_way: Vec<(Leave, Result<(), f64>)> = Vec::new();
        while answered < requests {
            let mut next = f64::INFINITY;
            while waiting > 0 {
                match pacer.leave(at(now)) {
                    Ok(leave) => {
                        waiting -= 1;
                        let arrives = now + latency / 2.0;
                        under_way.push((leave, limit.ask(arrives)));
                        let number = under_way.len() as u32 - 1;
                        answers.push(Reverse((((now + latency) * 1e9) as u64, number)));
                    }
                    Err(Wait::Gate(when) | Wait::Turn(when)) => {
                        next = when.duration_since(start).as_secs_f64() + 1e-9;
                        break;
                    }
                    Err(Wait::Answer) => break,
                }
            }
            if let Some(Reverse((when, number))) = answers.peek().copied()
                && when as f64 / 1e9 <= next
            {
                answers.pop();
                now = now.max(when as f64 / 1e9);
                let (leave, answer) = under_way[number as usize];
                match answer {
                    Ok(()) => {
                        pacer.accepted(leave);
                        answered += 1;
                        if left > 0 {
                            left -= 1;
                            waiting += 1;
                        }
                    }
                    Err(wait) => {
                        // As servers do: whole seconds.
                        pacer.refused(leave, at(now), Duration::from_secs_f64(wait.ceil()));
                        refused += 1;
                        waiting += 1;
                    }
                }
            } else {
                now = now.max(next);
            }
        }
        Outcome {
            seconds: now,
            refused,
        }
    }

    type Make = fn() -> Box<dyn Limit>;

    #[test]
    fn a_long_run_uses_what_is_allowed_and_little_is_refused() {
        // Name, limit, requests, seconds that a caller who knows the limit needs, and the least
        // share of the rate and the most refusals, in per cent.
        let limits: [(&str, Make, u32, f64, f64, f64); 5] = [
            (
                "300 a minute and 20 a second",
                || Box::new(Buckets::new(&[(300.0, 5.0), (20.0, 20.0)])),
                5_000,
                940.0,
                95.0,
                2.0,
            ),
            (
                "300 a minute",
                || Box::new(Buckets::new(&[(300.0, 5.0)])),
                5_000,
                940.0,
                95.0,
                2.0,
            ),
            // The first refusals weigh more in a run that is short.
            (
                "50 a minute",
                || Box::new(Buckets::new(&[(50.0, 50.0 / 60.0)])),
                1_000,
                1_140.0,
                95.0,
                5.0,
            ),
            // Each measurement costs a second and the way of an answer, in which 20 may go.
            (
                "20 a second",
                || Box::new(Buckets::new(&[(20.0, 20.0)])),
                5_000,
                249.0,
                90.0,
                2.0,
            ),
            (
                "300 in each minute",
                || Box::new(Window(300.0, 0, 0.0)),
                5_000,
                // 16 minutes; the requests of the last one need no time.
                960.0,
                95.0,
                3.0,
            ),
        ];
        for (name, make, requests, best, least, most) in limits {
            for latency in [0.0, 0.05, 0.3, 1.0] {
                let Outcome { seconds, refused } = run(&mut *make(), requests, 64, latency);
                let used = 100.0 * best / seconds;
                let refused = 100.0 * f64::from(refused) / f64::from(requests);
                let told = format!(
                    "{name}, answers after {latency} s: {used:.1}% of the rate, {refused:.2}% refused"
                );
                assert!(used >= least && refused <= most, "{told}");
            }
        }
    }

    /// One limit until a moment, then another.
    struct Changing(Buckets, f64, Buckets);

    impl Limit for Changing {
        fn ask(&mut self, now: f64) -> Result<(), f64> {
            match now < self.1 {
                true => self.0.ask(now),
                false => self.2.ask(now),
            }
        }
    }

    #[test]
    fn a_limit_that_changes_is_learned_anew() {
        // 5 a second for 100 s are 795 with the full bucket; then other 4,205.
        let slow = || Buckets::new(&[(300.0, 5.0)]);
        let raised = run(
            &mut Changing(slow(), 100.0, Buckets::new(&[(100.0, 50.0)])),
            5_000,
            64,
            0.1,
        );
        assert!(
            raised.seconds < 100.0 + 3.0 * 4_205.0 / 50.0,
            "{}",
            raised.seconds
        );
        let lowered = run(
            &mut Changing(slow(), 100.0, Buckets::new(&[(5.0, 1.0)])),
            1_295,
            64,
            0.1,
        );
        assert!(
            lowered.seconds < 100.0 + 1.05 * 500.0,
            "{}",
            lowered.seconds
        );
        // Some 45 before anything is known, as without the change.
        assert!(lowered.refused < 80, "{}", lowered.refused);
    }

    #[test]
    fn before_anything_is_refused_only_a_few_are_under_way() {
        let mut pacer = Pacer::new();
        let now = Instant::now();
        let first: Vec<Leave> = std::iter::from_fn(|| pacer.leave(now).ok()).collect();
        assert_eq!(first.len(), 4);
        assert_eq!(pacer.leave(now).unwrap_err(), Wait::Answer);
        for leave in first {
            pacer.accepted(leave);
        }
        let second = std::iter::from_fn(|| pacer.leave(now).ok()).count();
        assert_eq!(second, 8);
    }

    #[test]
    fn a_refusal_closes_the_gate_for_everyone_and_gives_a_rate() {
        let mut pacer = Pacer::new();
        let start = Instant::now();
        let seconds = |seconds| start + Duration::from_secs(seconds);
        for _ in 0..20 {
            let leave = pacer.leave(start).unwrap();
            pacer.accepted(leave);
        }
        let (early, late) = (pacer.leave(start).unwrap(), pacer.leave(start).unwrap());
        pacer.refused(early, start, Duration::from_secs(10));
        // Sent before the gate was closed: it may keep the gate closed longer, and no more.
        pacer.refused(late, start, Duration::from_secs(5));
        assert_eq!(
            pacer.leave(seconds(9)).unwrap_err(),
            Wait::Gate(seconds(10))
        );
        assert_eq!(pacer.rate(), Some(2.0));
        pacer.leave(seconds(10)).unwrap();
        let turn = seconds(10) + Duration::from_millis(500);
        assert_eq!(pacer.leave(seconds(10)).unwrap_err(), Wait::Turn(turn));
    }

    #[test]
    fn time_in_which_nobody_asked_does_not_count() {
        let mut pacer = Pacer::new();
        let start = Instant::now();
        let seconds = |seconds| start + Duration::from_secs(seconds);
        for _ in 0..10 {
            let leave = pacer.leave(start).unwrap();
            pacer.accepted(leave);
        }
        let leave = pacer.leave(start).unwrap();
        pacer.refused(leave, start, Duration::from_secs(1));
        assert_eq!(pacer.rate(), Some(10.0));
        let leave = pacer.leave(seconds(3600)).unwrap();
        pacer.accepted(leave);
        let leave = pacer.leave(seconds(3601)).unwrap();
        pacer.refused(leave, seconds(3601), Duration::from_secs(1));
        // One was taken in 3 seconds; in 3601 it would be next to nothing, and so half at least.
        assert!(pacer.rate().is_some_and(|rate| (5.0..5.01).contains(&rate)));
    }
}
