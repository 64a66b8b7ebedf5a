//! Types and enumerations as documented, and when two of them say the same.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_with::{DeserializeFromStr, SerializeDisplay};

/// A documented type: one alternative, such as `string` or `array[object]`, or several.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, DeserializeFromStr, SerializeDisplay)]
pub struct Type(BTreeSet<Alternative>);

/// One of the types that a value may have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Alternative {
    /// An array; of what, if that is told.
    #[strum(disabled)]
    Array(Option<Type>),
    /// `boolean`
    Boolean,
    /// `integer`
    Integer,
    /// `null`
    Null,
    /// `number`
    Number,
    /// `object`
    Object,
    /// `string`
    String,
    /// What is no type of JSON Schema.
    #[strum(disabled)]
    Other(String),
}

impl Type {
    /// A type by its documented name: `string`, `array[string]`, `object|string`.
    pub fn new(name: &str) -> Self {
        let mut depth = 0_usize;
        let alternatives = name.split(|c| {
            match c {
                '[' => depth += 1,
                ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            c == '|' && depth == 0
        });
        Self(alternatives.map(Alternative::new).collect())
    }

    /// One of several types.
    pub fn any_of(types: impl IntoIterator<Item = Alternative>) -> Self {
        Self(types.into_iter().collect())
    }

    /// The alternatives.
    pub fn alternatives(&self) -> impl ExactSizeIterator<Item = &Alternative> {
        self.0.iter()
    }

    /// The only alternative.
    pub fn single(&self) -> Option<&Alternative> {
        self.0.first().filter(|_| self.0.len() == 1)
    }

    /// Whether all alternatives are arrays.
    pub fn is_array(&self) -> bool {
        self.0.iter().all(|it| matches!(it, Alternative::Array(_)))
    }

    /// Whether all alternatives are objects.
    pub fn is_object(&self) -> bool {
        self.0.iter().all(|it| *it == Alternative::Object)
    }

    /// Whether strings, or arrays of them, are among the alternatives.
    pub fn has_strings(&self) -> bool {
        self.0.iter().any(|it| match it {
            Alternative::String => true,
            Alternative::Array(of) => of.as_ref().is_some_and(Self::has_strings),
            _ => false,
        })
    }

    /// Whether a value of this type can have fields.
    pub fn has_fields(&self) -> bool {
        self.0.iter().any(|it| match it {
            Alternative::Object => true,
            Alternative::Array(of) => of.as_ref().is_none_or(Self::is_object),
            _ => false,
        })
    }

    /// Whether the types agree; `array` without a type of elements agrees with any array.
    pub fn agrees_with(&self, other: &Self) -> bool {
        let covers = |a: &Alternative, b: &Alternative| match (a, b) {
            (Alternative::Array(a), Alternative::Array(b)) => a.is_none() || b.is_none() || a == b,
            _ => a == b,
        };
        let within = |a: &Self, b: &Self| a.0.iter().all(|t| b.0.iter().any(|u| covers(t, u)));
        within(self, other) && within(other, self)
    }

    /// Whether every value of this type is one of the other.
    pub fn is_within(&self, other: &Self) -> bool {
        let is_number = other.0.contains(&Alternative::Number);
        let mut types = self.0.iter();
        types.all(|it| other.0.contains(it) || (is_number && *it == Alternative::Integer))
    }
}

impl Alternative {
    /// An alternative by its documented name.
    pub fn new(name: &str) -> Self {
        let of_elements = name.strip_prefix("array[");
        match (name, of_elements.and_then(|it| it.strip_suffix(']'))) {
            (_, Some(of)) => Self::Array(Some(Type::new(of))),
            ("array", None) => Self::Array(None),
            (name, None) => name
                .parse()
                .unwrap_or_else(|_| Self::Other(name.to_owned())),
        }
    }
}

impl fmt::Display for Alternative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Array(Some(of)) => write!(f, "array[{of}]"),
            Self::Array(None) => f.write_str("array"),
            Self::Other(name) => f.write_str(name),
            known => f.write_str(known.into()),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.0.iter().map(Alternative::to_string).collect();
        f.pad(&names.join("|"))
    }
}

impl FromStr for Type {
    type Err = Infallible;

    fn from_str(name: &str) -> Result<Self, Infallible> {
        Ok(Self::new(name))
    }
}

/// The values that a field may take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Values {
    /// These, in document order; none listed means that every value of the type is fine.
    Listed(Vec<String>),
    /// It is an enumeration whose values the source does not show.
    Unknown(UnknownValues),
}

/// Marks an enumeration without its values; stored as `"unknown"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UnknownValues {
    /// The only value.
    Unknown,
}

impl Values {
    /// An enumeration whose values are not shown.
    pub const UNKNOWN: Self = Self::Unknown(UnknownValues::Unknown);

    /// No enumeration: any value of the type is allowed.
    pub fn any() -> Self {
        Self::Listed(Vec::new())
    }

    /// Whether the field is an enumeration.
    pub fn is_enumeration(&self) -> bool {
        match self {
            Self::Listed(values) => !values.is_empty(),
            Self::Unknown(_) => true,
        }
    }

    /// The listed values.
    pub fn listed(&self) -> &[String] {
        match self {
            Self::Listed(values) => values,
            Self::Unknown(_) => &[],
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

    #[test]
    fn a_type_is_read_from_its_text() {
        for text in [
            "string",
            "array[object]|object",
            "array[array[string|uuid]]|null",
            "enum",
        ] {
            assert_eq!(Type::new(text).to_string(), text);
        }
        assert_eq!(Type::new("string|array"), Type::new("array|string"));
        assert!(Type::new("array[string]|null").has_strings());
        assert!(Type::new("array").has_fields() && !Type::new("array[string]").has_fields());
    }
}
