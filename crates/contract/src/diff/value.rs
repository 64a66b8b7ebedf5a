//! The value of a fact, with the text that stands for it in reports and in the file of deviations.

use std::fmt;

use crate::types::{Type, Values};

use super::kind::Kind;

/// The value of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A name, a path, the value of a constraint.
    Text(String),
    /// A type.
    Type(Type),
    /// The values that a field may take.
    Values(Values),
    /// Whether something must be sent.
    Required(bool),
    /// Whether something is marked as deprecated.
    Deprecated(bool),
    /// Alternatives to authenticate by.
    Security(Vec<String>),
}

const NONE: &str = "none";
const ANY: &str = "any value";
const UNKNOWN: &str = "an enumeration";
const REQUIREMENTS: [&str; 2] = ["optional", "required"];
const DEPRECATIONS: [&str; 2] = ["not deprecated", "deprecated"];

/// `required` or `optional`.
pub(super) fn requirement(required: bool) -> &'static str {
    REQUIREMENTS[usize::from(required)]
}

impl Value {
    /// Parses a value of changes of this kind.
    pub fn parse(kind: Kind, text: &str) -> Result<Self, ValueError> {
        let one_of = |names: [&'static str; 2]| {
            let index = names.iter().position(|name| *name == text);
            index.map(|index| index == 1).ok_or(ValueError(names))
        };
        let list = |separator: &str| text.split(separator).map(str::to_owned).collect();
        Ok(match kind {
            Kind::Type => Self::Type(Type::new(text)),
            Kind::Requirement => Self::Required(one_of(REQUIREMENTS)?),
            Kind::Deprecation => Self::Deprecated(one_of(DEPRECATIONS)?),
            Kind::Enumeration => Self::Values(match text {
                ANY => Values::any(),
                UNKNOWN => Values::UNKNOWN,
                _ => Values::Listed(list(", ")),
            }),
            Kind::Security if text == NONE => Self::Security(Vec::new()),
            Kind::Security => Self::Security(list(" or ")),
            Kind::Added
            | Kind::Removed
            | Kind::Renamed
            | Kind::Constraint
            | Kind::Body
            | Kind::Wording
            | Kind::Example
            | Kind::Method
            | Kind::Path
            | Kind::Undocumented => Self::Text(text.to_owned()),
        })
    }

    pub(super) fn text(text: impl AsRef<str>) -> Option<Self> {
        Some(Self::Text(text.as_ref().to_owned()))
    }

    /// An example as JSON, which is empty where there is none.
    pub(super) fn example(json: impl AsRef<str>) -> Option<Self> {
        let json = Some(json.as_ref()).filter(|json| !json.is_empty());
        Self::text(json.unwrap_or(NONE))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Type(ty) => write!(f, "{ty}"),
            Self::Values(Values::Unknown(_)) => f.write_str(UNKNOWN),
            Self::Values(Values::Listed(values)) if values.is_empty() => f.write_str(ANY),
            Self::Values(Values::Listed(values)) => f.write_str(&values.join(", ")),
            Self::Required(required) => f.write_str(requirement(*required)),
            Self::Deprecated(deprecated) => f.write_str(DEPRECATIONS[usize::from(*deprecated)]),
            Self::Security(alternatives) if alternatives.is_empty() => f.write_str(NONE),
            Self::Security(alternatives) => f.write_str(&alternatives.join(" or ")),
        }
    }
}

/// An invalid value; one of these two was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected `{}` or `{}`", .0[0], .0[1])]
pub struct ValueError([&'static str; 2]);
