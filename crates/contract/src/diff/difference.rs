//! The outcome of a comparison: differences with IDs and impacts.

use std::collections::BTreeMap;

use crate::inventory::OperationId;
use crate::location::Location;

use super::change::{Both, Change};
use super::impact::Impact;
use super::kind::Kind;
use super::walk::Walk;

/// One change of one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The operation.
    pub operation: OperationId,
    /// What changed.
    pub change: Change,
    /// What that means for a caller with a client generated from the first inventory.
    pub impact: Impact,
    /// Index among differences with the same operation, location and kind; makes the ID unique.
    index: usize,
}

impl Difference {
    /// Names the difference, `OPERATION:LOCATION:KIND`; stays the same from run to run.
    pub fn id(&self) -> String {
        let id = format!("{}:{}:{}", self.operation, self.location(), self.kind());
        match self.index {
            0 => id,
            index => format!("{id}:{}", index + 1),
        }
    }

    /// Where the fact stands.
    pub fn location(&self) -> Location {
        self.change.location()
    }

    /// What about it changed.
    pub fn kind(&self) -> Kind {
        self.change.kind()
    }

    /// The fact on the first side, for a person to read.
    pub fn before(&self) -> Option<String> {
        self.change.shown().before
    }

    /// The fact on the second side, for a person to read.
    pub fn after(&self) -> Option<String> {
        self.change.shown().after
    }

    /// What differs, in a few words.
    pub fn phrase(&self) -> String {
        self.phrase_of(self.kind(), self.change.shown())
    }

    /// The same, from the second side to the first.
    pub fn reversed_phrase(&self) -> String {
        let kind = match self.kind() {
            Kind::Added => Kind::Removed,
            Kind::Removed => Kind::Added,
            kind => kind,
        };
        let Both { before, after } = self.change.shown();
        self.phrase_of(kind, Both::of(after, before))
    }

    fn phrase_of(&self, kind: Kind, shown: Both<Option<String>>) -> String {
        match (&self.change, shown.before, shown.after) {
            (Change::Wording(..), ..) => kind.to_string(),
            (_, Some(before), Some(after)) => format!("{kind}: {before} -> {after}"),
            (_, Some(only), None) | (_, None, Some(only)) => format!("{kind}: {only}"),
            (_, None, None) => kind.to_string(),
        }
    }
}

/// The outcome of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Comparison {
    /// What differs, operation by operation.
    pub differences: Vec<Difference>,
    /// How many facts both sides document, and were compared.
    pub compared: usize,
    /// How many facts only one side documents, and were not compared.
    pub one_sided: usize,
}

impl Comparison {
    /// The gravest impact, or `None` where nothing differs.
    pub fn impact(&self) -> Option<Impact> {
        self.differences.iter().map(|it| it.impact).max()
    }

    /// Takes over what was found in an operation.
    pub(super) fn add(&mut self, operation: &OperationId, walk: Walk<'_>, with_undocumented: bool) {
        let Walk {
            mut changes,
            compared,
            one_sided,
            lost,
            ..
        } = walk;
        self.compared += compared;
        self.one_sided += one_sided;
        if with_undocumented {
            changes.extend(undocumented(lost));
        }
        let mut seen: BTreeMap<(Location, Kind), usize> = BTreeMap::new();
        self.differences.extend(changes.into_iter().map(|change| {
            let count = seen.entry((change.location(), change.kind())).or_default();
            *count += 1;
            Difference {
                operation: operation.clone(),
                impact: Impact::of(&change),
                change,
                index: *count - 1,
            }
        }));
    }
}

/// One change for all that is documented no longer in one place.
fn undocumented(lost: Vec<(Location, Kind)>) -> impl Iterator<Item = Change> {
    let mut places: Vec<(Location, Vec<Kind>)> = Vec::new();
    for (location, kind) in lost {
        match places.iter_mut().find(|(known, _)| *known == location) {
            _ if kind == Kind::Requirement => {}
            Some((_, kinds)) => kinds.push(kind),
            None => places.push((location, vec![kind])),
        }
    }
    let places = places.into_iter();
    places.map(|(location, kinds)| Change::Undocumented(location, kinds))
}
