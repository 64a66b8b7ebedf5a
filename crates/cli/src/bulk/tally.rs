//! What a run has come to so far.

use super::done::{Origin, Verdict};

/// Numbers of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) likely: u64,
    pub(crate) unlikely: u64,
    pub(crate) failed: u64,
    pub(crate) refused: u64,
    /// Of them, whose request was asked in this run.
    pub(crate) asked: u64,
    /// Of them, whose answer was that of another row.
    pub(crate) duplicates: u64,
    /// Of them, whose answer was in the journal.
    pub(crate) earlier: u64,
    /// Rows that look odd, and were asked for all the same.
    pub(crate) odd: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, verdict: Verdict, origin: Origin) {
        *match verdict {
            Verdict::Likely => &mut self.likely,
            Verdict::Unlikely => &mut self.unlikely,
            Verdict::Failed => &mut self.failed,
            Verdict::Refused => &mut self.refused,
        } += 1;
        match origin {
            Origin::Asked => self.asked += 1,
            Origin::Duplicate => self.duplicates += 1,
            Origin::Journal => self.earlier += 1,
            Origin::Local => {}
        }
    }

    /// How many rows are duplicates, in words.
    pub(crate) fn duplicates_told(&self) -> String {
        match self.duplicates {
            1 => "1 duplicate of another".to_owned(),
            several => format!("{several} duplicates of others"),
        }
    }

    /// Rows that have a result.
    pub(crate) fn done(&self) -> u64 {
        self.likely + self.unlikely + self.failed + self.refused
    }
}
