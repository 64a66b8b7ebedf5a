//! A walk over both sides of an operation: what was compared so far, and what was found.

use crate::inventory::Operation;
use crate::location::Location;
use crate::prose::Prose;

use super::change::{Both, Change};
use super::kind::Kind;

pub(super) struct Walk<'o> {
    pub(super) before: &'o Operation,
    pub(super) after: &'o Operation,
    pub(super) changes: Vec<Change>,
    /// How many facts both sides document.
    pub(super) compared: usize,
    /// How many facts one side alone documents.
    pub(super) one_sided: usize,
    /// Those that the first side alone documents.
    pub(super) lost: Vec<(Location, Kind)>,
}

impl<'o> Walk<'o> {
    pub(super) fn new(before: &'o Operation, after: &'o Operation) -> Self {
        Self {
            before,
            after,
            changes: Vec::new(),
            compared: 0,
            one_sided: 0,
            lost: Vec::new(),
        }
    }

    /// Both values of a fact, where both sides document it.
    pub(super) fn both<'v, T>(
        &mut self,
        at: &Location,
        kind: Kind,
        before: &'v Option<T>,
        after: &'v Option<T>,
    ) -> Option<Both<&'v T>> {
        match (before, after) {
            (Some(before), Some(after)) => {
                self.compared += 1;
                return Some(Both::of(before, after));
            }
            (Some(_), None) => self.lose(at.clone(), kind),
            (None, Some(_)) => self.one_sided += 1,
            (None, None) => {}
        }
        None
    }

    /// Both values of a fact, where both sides document it and they differ.
    pub(super) fn differing<T: PartialEq + Clone>(
        &mut self,
        at: &Location,
        kind: Kind,
        before: &Option<T>,
        after: &Option<T>,
    ) -> Option<Both<T>> {
        let both = self.both(at, kind, before, after)?;
        (both.before != both.after).then(|| both.map(T::clone))
    }

    /// Compares descriptions.
    pub(super) fn text(&mut self, at: Location, before: &Option<Prose>, after: &Option<Prose>) {
        let both = self.differing(&at, Kind::Wording, before, after);
        self.changes
            .extend(both.map(|both| Change::Wording(at, both)));
    }

    /// Notes a fact that only the first side documents.
    pub(super) fn lose(&mut self, at: Location, kind: Kind) {
        self.one_sided += 1;
        self.lost.push((at, kind));
    }
}
