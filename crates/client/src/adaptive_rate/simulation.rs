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

struct RunResult {
    seconds: f64,
    refused: u32,
}

/// Asks `requests` times from `callers` at once; each answer takes `latency` seconds.
fn run(limit: &mut dyn Limit, requests: u32, callers: u32, latency: f64) -> RunResult {
    let start = Instant::now();
    let at = |seconds: f64| start + Duration::from_secs_f64(seconds);
    let mut adaptive = AdaptiveRate::default();
    let mut now = 0.0_f64;
    let (mut left, mut refused, mut answered) = (requests, 0, 0);
    let mut waiting = callers.min(requests);
    left -= waiting;
    // Nanoseconds, so that they have an order.
    let mut answers: BinaryHeap<Reverse<(u64, u32)>> = BinaryHeap::new();
    let mut sleeping: BinaryHeap<Reverse<u64>> = BinaryHeap::new();
    let mut in_flight: Vec<(Epoch, Result<(), f64>)> = Vec::new();
    while answered < requests {
        let mut next = f64::INFINITY;
        while waiting > 0 {
            match adaptive.try_acquire(at(now), 0) {
                Ok(epoch) => {
                    waiting -= 1;
                    let arrives = now + latency / 2.0;
                    in_flight.push((epoch, limit.ask(arrives)));
                    let number = in_flight.len() as u32 - 1;
                    answers.push(Reverse((((now + latency) * 1e9) as u64, number)));
                }
                Err(Wait::Paused(when) | Wait::Rate(when)) => {
                    next = when.duration_since(start).as_secs_f64() + 1e-9;
                    break;
                }
                Err(Wait::Window) => break,
            }
        }
        let wakes = sleeping.peek().map_or(u64::MAX, |Reverse(when)| *when);
        if wakes as f64 / 1e9 <= next && answers.peek().is_none_or(|it| wakes <= it.0.0) {
            sleeping.pop();
            now = now.max(wakes as f64 / 1e9);
            waiting += 1;
        } else if let Some(Reverse((when, number))) = answers.peek().copied()
            && when as f64 / 1e9 <= next
        {
            answers.pop();
            now = now.max(when as f64 / 1e9);
            let (epoch, answer) = in_flight[number as usize];
            match answer {
                Ok(()) => {
                    adaptive.accepted(epoch, at(now));
                    adaptive.release();
                    answered += 1;
                    if left > 0 {
                        left -= 1;
                        waiting += 1;
                    }
                }
                Err(wait) => {
                    // As servers do: whole seconds.
                    let wait = wait.ceil();
                    let waits = adaptive.refused(epoch, at(now), Duration::from_secs_f64(wait));
                    adaptive.release();
                    refused += 1;
                    match waits {
                        Waits::All => waiting += 1,
                        Waits::One => sleeping.push(Reverse(((now + wait) * 1e9) as u64)),
                    }
                }
            }
        } else {
            now = now.max(next);
        }
    }
    RunResult {
        seconds: now,
        refused,
    }
}

type Make = fn() -> Box<dyn Limit>;

#[test]
fn a_long_run_uses_the_allowed_rate_with_few_refusals() {
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
            7.0,
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
            4.0,
        ),
    ];
    for (name, make, requests, best, least, most) in limits {
        for latency in [0.0, 0.05, 0.3, 1.0] {
            let RunResult { seconds, refused } = run(&mut *make(), requests, 64, latency);
            let used = 100.0 * best / seconds;
            let refused = 100.0 * f64::from(refused) / f64::from(requests);
            let summary = format!(
                "{name}, answers after {latency} s: {used:.1}% of the rate, {refused:.2}% refused"
            );
            assert!(used >= least && refused <= most, "{summary}");
        }
    }
}

/// One limit until a moment, then another.
struct Changing(Buckets, f64, Buckets);

impl Limit for Changing {
    fn ask(&mut self, now: f64) -> Result<(), f64> {
        if now < self.1 {
            self.0.ask(now)
        } else {
            self.2.ask(now)
        }
    }
}

#[test]
fn rate_follows_a_limit_that_changes() {
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
    assert!(lowered.refused < 120, "{}", lowered.refused);
}

/// Refuses from one moment to another, whatever is asked, and says to come back so much later.
struct Outage(Box<dyn Limit>, std::ops::Range<f64>, f64);

impl Limit for Outage {
    fn ask(&mut self, now: f64) -> Result<(), f64> {
        if self.1.contains(&now) {
            Err(self.2)
        } else {
            self.0.ask(now)
        }
    }
}

#[test]
fn an_outage_does_not_lower_the_rate() {
    let free = || Box::new(Buckets::new(&[(1e9, 1e9)]));
    // The very first answer: a minute of waiting, and then nothing is in the way.
    let first = run(&mut Outage(free(), 0.0..0.001, 60.0), 1_000, 64, 0.1);
    assert!(first.seconds < 70.0, "{}", first.seconds);
    // After some: it looks like 20 a minute, which is then found not to be so.
    let after = run(&mut Outage(free(), 0.5..0.6, 60.0), 1_000, 64, 0.1);
    assert!(after.seconds < 600.0, "{}", after.seconds);
    // Two minutes in the middle of a run: 5 a second before and after. How long the run takes depends on
    // when the outage begins between two pauses.
    let limited = || Box::new(Buckets::new(&[(300.0, 5.0)]));
    let usual = run(&mut *limited(), 2_000, 64, 0.1);
    let starts = (80..125).step_by(5).map(f64::from);
    let runs = starts.map(|start| {
        let mut limit = Outage(limited(), start..start + 120.0, 10.0);
        run(&mut limit, 2_000, 64, 0.1)
    });
    let runs: Vec<_> = runs.collect();
    let mean = runs.iter().map(|run| run.seconds).sum::<f64>() / runs.len() as f64;
    assert!(mean < usual.seconds + 130.0, "{mean} {}", usual.seconds);
    for outage in runs {
        assert!(outage.seconds < usual.seconds + 180.0, "{}", outage.seconds);
        assert!(outage.refused < usual.refused + 40, "{}", outage.refused);
    }
}

/// Refuses one in so many, whatever the rate, as for a token that others use too.
struct Now(u32, u32);

impl Limit for Now {
    fn ask(&mut self, _: f64) -> Result<(), f64> {
        self.1 += 1;
        match self.1 % self.0 {
            0 => Err(1.0),
            _ => Ok(()),
        }
    }
}

#[test]
fn occasional_refusals_at_any_rate_leave_a_useful_rate() {
    // 30 pauses of a second at least.
    let slowed = run(&mut Now(100, 0), 3_000, 32, 0.1);
    assert!(slowed.seconds < 500.0, "{}", slowed.seconds);
}
