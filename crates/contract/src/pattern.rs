//! Patterns for locations and identifiers, in which `*` stands for any characters.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use crate::location::{Location, LocationError};

/// A pattern for identifiers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// A pattern by its text.
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Whether it matches the whole of an identifier.
    pub fn matches(&self, id: &str) -> bool {
        let mut parts = self.0.split('*');
        let head = parts.next().unwrap_or_default();
        let Some(mut rest) = id.strip_prefix(head) else {
            return false;
        };
        let Some(last) = parts.next_back() else {
            return rest.is_empty();
        };
        // The first place for each part leaves the most for those behind it.
        for part in parts {
            match rest.find(part) {
                Some(index) => rest = &rest[index + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One location, or all whose texts match a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Locations {
    /// This one.
    One(Location),
    /// Those that match.
    Matching(Pattern),
}

impl Locations {
    /// Whether a location is among them.
    pub fn contain(&self, location: &Location) -> bool {
        match self {
            Self::One(one) => one == location,
            Self::Matching(pattern) => pattern.matches(&location.to_string()),
        }
    }
}

impl FromStr for Locations {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        Ok(match text.contains('*') {
            false => Self::One(text.parse()?),
            true => Self::Matching(Pattern::new(text)),
        })
    }
}

impl TryFrom<String> for Locations {
    type Error = LocationError;

    fn try_from(text: String) -> Result<Self, LocationError> {
        text.parse()
    }
}

impl fmt::Display for Locations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(location) => write!(f, "{location}"),
            Self::Matching(pattern) => write!(f, "{pattern}"),
        }
    }
}

#[cfg(test)]
mod tests {
    //! What a star stands for.
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, text, expected) in [
            ("body.email", "body.email", true),
            ("body.email", "body.email.x", false),
            ("body.*address.country", "body.address.country", true),
            ("body.*address.country", "body.a.b.address.country", true),
            ("responses.*", "responses.400", true),
            ("*", "", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c", false),
            ("a*a", "a", false),
            ("*ab*ab", "abab", true),
            ("*ab*ab", "xab", false),
            ("**", "x", true),
            (&"a*".repeat(40), &"a".repeat(39), false),
            (&format!("{}b", "*a".repeat(40)), &"a".repeat(500), false),
        ] {
            assert_eq!(
                Pattern::new(pattern).matches(text),
                expected,
                "{pattern} {text}"
            );
        }
    }

    #[test]
    fn one_location_must_be_one() {
        let one: Locations = "body.email".parse().unwrap();
        assert!(one.contain(&"body.email".parse().unwrap()));
        let all: Locations = "body.*mail#format".parse().unwrap();
        assert!(all.contain(&"body.a.mail#format".parse().unwrap()));
        assert!("bdy.email".parse::<Locations>().is_err());
    }
}
