//! What differs between two inventories, and what that means for those who call the API.

mod examples;
mod field;
mod fields;
mod impact;
mod ledger;
mod lists;
mod operation;
mod rule_words;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::ignore::Ignored;
use crate::inventory::{Inventory, OperationId};
use crate::prose::Prose;

pub use impact::{Impact, Release};
pub use rule_words::Hint;
pub(crate) use rule_words::hints as rule_hints;

/// One documented fact that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The operation.
    pub operation: OperationId,
    /// The fact: `body.address.city`, `body.packages[webex_voice]`, `responses.404`,
    /// `dependencies.attendant_console`, `examples.request/address/city`.
    pub at: String,
    /// What about it differs.
    pub kind: Kind,
    /// What that means for a caller with a client generated from the first inventory.
    pub impact: Impact,
    /// The value on the first side.
    pub before: Option<String>,
    /// The value on the second side.
    pub after: Option<String>,
    /// More for a person to read: changed sentences, possible places.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
    /// What rules the new sentences may lay down.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub hints: BTreeSet<Hint>,
    /// The rules that rest on a sentence which changed.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub rules: BTreeSet<String>,
    /// Why it does not count, where it is ignored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignored: Option<Ignored>,
    /// How many differences before it have the same operation, location and kind.
    #[serde(skip)]
    twins: usize,
}

/// What about a fact differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[derive(strum::Display, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Kind {
    /// Only the second side has it.
    Added,
    /// Only the first side has it.
    Removed,
    /// The second side has it under another name.
    Renamed,
    /// The type of a field.
    Type,
    /// Whether a field, or the body, must be sent.
    Requirement,
    /// Whether the values of a field are listed at all.
    Enumeration,
    /// A schema keyword that constrains a value.
    Constraint,
    /// Whether a field is marked as deprecated.
    Deprecation,
    /// Whether a response has a body.
    Body,
    /// Description, title or note.
    Wording,
    /// An example value.
    Example,
    /// HTTP method.
    Method,
    /// Path.
    Path,
    /// How to authenticate.
    Security,
    /// Whether the source tells the fact at all.
    Told,
}

impl Kind {
    /// Every kind.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As it stands in identifiers and in the file of deviations.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl Difference {
    /// Names the difference; stays the same from run to run.
    pub fn id(&self) -> String {
        let id = format!("{}:{}:{}", self.operation, self.at, self.kind);
        match self.twins {
            0 => id,
            twins => format!("{id}:{}", twins + 1),
        }
    }

    /// What differs, in a few words.
    pub fn phrase(&self) -> String {
        match (self.kind, &self.before, &self.after) {
            (Kind::Wording, ..) if !self.details.is_empty() => Kind::Wording.to_string(),
            (kind, Some(before), Some(after)) => format!("{kind}: {before} -> {after}"),
            (kind, Some(only), None) | (kind, None, Some(only)) => format!("{kind}: {only}"),
            (kind, None, None) => kind.to_string(),
        }
    }

    pub(crate) fn new(
        operation: OperationId,
        at: impl Into<String>,
        kind: Kind,
        impact: Impact,
    ) -> Self {
        Self {
            operation,
            at: at.into(),
            kind,
            impact,
            before: None,
            after: None,
            details: Vec::new(),
            hints: BTreeSet::new(),
            rules: BTreeSet::new(),
            ignored: None,
            twins: 0,
        }
    }

    /// Shows the sentences of a text that is new, each after `label`.
    fn quote(&mut self, label: &str, text: &Prose) {
        let nothing = Prose::default();
        let sentences = text.sentences_missing_in(&nothing).into_iter();
        self.details
            .extend(sentences.map(|sentence| format!("+ {label}{sentence}")));
        self.hint(text.words_missing_in(&nothing));
    }

    fn hint<'a>(&mut self, sentences: impl Iterator<Item = &'a str>) {
        self.hints.extend(sentences.flat_map(rule_words::hints));
    }
}

/// The outcome of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// What differs, operation by operation.
    pub differences: Vec<Difference>,
    /// How many facts both sides tell, and were compared.
    pub compared: usize,
    /// How many facts only one side tells, so that nothing follows from them.
    pub untold: usize,
    /// Those that only the first side tells: where, and what about it.
    lost: Vec<(OperationId, String, Kind)>,
}

impl Comparison {
    /// The differences that are not ignored.
    pub fn counted(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|d| d.ignored.is_none())
    }

    /// Whether every difference counts.
    pub fn ignores_nothing(&self) -> bool {
        self.differences.iter().all(|it| it.ignored.is_none())
    }

    /// The gravest impact, or `None` where nothing differs that counts.
    pub fn impact(&self) -> Option<Impact> {
        self.counted().map(|d| d.impact).max()
    }

    /// Gives differences with the same location and kind names of their own.
    fn tell_twins_apart(&mut self) {
        let mut seen: BTreeMap<_, usize> = BTreeMap::new();
        for difference in &mut self.differences {
            let place = (difference.operation, difference.at.clone(), difference.kind);
            let count = seen.entry(place).or_default();
            difference.twins = *count;
            *count += 1;
        }
    }
}

/// Compares a source with what it documented before: a fact that it told and tells no longer is a
/// difference as well.
///
/// A requirement is not: a source that contradicts itself there is noted by its reader.
pub fn drift(before: &Inventory, after: &Inventory) -> Comparison {
    let mut comparison = diff(before, after);
    let mut lost: Vec<(OperationId, String, Vec<&str>)> = Vec::new();
    for (operation, at, kind) in std::mem::take(&mut comparison.lost) {
        let mut known = lost.iter_mut();
        match known.find(|(known, place, _)| *known == operation && *place == at) {
            _ if kind == Kind::Requirement => {}
            Some((_, _, kinds)) => kinds.push(kind.as_str()),
            None => lost.push((operation, at, vec![kind.as_str()])),
        }
    }
    for (operation, at, kinds) in lost {
        comparison.differences.push(Difference {
            before: Some(format!("told ({})", kinds.join(", "))),
            after: Some("told no longer".to_owned()),
            ..Difference::new(operation, at, Kind::Told, Impact::Wording)
        });
    }
    comparison.tell_twins_apart();
    comparison
}

/// Compares all operations that both inventories document.
pub fn diff(before: &Inventory, after: &Inventory) -> Comparison {
    let mut comparison = Comparison::default();
    for operation in &before.operations {
        if let Some(other) = after.operation(operation.id) {
            operation::compare(operation, other, &mut comparison);
        }
    }
    comparison.tell_twins_apart();
    comparison
}

#[cfg(test)]
mod tests {
    //! What a source tells no longer.
    use super::*;
    use crate::inventory::{Field, Operation, SourceKind};

    #[test]
    fn what_is_told_no_longer_of_one_field_is_one_difference() {
        let inventory = |field: Field| Inventory {
            kind: SourceKind::Page,
            source: "made up".to_owned(),
            date: None,
            operations: vec![Operation {
                fields: vec![field],
                ..Operation::unknown(OperationId::Customer)
            }],
        };
        let at = "query.colour".to_owned();
        let told = Field {
            at: at.clone(),
            deprecated: Some(false),
            required: Some(true),
            text: Some(Prose::new("Its colour.")),
            ..Field::default()
        };
        let untold = Field {
            at,
            ..Field::default()
        };
        let comparison = drift(&inventory(told), &inventory(untold));
        let [lost] = &comparison.differences[..] else {
            panic!("{comparison:#?}");
        };
        assert_eq!(lost.id(), "customer:query.colour:told");
        assert_eq!(lost.before.as_deref(), Some("told (deprecation, wording)"));
    }
}
