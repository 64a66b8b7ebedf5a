//! Reads a body as JSON, and tells the names that come twice in one object.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Value};

/// Names that come twice, of which one tells.
const MOST_TWICE: usize = 20;

/// What a body says, and the dotted paths of the names that come twice in their objects: some of
/// them, where there are many. The last value is the one that counts.
pub(crate) fn read(body: &[u8]) -> Result<(Value, Vec<String>), serde_json::Error> {
    let twice = RefCell::new(Vec::new());
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = Watched {
        at: &At::Body,
        twice: &twice,
    };
    let value = value.deserialize(&mut reader)?;
    reader.end()?;
    Ok((value, twice.into_inner()))
}

/// A value by its name. Most objects are so small that it takes less to look at each name than to
/// hash one.
pub(crate) fn get<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    const FEW: usize = 16;
    if object.len() > FEW {
        return object.get(name);
    }
    let mut values = object.iter();
    values.find(|(known, _)| *known == name).map(|(_, v)| v)
}

/// Where a value stands. It is seldom told, so that it is put together only then.
#[derive(Clone, Copy)]
pub(crate) enum At<'a> {
    /// The body itself.
    Body,
    /// Under this name in that object.
    In(&'a At<'a>, &'a str),
}

/// Characters of a path, or of a value, that are told at most: a client may send longer ones.
const LONGEST_TOLD: usize = 200;

/// The beginning of a text that came from a client.
pub(crate) fn told(text: &str) -> String {
    match text.char_indices().nth(LONGEST_TOLD) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

impl At<'_> {
    /// The dotted path, or its beginning where it is long.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::Body => String::new(),
            Self::In(Self::Body, name) => told(name),
            // What stands before the end of a long path need not be put together.
            Self::In(object, name) => told(&format!("{}.{}", object.told(), told(name))),
        }
    }
}

/// A value at its place.
#[derive(Clone, Copy)]
struct Watched<'a> {
    at: &'a At<'a>,
    twice: &'a RefCell<Vec<String>>,
}

impl<'de> DeserializeSeed<'de> for Watched<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Watched<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            let at = At::In(self.at, &name);
            let value = object.next_value_seed(Watched { at: &at, ..self })?;
            match values.entry(name) {
                Entry::Vacant(place) => {
                    place.insert(value);
                }
                Entry::Occupied(mut known) => {
                    if self.twice.borrow().len() < MOST_TWICE {
                        let told = At::In(self.at, known.key()).told();
                        self.twice.borrow_mut().push(told);
                    }
                    known.insert(value);
                }
            }
        }
        Ok(Value::Object(values))
    }
}

#[cfg(test)]
mod tests {
    //! Read beside serde_json's own reader.
    use super::*;

    #[test]
    fn values_are_those_that_serde_json_reads() {
        for text in [
            r#"{"a": [1, -2, 3.5, "é\n", null, true], "b": {"c": {}}}"#,
            "18446744073709551615",
            r#""x""#,
        ] {
            let (value, twice) = read(text.as_bytes()).unwrap();
            assert_eq!(value, serde_json::from_str::<Value>(text).unwrap());
            assert_eq!(twice, [""; 0]);
        }
    }

    #[test]
    fn names_that_come_twice_are_told_with_their_path() {
        let (value, twice) = read(br#"{"a": {"b": 1, "b": 2}, "c": [{"d": 1, "d": 1}]}"#).unwrap();
        assert_eq!(twice, ["a.b", "c.d"]);
        assert_eq!(value["a"]["b"], 2);
    }

    #[test]
    fn long_and_many_names_are_told_in_part() {
        let (long, many) = ("k".repeat(500_000), r#""a": 1,"#.repeat(50_000));
        let body = format!(r#"{{"{long}": {{{many} "a": 1}}, "{long}": 1}}"#);
        let (_, twice) = read(body.as_bytes()).unwrap();
        assert_eq!(twice.len(), MOST_TWICE);
        assert!(
            twice
                .iter()
                .all(|path| path.chars().count() <= 2 * LONGEST_TOLD + 3)
        );
        assert_eq!(told(&"é".repeat(201)), format!("{}…", "é".repeat(200)));
        assert_eq!(told(&"é".repeat(200)), "é".repeat(200));
    }

    #[test]
    fn what_is_no_json_is_an_error() {
        let deep = "[".repeat(100_000);
        for text in [
            b"{\"a\": \"\xff\"}".as_slice(),
            b"",
            b"{} {}",
            deep.as_bytes(),
        ] {
            assert!(read(text).is_err());
        }
    }
}
