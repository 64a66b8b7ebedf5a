//! Rate limits: how often each access token may ask for each operation.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

/// Number of buckets that are kept although they may be full.
const MAX_FULL: usize = 1000;

/// At most so many requests in a time, with bursts of that number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    pub(crate) requests: u32,
    pub(crate) per: Duration,
}

/// Token buckets for each key, one for each limit.
#[derive(Debug)]
pub(crate) struct RateLimits<K> {
    limits: Vec<Limit>,
    start: Instant,
    /// When each bucket is full again, as the time since the start (GCRA).
    full_at: HashMap<K, Vec<Duration>>,
}

impl<K: Hash + Eq> RateLimits<K> {
    pub(crate) fn new(limits: Vec<Limit>, start: Instant) -> Self {
        Self {
            limits,
            start,
            full_at: HashMap::new(),
        }
    }

    /// Takes one from each bucket of a key. If one is empty, takes none and returns how long it
    /// takes until each has one.
    pub(crate) fn take(&mut self, key: impl FnOnce() -> K, now: Instant) -> Result<(), Duration> {
        if self.limits.is_empty() {
            return Ok(());
        }
        let now = now.saturating_duration_since(self.start);
        if self.full_at.len() > MAX_FULL {
            let is_used = |buckets: &Vec<Duration>| buckets.iter().any(|full_at| *full_at > now);
            self.full_at.retain(|_, buckets| is_used(buckets));
        }
        let buckets = self.full_at.entry(key());
        let buckets = buckets.or_insert_with(|| vec![now; self.limits.len()]);
        let mut wait = Duration::ZERO;
        let taken = buckets.iter().zip(&self.limits).map(|(full_at, limit)| {
            let interval = limit.per / limit.requests;
            let full_at = (*full_at).max(now).saturating_add(interval);
            wait = wait.max(full_at.saturating_sub(now.saturating_add(limit.per)));
            full_at
        });
        let taken = taken.collect();
        if wait.is_zero() {
            *buckets = taken;
            Ok(())
        } else {
            Err(wait)
        }
    }
}

#[cfg(test)]
mod tests {
    //! Filled, emptied and filled again, by hand.
    use super::*;

    #[test]
    fn the_emptiest_bucket_decides() {
        let second = Duration::from_secs(1);
        let start = Instant::now();
        let limits = vec![
            Limit {
                requests: 3,
                per: 60 * second,
            },
            Limit {
                requests: 2,
                per: second,
            },
        ];
        let mut limits = RateLimits::new(limits, start);
        let mut take = |key, at: f64| limits.take(|| key, start + Duration::from_secs_f64(at));
        assert_eq!(take("a", 0.0), Ok(()));
        assert_eq!(take("a", 0.0), Ok(()));
        assert_eq!(take("a", 0.0), Err(second / 2));
        assert_eq!(take("b", 0.0), Ok(()));
        assert_eq!(take("a", 0.5), Ok(()));
        // 3 taken, 0.05 of one back in a second: 0.95 of 20 seconds left.
        assert_eq!(take("a", 1.0).unwrap_err().as_secs(), 19);
        assert_eq!(take("a", 20.0), Ok(()));
        assert_eq!(take("a", 20.0).unwrap_err().as_secs(), 20);
    }

    #[test]
    fn full_buckets_are_forgotten() {
        let second = Duration::from_secs(1);
        let limit = Limit {
            requests: 2,
            per: 2 * second,
        };
        let start = Instant::now();
        let mut limits = RateLimits::new(vec![limit], start);
        for key in 0..5 * MAX_FULL {
            // Each is full again when three more were asked for.
            let now = start + u32::try_from(key).unwrap() * second / 3;
            assert_eq!(limits.take(|| key, now), Ok(()));
        }
        assert!(
            limits.full_at.len() <= MAX_FULL + 1,
            "{}",
            limits.full_at.len()
        );
    }

    #[test]
    fn no_limit_is_no_limit() {
        let mut limits = RateLimits::new(Vec::new(), Instant::now());
        assert!((0..1000).all(|_| limits.take(|| "a", Instant::now()).is_ok()));
    }
}
