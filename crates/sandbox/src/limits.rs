//! Token buckets: how often each access token may ask for each operation.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// One limit: so many requests in a time, saved up when they are not used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    pub(crate) requests: u32,
    pub(crate) per: Duration,
}

impl Limit {
    /// Requests a second.
    fn rate(self) -> f64 {
        f64::from(self.requests) / self.per.as_secs_f64()
    }
}

/// The buckets of every access token and operation.
#[derive(Debug)]
pub(crate) struct Buckets<K> {
    limits: Vec<Limit>,
    levels: HashMap<K, Levels>,
}

#[derive(Debug)]
struct Levels {
    at: Instant,
    /// What is left, in the order of the limits.
    left: Vec<f64>,
}

impl<K: std::hash::Hash + Eq> Buckets<K> {
    pub(crate) fn new(limits: Vec<Limit>) -> Self {
        Self {
            limits,
            levels: HashMap::new(),
        }
    }

    /// Takes one from each bucket; or, if one is empty, from none, and says when there will be one
    /// in each.
    pub(crate) fn take(&mut self, key: K, now: Instant) -> Result<(), Duration> {
        if self.limits.is_empty() {
            return Ok(());
        }
        if self.levels.len() > MOST_KEYS {
            self.forget_the_full(now);
        }
        // What was rounded away must not cost a request.
        const NEARLY: f64 = 1e-9;
        let full = || self.limits.iter().map(|limit| f64::from(limit.requests));
        let levels = self.levels.entry(key).or_insert_with(|| Levels {
            at: now,
            left: full().collect(),
        });
        let passed = now.saturating_duration_since(levels.at).as_secs_f64();
        levels.at = levels.at.max(now);
        let mut wait = 0.0_f64;
        for (left, limit) in levels.left.iter_mut().zip(&self.limits) {
            *left = (*left + passed * limit.rate()).min(f64::from(limit.requests));
            if *left + NEARLY < 1.0 {
                wait = wait.max((1.0 - *left) / limit.rate());
            }
        }
        if wait > 0.0 {
            return Err(Duration::try_from_secs_f64(wait).unwrap_or(Duration::MAX));
        }
        for left in &mut levels.left {
            *left -= 1.0;
        }
        Ok(())
    }
}

impl<K: std::hash::Hash + Eq> Buckets<K> {
    /// Forgets those that are as full as new ones.
    fn forget_the_full(&mut self, now: Instant) {
        let full = |limit: &Limit| f64::from(limit.requests);
        let limits = &self.limits;
        self.levels.retain(|_, levels| {
            let passed = now.saturating_duration_since(levels.at).as_secs_f64();
            let mut buckets = levels.left.iter().zip(limits);
            buckets.any(|(left, limit)| left + passed * limit.rate() < full(limit))
        });
    }
}

/// Keys whose buckets are kept although they may be full.
const MOST_KEYS: usize = 1000;

#[cfg(test)]
mod tests {
    //! Filled, emptied and filled again, by hand.
    use super::*;

    #[test]
    fn the_emptiest_bucket_decides() {
        let second = Duration::from_secs(1);
        let mut buckets = Buckets::new(vec![
            Limit {
                requests: 3,
                per: 60 * second,
            },
            Limit {
                requests: 2,
                per: second,
            },
        ]);
        let start = Instant::now();
        let mut take = |key, at: f64| buckets.take(key, start + Duration::from_secs_f64(at));
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
        let mut buckets = Buckets::new(vec![limit]);
        let start = Instant::now();
        for key in 0..5 * MOST_KEYS {
            // Each is full again when three more were asked for.
            let now = start + u32::try_from(key).unwrap() * second / 3;
            assert_eq!(buckets.take(key, now), Ok(()));
        }
        assert!(
            buckets.levels.len() <= MOST_KEYS + 1,
            "{}",
            buckets.levels.len()
        );
    }

    #[test]
    fn no_limit_is_no_limit() {
        let mut buckets = Buckets::new(Vec::new());
        assert!((0..1000).all(|_| buckets.take("a", Instant::now()).is_ok()));
    }
}
