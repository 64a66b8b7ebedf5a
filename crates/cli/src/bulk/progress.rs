//! How far a run is, in a line.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

use super::tally::Tally;

/// The rate is that of the last so many seconds.
const WINDOW: Duration = Duration::from_secs(15);
/// A shorter wait is not worth telling.
const WORTH_TELLING: Duration = Duration::from_secs(1);

/// What the line tells.
pub(crate) struct Now {
    pub(crate) tally: Tally,
    /// Rows of the input, where that is known.
    pub(crate) total: Option<u64>,
    /// How long Webex wants to be left alone.
    pub(crate) pause: Option<Duration>,
    /// Whether the run is being stopped.
    pub(crate) is_stopping: bool,
}

/// Measures how fast rows are done.
pub(crate) struct Progress {
    samples: VecDeque<(Instant, u64)>,
}

impl Progress {
    pub(crate) fn new(start: Instant) -> Self {
        Self {
            samples: VecDeque::from([(start, 0)]),
        }
    }

    /// Rows that were asked for, a second.
    fn rate(&mut self, asked: u64, at: Instant) -> Option<f64> {
        let old = |sample: &(Instant, u64)| at.saturating_duration_since(sample.0) > WINDOW;
        while self.samples.len() > 1 && self.samples.get(1).is_some_and(old) {
            self.samples.pop_front();
        }
        let (since, before) = *self.samples.front()?;
        self.samples.push_back((at, asked));
        let time = at.saturating_duration_since(since).as_secs_f64();
        // A rate over less time is a guess.
        (time >= 0.5).then(|| (asked.saturating_sub(before)) as f64 / time)
    }

    /// The line, in as many columns as there are.
    pub(crate) fn line(
        &mut self,
        now: &Now,
        at: Instant,
        clock: Timestamp,
        width: usize,
    ) -> String {
        let Now {
            tally,
            total,
            pause,
            is_stopping,
        } = now;
        let done = tally.done();
        let rate = self.rate(tally.asked, at);
        let mut parts = Vec::new();
        match total {
            Some(total) if *total > 0 => {
                let percent = done * 100 / total;
                parts.push(format!("{done} of {total} rows ({percent}%)"));
            }
            _ => parts.push(format!("{done} rows")),
        }
        parts.push(format!("{} likely", tally.likely));
        parts.push(format!("{} unlikely", tally.unlikely));
        parts.push(format!("{} failed", tally.failed));
        if tally.refused > 0 {
            parts.push(format!("{} refused", tally.refused));
        }
        match pause {
            _ if *is_stopping => parts.push("stopping".to_owned()),
            Some(pause) if *pause >= WORTH_TELLING => {
                parts.push(format!(
                    "waiting for Webex until {} ({})",
                    time_of_day(clock, *pause),
                    span(*pause)
                ));
            }
            _ => {
                if let Some(rate) = rate {
                    parts.push(format!("{} rows/s", round(rate)));
                }
            }
        }
        let left = total.map(|total| total.saturating_sub(done));
        if let (Some(left), Some(rate), false) = (left, rate, is_stopping)
            && rate > 0.0
            && left > 0
        {
            let pause = pause.unwrap_or_default();
            let left = Duration::try_from_secs_f64(left as f64 / rate).unwrap_or(Duration::MAX);
            // Rows that need no asking take no time.
            parts.push(format!("up to {} left", span(left.saturating_add(pause))));
        }
        fitted(&parts.join(", "), width)
    }
}

/// The time of day after a wait, where the user is.
fn time_of_day(clock: Timestamp, wait: Duration) -> String {
    let wait = jiff::SignedDuration::try_from(wait).unwrap_or(jiff::SignedDuration::MAX);
    match clock.checked_add(wait) {
        Ok(then) => then
            .to_zoned(TimeZone::system())
            .strftime("%H:%M:%S")
            .to_string(),
        Err(_) => "the end of time".to_owned(),
    }
}

fn round(rate: f64) -> String {
    match rate {
        rate if rate >= 10.0 => format!("{rate:.0}"),
        rate => format!("{rate:.1}"),
    }
}

/// A time as people say it: `42 s`, `7 min`, `3 h 20 min`.
pub(crate) fn span(time: Duration) -> String {
    let seconds = time.as_secs_f64().ceil() as u64;
    match seconds {
        0..=90 => format!("{seconds} s"),
        91..=5_400 => format!("{} min", seconds.div_ceil(60)),
        5_401..=172_800 => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// Cut off at the width of the terminal, for a longer line would not be overwritten.
fn fitted(line: &str, width: usize) -> String {
    if line.width() < width {
        return line.to_owned();
    }
    let mut cut = String::new();
    for c in line.chars() {
        if cut.width() + 2 > width.saturating_sub(1) {
            break;
        }
        cut.push(c);
    }
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    //! What the line says, by hand.
    use super::*;

    fn now(asked: u64, pause: Option<u64>) -> Now {
        Now {
            tally: Tally {
                likely: asked,
                asked,
                ..Tally::default()
            },
            total: Some(1000),
            pause: pause.map(Duration::from_secs),
            is_stopping: false,
        }
    }

    #[test]
    fn it_tells_rate_waits_and_what_is_left() {
        let start = Instant::now();
        let mut progress = Progress::new(start);
        let clock = Timestamp::UNIX_EPOCH;
        let mut line = |now: Now, seconds| {
            progress.line(&now, start + Duration::from_secs(seconds), clock, 200)
        };
        assert_eq!(
            line(now(0, None), 0),
            "0 of 1000 rows (0%), 0 likely, 0 unlikely, 0 failed"
        );
        assert_eq!(
            line(now(100, None), 10),
            "100 of 1000 rows (10%), 100 likely, 0 unlikely, 0 failed, 10 rows/s, up to 90 s left"
        );
        let waiting = line(now(100, Some(60)), 12);
        assert!(waiting.contains("waiting for Webex until "), "{waiting}");
        assert!(waiting.contains(" (60 s), "), "{waiting}");
        // 900 rows at 100 in 12 s, and the wait.
        assert!(waiting.ends_with(" up to 3 min left"), "{waiting}");
        // Half a minute later the first ten seconds count no more.
        line(now(100, None), 25);
        let later = line(now(115, None), 42);
        assert!(later.contains("0.9 rows/s"), "{later}");
    }

    #[test]
    fn it_fits_the_terminal() {
        assert_eq!(fitted("0123456789", 11), "0123456789");
        assert_eq!(fitted("0123456789", 10), "01234567…");
        assert_eq!(fitted("日本語日本語", 8).width(), 7);
    }

    #[test]
    fn times_are_said_as_people_say_them() {
        for (seconds, said) in [
            (0, "0 s"),
            (90, "90 s"),
            (91, "2 min"),
            (12_000, "3 h 20 min"),
            (900_000, "10 days"),
        ] {
            assert_eq!(span(Duration::from_secs(seconds)), said);
        }
        assert_eq!(span(Duration::from_millis(1)), "1 s");
        assert!(!span(Duration::MAX).is_empty());
    }
}
