//! The kinds of changes, as they stand in identifiers and files.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// What about a fact changed.
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
    /// Whether a field or the operation is marked as deprecated.
    Deprecation,
    /// Whether a request or response has a body.
    Body,
    /// Description, title, note or reason phrase.
    Wording,
    /// An example value.
    Example,
    /// HTTP method.
    Method,
    /// Path.
    Path,
    /// How to authenticate.
    Security,
    /// Whether the source documents the fact at all.
    Undocumented,
}

impl Kind {
    /// Every kind.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As it stands in identifiers and in the file of deviations.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether the location says all there is to say: something is there, or is not.
    pub fn is_presence(self) -> bool {
        matches!(self, Self::Added | Self::Removed | Self::Body)
    }
}
