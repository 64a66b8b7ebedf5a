//! Whether to retry, and how long to wait before.

use std::time::Duration;

/// How often, and for how long, a client retries.
///
/// A precheck changes nothing at Webex, so it is idempotent and safe to repeat. By default a client
/// retries after the statuses 423, 429, 502, 503 and 504, once after 500, after connections that
/// fail or break, and after timeouts. If Webex says how long to wait (`Retry-After`), the client
/// waits exactly that long; if that exceeds the time left, it fails at once instead of
/// asking too early. Otherwise it uses exponential backoff with full jitter: a random part of a
/// delay that doubles with each attempt.
///
/// A 429 also pauses every other caller of the client and its clones: see
/// [`RateStatus`](crate::RateStatus).
///
/// | | default |
/// |---|---|
/// | [`max_attempts`](Self::max_attempts) | 5 |
/// | [`total_timeout`](Self::total_timeout) | 5 minutes |
/// | [`max_delay`](Self::max_delay) | no limit but `total_timeout` |
/// | [`backoff`](Self::backoff) | from 0.5 s, doubling up to 30 s |
/// | [`retry_status`](Self::retry_status) | 423, 429, 502, 503, 504: up to `max_attempts`; 500: once |
/// | [`retry_connections`](Self::retry_connections) | yes |
/// | [`respect_rate_limit`](Self::respect_rate_limit) | yes |
#[derive(Clone, Debug, PartialEq)]
pub struct RetryPolicy {
    pub(crate) max_attempts: u32,
    pub(crate) total_timeout: Duration,
    max_delay: Duration,
    first_backoff: Duration,
    max_backoff: Duration,
    /// Retries after each status.
    statuses: Vec<(u16, u32)>,
    connections: bool,
    pub(crate) rate_limit: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        const ALWAYS: u32 = u32::MAX;
        let retried = [423, 429, 502, 503, 504].map(|status| (status, ALWAYS));
        Self {
            max_attempts: 5,
            total_timeout: Duration::from_secs(300),
            max_delay: Duration::MAX,
            first_backoff: Duration::from_millis(500),
            max_backoff: Duration::from_secs(30),
            statuses: [(500, 1)].into_iter().chain(retried).collect(),
            connections: true,
            rate_limit: true,
        }
    }
}

/// Why an attempt may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetryReason {
    /// A response with this status.
    Status(u16),
    /// No connection: the request was not sent.
    NotSent,
    /// A broken connection, or a timeout.
    Connection,
}

/// A shorter `Retry-After` is ignored: clients that obeyed it would ask in a tight loop.
/// Chosen: well below the whole seconds that servers send, well above a round trip.
const MIN_RETRY_AFTER: Duration = Duration::from_millis(100);

impl RetryPolicy {
    /// The default.
    pub fn new() -> Self {
        Self::default()
    }

    /// No retries: one attempt, no waiting, no client-side rate limit. The timeouts of the client
    /// still apply, and a token that Webex refuses is still replaced once.
    pub fn none() -> Self {
        Self {
            max_attempts: 1,
            total_timeout: Duration::MAX,
            rate_limit: false,
            ..Self::default()
        }
    }

    /// Maximum number of attempts, the first one included. Default: 5. 0 means 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Deadline of a precheck: all attempts and waits together. Default: 5 minutes.
    /// `Duration::MAX` means no deadline.
    #[must_use]
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = timeout;
        self
    }

    /// Longest single wait. If Webex asks for a longer one, the precheck fails at once, and
    /// [`Error::retry_after`](crate::Error::retry_after) returns it. Default: no limit but
    /// [`total_timeout`](Self::total_timeout).
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Exponential backoff with full jitter, where Webex sends no `Retry-After`: a random delay of
    /// up to `first` before the second attempt, twice that before the third and so on, up to
    /// `max`. Default: 0.5 s and 30 s.
    #[must_use]
    pub fn backoff(mut self, first: Duration, max: Duration) -> Self {
        self.first_backoff = first;
        self.max_backoff = max;
        self
    }

    /// Retries up to `retries` times after this status: 0 is never, `u32::MAX` is as often as
    /// [`max_attempts`](Self::max_attempts) allows. Has no effect for 401, after which the client
    /// asks for another token instead.
    #[must_use]
    pub fn retry_status(mut self, status: u16, retries: u32) -> Self {
        self.statuses.retain(|(known, _)| *known != status);
        self.statuses.push((status, retries));
        self
    }

    /// Whether to retry after connections that fail or break, and after timeouts. Default: yes.
    #[must_use]
    pub fn retry_connections(mut self, yes: bool) -> Self {
        self.connections = yes;
        self
    }

    /// Whether to take part in the client-side rate limit that all callers share: wait in its
    /// queue, and while Webex limits the token. Default: yes.
    #[must_use]
    pub fn respect_rate_limit(mut self, yes: bool) -> Self {
        self.rate_limit = yes;
        self
    }

    /// Time that getting a token may take.
    pub(crate) fn token_timeout(&self, attempt_timeout: Duration) -> Duration {
        const MAX: Duration = Duration::from_secs(300);
        match self.max_attempts {
            1 => attempt_timeout,
            _ => self.total_timeout.min(MAX),
        }
    }

    /// Whether a wait of `delay` is acceptable with `left` until the deadline.
    pub(crate) fn accepts_delay(&self, delay: Duration, left: Duration) -> bool {
        delay <= self.max_delay && (delay < left || left == Duration::MAX)
    }

    /// Whether to retry after attempts that failed for these reasons; the last one decides.
    pub(crate) fn should_retry(&self, reasons: &[RetryReason]) -> bool {
        let Some(last) = reasons.last() else {
            return false;
        };
        let retries = match last {
            RetryReason::NotSent | RetryReason::Connection if self.connections => u32::MAX,
            RetryReason::NotSent | RetryReason::Connection => 0,
            RetryReason::Status(status) => {
                let mut known = self.statuses.iter();
                let known = known.find(|(known, _)| known == status);
                known.map_or(0, |(_, retries)| *retries)
            }
        };
        let same = reasons.iter().filter(|reason| *reason == last).count();
        reasons.len() < self.max_attempts as usize && same <= retries as usize
    }

    /// The wait before the next attempt after `failures`: what Webex asks for, else the backoff.
    pub(crate) fn delay(
        &self,
        retry_after: Option<Duration>,
        failures: usize,
        random: impl FnOnce() -> f64,
    ) -> Duration {
        let asked = retry_after.filter(|delay| *delay >= MIN_RETRY_AFTER);
        asked.unwrap_or_else(|| self.backoff_after(failures, random()))
    }

    /// The backoff after so many failures; `random` is from 0 to 1.
    fn backoff_after(&self, failures: usize, random: f64) -> Duration {
        let factor = 1_u32 << failures.saturating_sub(1).min(31);
        let max = self.first_backoff.saturating_mul(factor);
        let max = max.min(self.max_backoff);
        // A random number that is none must not shorten the wait.
        Duration::try_from_secs_f64(max.as_secs_f64() * random).unwrap_or(max)
    }
}

#[cfg(test)]
mod tests {
    //! The table in the documentation of [`RetryPolicy`], row by row.
    use super::*;
    use RetryReason::{Connection, Status};

    #[test]
    fn default_policy_retries_the_documented_statuses_and_no_others() {
        let policy = RetryPolicy::default();
        for status in [423, 429, 502, 503, 504] {
            assert!(policy.should_retry(&[Status(status); 4]), "{status}");
            assert!(!policy.should_retry(&[Status(status); 5]), "{status}");
        }
        assert!(policy.should_retry(&[Connection; 4]));
        assert!(!policy.should_retry(&[Connection; 5]));
        assert!(policy.should_retry(&[Status(500)]));
        assert!(!policy.should_retry(&[Status(500), Status(500)]));
        assert!(!policy.should_retry(&[Status(500), Status(503), Status(500)]));
        assert!(policy.should_retry(&[Status(503), Connection, Status(500)]));
        for status in [200, 400, 401, 403, 404, 409, 410, 415, 428] {
            assert!(!policy.should_retry(&[Status(status)]), "{status}");
        }
    }

    #[test]
    fn setters_change_what_is_retried() {
        let policy = RetryPolicy::new()
            .retry_status(418, 2)
            .retry_status(500, 0)
            .retry_connections(false);
        assert!(policy.should_retry(&[Status(418), Status(418)]));
        assert!(!policy.should_retry(&[Status(418), Status(418), Status(418)]));
        assert!(!policy.should_retry(&[Status(500)]));
        assert!(!policy.should_retry(&[Connection]));
        assert!(!RetryPolicy::none().should_retry(&[Status(429)]));
        let once = RetryPolicy::new().max_attempts(0);
        assert!(!once.should_retry(&[Status(429)]));
    }

    #[test]
    fn backoff_doubles_up_to_its_maximum() {
        let policy = RetryPolicy::default();
        for (failures, max) in [
            (1, 500),
            (2, 1_000),
            (3, 2_000),
            (7, 30_000),
            (usize::MAX, 30_000),
        ] {
            let max = Duration::from_millis(max);
            assert_eq!(policy.backoff_after(failures, 1.0), max, "{failures}");
            assert_eq!(policy.backoff_after(failures, f64::NAN), max);
            assert_eq!(policy.backoff_after(failures, 0.5), max / 2, "{failures}");
        }
    }

    #[test]
    fn the_longest_backoff_does_not_overflow() {
        let policy = RetryPolicy::new().backoff(Duration::MAX, Duration::MAX);
        assert_eq!(policy.backoff_after(usize::MAX, 1.0), Duration::MAX);
    }

    #[test]
    fn retry_after_is_obeyed_unless_it_is_next_to_nothing() {
        let policy = RetryPolicy::default();
        let delay = |after| policy.delay(Some(Duration::from_millis(after)), 1, || 1.0);
        assert_eq!(delay(194_000), Duration::from_secs(194));
        assert_eq!(delay(99), Duration::from_millis(500));
        assert_eq!(policy.delay(None, 2, || 0.5), Duration::from_millis(500));
    }
}
