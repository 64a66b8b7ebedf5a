//! Where a comparison writes down what it compared and what differs.

use crate::inventory::OperationId;
use crate::prose::Prose;

use super::{Comparison, Difference, Impact, Kind};

pub(super) struct Ledger<'c> {
    pub(super) operation: OperationId,
    pub(super) comparison: &'c mut Comparison,
}

impl Ledger<'_> {
    /// Compares a fact that each side may know.
    pub(super) fn fact<T: PartialEq>(
        &mut self,
        at: &str,
        kind: Kind,
        before: Option<&T>,
        after: Option<&T>,
        show: impl Fn(&T) -> String,
        impact: impl FnOnce(&T, &T) -> Impact,
    ) {
        match (before, after) {
            (Some(before), Some(after)) => {
                self.comparison.compared += 1;
                if before != after {
                    let impact = impact(before, after);
                    self.add(at, kind, impact, Some(show(before)), Some(show(after)));
                }
            }
            (None, None) => {}
            (Some(_), None) => self.lost(at, kind),
            (None, Some(_)) => self.comparison.untold += 1,
        }
    }

    /// Notes a fact that only the first side tells.
    pub(super) fn lost(&mut self, at: &str, kind: Kind) {
        self.comparison.untold += 1;
        let lost = (self.operation, at.to_owned(), kind);
        self.comparison.lost.push(lost);
    }

    /// Notes which side alone tells a fact, if only one does.
    pub(super) fn one_sided(&mut self, at: &str, kind: Kind, before: bool, after: bool) {
        match (before, after) {
            (true, false) => self.lost(at, kind),
            (false, true) => self.comparison.untold += 1,
            _ => {}
        }
    }

    /// Compares descriptions.
    pub(super) fn prose(&mut self, at: &str, before: Option<&Prose>, after: Option<&Prose>) {
        let known = self.comparison.differences.len();
        let show = |prose: &Prose| prose.fingerprints().collect::<Vec<_>>().join(" ");
        self.fact(at, Kind::Wording, before, after, show, |_, _| {
            Impact::Wording
        });
        if let (Some(difference), Some(before), Some(after)) =
            (self.comparison.differences.get_mut(known), before, after)
        {
            let mark = |sign: &'static str| move |sentence| format!("{sign} {sentence}");
            let gone = before
                .sentences_missing_in(after)
                .into_iter()
                .map(mark("-"));
            let new = after
                .sentences_missing_in(before)
                .into_iter()
                .map(mark("+"));
            difference.details = gone.collect();
            let removed = difference.details.len();
            difference.details.extend(new);
            difference.hint(after.words_missing_in(before));
            // What went was not stored; what stayed helps to see what it was.
            if removed > 0
                && difference.details.len() == removed
                && let Some(text) = after.text()
            {
                difference.details.push(match text.is_empty() {
                    true => "= no text".to_owned(),
                    false => format!("= {text}"),
                });
            }
            let again = before.sentences_shown_otherwise_in(after).into_iter();
            difference
                .details
                .extend(again.map(|sentence| format!("shown more or less often: {sentence}")));
            if difference.details.is_empty() {
                let order = "the same sentences in another order";
                difference.details.push(order.to_owned());
            }
        }
    }

    /// Writes down a difference.
    pub(super) fn add(
        &mut self,
        at: &str,
        kind: Kind,
        impact: Impact,
        before: Option<String>,
        after: Option<String>,
    ) -> &mut Difference {
        let differences = &mut self.comparison.differences;
        differences.push(Difference {
            before,
            after,
            ..Difference::new(self.operation, at, kind, impact)
        });
        let last = differences.len() - 1;
        &mut differences[last]
    }
}
