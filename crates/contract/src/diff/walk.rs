//! A walk over both sides of an operation: what was compared so far, and what was found.

use crate::inventory::Operation;
use crate::location::Location;
use crate::text_digest::TextDigest;

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

    /// Compares a fact.
    pub(super) fn fact<T: PartialEq + Clone>(
        &mut self,
        at: &Location,
        kind: Kind,
        [before, after]: [&Option<T>; 2],
        change: impl FnOnce(Both<T>) -> Change,
    ) {
        let both = self.both(at, kind, before, after);
        if let Some(both) = both.filter(|both| both.before != both.after) {
            self.changes.push(change(both.map(T::clone)));
        }
    }

    /// Compares descriptions.
    pub(super) fn text(&mut self, at: &Location, texts: [&Option<TextDigest>; 2]) {
        self.fact(at, Kind::Wording, texts, |both| {
            Change::Wording(at.clone(), both)
        });
    }

    /// Notes a fact that only the first side documents.
    pub(super) fn lose(&mut self, at: Location, kind: Kind) {
        self.one_sided += 1;
        self.lost.push((at, kind));
    }
}
