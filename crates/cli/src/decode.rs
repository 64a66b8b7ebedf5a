//! From a JSON object to the request of an operation, with every fault told by its field.

use serde_json::{Map, Value};

use serde_path_to_error::Track;
use webex_precheck::AnyPrecheck;
use webex_precheck::api::Operation;

/// Why an object is no request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// These fields are required and not there.
    Missing(Vec<String>),
    /// The value of a field has the wrong type.
    Type { field: String, reason: String },
    /// Fields exclude each other.
    Conflict(String),
}

/// Decodes a request of an operation.
pub(crate) fn decode(mut body: Value, operation: &Operation) -> Result<AnyPrecheck, Wrong> {
    // The usual case.
    if let Ok(request) = AnyPrecheck::deserialize(operation, &body) {
        return Ok(request);
    }
    let mut missing: Vec<String> = Vec::new();
    loop {
        let mut track = Track::new();
        let tracked = serde_path_to_error::Deserializer::new(&body, &mut track);
        let error = match AnyPrecheck::deserialize(operation, tracked) {
            Ok(request) if missing.is_empty() => return Ok(request),
            Ok(_) => break,
            Err(error) => error,
        };
        let path = track.path().to_string();
        let reason = error.to_string();
        let Some(name) = missing_field(&reason) else {
            if path == "." && missing.is_empty() {
                return Err(Wrong::Conflict(reason));
            } else if path == "." {
                break;
            }
            return Err(Wrong::Type {
                field: path,
                reason: in_json(&reason),
            });
        };
        let field = match path.as_str() {
            "." => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        // A stand-in lets the next round find what else is missing.
        let stand_in = if operation.field(&field).is_some() {
            missing.push(field.clone());
            Value::from("")
        } else {
            Value::Object(Map::new())
        };
        if set(&mut body, &field, stand_in).is_err() {
            missing.push(field);
            break;
        }
    }
    Err(Wrong::Missing(missing))
}

/// The path of a value that is no object, and so has no fields.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoObject(pub(crate) String);

/// Sets the field at a dotted path.
pub(crate) fn set(body: &mut Value, path: &str, value: Value) -> Result<(), NoObject> {
    let mut at = body;
    let mut walked = 0;
    for name in path.split('.') {
        let Value::Object(object) = at else {
            let path = path[..walked].trim_end_matches('.');
            return Err(NoObject(path.to_owned()));
        };
        walked += name.len() + 1;
        at = object.entry(name).or_insert_with(|| {
            if walked > path.len() {
                Value::Null
            } else {
                Value::Object(Map::new())
            }
        });
    }
    *at = value;
    Ok(())
}

/// Serde speaks of Rust; the input is JSON.
fn in_json(reason: &str) -> String {
    let (found, expected) = reason.split_once("expected ").unwrap_or((reason, ""));
    let expected = match expected {
        "" => return reason.to_owned(),
        "a sequence" => "a list",
        "a map" => "an object",
        rust if rust.starts_with("struct ") => "an object",
        other => other,
    };
    let found = found
        .replace("sequence", "a list")
        .replace("map", "an object");
    format!("{found}expected {expected}")
}

/// The name in serde's "missing field `name`".
fn missing_field(reason: &str) -> Option<&str> {
    reason.strip_prefix("missing field `")?.split('`').next()
}

#[cfg(test)]
mod tests {
    //! What is wrong is named by its path.
    use serde_json::json;
    use webex_precheck::api::operations::PRECHECK_CUSTOMER;

    use super::*;

    #[test]
    fn all_missing_fields_are_named() {
        let wrong = decode(json!({"address": {"city": "x"}}), &PRECHECK_CUSTOMER);
        let missing = ["address.addressLine1", "address.country"].map(str::to_owned);
        assert_eq!(wrong.unwrap_err(), Wrong::Missing(missing.to_vec()));
    }

    #[test]
    fn what_is_in_the_way_is_named() {
        let mut body = json!({"a": {"b": 1}});
        assert_eq!(
            set(&mut body, "a.b.c", json!(2)),
            Err(NoObject("a.b".to_owned()))
        );
        assert_eq!(set(&mut body, "a.d.e", json!(2)), Ok(()));
        assert_eq!(body, json!({"a": {"b": 1, "d": {"e": 2}}}));
    }
}
