//! A JSON value of any type: what a field holds that this release does not know.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::number::Number;

/// A JSON value.
///
/// Holds the value of a field that this release does not know. `serde_json::from_value` converts a
/// `serde_json::Value` to a `Json`, and `serde_json::to_value` converts it back; this crate only needs serde.
///
/// ```
/// use webex_precheck_api::Json;
/// use webex_precheck_api::types::SubscriberPrecheckRequest;
///
/// let request = SubscriberPrecheckRequest::new("alice.anderson@acme.com").extra("costCenter", "A1");
/// assert_eq!(request.extra["costCenter"], Json::from("A1"));
/// assert_eq!(
///     serde_json::to_string(&request)?,
///     r#"{"email":"alice.anderson@acme.com","costCenter":"A1"}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Json {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, which is sent as it was given.
    Number(Number),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object.
    Object(BTreeMap<String, Json>),
}

macro_rules! from {
    ($($ty:ty => $variant:ident),*) => {
        $(impl From<$ty> for Json {
            fn from(value: $ty) -> Self {
                Self::$variant(value.into())
            }
        })*
    };
}

from! {
    bool => Bool, Number => Number, i64 => Number, i32 => Number, u32 => Number,
    &str => String, String => String, Vec<Json> => Array, BTreeMap<String, Json> => Object
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) => value.serialize(serializer),
            Self::String(value) => serializer.serialize_str(value),
            Self::Array(values) => values.serialize(serializer),
            Self::Object(members) => members.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visitor)
    }
}

struct Visitor;

impl<'de> de::Visitor<'de> for Visitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Json, E> {
        Number::deserialize(de::value::I64Deserializer::new(value)).map(Json::Number)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Json, E> {
        Number::deserialize(de::value::U64Deserializer::new(value)).map(Json::Number)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Json, E> {
        Number::deserialize(de::value::F64Deserializer::new(value)).map(Json::Number)
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<Json, A::Error> {
        Deserialize::deserialize(de::value::SeqAccessDeserializer::new(list)).map(Json::Array)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, object: A) -> Result<Json, A::Error> {
        Deserialize::deserialize(de::value::MapAccessDeserializer::new(object)).map(Json::Object)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Json {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Json".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        true.into()
    }
}

#[cfg(test)]
mod tests {
    //! Values are sent as they were read.
    use super::*;

    #[test]
    fn every_value_is_sent_as_it_was_read() {
        for json in [
            "null",
            "true",
            "-1",
            "0.5",
            "\"a\"",
            "[]",
            r#"[1,"a",null]"#,
            r#"{"a":{"b":[{}]},"c":false}"#,
        ] {
            let value: Json = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
        }
    }
}
