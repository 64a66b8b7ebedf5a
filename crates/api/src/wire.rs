//! Values that Webex sends in more forms than its documentation says.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::types::PrecheckInfo;

/// Number of a finding or of a reason.
///
/// Declared a number and seen as an integer: `100` and `100.0` decode alike, and so does a
/// string of digits, as the published file shows for other operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Code(pub i64);

impl Code {
    /// Our words for an info code, where its meaning is known.
    pub fn meaning(self) -> Option<&'static str> {
        let known = crate::KNOWN_INFO_CODES.iter();
        let mut found = known.filter(|(code, _)| *code == self.0);
        found.next().map(|(_, meaning)| *meaning)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl From<i64> for Code {
    fn from(code: i64) -> Self {
        Self(code)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CodeVisitor)
    }
}

struct CodeVisitor;

impl de::Visitor<'_> for CodeVisitor {
    type Value = Code;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Code, E> {
        Ok(Code(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Code, E> {
        i64::try_from(value)
            .map(Code)
            .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(value), &self))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Code, E> {
        // Integers up to 2^53 are exact in a double.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if value.fract() == 0.0 && value.abs() <= EXACT {
            Ok(Code(value as i64))
        } else {
            Err(E::invalid_value(de::Unexpected::Float(value), &self))
        }
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Code, E> {
        value
            .parse()
            .map(Code)
            .map_err(|_| E::invalid_value(de::Unexpected::Str(value), &self))
    }
}

/// What Webex found, finding by finding.
///
/// Documented both as a list and as an object: an object decodes as a list of one. Encoded, it is
/// a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct InfoList(pub Vec<PrecheckInfo>);

impl<'de> Deserialize<'de> for InfoList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(InfoVisitor)
    }
}

struct InfoVisitor;

impl<'de> de::Visitor<'de> for InfoVisitor {
    type Value = InfoList;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of findings or one finding")
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<InfoList, A::Error> {
        Deserialize::deserialize(de::value::SeqAccessDeserializer::new(list)).map(InfoList)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, object: A) -> Result<InfoList, A::Error> {
        Deserialize::deserialize(de::value::MapAccessDeserializer::new(object))
            .map(|finding| InfoList(vec![finding]))
    }
}

impl std::ops::Deref for InfoList {
    type Target = [PrecheckInfo];

    fn deref(&self) -> &[PrecheckInfo] {
        &self.0
    }
}

impl From<Vec<PrecheckInfo>> for InfoList {
    fn from(findings: Vec<PrecheckInfo>) -> Self {
        Self(findings)
    }
}

impl IntoIterator for InfoList {
    type Item = PrecheckInfo;
    type IntoIter = std::vec::IntoIter<PrecheckInfo>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(feature = "schemars")]
mod schemas {
    //! The schemas of the contract, and not those of the Rust types.
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::{Code, InfoList, PrecheckInfo};

    impl JsonSchema for Code {
        fn schema_name() -> Cow<'static, str> {
            "Code".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "description": "Number of a finding or of a reason.",
                "type": "integer",
            })
        }
    }

    impl JsonSchema for InfoList {
        fn schema_name() -> Cow<'static, str> {
            "InfoList".into()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            let list = generator.subschema_for::<Vec<PrecheckInfo>>();
            let one = generator.subschema_for::<PrecheckInfo>();
            json_schema!({
                "description": "What Webex found: a list, or one finding.",
                "anyOf": [list, one],
            })
        }
    }
}

#[cfg(test)]
mod tests {
    //! The forms that codes and findings come in.
    use super::*;

    fn codes(json: &str) -> Result<Vec<i64>, String> {
        let list: InfoList = serde_json::from_str(json).map_err(|e| e.to_string())?;
        Ok(list.iter().filter_map(|f| Some(f.info_code?.0)).collect())
    }

    #[test]
    fn a_list_and_an_object_decode_alike() {
        for json in [
            r#"[{"infoCode":100}]"#,
            r#"{"infoCode":100}"#,
            r#"[{"infoCode":100.0,"description":"x","new":{"a":[1]}}]"#,
            r#"{"infoCode":"100"}"#,
        ] {
            assert_eq!(codes(json).as_deref(), Ok(&[100][..]), "{json}");
        }
        assert_eq!(codes("[]").as_deref(), Ok(&[][..]));
    }

    #[test]
    fn a_code_that_is_no_integer_is_refused() {
        for json in [
            r#"{"infoCode":100.5}"#,
            r#"{"infoCode":"abc"}"#,
            r#"{"infoCode":1e300}"#,
            r#"{"infoCode":18446744073709551615}"#,
            r#""a""#,
        ] {
            assert!(codes(json).is_err(), "{json}");
        }
    }

    #[test]
    fn only_100_has_a_known_meaning() {
        assert!(Code(100).meaning().is_some());
        assert_eq!(Code(101).meaning(), None);
    }
}
