//! Random failures, the same for the same seed.

use std::time::Duration;

use crate::answer::Answer;

/// Lets a share of prechecks fail temporarily.
pub(crate) struct Flaky {
    percent: u8,
    random: fastrand::Rng,
}

impl Flaky {
    pub(crate) fn new(percent: u8, seed: u64) -> Self {
        Self {
            percent,
            random: fastrand::Rng::with_seed(seed),
        }
    }

    /// The answer to the next precheck, if it fails.
    pub(crate) fn next(&mut self) -> Option<Answer> {
        if self.random.u8(0..100) >= self.percent {
            return None;
        }
        let page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
        Some(match self.random.u8(0..7) {
            0 => Answer::new(429).header("retry-after", "1"),
            1 => Answer::new(500),
            2 => Answer::new(502)
                .header("content-type", "text/html")
                .body(page),
            3 => Answer::new(503).after(Duration::from_millis(self.random.u64(0..200))),
            4 => Answer::new(504),
            5 => Answer::new(200).body(r#"{"message": "succ"#).cut(),
            _ => Answer::none(),
        })
    }
}

#[cfg(test)]
mod tests {
    //! The share, and that the seed decides.
    use super::*;

    fn failures(percent: u8, seed: u64) -> Vec<Option<u16>> {
        let mut flaky = Flaky::new(percent, seed);
        let statuses = (0..10_000).filter_map(|_| flaky.next());
        statuses.map(|answer| answer.status()).collect()
    }

    #[test]
    fn the_share_fails_in_all_ways_and_the_seed_decides_how() {
        assert_eq!(failures(0, 1), []);
        assert_eq!(failures(100, 1).len(), 10_000);
        let some = failures(20, 1);
        assert!((1_800..2_200).contains(&some.len()), "{}", some.len());
        for status in [
            Some(429),
            Some(500),
            Some(502),
            Some(503),
            Some(504),
            Some(200),
            None,
        ] {
            assert!(some.contains(&status), "{status:?}");
        }
        assert_eq!(some, failures(20, 1));
        assert_ne!(some, failures(20, 2));
    }
}
