//! Deliberate differences between a source and the contract, each with its reason.

use serde::Deserialize;
use toml::Spanned;

use crate::diff::{Change, Comparison, Difference, Kind, Part, Value, diff};
use crate::inventory::{Inventory, OperationId};
use crate::location::{FieldPath, Location};
use crate::pattern::Locations;
use crate::toml_file::{self, FileError, line_at};

/// A capture, and how the contract differs from it.
#[derive(Clone, Debug)]
pub struct Held<'c> {
    /// Name of the capture.
    pub name: &'c str,
    /// The differences, from the source to the contract.
    pub comparison: Comparison,
}

/// Compares a source with the contract, whose examples are its own, as its descriptions are.
pub fn compare(source: &Inventory, contract: &Inventory) -> Comparison {
    let mut comparison = diff(source, contract);
    comparison.differences.retain(|it| !is_example(&it.change));
    comparison
}

/// Whether a change is one of examples.
pub(crate) fn is_example(change: &Change) -> bool {
    match change {
        Change::Added(part) | Change::Removed(part) | Change::Renamed(part, _) => {
            matches!(part, Part::Example(..))
        }
        change => change.kind() == Kind::Example,
    }
}

/// Compares captures with the contract. Where the contract follows a newer source in a fact, an older
/// one does not differ from it: it is merely older.
pub fn hold<'c>(captures: &'c [(String, Inventory)], contract: &Inventory) -> Vec<Held<'c>> {
    let held = captures.iter().map(|(name, inventory)| {
        let mut comparison = compare(inventory, contract);
        let newer = NewerSources::of(inventory, captures.iter().map(|(_, other)| other));
        comparison.differences.retain(|it| !newer.document(it));
        Held { name, comparison }
    });
    held.collect()
}

/// What newer sources document otherwise than an older one.
#[derive(Debug)]
pub struct NewerSources(Vec<Difference>);

impl NewerSources {
    /// Those of `others` that are newer than a source.
    pub fn of<'a>(source: &Inventory, others: impl Iterator<Item = &'a Inventory>) -> Self {
        let newer = others.filter(|other| source.is_older_than(other));
        Self(
            newer
                .flat_map(|other| diff(source, other).differences)
                .collect(),
        )
    }

    /// Whether one of them makes the same difference.
    pub fn document(&self, difference: &Difference) -> bool {
        self.0.iter().any(|newer| {
            newer.operation == difference.operation
                && newer.change.leads_to_the_same_as(&difference.change)
        })
    }
}

/// The file of deviations.
#[derive(Debug)]
pub struct Deviations {
    deviations: Vec<Deviation>,
}

/// One deviation: the differences it excuses, and why they are there.
#[derive(Debug)]
pub struct Deviation {
    /// Line of the file that it begins on.
    pub line: usize,
    /// Names of the captures that the contract leaves here.
    pub sources: Vec<String>,
    /// One operation; all where it is absent.
    pub operation: Option<OperationId>,
    /// Where.
    pub at: Locations,
    /// What differs.
    pub kind: Kind,
    /// The reason.
    pub why: String,
    /// What the source documents, where it documents something else.
    documented: Option<Value>,
    /// What the contract says instead.
    contract: Option<Value>,
    /// Whether `cargo xtask adopt` wrote it and nobody has looked at it yet.
    review: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    deviation: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    sources: Vec<String>,
    operation: Option<OperationId>,
    at: Locations,
    kind: Kind,
    documented: Option<String>,
    contract: Option<String>,
    why: String,
    #[serde(default)]
    review: bool,
}

impl Entry {
    fn checked(self, line: usize) -> Result<Deviation, FileError> {
        if self.why.trim().is_empty() || self.sources.is_empty() {
            let message = "a deviation needs `sources` and a reason, `why`";
            return Err(FileError::new(line, message));
        }
        let value = |key: &str, text: Option<String>| {
            if text.is_some() && self.kind.is_presence() {
                let message = format!("`{}` needs no `{key}`; remove it", self.kind);
                return Err(FileError::new(line, message));
            }
            let value = text.map(|text| Value::parse(self.kind, &text)).transpose();
            value.map_err(|error| FileError::new(line, format!("`{key}`: {error}")))
        };
        Ok(Deviation {
            line,
            documented: value("documented", self.documented)?,
            contract: value("contract", self.contract)?,
            sources: self.sources,
            operation: self.operation,
            at: self.at,
            kind: self.kind,
            why: self.why,
            review: self.review,
        })
    }
}

/// A difference or a deviation that should not be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The contract differs from a source, and no deviation says why.
    Unexcused {
        /// Name of the capture.
        source: String,
        /// The difference, from the source to the contract.
        difference: Difference,
    },
    /// A deviation excuses nothing.
    Dead {
        /// Line of the deviation.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
}

impl Deviations {
    /// Reads the file.
    pub fn read(text: &str) -> Result<Self, FileError> {
        let file: File = toml_file::read(text)?;
        let deviations = file.deviation.into_iter().map(|entry| {
            let line = line_at(text, entry.span().start);
            entry.into_inner().checked(line)
        });
        let deviations = deviations.collect::<Result<_, _>>()?;
        Ok(Self { deviations })
    }

    /// Holds the differences between each capture and the contract against the deviations: every
    /// difference must be excused, and every deviation must excuse one in each of its sources.
    pub fn judge(&self, captures: &[Held<'_>]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for Held { name, comparison } in captures {
            let unexcused = comparison.differences.iter();
            let unexcused = unexcused.filter(|it| self.excusing(name, it).is_none());
            findings.extend(unexcused.map(|difference| Finding::Unexcused {
                source: (*name).to_owned(),
                difference: difference.clone(),
            }));
        }
        findings.extend(self.dead(captures).map(|(deviation, source)| {
            let Deviation { line, at, kind, .. } = deviation;
            let message = if captures.iter().any(|it| it.name == source) {
                format!(
                    "`{source}` and the contract do not differ in `{at}` ({kind}) as it says, or \
                     another deviation says the same; correct or remove it"
                )
            } else {
                format!("there is no capture `{source}`; `cargo xtask capture SOURCE` stores one")
            };
            Finding::Dead {
                line: *line,
                message,
            }
        }));
        findings
    }

    /// The deviations that excuse nothing in one of their sources, each with that source.
    pub fn dead<'a>(
        &'a self,
        captures: &'a [Held<'_>],
    ) -> impl Iterator<Item = (&'a Deviation, &'a str)> {
        let each = self.iter().flat_map(|deviation| {
            let sources = deviation.sources.iter();
            sources.map(move |source| (deviation, source.as_str()))
        });
        each.filter(|(deviation, source)| {
            let capture = captures.iter().find(|it| it.name == *source);
            !capture.is_some_and(|it| self.needs(deviation, it))
        })
    }

    /// Whether a deviation excuses something in a source that no other does.
    fn needs(&self, deviation: &Deviation, Held { name, comparison }: &Held<'_>) -> bool {
        let others = || self.iter().filter(|it| it.line != deviation.line);
        let mut differences = comparison.differences.iter();
        differences.any(|difference| {
            deviation.excuses(name, difference)
                && !others().any(|other| other.excuses(name, difference))
        })
    }

    /// Those that were written by a program and that nobody has looked at yet.
    pub fn to_review(&self) -> impl Iterator<Item = &Deviation> {
        self.iter().filter(|it| it.review)
    }

    /// The deviations, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Deviation> {
        self.deviations.iter()
    }

    /// The deviation that excuses a difference between a capture (by name) and the contract.
    pub fn excusing(&self, source: &str, difference: &Difference) -> Option<&Deviation> {
        self.iter().find(|it| it.excuses(source, difference))
    }

    /// The deviation about the place and kind of a difference, whatever it says of them.
    pub fn about(&self, source: &str, difference: &Difference) -> Option<&Deviation> {
        self.iter().find(|it| it.is_about(source, difference))
    }

    /// Whether a deviation says why the contract has a field that no source documents.
    pub fn back(&self, operation: OperationId, field: &FieldPath) -> bool {
        self.iter().any(|deviation| {
            let mut places = field.with_parents().map(Location::Field);
            deviation.operation.is_none_or(|id| id == operation)
                && matches!(deviation.kind, Kind::Added | Kind::Body)
                && places.any(|place| deviation.at.contain(&place))
        })
    }
}

impl Deviation {
    fn is_about(&self, source: &str, difference: &Difference) -> bool {
        self.sources.iter().any(|name| name == source)
            && self.operation.is_none_or(|id| id == difference.operation)
            && self.kind == difference.kind()
            && self.at.contain(&difference.location())
    }

    fn excuses(&self, source: &str, difference: &Difference) -> bool {
        let values = difference.change.values();
        self.is_about(source, difference)
            && self.documented == values.before
            && self.contract == values.after
    }
}

#[cfg(test)]
mod tests {
    //! What is refused on reading.
    use super::*;

    #[test]
    fn mistakes_are_named_with_their_line() {
        let entry = |at: &str, kind: &str, why: &str| {
            format!(
                "# comment\n\n[[deviation]]\nsources = [\"openapi\"]\nat = \"{at}\"\nkind = \"{kind}\"\nwhy = \"{why}\"\n"
            )
        };
        assert!(Deviations::read(&entry("path", "path", "because")).is_ok());
        for (text, expected) in [
            (
                entry("path", "paht", "because"),
                "line 6: unknown variant `paht`",
            ),
            (
                entry("bdy.x", "type", "because"),
                "line 5: `bdy.x` is no location",
            ),
            (entry("path", "path", " "), "line 3: a deviation needs"),
            (
                entry("body.x", "requirement", "y") + "contract = \"optoinal\"",
                "line 3: `contract`: expected `optional` or `required`",
            ),
            (
                entry("status.1", "added", "y") + "contract = \"1\"",
                "line 3: `added` needs no `contract`",
            ),
            (
                "[[deviation]]\nsauces = []".to_owned(),
                "line 2: unknown field `sauces`",
            ),
        ] {
            let error = Deviations::read(&text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
