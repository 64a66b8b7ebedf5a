//! Looks at a run from time to time, and tells how far it is.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use webex_precheck::api::Operation;

use crate::connect::Connection;

use super::input::Input;
use super::plan::Plan;
use super::progress::{Now, Progress};
use super::screen::{self, Screen};
use super::tally::Tally;
use super::threads::spawn;

/// How often a run is looked at.
pub(super) const TICK: Duration = Duration::from_millis(200);
/// How often progress is told in a line of its own.
const LINES: Duration = Duration::from_secs(10);
/// Waits that the report tells apart.
const MOST_WAITS: usize = 500;

/// Looks at the run from time to time, and tells how far it is.
pub(super) struct Watch<'a> {
    screen: &'a Screen,
    tally: &'a Mutex<Tally>,
    total: &'a AtomicU64,
    connection: &'a Connection,
    progress: Progress,
    start: Instant,
    told: Instant,
    /// When Webex was waited for, since the start.
    pub(super) waits: Vec<(Duration, Duration)>,
    operation: &'static Operation,
}

impl<'a> Watch<'a> {
    pub(super) fn new(
        screen: &'a Screen,
        tally: &'a Mutex<Tally>,
        total: &'a AtomicU64,
        connection: &'a Connection,
        operation: &'static Operation,
    ) -> Self {
        let start = Instant::now();
        Self {
            screen,
            tally,
            total,
            connection,
            progress: Progress::new(start),
            start,
            told: start,
            waits: Vec::new(),
            operation,
        }
    }

    /// Looks, and tells what is due.
    pub(super) fn look(&mut self, is_stopping: bool) {
        let now = Instant::now();
        let pause = self
            .connection
            .client
            .rate_status(self.operation)
            .paused_for;
        let since = now.saturating_duration_since(self.start);
        if pause.is_some() {
            let begun = since.saturating_sub(TICK);
            match self.waits.last_mut() {
                Some((_, end)) if *end + TICK >= begun => *end = since,
                _ => self.waits.push((begun, since)),
            }
            if self.waits.len() > MOST_WAITS {
                join_nearest(&mut self.waits);
            }
        }
        let is_due = match self.screen.progress() {
            screen::Progress::None => return,
            screen::Progress::Line => true,
            screen::Progress::Lines => now.saturating_duration_since(self.told) >= LINES,
        };
        if !is_due {
            return;
        }
        self.told = now;
        let now_is = Now {
            tally: *self.tally.lock().unwrap_or_else(PoisonError::into_inner),
            total: Some(self.total.load(Ordering::Relaxed)).filter(|total| *total > 0),
            pause,
            is_stopping,
        };
        let width = match self.screen.progress() {
            screen::Progress::Line => terminal_size::terminal_size_of(io::stderr())
                .map_or(80, |(width, _)| width.0.into()),
            _ => usize::MAX,
        };
        let line = self.progress.line(&now_is, now, Timestamp::now(), width);
        self.screen.show(&line);
    }
}

/// Makes one of the two waits that are nearest to each other.
fn join_nearest(waits: &mut Vec<(Duration, Duration)>) {
    let gap = |index: &usize| waits[*index].0.saturating_sub(waits[*index - 1].1);
    if let Some(index) = (1..waits.len()).min_by_key(gap) {
        let (_, end) = waits.remove(index);
        waits[index - 1].1 = end;
    }
}

/// Counts the rows of a file in a thread of its own. 0 is not known.
pub(super) fn count_rows(plan: &Plan) -> Arc<AtomicU64> {
    let total = Arc::new(AtomicU64::new(0));
    let is_file = std::fs::metadata(&plan.input).is_ok_and(|data| data.is_file());
    if !is_file {
        return total;
    }
    let (input, dialect, counted) = (plan.input.clone(), plan.dialect.clone(), total.clone());
    // Without it there is no time left to tell, and nothing else is lost.
    let _ = spawn("counter", move || {
        let Ok(mut input) = Input::open(&input, &dialect) else {
            return;
        };
        let mut rows = 0;
        loop {
            match input.next() {
                Ok(Some(_)) => rows += 1,
                Ok(None) => break counted.store(rows, Ordering::Relaxed),
                Err(_) => break,
            }
        }
    });
    total
}
