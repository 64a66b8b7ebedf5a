//! When to try again, and how long to wait before.

use std::time::Duration;

/// How patient a client is with Webex.
///
/// A precheck changes nothing, so that asking again is safe. Worth another try are, by default,
/// the statuses 423, 429, 502, 503 and 504, and 500 once; connections that fail or break; and
/// attempts that take too long. Where Webex says how long to wait (`Retry-After`), that is how
/// long a client waits, however long it is: if there is not that much patience left, it gives up
/// at once instead of asking too early. Else it waits for a random part of a time that doubles
/// with each attempt.
///
/// A 429 slows down every caller of the client and its clones; see [`Pace`](crate::Pace).
///
/// | | default |
/// |---|---|
/// | [`attempts`](Self::attempts) | 5 |
/// | [`total`](Self::total) | 5 minutes |
/// | [`longest_wait`](Self::longest_wait) | as long as `total` |
/// | [`backoff`](Self::backoff) | from 0.5 s, doubling up to 30 s |
/// | [`status`](Self::status) | 423, 429, 502, 503, 504: as often as `attempts`; 500: 1 |
/// | [`connections`](Self::connections) | yes |
/// | [`pace`](Self::pace) | yes |
#[derive(Clone, Debug, PartialEq)]
pub struct Patience {
    attempts: u32,
    total: Duration,
    longest_wait: Duration,
    first: Duration,
    longest_backoff: Duration,
    statuses: Vec<(u16, u32)>,
    connections: bool,
    pace: bool,
}

impl Default for Patience {
    fn default() -> Self {
        const ALWAYS: u32 = u32::MAX;
        Self {
            attempts: 5,
            total: Duration::from_secs(300),
            longest_wait: Duration::MAX,
            first: Duration::from_millis(500),
            longest_backoff: Duration::from_secs(30),
            statuses: vec![
                (423, ALWAYS),
                (429, ALWAYS),
                (500, 1),
                (502, ALWAYS),
                (503, ALWAYS),
                (504, ALWAYS),
            ],
            connections: true,
            pace: true,
        }
    }
}

/// What went wrong with an attempt, as far as another try is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setback {
    /// An answer with this status.
    Status(u16),
    /// No connection, a broken one, or no answer in time.
    Connection,
}

impl Patience {
    /// The default.
    pub fn new() -> Self {
        Self::default()
    }

    /// None: each precheck is one attempt, nothing is waited for, and no pace is kept. What is left
    /// are the deadlines of the client, and the renewal of a token that Webex refuses.
    pub fn none() -> Self {
        Self {
            attempts: 1,
            total: Duration::MAX,
            pace: false,
            ..Self::default()
        }
    }

    /// Asks this often at most, the first time included. Default: 5. 0 is 1.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Spends this much time on a precheck at most, waits included. Default: 5 minutes.
    /// `Duration::MAX` is no limit.
    #[must_use]
    pub fn total(mut self, total: Duration) -> Self {
        self.total = total;
        self
    }

    /// Waits no longer than this at a time: where Webex asks for more, the precheck ends at once,
    /// with an error that says how long Webex asks to wait. Default: no limit but
    /// [`total`](Self::total).
    #[must_use]
    pub fn longest_wait(mut self, longest: Duration) -> Self {
        self.longest_wait = longest;
        self
    }

    /// Where Webex does not say how long, waits for a random time, up to `first` before the second
    /// attempt, twice as long before the third and so on, up to `longest`. Default: 0.5 s and 30 s.
    #[must_use]
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.first = first;
        self.longest_backoff = longest;
        self
    }

    /// Tries again up to `retries` times after this status; 0 is never, `u32::MAX` as often as
    /// [`attempts`](Self::attempts) allow. Not for 401, after which another token is asked for.
    #[must_use]
    pub fn status(mut self, status: u16, retries: u32) -> Self {
        self.statuses.retain(|(known, _)| *known != status);
        self.statuses.push((status, retries));
        self
    }

    /// Whether to try again after connections that fail or break, and attempts that take too long.
    /// Default: yes.
    #[must_use]
    pub fn connections(mut self, yes: bool) -> Self {
        self.connections = yes;
        self
    }

    /// Whether to wait in the line of all callers, at the pace that was learned, and while Webex wants
    /// to be left alone. Default: yes.
    #[must_use]
    pub fn pace(mut self, yes: bool) -> Self {
        self.pace = yes;
        self
    }

    /// Time that a renewal of the token may take.
    pub(crate) fn renewal_time(&self, attempt: Duration) -> Duration {
        const MOST: Duration = Duration::from_secs(300);
        match self.attempts {
            1 => attempt,
            _ => self.total.min(MOST),
        }
    }

    pub(crate) fn total_time(&self) -> Duration {
        self.total
    }

    pub(crate) fn keeps_pace(&self) -> bool {
        self.pace
    }

    /// Whether so long a wait is acceptable with `left` of the total time.
    pub(crate) fn bears(&self, wait: Duration, left: Duration) -> bool {
        wait <= self.longest_wait && (wait < left || left == Duration::MAX)
    }

    /// Whether to try again after the attempts that ended in `setbacks`, of which the last counts.
    pub(crate) fn tries_again(&self, setbacks: &[Setback]) -> bool {
        let Some(last) = setbacks.last() else {
            return false;
        };
        let so_far = setbacks.iter().filter(|setback| *setback == last).count();
        let retries = match last {
            Setback::Connection if self.connections => u32::MAX,
            Setback::Connection => 0,
            Setback::Status(status) => {
                let mut known = self.statuses.iter();
                let known = known.find(|(known, _)| known == status);
                known.map_or(0, |(_, retries)| *retries)
            }
        };
        let attempts = u32::try_from(setbacks.len()).unwrap_or(u32::MAX);
        attempts < self.attempts && u32::try_from(so_far).is_ok_and(|so_far| so_far <= retries)
    }

    /// A random wait before the attempt after `failures` ones; `random` is from 0 to 1, and a whole
    /// wait if it is not.
    pub(crate) fn backoff_after(&self, failures: u32, random: f64) -> Duration {
        let factor = 2_u32.saturating_pow(failures.saturating_sub(1).min(31));
        let most = self.first.saturating_mul(factor).min(self.longest_backoff);
        Duration::try_from_secs_f64(most.as_secs_f64() * random).unwrap_or(most)
    }
}

#[cfg(test)]
mod tests {
    //! The policy of the documentation of [`Patience`], line by line.
    use super::*;
    use Setback::{Connection, Status};

    #[test]
    fn what_is_worth_another_try() {
        let patience = Patience::default();
        for status in [423, 429, 502, 503, 504] {
            assert!(patience.tries_again(&[Status(status); 4]), "{status}");
            assert!(!patience.tries_again(&[Status(status); 5]), "{status}");
        }
        assert!(patience.tries_again(&[Connection; 4]));
        assert!(!patience.tries_again(&[Connection; 5]));
        assert!(patience.tries_again(&[Status(500)]));
        assert!(!patience.tries_again(&[Status(500), Status(500)]));
        assert!(!patience.tries_again(&[Status(500), Status(503), Status(500)]));
        assert!(patience.tries_again(&[Status(503), Connection, Status(500)]));
        for status in [200, 400, 401, 403, 404, 409, 410, 415, 428] {
            assert!(!patience.tries_again(&[Status(status)]), "{status}");
        }
    }

    #[test]
    fn everything_can_be_set() {
        let patience = Patience::new()
            .status(418, 2)
            .status(500, 0)
            .connections(false);
        assert!(patience.tries_again(&[Status(418), Status(418)]));
        assert!(!patience.tries_again(&[Status(418), Status(418), Status(418)]));
        assert!(!patience.tries_again(&[Status(500)]));
        assert!(!patience.tries_again(&[Connection]));
        assert!(!Patience::none().tries_again(&[Status(429)]));
        assert!(!Patience::new().attempts(0).tries_again(&[Status(429)]));
    }

    #[test]
    fn backoff_doubles_up_to_its_limit() {
        let patience = Patience::default();
        for (failures, most) in [
            (1, 500),
            (2, 1_000),
            (3, 2_000),
            (7, 30_000),
            (u32::MAX, 30_000),
        ] {
            let most = Duration::from_millis(most);
            assert_eq!(patience.backoff_after(failures, 1.0), most, "{failures}");
            assert_eq!(patience.backoff_after(failures, f64::NAN), most);
            assert_eq!(
                patience.backoff_after(failures, 0.5),
                most / 2,
                "{failures}"
            );
        }
    }

    #[test]
    fn no_duration_is_too_long() {
        let patience = Patience::new().backoff(Duration::MAX, Duration::MAX);
        assert_eq!(patience.backoff_after(u32::MAX, 1.0), Duration::MAX);
    }
}
