//! What a reader found wrong with its source.

use std::fmt;

/// Something wrong in a source, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// Where: `line 12`, `line 3, column 7` or a JSON pointer; empty for the source as a whole.
    pub place: String,
    /// What is wrong, and what to do where that is not plain.
    pub message: String,
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// Worth knowing; what was read stands.
    Note,
    /// The source cannot be trusted: nothing may follow from it.
    Broken,
}

impl Problem {
    /// Something worth knowing.
    pub fn note(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, place.into(), message.into())
    }

    pub(crate) fn broken(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Broken, place.into(), message.into())
    }

    fn new(severity: Severity, place: String, message: String) -> Self {
        Self {
            severity,
            place,
            message,
        }
    }
}

impl std::error::Error for Problem {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.message)
    }
}
