//! A number as Webex documents it: `number`, which may be an integer or not.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A JSON number.
///
/// It is sent as it was given: 50 as `50`, 0.5 as `0.5`. A number without a fraction is an integer,
/// however it was written: 50.0 is sent as `50`.
///
/// ```
/// use webex_precheck_api::Number;
///
/// assert_eq!(serde_json::to_string(&Number::from(50))?, "50");
/// assert_eq!(serde_json::to_string(&Number::try_from(0.5)?)?, "0.5");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Number(Value);

#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
enum Value {
    Integer(i64),
    /// Finite, and not an integer that fits the other variant.
    Float(f64),
}

/// A float that is no number: infinite, or not a number at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotANumber;

impl fmt::Display for NotANumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a number; write one such as 50 or 0.5")
    }
}

impl std::error::Error for NotANumber {}

impl Number {
    /// The number, if it is an integer.
    pub fn as_i64(self) -> Option<i64> {
        match self.0 {
            Value::Integer(number) => Some(number),
            Value::Float(_) => None,
        }
    }

    /// The number, which may lose digits beyond 2^53.
    pub fn as_f64(self) -> f64 {
        match self.0 {
            Value::Integer(number) => number as f64,
            Value::Float(number) => number,
        }
    }
}

impl From<i64> for Number {
    fn from(number: i64) -> Self {
        Self(Value::Integer(number))
    }
}

impl From<i32> for Number {
    fn from(number: i32) -> Self {
        Self::from(i64::from(number))
    }
}

impl From<u32> for Number {
    fn from(number: u32) -> Self {
        Self::from(i64::from(number))
    }
}

impl TryFrom<f64> for Number {
    type Error = NotANumber;

    fn try_from(number: f64) -> Result<Self, NotANumber> {
        // Integers up to 2^53 are exact in a double.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if !number.is_finite() {
            Err(NotANumber)
        } else if number.fract() == 0.0 && number.abs() <= EXACT {
            Ok(Self(Value::Integer(number as i64)))
        } else {
            Ok(Self(Value::Float(number)))
        }
    }
}

impl FromStr for Number {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        // Rust reads words such as `inf` as floats, and JSON does not.
        let is_plain = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
        if let Ok(number) = text.parse::<i64>() {
            return Ok(Self::from(number));
        }
        let number = text.chars().all(is_plain).then(|| text.parse::<f64>());
        number.and_then(Result::ok).ok_or(NotANumber)?.try_into()
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Integer(number) => fmt::Display::fmt(&number, f),
            Value::Float(number) => fmt::Display::fmt(&number, f),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Integer(number) => serializer.serialize_i64(number),
            Value::Float(number) => serializer.serialize_f64(number),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visitor)
    }
}

struct Visitor;

impl de::Visitor<'_> for Visitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Number, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Number, E> {
        match i64::try_from(value) {
            Ok(value) => Ok(value.into()),
            Err(_) => self.visit_f64(value as f64),
        }
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Number, E> {
        Number::try_from(value).map_err(E::custom)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Number {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Number".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "number"})
    }
}

#[cfg(test)]
mod tests {
    //! What a number is sent as.
    use super::*;

    #[test]
    fn numbers_are_sent_as_they_were_given() {
        for (given, sent) in [
            ("50", "50"),
            ("50.0", "50"),
            ("5e1", "50"),
            ("0.5", "0.5"),
            ("-1", "-1"),
            ("1.5", "1.5"),
            ("-0.0", "0"),
            ("9007199254740993", "9007199254740993"),
            ("18446744073709551615", "1.8446744073709552e+19"),
        ] {
            let number: Number = serde_json::from_str(given).unwrap();
            assert_eq!(serde_json::to_string(&number).unwrap(), sent, "{given}");
            assert_eq!(given.parse(), Ok(number), "{given}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "abc", "inf", "NaN", "1,5", "1e999", "5 0"] {
            assert_eq!(text.parse::<Number>(), Err(NotANumber), "{text}");
        }
        for json in [r#""50""#, "null", "true", "[1]"] {
            assert!(serde_json::from_str::<Number>(json).is_err(), "{json}");
        }
        assert!(Number::try_from(f64::NAN).is_err());
        assert_eq!(Number::from(50).as_f64(), 50.0);
        assert_eq!(Number::try_from(0.5).unwrap().as_i64(), None);
    }
}
