//! Rows of JSON, one object a line.

use std::fmt;
use std::io;

use serde::Deserializer as _;
use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};

use super::text::Text;

/// More bytes than any row has.
const LONGEST: usize = 1024 * 1024;

/// The objects of a text.
pub(crate) struct Objects {
    text: Text,
    line: u64,
}

/// A value within an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Leaf {
    Text(String),
    /// A number or a boolean, as JSON, and what it is.
    Plain(String, &'static str),
    List(Vec<String>),
    /// What no field takes, in words.
    Other(&'static str),
}

/// An object, flat: the dotted paths of its values, in order, as often as they come.
pub(crate) type Leaves = Vec<(String, Leaf)>;

impl Objects {
    pub(crate) fn new(text: Text) -> Self {
        Self { text, line: 0 }
    }

    /// Whether a whole line was read that is no part of a object yet.
    pub(crate) fn is_at_hand(&self) -> bool {
        self.text.has_line()
    }

    /// The next object with its line, or why there is none in that line. Empty lines are left out.
    pub(crate) fn next(&mut self) -> io::Result<Option<(u64, Result<Leaves, String>)>> {
        loop {
            let mut is_too_long = false;
            let length = loop {
                let rest = self.text.rest();
                if let Some(end) = rest.bytes().position(|byte| byte == b'\n') {
                    break end + 1;
                }
                if self.text.is_at_end() {
                    if rest.is_empty() && !is_too_long {
                        return Ok(None);
                    }
                    break rest.len();
                }
                if rest.len() > LONGEST {
                    is_too_long = true;
                    self.text.take(self.text.rest().len());
                }
                self.text.more()?;
            };
            self.line += 1;
            let text = self.text.rest().get(..length).unwrap_or_default().trim();
            let object = match (is_too_long, text.is_empty()) {
                (true, _) => Some(Err("the line has more than 1 MiB".to_owned())),
                (false, true) => None,
                (false, false) => Some(flat(text)),
            };
            self.text.take(length);
            if let Some(object) = object {
                return Ok(Some((self.line, object)));
            }
        }
    }
}

/// Reads an object.
fn flat(text: &str) -> Result<Leaves, String> {
    let mut leaves = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let object = Object {
        path: "",
        leaves: &mut leaves,
    };
    deserializer
        .deserialize_map(object)
        .and_then(|_| deserializer.end())
        .map_err(|error| match error.classify() {
            serde_json::error::Category::Data => "expected a JSON object".to_owned(),
            _ => {
                let reason = error.to_string();
                let reason = reason.split(" at line ").next().unwrap_or_default();
                format!("not JSON: {reason} at character {}", error.column())
            }
        })?;
    Ok(leaves)
}

/// Collects the leaves of an object.
struct Object<'a> {
    path: &'a str,
    leaves: &'a mut Leaves,
}

impl<'de> Visitor<'de> for Object<'_> {
    /// Number of its members.
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<usize, A::Error> {
        let mut members = 0;
        while let Some(name) = map.next_key::<String>()? {
            let path = match self.path {
                "" => name,
                path => format!("{path}.{name}"),
            };
            map.next_value_seed(Value {
                path,
                leaves: self.leaves,
            })?;
            members += 1;
        }
        Ok(members)
    }
}

/// Collects the leaves of any value.
struct Value<'a> {
    path: String,
    leaves: &'a mut Leaves,
}

impl Value<'_> {
    fn leaf(self, leaf: Leaf) {
        self.leaves.push((self.path, leaf));
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.leaf(Leaf::Text(text.to_owned()));
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.leaf(Leaf::Plain(value.to_string(), "true or false"));
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.leaf(Leaf::Plain(value.to_string(), "a number"));
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.leaf(Leaf::Plain(value.to_string(), "a number"));
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.leaf(Leaf::Plain(value.to_string(), "a number"));
        Ok(())
    }

    /// As if it were not there: so tables are exported.
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut texts = Vec::new();
        let mut leaf = None;
        while let Some(item) = list.next_element::<serde_json::Value>()? {
            match item {
                serde_json::Value::String(text) => texts.push(text),
                _ => leaf = Some(Leaf::Other("a list of other things than texts")),
            }
        }
        self.leaf(leaf.unwrap_or(Leaf::List(texts)));
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let object = Object {
            path: &self.path,
            leaves: self.leaves,
        };
        // An empty object would be sent as one, which a row has no means to say.
        if object.visit_map(map)? == 0 {
            self.leaf(Leaf::Other("an empty object"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    //! Objects line by line, and what is none.
    use super::*;

    fn read(text: &str) -> Vec<(u64, Result<Leaves, String>)> {
        let source = io::Cursor::new(text.as_bytes().to_vec());
        let mut objects = Objects::new(Text::new(Box::new(source), None).unwrap());
        std::iter::from_fn(|| objects.next().unwrap()).collect()
    }

    #[test]
    fn objects_are_flattened_and_nothing_is_lost() {
        let text = "\n{\"email\": \"a\", \"a\": {\"b\": \"c\", \"d\": null}, \"email\": \"x\"}\r\n\
                    {\"packages\": [\"p\", \"q\"], \"n\": 5, \"l\": [1]}";
        let leaf = |path: &str, leaf| (path.to_owned(), leaf);
        let word = |text: &str| Leaf::Text(text.to_owned());
        assert_eq!(
            read(text),
            [
                (
                    2,
                    Ok(vec![
                        leaf("email", word("a")),
                        leaf("a.b", word("c")),
                        leaf("email", word("x"))
                    ])
                ),
                (
                    3,
                    Ok(vec![
                        leaf("packages", Leaf::List(vec!["p".to_owned(), "q".to_owned()])),
                        leaf("n", Leaf::Plain("5".to_owned(), "a number")),
                        leaf("l", Leaf::Other("a list of other things than texts")),
                    ])
                ),
            ]
        );
    }

    #[test]
    fn what_is_no_object_is_told() {
        for (text, reason) in [
            ("5", "expected a JSON object"),
            ("[1]", "expected a JSON object"),
            ("{\"a\": }", "not JSON: expected value at character 7"),
            ("{\"a\": \"b\"", "not JSON: EOF"),
            ("{} {}", "not JSON: trailing characters"),
        ] {
            let rows = read(text);
            let said = rows[0].1.as_ref().unwrap_err();
            assert!(said.starts_with(reason), "{text}: {said}");
        }
        let deep = "{\"a\":".repeat(100_000);
        assert!(read(&deep)[0].1.is_err());
        // So long that its end is the end of what is read at a time.
        let longest = format!("{{\"a\": \"{}\"}}", "x".repeat(17 * 65_536 - 9));
        assert_eq!(longest.len(), 17 * 65_536);
        assert!(read(&longest)[0].1.is_err());
        let long = format!("{{\"a\": \"{}\"}}\n{{}}", "x".repeat(3 * LONGEST));
        assert!(read(&long)[0].1.is_err() && read(&long)[1].1.is_ok());
    }
}
