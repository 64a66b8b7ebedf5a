//! Deliberate differences between a source and the contract, each with its reason.

use serde::Deserialize;
use toml::Spanned;

use crate::capture::{line_at, toml_error};
use crate::diff::{Comparison, Difference, Kind, diff};
use crate::inventory::{Inventory, OperationId};
use crate::pattern::matches;

/// The file of deviations.
#[derive(Debug)]
pub struct Deviations {
    deviations: Vec<Deviation>,
}

/// A capture by its name, and how the contract differs from it.
pub type Held = (String, Inventory, Comparison);

/// Compares a source with the contract, whose examples are its own, as its descriptions are.
pub fn compare(source: &Inventory, contract: &Inventory) -> Comparison {
    let mut comparison = diff(source, contract);
    let is_example = |it: &Difference| it.kind == Kind::Example || it.at.starts_with("examples.");
    comparison
        .differences
        .retain(|difference| !is_example(difference));
    comparison
}

/// Compares captures with the contract. Where the contract follows a newer source in a fact, an older
/// one does not differ from it: it is merely older.
pub fn hold(captures: &[(String, Inventory)], contract: &Inventory) -> Vec<Held> {
    let held = captures.iter().map(|(name, inventory)| {
        let mut comparison = compare(inventory, contract);
        let newer = captures.iter().map(|(_, other)| other);
        let differs = follows_newer(inventory, newer);
        comparison
            .differences
            .retain(|difference| !differs(difference));
        (name.clone(), inventory.clone(), comparison)
    });
    held.collect()
}

/// Tells the differences of an older source that a newer one makes alike.
pub fn follows_newer<'a>(
    inventory: &'a Inventory,
    others: impl Iterator<Item = &'a Inventory>,
) -> impl Fn(&Difference) -> bool {
    let newer = others.filter(|other| inventory.is_older_than(other));
    let changes: Vec<Difference> = newer
        .flat_map(|other| diff(inventory, other).differences)
        .collect();
    move |difference| {
        let is_same = |change: &Difference| {
            change.operation == difference.operation
                && (&change.at, change.kind) == (&difference.at, difference.kind)
                && change.after == difference.after
        };
        changes.iter().any(is_same)
    }
}

/// One deviation: the differences it excuses, and why they are there.
#[derive(Debug)]
pub struct Deviation {
    /// Line of the file that it begins on.
    pub line: usize,
    entry: Entry,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    deviation: Vec<Spanned<Entry>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Names of the captures that the contract leaves here.
    sources: Vec<String>,
    /// One operation; both where it is absent.
    operation: Option<OperationId>,
    /// Location of the fact; `*` stands for any characters.
    at: String,
    kind: Kind,
    /// What the source documents, where it documents something else.
    documented: Option<String>,
    /// What the contract says instead.
    contract: Option<String>,
    why: String,
    /// Written by `cargo xtask adopt`, and to be looked at by a person, who then removes this.
    #[serde(default)]
    review: bool,
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
    /// Reads the file. The error says where in the file what is wrong.
    pub fn read(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| toml_error(text, &error))?;
        let mut deviations = Vec::new();
        for spanned in file.deviation {
            let line = line_at(text, spanned.span().start);
            let entry = spanned.into_inner();
            if entry.why.trim().is_empty() || entry.sources.is_empty() {
                return Err(format!(
                    "line {line}: a deviation needs `sources` and a reason, `why`"
                ));
            }
            deviations.push(Deviation { line, entry });
        }
        Ok(Self { deviations })
    }

    /// Holds the differences between each capture (by name) and the contract against the
    /// deviations: every difference must be excused, and every deviation must excuse one in each
    /// of its sources.
    pub fn judge(&self, captures: &[Held], contract: &Inventory) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (source, _, comparison) in captures {
            for difference in &comparison.differences {
                if self.excusing(source, difference).is_none() {
                    findings.push(Finding::Unexcused {
                        source: source.clone(),
                        difference: difference.clone(),
                    });
                }
            }
        }
        for (deviation, source) in self.unneeded(captures) {
            let message = match captures.iter().find(|(name, ..)| name == source) {
                None => format!(
                    "there is no capture `{source}`; `cargo xtask capture SOURCE` stores one"
                ),
                Some((_, inventory, _)) => deviation.why_dead(source, inventory, contract),
            };
            findings.push(Finding::Dead {
                line: deviation.line,
                message,
            });
        }
        findings
    }

    /// The deviation that speaks of the place and kind of a difference, whatever it says of them.
    pub fn on(&self, source: &str, difference: &Difference) -> Option<&Deviation> {
        self.iter().find(|deviation| {
            let Entry {
                sources,
                operation,
                at,
                kind,
                ..
            } = &deviation.entry;
            sources.iter().any(|name| name == source)
                && operation.is_none_or(|id| id == difference.operation)
                && *kind == difference.kind
                && matches(at, &difference.at)
        })
    }

    /// The deviations that excuse nothing in one of their sources: their lines, and those sources.
    pub fn dead(&self, captures: &[Held]) -> Vec<(usize, String)> {
        let unneeded = self.unneeded(captures);
        unneeded
            .map(|(deviation, source)| (deviation.line, source.to_owned()))
            .collect()
    }

    fn unneeded<'a>(
        &'a self,
        captures: &'a [Held],
    ) -> impl Iterator<Item = (&'a Deviation, &'a str)> {
        let each = self.iter().flat_map(|deviation| {
            let sources = deviation.entry.sources.iter();
            sources.map(move |source| (deviation, source.as_str()))
        });
        each.filter(|(deviation, source)| {
            let capture = captures.iter().find(|(name, ..)| name == source);
            !capture.is_some_and(|(_, _, it)| self.needs(deviation, source, it))
        })
    }

    /// Those that were written by a program and that nobody has looked at yet: their places, and lines.
    pub fn to_review(&self) -> impl Iterator<Item = (&str, usize)> {
        let marked = self.iter().filter(|d| d.entry.review);
        marked.map(|deviation| (deviation.entry.at.as_str(), deviation.line))
    }

    /// Whether a deviation excuses something in a source that no other does.
    fn needs(&self, deviation: &Deviation, source: &str, comparison: &Comparison) -> bool {
        let others = || self.iter().filter(|d| d.line != deviation.line);
        let mut differences = comparison.differences.iter();
        differences.any(|difference| {
            deviation.excuses(source, difference)
                && !others().any(|other| other.excuses(source, difference))
        })
    }

    /// The deviations, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Deviation> {
        self.deviations.iter()
    }

    /// The deviation that excuses a difference between a capture (by name) and the contract.
    pub fn excusing(&self, source: &str, difference: &Difference) -> Option<&Deviation> {
        self.iter().find(|d| d.excuses(source, difference))
    }

    /// Whether a deviation says why the contract has `at` that no source documents.
    pub fn back(&self, operation: OperationId, at: &str) -> bool {
        self.iter().any(|deviation| {
            let entry = &deviation.entry;
            let parents = at.match_indices('.').map(|(index, _)| &at[..index]);
            entry.operation.is_none_or(|id| id == operation)
                && matches!(entry.kind, Kind::Added | Kind::Body)
                && parents.chain([at]).any(|at| matches(&entry.at, at))
        })
    }
}

impl Deviation {
    /// One operation; both where it is absent.
    pub fn operation(&self) -> Option<OperationId> {
        self.entry.operation
    }

    /// Location of the fact; `*` stands for any characters.
    pub fn at(&self) -> &str {
        &self.entry.at
    }

    /// What about the fact differs.
    pub fn kind(&self) -> Kind {
        self.entry.kind
    }

    /// The reason.
    pub fn why(&self) -> &str {
        &self.entry.why
    }

    pub(crate) fn excuses(&self, source: &str, difference: &Difference) -> bool {
        let Entry {
            sources,
            operation,
            at,
            kind,
            documented,
            contract,
            why: _,
            review: _,
        } = &self.entry;
        // Of what is there on one side only, the location says it all.
        let one_sided = matches!(difference.kind, Kind::Added | Kind::Removed | Kind::Body);
        let says = |given: &Option<String>, found: &Option<String>| {
            (one_sided && given.is_none()) || given == found
        };
        sources.iter().any(|name| name == source)
            && operation.is_none_or(|id| id == difference.operation)
            && *kind == difference.kind
            && matches(at, &difference.at)
            && says(documented, &difference.before)
            && says(contract, &difference.after)
    }

    fn why_dead(&self, source: &str, inventory: &Inventory, contract: &Inventory) -> String {
        let entry = &self.entry;
        let place = entry.at.split(['#', '[', '/']).next().unwrap_or_default();
        let mut sides = [inventory, contract].into_iter();
        let exists = sides.any(|side| {
            let locations = side.operations.iter().flat_map(|o| o.locations());
            locations.into_iter().any(|at| matches(place, &at))
        });
        match exists {
            false => format!(
                "`{}` exists neither in `{source}` nor in the contract; correct or remove it",
                entry.at
            ),
            true => format!(
                "`{source}` and the contract do not differ in `{}` ({}) as it says, or another deviation says the same; correct or remove it",
                entry.at, entry.kind
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    //! What is refused on reading.
    use super::*;

    #[test]
    fn mistakes_are_named_with_their_line() {
        let entry = |kind: &str, why: &str| {
            format!(
                "# comment\n\n[[deviation]]\nsources = [\"openapi\"]\nat = \"path\"\nkind = \"{kind}\"\nwhy = \"{why}\"\n"
            )
        };
        assert!(Deviations::read(&entry("path", "because")).is_ok());
        let error = Deviations::read(&entry("paht", "because")).unwrap_err();
        assert!(
            error.starts_with("line 6: unknown variant `paht`"),
            "{error}"
        );
        let error = Deviations::read(&entry("path", " ")).unwrap_err();
        assert!(error.starts_with("line 3"), "{error}");
        let error = Deviations::read("[[deviation]]\nsauces = []").unwrap_err();
        assert!(
            error.contains("line 2") && error.contains("sauces"),
            "{error}"
        );
    }
}
