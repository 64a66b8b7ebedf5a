//! Patterns for locations and identifiers, in which `*` stands for any characters.

use std::fmt;

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

/// A single location, or a pattern over the texts of locations.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, strum::Display)]
#[serde(try_from = "String")]
pub enum Locations {
    /// This one.
    #[strum(to_string = "{0}")]
    One(Location),
    /// Those that match.
    #[strum(to_string = "{0}")]
    Matching(Pattern),
}

impl Locations {
    /// Whether a location is among them.
    pub fn contains(&self, location: &Location) -> bool {
        match self {
            Self::One(one) => one == location,
            Self::Matching(pattern) => pattern.matches(&location.to_string()),
        }
    }
}

impl TryFrom<String> for Locations {
    type Error = LocationError;

    fn try_from(text: String) -> Result<Self, LocationError> {
        if text.contains('*') {
            return Ok(Self::Matching(Pattern(text)));
        }
        text.parse().map(Self::One)
    }
}

#[cfg(test)]
mod tests {
    //! What a star matches.
    use super::*;

    #[test]
    fn star_matches_any_characters() {
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
    fn text_without_a_star_must_be_a_location() {
        let locations = |text: &str| Locations::try_from(text.to_owned());
        let one = locations("body.email").unwrap();
        assert!(one.contains(&"body.email".parse().unwrap()));
        let all = locations("body.*mail#format").unwrap();
        assert!(all.contains(&"body.a.mail#format".parse().unwrap()));
        assert!(locations("bdy.email").is_err());
    }
}
