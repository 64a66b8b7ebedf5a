//! Reads JSON, and finds the names that an object has twice.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Value};

/// Maximum number of duplicate names that are reported.
const MAX_DUPLICATES: usize = 20;

/// Maximum number of characters that are quoted of a name or value from a client.
const MAX_QUOTED: usize = 200;

/// Reads a document, and the dotted paths of names that come twice in an object. The last value of
/// such a name counts.
pub(crate) fn read(text: &[u8]) -> Result<(Value, Vec<String>), serde_json::Error> {
    let mut duplicates = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Reader(&mut duplicates).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok((value, duplicates))
}

/// The beginning of a text from a client.
pub(crate) fn quoted(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Reads a value as [`Value`] does, and adds duplicate names.
struct Reader<'a>(&'a mut Vec<String>);

macro_rules! scalar {
    ($($visit:ident($type:ty)),*) => {$(
        fn $visit<E>(self, value: $type) -> Result<Value, E> {
            Ok(Value::from(value))
        }
    )*};
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    scalar! {
        visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64), visit_str(&str)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = array.next_element_seed(Reader(&mut *self.0))? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            let before = self.0.len();
            let value = object.next_value_seed(Reader(&mut *self.0))?;
            for path in &mut self.0[before..] {
                *path = quoted(&format!("{}.{path}", quoted(&name)));
            }
            match values.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert(value);
                }
                Entry::Occupied(mut entry) => {
                    entry.insert(value);
                    if self.0.len() < MAX_DUPLICATES {
                        self.0.push(quoted(entry.key()));
                    }
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
            let (value, duplicates) = read(text.as_bytes()).unwrap();
            assert_eq!(value, serde_json::from_str::<Value>(text).unwrap());
            assert_eq!(duplicates, [""; 0]);
        }
    }

    #[test]
    fn names_that_come_duplicates_come_with_their_path() {
        let (value, duplicates) =
            read(br#"{"a": {"b": 1, "b": 2}, "c": [{"d": 1, "d": 1}]}"#).unwrap();
        assert_eq!(duplicates, ["a.b", "c.d"]);
        assert_eq!(value["a"]["b"], 2);
    }

    #[test]
    fn long_and_many_names_are_told_in_part() {
        let (long, many) = ("k".repeat(500_000), r#""a": 1,"#.repeat(50_000));
        let body = format!(r#"{{"{long}": {{{many} "a": 1}}, "{long}": 1}}"#);
        let (_, duplicates) = read(body.as_bytes()).unwrap();
        assert_eq!(duplicates.len(), MAX_DUPLICATES);
        assert!(
            duplicates
                .iter()
                .all(|path| path.chars().count() <= 2 * MAX_QUOTED + 3)
        );
        assert_eq!(quoted(&"é".repeat(201)), format!("{}…", "é".repeat(200)));
        assert_eq!(quoted(&"é".repeat(200)), "é".repeat(200));
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
