//! Where a documented fact stands, as a value.
//!
//! A location has one text form, for files and identifiers. `text.rs` formats and parses it, and
//! nothing else; other code compares and matches values.
//!
//! | text | what stands there |
//! |---|---|
//! | `operation`, `method`, `path`, `security`, `title`, `description` | the operation as a whole |
//! | `statuses` | the text above the table of statuses |
//! | `servers`, `mediaTypes.body`, `headers.200`, with `[value]` for an element | a list |
//! | `dependencies`, `dependencies.PACKAGE`, `dependencies.PACKAGE[PACKAGE]` | package dependencies |
//! | `query.NAME`, `body.address.city`, `responses.200.info` | a field; elements of an array have its path |
//! | `body.?.NAME` | a field whose parent is unknown |
//! | `body.packages[webex_voice]` | an enumerated value |
//! | `body.name#maxLength`, `body.names#items.maxLength` | a constraint, of elements with `items.` |
//! | `status.404`, `reason.404` | a status, its reason phrase |
//! | `unnamed.body`, `unnamed.body[2]` | descriptions of fields without names |
//! | `examples.body/address/city`, `examples.responses.200.NAME` | an example, or a part of it |
//!
//! In names, `% . [ ] # / ?` are percent-encoded.

mod field_path;
mod text;

use serde_with::{DeserializeFromStr, SerializeDisplay};

pub use field_path::{FieldPath, Section, Segment};

/// A schema keyword that constrains a value.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeserializeFromStr, SerializeDisplay,
)]
pub struct Keyword {
    /// Whether it constrains the elements of an array.
    pub of_elements: bool,
    /// Its name, such as `maxLength`.
    pub name: String,
}

/// Lists whose elements are facts of their own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum List {
    /// Base addresses.
    Servers,
    /// Media types of a body.
    MediaTypes(Section),
    /// Headers of the response with this status.
    Headers(String),
    /// The packages of which this one requires one.
    Dependency(String),
}

/// An example: of a body, or of the parameter that `name` names. `name` also tells several of one
/// body apart.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeserializeFromStr, SerializeDisplay,
)]
pub struct ExampleId {
    /// Where it belongs.
    pub section: Section,
    /// Its name, or that of its parameter.
    pub name: Option<String>,
}

/// Where a fact of an operation stands.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeserializeFromStr, SerializeDisplay,
)]
pub enum Location {
    /// The operation as a whole.
    Operation,
    /// The HTTP method.
    Method,
    /// The path of the address.
    Path,
    /// How to authenticate.
    Security,
    /// The summary.
    Title,
    /// The description.
    Description,
    /// What stands above the table of statuses.
    Statuses,
    /// The package dependencies as a whole.
    Dependencies,
    /// A list as a whole.
    List(List),
    /// An element of a list.
    Item(List, String),
    /// A field, or a body.
    Field(FieldPath),
    /// An enumerated value of a field.
    Value(FieldPath, String),
    /// A constraint of a field.
    Constraint(FieldPath, Keyword),
    /// A status.
    Status(String),
    /// The reason phrase of a status.
    Reason(String),
    /// The descriptions of a section's fields without names.
    Unnamed(Section),
    /// One of them, counted from 1.
    UnnamedAt(Section, usize),
    /// An example, or the part of it that these keys lead to.
    Example(ExampleId, Vec<String>),
}

impl Location {
    /// What this is part of; `None` of the operation.
    pub fn parent(&self) -> Option<Self> {
        Some(match self {
            Self::Operation => return None,
            Self::Item(list, _) => Self::List(list.clone()),
            Self::List(List::Dependency(_)) => Self::Dependencies,
            Self::List(List::MediaTypes(section)) => Self::of_section(section),
            Self::List(List::Headers(status)) | Self::Reason(status) => {
                Self::Status(status.clone())
            }
            Self::Field(path) => match path.parent() {
                Some(parent) => Self::Field(parent),
                None => match &path.section {
                    Section::Response(status) => Self::Status(status.clone()),
                    _ => Self::Operation,
                },
            },
            Self::Value(path, _) | Self::Constraint(path, _) => Self::Field(path.clone()),
            Self::UnnamedAt(section, _) => Self::Unnamed(section.clone()),
            Self::Unnamed(section) => Self::of_section(section),
            Self::Status(_) => Self::Statuses,
            Self::Example(id, keys) => match keys.split_last() {
                Some((_, above)) => Self::Example(id.clone(), above.to_vec()),
                None => Self::Operation,
            },
            Self::Method
            | Self::Path
            | Self::Security
            | Self::Title
            | Self::Description
            | Self::Statuses
            | Self::Dependencies
            | Self::List(List::Servers) => Self::Operation,
        })
    }

    fn of_section(section: &Section) -> Self {
        Self::Field(FieldPath::from(section.clone()))
    }
}

/// A text that is no location.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no location; write one such as `body.email`")]
pub struct LocationError(String);

#[cfg(test)]
mod tests {
    //! What a location is part of.
    use super::*;

    #[test]
    fn parents_lead_to_the_operation() {
        for text in [
            "body.a.b[v]",
            "responses.200.a#x",
            "headers.200[x]",
            "examples.body/a/0",
        ] {
            let location: Location = text.parse().unwrap();
            let last = std::iter::successors(Some(location), Location::parent).last();
            assert_eq!(last, Some(Location::Operation), "{text}");
        }
    }
}
