//! Types and enumerations as documented, and when two of them say the same.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A documented type: `string`, `object`, `array[string]`, or several separated by `|`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Type(String);

impl Type {
    /// A type by its documented name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// One of several types.
    pub fn any_of(types: impl IntoIterator<Item = String>) -> Self {
        let sorted: BTreeSet<String> = types.into_iter().collect();
        Self(sorted.into_iter().collect::<Vec<_>>().join("|"))
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a value of this type can have fields.
    pub fn has_fields(&self) -> bool {
        self.0
            .split('|')
            .any(|t| matches!(t, "object" | "array[object]" | "array"))
    }

    /// Whether both say the same, as far as they say it: `array` leaves open what it is of.
    pub fn agrees_with(&self, other: &Self) -> bool {
        let covers = |a: &str, b: &str| {
            a == b
                || (a == "array" && b.starts_with("array["))
                || (b == "array" && a.starts_with("array["))
        };
        let within =
            |a: &Self, b: &Self| a.0.split('|').all(|t| b.0.split('|').any(|u| covers(t, u)));
        within(self, other) && within(other, self)
    }

    /// Whether every value of this type is one of the other.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.split('|').all(|a| {
            let mut others = other.0.split('|');
            others.any(|b| a == b || (a, b) == ("integer", "number"))
        })
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The values that a field may take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Values {
    /// These, in document order; none listed means that every value of the type is fine.
    Listed(Vec<String>),
    /// It is an enumeration whose values the source does not show.
    Untold(UntoldValues),
}

/// Marks an enumeration without its values; stored as `"untold"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UntoldValues {
    /// The only value.
    Untold,
}

impl Values {
    /// An enumeration whose values are not shown.
    pub const UNTOLD: Self = Self::Untold(UntoldValues::Untold);

    /// Every value of the type.
    pub fn any() -> Self {
        Self::Listed(Vec::new())
    }

    /// Whether the field is an enumeration.
    pub fn is_enumeration(&self) -> bool {
        match self {
            Self::Listed(values) => !values.is_empty(),
            Self::Untold(_) => true,
        }
    }

    /// The listed values.
    pub fn listed(&self) -> &[String] {
        match self {
            Self::Listed(values) => values,
            Self::Untold(_) => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    //! Partial knowledge agrees with full knowledge, and nothing else does.
    use super::*;

    #[test]
    fn an_array_of_unknown_elements_agrees_with_any_array() {
        let agrees = |a: &str, b: &str| Type::new(a).agrees_with(&Type::new(b));
        assert!(agrees("array", "array[string]"));
        assert!(agrees("array[object]|object", "object|array[object]"));
        assert!(!agrees("array[string]", "array[object]"));
        assert!(!agrees("object", "array[object]|object"));
        assert!(!agrees("array", "string"));
    }
}
