//! Where sources contradict each other or themselves, and where the contract leaves them.

use std::collections::BTreeMap;

use crate::contradictions::{self, Contradiction};
use crate::deviations::Deviation;
use crate::diff::{Difference, Kind, diff};
use crate::inventory::OperationId;

use super::Evidence;
use super::markdown::code;

/// All of them.
pub(super) struct Conflicts<'a> {
    pub(super) between: Vec<Between<'a>>,
    pub(super) within: Vec<Within<'a>>,
    pub(super) left: Vec<Left<'a>>,
    /// The name of each deviation's footnote, by its line.
    pub(super) notes: BTreeMap<usize, Note<'a>>,
}

/// Two sources say different things.
pub(super) struct Between<'a> {
    pub(super) sources: [&'a str; 2],
    pub(super) difference: Difference,
}

/// A source says two things that cannot both be true.
pub(super) struct Within<'a> {
    pub(super) source: &'a str,
    pub(super) operation: OperationId,
    pub(super) contradiction: Contradiction,
}

/// The contract says something else than a source.
pub(super) struct Left<'a> {
    pub(super) source: &'a str,
    pub(super) difference: Difference,
    pub(super) deviation: Option<&'a Deviation>,
}

/// The footnote that gives a deviation's reason.
pub(super) struct Note<'a> {
    pub(super) label: String,
    pub(super) deviation: &'a Deviation,
}

impl<'a> Conflicts<'a> {
    pub(super) fn find(evidence: &Evidence<'a>) -> Self {
        let Evidence {
            captures,
            contract,
            deviations,
            rules: _,
        } = evidence;
        let mut found = Self {
            between: Vec::new(),
            within: Vec::new(),
            left: Vec::new(),
            notes: notes(deviations.iter()),
        };
        for (index, (source, inventory)) in captures.iter().enumerate() {
            for (other, second) in &captures[index + 1..] {
                let differences = diff(inventory, second).differences.into_iter();
                found
                    .between
                    .extend(differences.filter(is_fact).map(|difference| Between {
                        sources: [source, other],
                        difference,
                    }));
            }
            for operation in &inventory.operations {
                let examples = contradictions::of_examples(operation).into_iter();
                let all = examples.chain(contradictions::of_dependencies(operation));
                found.within.extend(all.map(|contradiction| Within {
                    source,
                    operation: operation.id,
                    contradiction,
                }));
            }
            for difference in diff(inventory, contract).differences {
                found.left.push(Left {
                    source,
                    deviation: deviations.excusing(source, &difference),
                    difference,
                });
            }
        }
        found
    }

    /// What is to be said beside a row of the facts that `covers` tells by their locations.
    pub(super) fn remarks(&self, operation: OperationId, covers: impl Fn(&str) -> bool) -> String {
        // One remark for all sources of which the same is to be said.
        let mut remarks: Vec<(String, Vec<&str>, String)> = Vec::new();
        let mut add = |what: String, sources: &[&'a str], note: String| match remarks
            .iter_mut()
            .find(|(w, _, n)| *w == what && *n == note)
        {
            Some((_, known, _)) => known.extend(sources),
            None => remarks.push((what, sources.to_vec(), note)),
        };
        let is_here = |d: &Difference| d.operation == operation && covers(&d.at);
        for Between {
            sources,
            difference,
        } in &self.between
        {
            if is_here(difference) {
                let what = format!("**sources contradict** ({})", about(difference));
                add(what, sources, String::new());
            }
        }
        for within in &self.within {
            if within.operation == operation && covers(&within.contradiction.at) {
                let what = format!(
                    "**contradicted** by its own {}",
                    code(&within.contradiction.place)
                );
                add(what, &[within.source], String::new());
            }
        }
        for Left {
            source,
            difference,
            deviation,
        } in &self.left
        {
            if is_here(difference) {
                let note = match deviation.and_then(|d| self.notes.get(&d.line)) {
                    Some(note) => format!("[^{}]", note.label),
                    None => " without a reason".to_owned(),
                };
                let what = format!("contract differs ({})", about(difference));
                add(what, &[source], note);
            }
        }
        let remarks = remarks.into_iter().map(|(what, mut sources, note)| {
            sources.sort_unstable();
            sources.dedup();
            let sources: Vec<String> = sources.into_iter().map(code).collect();
            format!("{}: {what}{note}", sources.join(", "))
        });
        remarks.collect::<Vec<_>>().join("; ")
    }
}

/// Whether a difference is one of facts: descriptions and examples may differ without contradiction.
fn is_fact(difference: &Difference) -> bool {
    let at = &difference.at;
    let is_reason = at.starts_with("responses.") && at.ends_with(".reason");
    (difference.kind != Kind::Wording || is_reason)
        && difference.kind != Kind::Example
        && !at.starts_with("examples.")
        && !at.contains(".unnamed[")
}

/// What about the fact differs: a value, a keyword, or the kind of the difference.
fn about(difference: &Difference) -> String {
    let (_, detail) = place(&difference.at);
    match (detail, difference.kind) {
        ("", Kind::Added | Kind::Removed) => "presence".to_owned(),
        ("", kind) => kind.to_string(),
        (detail, _) => code(detail),
    }
}

/// A location without, and what stands in, its brackets or behind its `#`.
pub(super) fn place(at: &str) -> (&str, &str) {
    match at.split_once(['#', '[']) {
        Some((place, detail)) => (place, detail.trim_end_matches(']')),
        None => (at, ""),
    }
}

/// Footnotes, named after what the deviations are about: a number would change with every one.
fn notes<'a>(deviations: impl Iterator<Item = &'a Deviation>) -> BTreeMap<usize, Note<'a>> {
    let mut notes: BTreeMap<usize, Note<'a>> = BTreeMap::new();
    for deviation in deviations {
        let operation = deviation.operation().map(|id| format!("{id}-"));
        let name = format!(
            "{}{}-{}",
            operation.unwrap_or_default(),
            deviation.at(),
            deviation.kind()
        );
        let words = name.split(|c: char| !c.is_ascii_alphanumeric());
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let base = words.join("-").to_lowercase();
        let same = |label: &str| notes.values().any(|note| note.label == label);
        let mut label = base.clone();
        let mut copy = 2;
        while same(&label) {
            label = format!("{base}-{copy}");
            copy += 1;
        }
        notes.insert(deviation.line, Note { label, deviation });
    }
    notes
}
