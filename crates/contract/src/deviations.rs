//! Deliberate differences between a source and the contract, each with its reason.

use serde::Deserialize;
use toml::Spanned;

use crate::diff::{Both, Change, Comparison, Difference, Kind, Part, Value, diff};
use crate::inventory::{Inventory, OperationId};
use crate::location::{FieldPath, Location};
use crate::pattern::Locations;
use crate::toml_file::{self, FileError, line_at};

/// A capture, and how the contract differs from it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ComparedCapture<'c> {
    /// Name of the capture.
    pub name: &'c str,
    /// The differences, from the source to the contract.
    pub comparison: Comparison,
}

/// Compares a source with the contract, except for examples: the contract has its own.
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

/// Compares captures with the contract. Differences from an older capture are dropped where the contract
/// follows a newer one.
pub fn compare_captures<'c>(
    captures: &'c [(String, Inventory)],
    contract: &Inventory,
) -> Vec<ComparedCapture<'c>> {
    let compared = captures.iter().map(|(name, inventory)| {
        let mut comparison = compare(inventory, contract);
        let newer = NewerSources::of(inventory, captures.iter().map(|(_, other)| other));
        comparison.differences.retain(|it| !newer.document(it));
        ComparedCapture { name, comparison }
    });
    compared.collect()
}

/// Differences between an older source and newer ones.
#[derive(Debug)]
pub struct NewerSources(Vec<Difference>);

impl NewerSources {
    /// Those of `others` that are newer than a source.
    pub fn of<'a>(source: &Inventory, others: impl Iterator<Item = &'a Inventory>) -> Self {
        let newer = others.filter(|other| source.is_older_than(other));
        let differences = newer.flat_map(|other| diff(source, other).differences);
        Self(differences.collect())
    }

    /// Whether a newer source has the same difference.
    pub fn document(&self, difference: &Difference) -> bool {
        let mut newer = self.0.iter();
        newer.any(|it| have_same_result(it, difference))
    }
}

/// Whether two differences give the same fact of an operation the same new value.
pub(crate) fn have_same_result(one: &Difference, other: &Difference) -> bool {
    one.operation == other.operation && one.change.has_same_result(&other.change)
}

/// The file of deviations.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviations {
    #[serde(default, rename = "deviation")]
    deviations: Vec<Spanned<Deviation>>,
}

/// One deviation: the differences it excuses, and why they are there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Deviation {
    /// Line of the file that it begins on.
    #[serde(skip)]
    pub line: usize,
    /// Captures from which the contract deliberately differs.
    pub sources: Vec<String>,
    /// One operation; all if `None`.
    pub operation: Option<OperationId>,
    /// The locations it covers.
    pub at: Locations,
    /// The kind of change it covers.
    pub kind: Kind,
    /// The reason.
    pub why: String,
    /// What the source documents, where it documents something else.
    documented: Option<String>,
    /// What the contract says instead.
    contract: Option<String>,
    /// Both, as values.
    #[serde(skip)]
    values: Both<Option<Value>>,
    /// Whether `cargo xtask adopt` wrote it and nobody has looked at it yet.
    #[serde(default)]
    review: bool,
}

impl Deviation {
    /// Reads the values, and refuses an entry that says too little or too much.
    fn check(&mut self) -> Result<(), FileError> {
        let error = |message: String| FileError::new(self.line, message);
        if self.why.trim().is_empty() || self.sources.is_empty() {
            return Err(error(
                "a deviation needs `sources` and a reason, `why`".to_owned(),
            ));
        }
        let value = |key: &str, text: &Option<String>| {
            if text.is_some() && self.kind.is_presence() {
                return Err(error(format!(
                    "`{}` needs no `{key}`; remove it",
                    self.kind
                )));
            }
            let value = text.as_ref().map(|text| Value::parse(self.kind, text));
            value
                .transpose()
                .map_err(|mistake| error(format!("`{key}`: {mistake}")))
        };
        self.values = Both {
            before: value("documented", &self.documented)?,
            after: value("contract", &self.contract)?,
        };
        Ok(())
    }

    fn is_about(&self, source: &str, difference: &Difference) -> bool {
        self.sources.iter().any(|name| name == source)
            && self
                .operation
                .as_ref()
                .is_none_or(|id| *id == difference.operation)
            && self.kind == difference.kind()
            && self.at.contains(&difference.location())
    }

    fn excuses(&self, source: &str, difference: &Difference) -> bool {
        self.is_about(source, difference) && self.values == difference.change.values()
    }
}

/// A difference or a deviation that should not be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// The contract differs from a source, and no deviation says why.
    Unexcused {
        /// Name of the capture.
        source: String,
        /// The difference, from the source to the contract.
        difference: Difference,
    },
    /// A deviation excuses nothing.
    Unused {
        /// Line of the deviation.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
}

impl Deviations {
    /// Reads the file.
    pub fn read(text: &str) -> Result<Self, FileError> {
        let mut file: Self = toml_file::read(text)?;
        for entry in &mut file.deviations {
            let line = line_at(text, entry.span().start);
            entry.get_mut().line = line;
            entry.get_mut().check()?;
        }
        Ok(file)
    }

    /// Checks the differences between each capture and the contract against the deviations: every
    /// difference must be excused, and every deviation must excuse one in each of its sources.
    pub fn judge(&self, captures: &[ComparedCapture<'_>]) -> Vec<Violation> {
        let differences = captures.iter().flat_map(|capture| {
            let differences = capture.comparison.differences.iter();
            differences.map(move |it| (capture.name, it))
        });
        let unexcused = differences.filter(|(name, it)| self.excusing(name, it).is_none());
        let unexcused = unexcused.map(|(name, difference)| Violation::Unexcused {
            source: name.to_owned(),
            difference: difference.clone(),
        });
        let dead = self.unused(captures).map(|(deviation, source)| {
            let Deviation { line, at, kind, .. } = deviation;
            let message = if captures.iter().any(|it| it.name == source) {
                format!(
                    "`{source}` and the contract do not differ in `{at}` ({kind}) as it says, or \
                     another deviation says the same; correct or remove it"
                )
            } else {
                format!("there is no capture `{source}`; `cargo xtask capture SOURCE` stores one")
            };
            let line = *line;
            Violation::Unused { line, message }
        });
        unexcused.chain(dead).collect()
    }

    /// Unused deviations, with the source in which each is unused.
    pub fn unused<'a>(
        &'a self,
        captures: &'a [ComparedCapture<'_>],
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
    fn needs(&self, deviation: &Deviation, capture: &ComparedCapture<'_>) -> bool {
        let mut differences = capture.comparison.differences.iter();
        differences.any(|it| {
            let mut excusing = self.iter().filter(|other| other.excuses(capture.name, it));
            let (first, second) = (excusing.next(), excusing.next());
            first.is_some_and(|only| only.line == deviation.line) && second.is_none()
        })
    }

    /// Those that were written by a program and that nobody has looked at yet.
    pub fn to_review(&self) -> impl Iterator<Item = &Deviation> {
        self.iter().filter(|it| it.review)
    }

    /// The deviations, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Deviation> {
        self.deviations.iter().map(Spanned::get_ref)
    }

    /// The deviation that excuses a difference between a capture (by name) and the contract.
    pub fn excusing(&self, source: &str, difference: &Difference) -> Option<&Deviation> {
        self.iter().find(|it| it.excuses(source, difference))
    }

    /// The deviation for the location and kind of a difference, whatever values it names.
    pub fn about(&self, source: &str, difference: &Difference) -> Option<&Deviation> {
        self.iter().find(|it| it.is_about(source, difference))
    }

    /// Whether a deviation says why the contract has a field that no source documents.
    pub fn justifies(&self, operation: &OperationId, field: &FieldPath) -> bool {
        self.iter().any(|deviation| {
            let mut places = field.with_parents().map(Location::Field);
            deviation
                .operation
                .as_ref()
                .is_none_or(|id| id == operation)
                && matches!(deviation.kind, Kind::Added | Kind::Body)
                && places.any(|place| deviation.at.contains(&place))
        })
    }
}

#[cfg(test)]
mod tests {
    //! What is refused on reading.
    use super::*;

    #[test]
    fn errors_name_their_line() {
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
