//! Tells a rate limit from refusals by chance: slowing down reduces the first, and not the second.
//!
//! Some 429s have nothing to do with the rate of this client: an overloaded server sends them at random,
//! or another program uses up the limit of the organization. A client that takes each for its rate
//! limit slows down with each, until it hardly sends anything.
//!
//! - Refusals are taken for a rate limit at first. At the rate that a limit was seen to accept, more than
//!   [`EARLY`] requests are accepted between two refusals. One that comes earlier begins a probe: a batch
//!   of requests is sent more slowly.
//! - If none of them is refused, or most are, it is a rate limit.
//! - If some are, refusals are by chance. Only the refused request waits, and the others are sent at up to
//!   [`OVERSHOOT`] times the rate at which Webex accepts them: Google's adaptive throttling, as in
//!   "Handling Overload" of Site Reliability Engineering. So the rate grows until something else limits
//!   it. When it is a rate limit that does, as many are refused as the overshoot explains.
//!
//! `adaptive_rate/simulation.rs` and `tests/e2e/tests/rate_limit.rs` hold the constants to their purpose.

use std::time::Instant;

/// Accepted requests after which another refusal is no surprise. Without chance, some one in 100
/// requests is refused at a rate limit.
const EARLY: u32 = 100;
/// Requests of a batch. If 8 % are refused by chance, 1 in 4,000 batches has no refusal; if 1 %, 1 in 3.
const BATCH: u32 = 100;
/// The rate during a probe, relative to the one before. Chosen: less than the error of a measured rate.
pub(crate) const SLOWED: f64 = 0.8;
/// The `K` of Google's adaptive throttling. With less, the rate would not grow where so many are refused.
const OVERSHOOT: f64 = 2.0;
/// The share of refusals, of those that the overshoot explains, from which it is a rate limit.
const EXPLAINED: f64 = 0.9;
/// So many refusals more than accepted requests make a batch one of a rate limit. Chosen: in a batch with
/// 20 % refused by chance, this happens once in 500.
const MIN_EXCESS: u32 = 4;
/// Accepted requests without which a batch measures no rate.
const MIN_ACCEPTED: u32 = 3;
/// Consecutive refusals that are a rate limit during a probe. By chance of 20 %, 1 in 3,000.
const IN_A_ROW: u32 = 5;
/// The same where refusals are by chance and the overshoot doubles them: 1 in 256 for a half.
const IN_A_ROW_AT_RANDOM: u32 = 8;
/// Requests without a refusal after which none is expected by chance: for 1 %, 1 in 150.
const QUIET_REQUESTS: u32 = 500;

/// Answers to requests since some time.
#[derive(Clone, Copy, Debug)]
struct Batch {
    since: Instant,
    accepted: u32,
    refused: u32,
}

impl Batch {
    fn starting(since: Instant) -> Self {
        Self {
            since,
            accepted: 0,
            refused: 0,
        }
    }

    fn len(&self) -> u32 {
        self.accepted + self.refused
    }

    /// Accepted requests a second.
    fn rate(&self, now: Instant) -> f64 {
        let time = now.saturating_duration_since(self.since).as_secs_f64();
        f64::from(self.accepted) / time.max(1e-3)
    }
}

/// What refusals are taken for.
#[derive(Debug, Default)]
enum RefusalCause {
    #[default]
    RateLimit,
    /// Slower requests find it out.
    Probing(Batch),
    /// None of the last `calm` requests was refused.
    Random { batch: Batch, calm: u32 },
}

/// Who waits after a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// All callers.
    All,
    /// The caller whose request was refused.
    One,
    /// The same, and requests are to be sent at [`SLOWED`] of their rate.
    Slower,
}

/// What a batch says, with the requests a second that follow from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Conclusion {
    /// Refusals are a rate limit; the rate before the probe is as good as any.
    NotRefused,
    /// Refusals are a rate limit, and this is what it accepts.
    RateLimit(f64),
    /// Refusals are by chance: so much may be sent.
    Random(f64),
    /// Refusals by chance are over.
    Over,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct RefusalProbe {
    cause: RefusalCause,
    in_a_row: u32,
}

impl RefusalProbe {
    /// Whether a batch is under way, during which the rate stays as it is.
    pub(crate) fn is_counting(&self) -> bool {
        !matches!(self.cause, RefusalCause::RateLimit)
    }

    /// Forgets what was found out.
    pub(crate) fn reset(&mut self) {
        self.cause = RefusalCause::RateLimit;
    }

    /// `is_current`: the request was sent at the present rate.
    pub(crate) fn accepted(&mut self, is_current: bool) {
        self.in_a_row = 0;
        if let RefusalCause::Probing(batch) | RefusalCause::Random { batch, .. } = &mut self.cause
            && is_current
        {
            batch.accepted += 1;
        }
    }

    /// A refusal, with the requests accepted since the last pause; none before the first one.
    pub(crate) fn refused(
        &mut self,
        is_current: bool,
        accepted: Option<u32>,
        now: Instant,
    ) -> Refused {
        self.in_a_row += 1;
        let (batch, limit) = match &mut self.cause {
            RefusalCause::RateLimit
                if is_current && accepted.is_some_and(|n| (1..EARLY).contains(&n)) =>
            {
                self.cause = RefusalCause::Probing(Batch::starting(now));
                self.in_a_row = 1;
                return Refused::Slower;
            }
            RefusalCause::RateLimit => return Refused::All,
            RefusalCause::Probing(batch) => (batch, IN_A_ROW),
            RefusalCause::Random { batch, .. } => (batch, IN_A_ROW_AT_RANDOM),
        };
        if is_current {
            batch.refused += 1;
        }
        if self.in_a_row < limit {
            Refused::One
        } else {
            Refused::All
        }
    }

    /// What the batch says, if it is complete; after a probe or at random, the next one begins.
    pub(crate) fn conclude(&mut self, now: Instant) -> Option<Conclusion> {
        let (batch, calm) = match &self.cause {
            RefusalCause::RateLimit => return None,
            RefusalCause::Probing(batch) => (*batch, None),
            RefusalCause::Random { batch, calm } => (*batch, Some(*calm)),
        };
        let accepted = batch.rate(now);
        let is_measured = self.in_a_row == 0 && batch.accepted >= MIN_ACCEPTED;
        if is_measured && batch.refused >= batch.accepted + MIN_EXCESS {
            self.reset();
            return Some(Conclusion::RateLimit(accepted));
        }
        if batch.len() < BATCH {
            return None;
        }
        let share = f64::from(batch.refused) / f64::from(batch.len());
        let explained = EXPLAINED * (1.0 - 1.0 / OVERSHOOT);
        match calm {
            None if batch.refused == 0 => {
                self.reset();
                return Some(Conclusion::NotRefused);
            }
            Some(calm) if batch.refused == 0 && calm + batch.len() >= QUIET_REQUESTS => {
                self.reset();
                return Some(Conclusion::Over);
            }
            Some(_) if share > explained => {
                self.reset();
                return Some(Conclusion::RateLimit(accepted));
            }
            _ => {}
        }
        let calm = match calm {
            Some(calm) if batch.refused == 0 => calm + batch.len(),
            _ => 0,
        };
        let batch = Batch::starting(now);
        self.cause = RefusalCause::Random { batch, calm };
        Some(Conclusion::Random(accepted * OVERSHOOT))
    }
}
