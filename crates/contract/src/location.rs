//! Where a documented fact stands, as a value.
//!
//! A location has one text form, for files and identifiers. Only this module formats and parses it;
//! other code compares and matches values.
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

use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, percent_decode_str, utf8_percent_encode};
use serde_with::{DeserializeFromStr, SerializeDisplay};

/// The parts of an operation that have fields.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeserializeFromStr, SerializeDisplay,
)]
pub enum Section {
    /// Parameters in the path.
    Path,
    /// Parameters in the query.
    Query,
    /// Parameters in headers.
    Header,
    /// Parameters in cookies.
    Cookie,
    /// The body of the request.
    Body,
    /// The body of the response with this status.
    Response(String),
}

impl Section {
    /// The sections whose fields are parameters.
    pub const PARAMETERS: [Self; 4] = [Self::Path, Self::Query, Self::Header, Self::Cookie];

    /// Whether its fields are sent.
    pub fn is_request(&self) -> bool {
        !matches!(self, Self::Response(_))
    }

    /// Whether its fields are parameters, each with a schema of its own.
    pub fn is_parameter(&self) -> bool {
        Self::PARAMETERS.contains(self)
    }

    /// The field of this name, directly in this section.
    pub fn field(&self, name: impl Into<String>) -> FieldPath {
        FieldPath::from(self.clone()).child(name)
    }

    /// Reads a section at the beginning of a text; what follows its dot is the rest.
    fn split(text: &str) -> Option<(Self, Option<&str>)> {
        let (word, rest) = split_dot(text);
        let section = match word {
            "path" => Self::Path,
            "query" => Self::Query,
            "header" => Self::Header,
            "cookie" => Self::Cookie,
            "body" => Self::Body,
            "responses" => {
                let (status, rest) = split_dot(rest?);
                return Some((Self::Response(decode(status)), rest));
            }
            _ => return None,
        };
        Some((section, rest))
    }
}

/// A part of a field's path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// The field of this name.
    Name(String),
    /// An unknown parent.
    Unknown,
}

/// Where a field stands. Without segments it is the whole section.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeserializeFromStr, SerializeDisplay,
)]
pub struct FieldPath {
    /// The part of the operation.
    pub section: Section,
    /// From the outermost field inwards. Elements of an array have no segment of their own.
    pub segments: Vec<Segment>,
}

impl From<Section> for FieldPath {
    fn from(section: Section) -> Self {
        let segments = Vec::new();
        Self { section, segments }
    }
}

impl FieldPath {
    /// The request body.
    pub fn body() -> Self {
        Self::from(Section::Body)
    }

    /// The field of this name in the field at this path.
    pub fn child(&self, name: impl Into<String>) -> Self {
        let mut child = self.clone();
        child.segments.push(Segment::Name(name.into()));
        child
    }

    /// The path of a field somewhere below this one, whose parent is unknown.
    pub fn unplaced(&self, name: impl Into<String>) -> Self {
        let mut parent = self.clone();
        parent.segments.push(Segment::Unknown);
        parent.child(name)
    }

    /// What the field stands in; `None` of a whole body or section.
    pub fn parent(&self) -> Option<Self> {
        let (_, above) = self.segments.split_last()?;
        Some(Self {
            section: self.section.clone(),
            segments: above.to_vec(),
        })
    }

    /// The name of the field; `None` of a whole body or section.
    pub fn name(&self) -> Option<&str> {
        self.names().next_back()
    }

    /// The names on the way to the field, its own included.
    pub fn names(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Name(name) => Some(name.as_str()),
            Segment::Unknown => None,
        })
    }

    /// Whether every parent is known.
    pub fn is_placed(&self) -> bool {
        !self.segments.contains(&Segment::Unknown)
    }

    /// Whether the path is that of a body or section as a whole.
    pub fn is_whole(&self) -> bool {
        self.segments.is_empty()
    }

    /// Whether `other` stands directly in this field.
    pub fn is_parent_of(&self, other: &Self) -> bool {
        self.is_above(other) && other.segments.len() == self.segments.len() + 1
    }

    /// Whether `other` stands anywhere in this field.
    pub fn is_above(&self, other: &Self) -> bool {
        self.section == other.section
            && other.segments.len() > self.segments.len()
            && other.segments.starts_with(&self.segments)
    }

    /// This field and those around it, from the innermost outwards.
    pub fn with_parents(&self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self.clone()), Self::parent)
    }

    /// The path of `other`, a descendant, relative to this field: `address.city`.
    pub fn relative(&self, other: &Self) -> String {
        let inner = other.segments.iter().skip(self.segments.len());
        let parts: Vec<String> = inner.map(Segment::to_string).collect();
        parts.join(".")
    }
}

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

    fn parse(text: &str) -> Option<Self> {
        let (word, rest) = split_dot(text);
        let (bare, item) = split_item(text);
        Some(match (word, rest) {
            ("operation", None) => Self::Operation,
            ("method", None) => Self::Method,
            ("path", None) => Self::Path,
            ("security", None) => Self::Security,
            ("title", None) => Self::Title,
            ("description", None) => Self::Description,
            ("statuses", None) => Self::Statuses,
            ("dependencies", None) => Self::Dependencies,
            ("status", Some(status)) => Self::Status(decode(status)),
            ("reason", Some(status)) => Self::Reason(decode(status)),
            ("examples", Some(rest)) => {
                let mut parts = rest.split('/');
                let id = parts.next()?.parse().ok()?;
                Self::Example(id, parts.map(decode).collect())
            }
            ("unnamed", Some(_)) => {
                let section = bare.strip_prefix("unnamed.")?.parse().ok()?;
                match item {
                    Some(index) => Self::UnnamedAt(section, index.parse().ok()?),
                    None => Self::Unnamed(section),
                }
            }
            _ => match (List::parse(bare), item) {
                (Some(list), Some(item)) => Self::Item(list, item.to_owned()),
                (Some(list), None) => Self::List(list),
                (None, Some(value)) => Self::Value(bare.parse().ok()?, value.to_owned()),
                (None, None) => match text.split_once('#') {
                    Some((path, keyword)) => {
                        Self::Constraint(path.parse().ok()?, keyword.parse().ok()?)
                    }
                    None => Self::Field(text.parse().ok()?),
                },
            },
        })
    }
}

impl List {
    fn parse(text: &str) -> Option<Self> {
        let (word, rest) = split_dot(text);
        Some(match (word, rest) {
            ("servers", None) => Self::Servers,
            ("mediaTypes", Some(section)) => Self::MediaTypes(section.parse().ok()?),
            ("headers", Some(status)) => Self::Headers(decode(status)),
            ("dependencies", Some(package)) => Self::Dependency(decode(package)),
            _ => return None,
        })
    }
}

/// A text that is no location.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no location; write one such as `body.email`")]
pub struct LocationError(String);

impl FromStr for Location {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        Self::parse(text).ok_or_else(|| LocationError(text.to_owned()))
    }
}

impl FromStr for Section {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        match Self::split(text) {
            Some((section, None)) => Ok(section),
            _ => Err(LocationError(text.to_owned())),
        }
    }
}

impl FromStr for FieldPath {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        let (section, rest) = Section::split(text).ok_or_else(|| LocationError(text.to_owned()))?;
        let segments = rest.into_iter().flat_map(|rest| rest.split('.'));
        let segments = segments.map(|segment| match segment {
            "?" => Segment::Unknown,
            name => Segment::Name(decode(name)),
        });
        let segments = segments.collect();
        Ok(Self { section, segments })
    }
}

impl FromStr for Keyword {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        let of_elements = text.strip_prefix("items.");
        Ok(Self {
            of_elements: of_elements.is_some(),
            name: decode(of_elements.unwrap_or(text)),
        })
    }
}

impl FromStr for ExampleId {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        let (section, name) = Section::split(text).ok_or_else(|| LocationError(text.to_owned()))?;
        let name = name.map(decode);
        Ok(Self { section, name })
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path => f.write_str("path"),
            Self::Query => f.write_str("query"),
            Self::Header => f.write_str("header"),
            Self::Cookie => f.write_str("cookie"),
            Self::Body => f.write_str("body"),
            Self::Response(status) => write!(f, "responses.{}", encode(status)),
        }
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "{}", encode(name)),
            Self::Unknown => f.write_str("?"),
        }
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.section)?;
        self.segments.iter().try_for_each(|it| write!(f, ".{it}"))
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = if self.of_elements { "items." } else { "" };
        write!(f, "{of}{}", encode(&self.name))
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Servers => f.write_str("servers"),
            Self::MediaTypes(section) => write!(f, "mediaTypes.{section}"),
            Self::Headers(status) => write!(f, "headers.{}", encode(status)),
            Self::Dependency(package) => write!(f, "dependencies.{}", encode(package)),
        }
    }
}

impl fmt::Display for ExampleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.section)?;
        self.name
            .iter()
            .try_for_each(|it| write!(f, ".{}", encode(it)))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation => f.write_str("operation"),
            Self::Method => f.write_str("method"),
            Self::Path => f.write_str("path"),
            Self::Security => f.write_str("security"),
            Self::Title => f.write_str("title"),
            Self::Description => f.write_str("description"),
            Self::Statuses => f.write_str("statuses"),
            Self::Dependencies => f.write_str("dependencies"),
            Self::List(list) => write!(f, "{list}"),
            Self::Item(list, item) => write!(f, "{list}[{item}]"),
            Self::Field(path) => write!(f, "{path}"),
            Self::Value(path, value) => write!(f, "{path}[{value}]"),
            Self::Constraint(path, keyword) => write!(f, "{path}#{keyword}"),
            Self::Status(status) => write!(f, "status.{}", encode(status)),
            Self::Reason(status) => write!(f, "reason.{}", encode(status)),
            Self::Unnamed(section) => write!(f, "unnamed.{section}"),
            Self::UnnamedAt(section, index) => write!(f, "unnamed.{section}[{index}]"),
            Self::Example(id, keys) => {
                write!(f, "examples.{id}")?;
                keys.iter()
                    .try_for_each(|key| write!(f, "/{}", encode(key)))
            }
        }
    }
}

/// What stands before and behind the first dot.
fn split_dot(text: &str) -> (&str, Option<&str>) {
    match text.split_once('.') {
        Some((word, rest)) => (word, Some(rest)),
        None => (text, None),
    }
}

/// What stands before brackets at the end, and in them. Names have none.
fn split_item(text: &str) -> (&str, Option<&str>) {
    let inner = text.strip_suffix(']').and_then(|text| text.split_once('['));
    inner.map_or((text, None), |(bare, item)| (bare, Some(item)))
}

const ENCODED: AsciiSet = AsciiSet::EMPTY
    .add(b'%')
    .add(b'.')
    .add(b'[')
    .add(b']')
    .add(b'#')
    .add(b'/')
    .add(b'?');

fn encode(name: &str) -> impl fmt::Display {
    utf8_percent_encode(name, &ENCODED)
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    //! Every location has one text, from which it is read again.
    use super::*;

    #[test]
    fn a_location_is_read_from_its_text() {
        let response = || Section::Response("200".to_owned());
        let path: FieldPath = "body.a%2Eb.c".parse().unwrap();
        assert_eq!(path, Section::Body.field("a.b").child("c"));
        for (location, text) in [
            (Location::Path, "path"),
            (Location::Field(Section::Path.field("id")), "path.id"),
            (Location::Field(FieldPath::body()), "body"),
            (Location::Field(FieldPath::body().unplaced("c")), "body.?.c"),
            (Location::Field(Section::Body.field("?")), "body.%3F"),
            (
                Location::Field(Section::Body.field("mediaTypes")),
                "body.mediaTypes",
            ),
            (
                Location::Value(Section::Body.field("x[y]"), "[a.b]#c".to_owned()),
                "body.x%5By%5D[[a.b]#c]",
            ),
            (
                Location::Constraint(path.clone(), "items.maxLength".parse().unwrap()),
                "body.a%2Eb.c#items.maxLength",
            ),
            (Location::List(List::Servers), "servers"),
            (
                Location::Item(List::Servers, "https://a.b/c#d".to_owned()),
                "servers[https://a.b/c#d]",
            ),
            (
                Location::Item(List::MediaTypes(response()), "a/b".to_owned()),
                "mediaTypes.responses.200[a/b]",
            ),
            (
                Location::Item(List::Headers("4XX".to_owned()), "x".to_owned()),
                "headers.4XX[x]",
            ),
            (
                Location::List(List::Dependency("a.b".to_owned())),
                "dependencies.a%2Eb",
            ),
            (Location::Status("404".to_owned()), "status.404"),
            (
                Location::UnnamedAt(response(), 2),
                "unnamed.responses.200[2]",
            ),
            (Location::Unnamed(Section::Body), "unnamed.body"),
            (
                Location::Example(
                    "responses.200.ok".parse().unwrap(),
                    vec!["a/b".to_owned(), "0".to_owned()],
                ),
                "examples.responses.200.ok/a%2Fb/0",
            ),
        ] {
            assert_eq!(location.to_string(), text);
            assert_eq!(text.parse(), Ok(location), "{text}");
        }
    }

    #[test]
    fn names_of_any_characters_survive() {
        for name in ["%2E", "%252E", "a%", "", "é.#/?[]", "items.x", "responses"] {
            let path = Section::Response(name.to_owned()).field(name).child(name);
            assert_eq!(path.to_string().parse(), Ok(path.clone()), "{name}");
            let keyword = Keyword {
                of_elements: false,
                name: name.to_owned(),
            };
            let location = Location::Constraint(path, keyword);
            assert_eq!(location.to_string().parse(), Ok(location), "{name}");
        }
    }

    #[test]
    fn other_texts_are_no_locations() {
        for text in [
            "",
            "bod.x",
            "examples",
            "unnamed.body[x]",
            "responses",
            "mediaTypes",
        ] {
            assert!(text.parse::<Location>().is_err(), "{text}");
        }
    }

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
