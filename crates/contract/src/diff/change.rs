//! A change of one fact, as a value.

use std::fmt;

use crate::inventory::{Field, Response};
use crate::location::{ExampleId, FieldPath, Keyword, List, Location, Section};
use crate::text_digest::TextDigest;
use crate::types::{Type, Values};

use super::kind::Kind;
use super::value::{Value, requirement};

/// A fact as it was, and as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Both<T> {
    /// On the first side.
    pub before: T,
    /// On the second side.
    pub after: T,
}

/// One documented fact that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Only the second side has it.
    Added(Part),
    /// Only the first side has it.
    Removed(Part),
    /// The second side has it under this name.
    Renamed(Part, String),
    /// The HTTP method.
    Method(Both<String>),
    /// The path of the address.
    Path(Both<String>),
    /// The alternatives to authenticate by.
    Security(Both<Vec<String>>),
    /// Whether the operation is marked as deprecated.
    OperationDeprecation(Both<bool>),
    /// Whether a field is marked as deprecated.
    Deprecation(FieldPath, Both<bool>),
    /// The type of a field.
    Type(FieldPath, Both<Type>),
    /// Whether a field, or the body, must be sent.
    Requirement(FieldPath, Both<bool>),
    /// Whether the values of a field are listed at all.
    Enumeration(FieldPath, Both<Values>),
    /// A schema keyword that constrains a field.
    Constraint(FieldPath, Keyword, Both<Option<String>>),
    /// Whether there is a body.
    Body(Section, Both<bool>),
    /// A description, title or note.
    Wording(Location, Both<TextDigest>),
    /// All descriptions of these enumerated values were removed.
    Labels(FieldPath, Vec<String>),
    /// The reason phrase of a status.
    Reason(String, Both<String>),
    /// The example of a field, as JSON; empty where there is none.
    FieldExample(FieldPath, Both<String>),
    /// A value in an example, as JSON.
    Example(ExampleId, Vec<String>, Both<String>),
    /// The second side does not document these facts.
    Undocumented(Location, Vec<Kind>),
}

/// What is added, removed or renamed as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A field with all fields in it.
    Field {
        /// The field.
        field: Box<Field>,
        /// The fields in it.
        inner: Vec<Field>,
        /// Where it may stand, if its parent is unknown.
        places: Vec<FieldPath>,
    },
    /// An enumerated value, and its description.
    Value(FieldPath, String, Option<TextDigest>),
    /// An element of a list.
    Item(List, String),
    /// A package that requires one of these packages.
    Dependency(String, Vec<String>),
    /// A status.
    Status(Response),
    /// A description of a field without a name.
    Unnamed(Section, usize, TextDigest),
    /// An example, or a part of it, as JSON.
    Example(ExampleId, Vec<String>, String),
}

impl Change {
    /// What about the fact changed.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Added(_) => Kind::Added,
            Self::Removed(_) => Kind::Removed,
            Self::Renamed(..) => Kind::Renamed,
            Self::Method(_) => Kind::Method,
            Self::Path(_) => Kind::Path,
            Self::Security(_) => Kind::Security,
            Self::OperationDeprecation(_) | Self::Deprecation(..) => Kind::Deprecation,
            Self::Type(..) => Kind::Type,
            Self::Requirement(..) => Kind::Requirement,
            Self::Enumeration(..) => Kind::Enumeration,
            Self::Constraint(..) => Kind::Constraint,
            Self::Body(..) => Kind::Body,
            Self::Wording(..) | Self::Labels(..) | Self::Reason(..) => Kind::Wording,
            Self::FieldExample(..) | Self::Example(..) => Kind::Example,
            Self::Undocumented(..) => Kind::Undocumented,
        }
    }

    /// What was added, removed or renamed.
    pub fn part(&self) -> Option<&Part> {
        match self {
            Self::Added(part) | Self::Removed(part) | Self::Renamed(part, _) => Some(part),
            _ => None,
        }
    }

    /// The location of the fact; of a rename, its old location.
    pub fn location(&self) -> Location {
        match self {
            Self::Added(part) | Self::Removed(part) | Self::Renamed(part, _) => part.location(),
            Self::Method(_) => Location::Method,
            Self::Path(_) => Location::Path,
            Self::Security(_) => Location::Security,
            Self::OperationDeprecation(_) => Location::Operation,
            Self::Deprecation(path, _)
            | Self::Type(path, _)
            | Self::Requirement(path, _)
            | Self::Enumeration(path, _)
            | Self::FieldExample(path, _)
            | Self::Labels(path, _) => Location::Field(path.clone()),
            Self::Constraint(path, keyword, _) => {
                Location::Constraint(path.clone(), keyword.clone())
            }
            Self::Body(section, _) => Location::Field(section.clone().into()),
            Self::Wording(location, _) | Self::Undocumented(location, _) => location.clone(),
            Self::Reason(status, _) => Location::Reason(status.clone()),
            Self::Example(id, keys, _) => Location::Example(id.clone(), keys.clone()),
        }
    }

    /// The typed values on both sides, where the fact has a value on either.
    pub fn values(&self) -> Both<Option<Value>> {
        match self {
            Self::Renamed(part, to) => Both::of(part.name(), to).map(Value::text),
            Self::Method(both) | Self::Path(both) | Self::Reason(_, both) => {
                both.as_ref().map(Value::text)
            }
            Self::Security(both) => both.as_ref().map(|it| Some(Value::Security(it.clone()))),
            Self::OperationDeprecation(both) | Self::Deprecation(_, both) => {
                both.as_ref().map(|it| Some(Value::Deprecated(*it)))
            }
            Self::Type(_, both) => both.as_ref().map(|it| Some(Value::Type(it.clone()))),
            Self::Requirement(_, both) => both.as_ref().map(|it| Some(Value::Required(*it))),
            Self::Enumeration(_, both) => both.as_ref().map(|it| Some(Value::Values(it.clone()))),
            Self::Constraint(_, _, both) => both.as_ref().map(|it| it.clone().map(Value::Text)),
            Self::FieldExample(_, both) | Self::Example(_, _, both) => {
                both.as_ref().map(Value::example)
            }
            Self::Added(_)
            | Self::Removed(_)
            | Self::Body(..)
            | Self::Wording(..)
            | Self::Labels(..)
            | Self::Undocumented(..) => Both::of(None, None),
        }
    }

    /// Both sides for a person to read.
    pub(super) fn shown(&self) -> Both<Option<String>> {
        match self {
            Self::Added(part) => Both::of(None, Some(part.to_string())),
            Self::Removed(part) => Both::of(Some(part.to_string()), None),
            Self::Body(_, both) => both.as_ref().map(|there| {
                let shown = if *there { "a body" } else { "no body" };
                Some(shown.to_owned())
            }),
            Self::Wording(_, both) => both.as_ref().map(|text| {
                let fingerprints: Vec<&str> = text.fingerprints().collect();
                Some(fingerprints.join(" "))
            }),
            Self::Labels(_, values) => {
                Both::of(Some(format!("descriptions of {}", values.join(", "))), None)
            }
            Self::Undocumented(_, kinds) => {
                let kinds = kinds.iter().map(|kind| match kind {
                    Kind::Added | Kind::Removed => "presence",
                    kind => kind.as_str(),
                });
                let kinds: Vec<&str> = kinds.collect();
                Both::of(
                    Some(format!("documented ({})", kinds.join(", "))),
                    Some("no longer documented".to_owned()),
                )
            }
            _ => self
                .values()
                .map(|value| value.map(|value| value.to_string())),
        }
    }

    /// Whether both changes give the same fact the same new value.
    pub fn has_same_result(&self, other: &Self) -> bool {
        self.kind() == other.kind()
            && self.location() == other.location()
            && self.values().after == other.values().after
    }
}

impl Part {
    /// Where it stands.
    pub fn location(&self) -> Location {
        match self {
            Self::Field { field, .. } => Location::Field(field.at.clone()),
            Self::Value(path, value, _) => Location::Value(path.clone(), value.clone()),
            Self::Item(list, item) => Location::Item(list.clone(), item.clone()),
            Self::Dependency(package, _) => Location::List(List::Dependency(package.clone())),
            Self::Status(response) => Location::Status(response.status.clone()),
            Self::Unnamed(section, index, _) => Location::UnnamedAt(section.clone(), *index),
            Self::Example(id, keys, _) => Location::Example(id.clone(), keys.clone()),
        }
    }

    /// The name under which it is known.
    fn name(&self) -> &str {
        match self {
            Self::Field { field, .. } => field.name(),
            Self::Value(_, name, _) | Self::Item(_, name) | Self::Dependency(name, _) => name,
            Self::Status(response) => &response.status,
            Self::Unnamed(..) => "",
            Self::Example(_, keys, _) => keys.last().map_or("", String::as_str),
        }
    }
}

/// In a few words: `object, required, with city, country`.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field { field, inner, .. } => {
                let mut parts: Vec<String> = Vec::new();
                parts.extend(field.ty.as_ref().map(Type::to_string));
                parts.extend(field.required.map(|it| requirement(it).to_owned()));
                if !field.listed_values().is_empty() {
                    parts.push(format!("one of {}", field.listed_values().join(", ")));
                }
                if !inner.is_empty() {
                    let inner = inner.iter().map(|it| field.at.relative(&it.at));
                    parts.push(format!("with {}", inner.collect::<Vec<_>>().join(", ")));
                }
                f.write_str(&parts.join(", "))
            }
            Self::Value(_, value, _) | Self::Item(_, value) => f.write_str(value),
            Self::Dependency(_, needed) => f.write_str(&needed.join(", ")),
            Self::Status(Response { status, reason, .. }) => {
                f.write_str(status)?;
                reason.iter().try_for_each(|reason| write!(f, " {reason}"))
            }
            Self::Unnamed(..) => f.write_str("a description"),
            Self::Example(_, _, json) => f.write_str(json),
        }
    }
}

impl<T> Both<T> {
    pub(super) fn of(before: T, after: T) -> Self {
        Self { before, after }
    }

    pub(super) fn as_ref(&self) -> Both<&T> {
        Both::of(&self.before, &self.after)
    }

    pub(super) fn map<U>(self, work: impl Fn(T) -> U) -> Both<U> {
        Both::of(work(self.before), work(self.after))
    }
}
