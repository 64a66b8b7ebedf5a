//! What a report is about, and what all its forms share.

use crate::capture::Lines;
use crate::diff::{Comparison, Impact, Release};
use crate::ignore::{Finding, Ignores};
use crate::inventory::Inventory;
use crate::problem::Problem;
use crate::rules::Rules;

use super::entry::{self, Entry};

/// What a report is about.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The source that was read, by its name.
    pub source: &'a str,
    /// File of the capture that it was compared with.
    pub against: &'a str,
    /// Where facts stand in that file.
    pub lines: &'a Lines,
    /// What the reader noted.
    pub problems: &'a [Problem],
    /// What differs.
    pub comparison: &'a Comparison,
    /// What does not count.
    pub ignores: &'a Ignores,
    /// What is wrong with what does not count.
    pub findings: &'a [Finding],
    /// Rules that may rest on what changed.
    pub rules: Option<RulesOf<'a>>,
    /// What the next release must be if the source is followed.
    pub release: Option<Release>,
}

/// The rules that rest on a capture, and what its source documents now.
#[derive(Clone, Copy, Debug)]
pub struct RulesOf<'a> {
    /// The rules.
    pub rules: &'a Rules,
    /// Name of the capture.
    pub capture: &'a str,
    /// What its source documents now.
    pub now: &'a Inventory,
}

impl<'a> Report<'a> {
    /// The gravest impact of what counts; `None` if nothing does.
    pub fn impact(&self) -> Option<Impact> {
        self.counted().max()
    }

    /// The impacts of the differences that count.
    fn counted(&self) -> impl Iterator<Item = Impact> {
        let differences = self.comparison.differences.iter();
        let counted = differences.filter(|it| self.ignores.of(it).is_none());
        counted.map(|it| it.impact)
    }

    /// What the next release must be. What is ignored has no say in it.
    pub(super) fn release(&self) -> Option<Release> {
        let of_impact = self.impact()?.release();
        let is_all_counted = self.counted().count() == self.comparison.differences.len();
        let of_source = self.release.filter(|_| is_all_counted);
        Some(of_source.unwrap_or(of_impact))
    }

    /// What differs, in order.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'a>> {
        let report = *self;
        let differences = report.comparison.differences.iter();
        differences.map(move |difference| Entry {
            difference,
            line: entry::line(report.lines, difference),
            ignored: report.ignores.of(difference),
            rules: report.rules.map_or(Vec::new(), |it| {
                it.rules.citing(it.capture, difference, it.now)
            }),
        })
    }

    /// What the reader noted, as text.
    pub(super) fn notes(&self) -> impl Iterator<Item = String> {
        self.problems.iter().map(Problem::to_string)
    }

    /// The closing line.
    pub(super) fn summary(&self) -> String {
        let comparison = self.comparison;
        let counted: Vec<Impact> = self.counted().collect();
        let one_sided = match comparison.one_sided {
            0 => String::new(),
            count => format!(" ({count} more are documented by one side only)"),
        };
        let facts = format!("{} facts compared{one_sided}", comparison.compared);
        let ignored = match comparison.differences.len() - counted.len() {
            0 => String::new(),
            count => format!(", {count} ignored"),
        };
        let Some(release) = self.release() else {
            return format!("{facts}, no difference{ignored}");
        };
        let of = |impact| counted.iter().filter(|it| **it == impact).count();
        let [wording, additive, breaking] = Impact::ALL.map(of);
        let count = counted.len();
        let plural = if count == 1 { "" } else { "s" };
        format!(
            "{facts}, {count} difference{plural}: {breaking} breaking, {additive} additive, {wording} wording{ignored}; next release: {release}",
        )
    }
}
