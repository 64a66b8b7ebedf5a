//! The kinds of changes, as they stand in identifiers and files.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// What about a fact changed. The descriptions are those of the rules in SARIF reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[derive(strum::Display, strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Kind {
    /// Fact added
    Added,
    /// Fact removed
    Removed,
    /// Fact renamed
    Renamed,
    /// Type changed
    Type,
    /// Optional or required changed
    Requirement,
    /// Enumeration added or removed
    Enumeration,
    /// Constraint changed
    Constraint,
    /// Deprecation changed
    Deprecation,
    /// Body added or removed
    Body,
    /// Description changed
    Wording,
    /// Example changed
    Example,
    /// HTTP method changed
    Method,
    /// Path changed
    Path,
    /// Authentication changed
    Security,
    /// Fact no longer documented
    Undocumented,
}

impl Kind {
    /// Every kind.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As it stands in identifiers and in the file of deviations.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether the change has no values: something exists, or does not.
    pub fn is_presence(self) -> bool {
        matches!(self, Self::Added | Self::Removed | Self::Body)
    }
}
