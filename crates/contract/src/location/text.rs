//! The text form of a location, for files and identifiers: one `Display` and one `FromStr` a type.

use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, percent_decode_str, utf8_percent_encode};

use super::{ExampleId, FieldPath, Keyword, List, Location, LocationError, Section, Segment};

impl Location {
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

impl Section {
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
}
