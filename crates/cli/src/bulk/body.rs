//! The body of a request, always in the same order of its fields: rows with the same content have the
//! same body, whatever the order of their columns.

use crate::fields::Flag;

/// The value of a field.
pub(crate) enum Value<'a> {
    Text(&'a str),
    List(Vec<&'a str>),
    /// JSON as a text.
    Json(&'a str),
}

/// Writes the fields that have a value, as JSON; the values are in the order of the fields.
pub(crate) fn of(fields: &'static [Flag], values: &[Option<Value<'_>>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(384);
    out.push(b'{');
    // The path of the object that is open.
    let mut open = "";
    for (Flag { field, .. }, value) in fields.iter().zip(values) {
        let Some(value) = value else {
            continue;
        };
        let (parent, name) = field.rsplit_once('.').unwrap_or(("", field));
        if parent != open {
            walk(&mut out, open, parent);
            open = parent;
        }
        name_of(&mut out, name);
        match value {
            Value::Text(text) => text_of(&mut out, text),
            Value::Json(text) => json_of(&mut out, text),
            Value::List(texts) => {
                out.push(b'[');
                for (place, text) in texts.iter().enumerate() {
                    if place > 0 {
                        out.push(b',');
                    }
                    text_of(&mut out, text);
                }
                out.push(b']');
            }
        }
    }
    walk(&mut out, open, "");
    out.push(b'}');
    out
}

/// Closes and opens objects on the way from one path to another.
fn walk(out: &mut Vec<u8>, from: &'static str, to: &'static str) {
    let parts = |path: &'static str| path.split('.').filter(|part| !part.is_empty());
    let common = parts(from)
        .zip(parts(to))
        .take_while(|(one, other)| one == other)
        .count();
    out.extend(parts(from).skip(common).map(|_| b'}'));
    for part in parts(to).skip(common) {
        name_of(out, part);
        out.push(b'{');
    }
}

fn name_of(out: &mut Vec<u8>, name: &str) {
    if !matches!(out.last(), Some(b'{')) {
        out.push(b',');
    }
    text_of(out, name);
    out.push(b':');
}

fn json_of(out: &mut Vec<u8>, text: &str) {
    // Spreadsheets write truth values in capital letters.
    let plain = match text {
        "TRUE" => "true",
        "FALSE" => "false",
        text => text,
    };
    match serde_json::from_str::<serde_json::Value>(plain) {
        Ok(value) => out.extend_from_slice(value.to_string().as_bytes()),
        // A text is not what the field takes, and is refused as such.
        Err(_) => text_of(out, text),
    }
}

fn text_of(out: &mut Vec<u8>, text: &str) {
    // Memory takes all that is written.
    let _ = serde_json::to_writer(out, text);
}

#[cfg(test)]
mod tests {
    //! Bodies are JSON with each object once.
    use std::collections::HashSet;

    use serde_json::json;

    use super::*;
    use crate::fields::{CUSTOMER, SUBSCRIBER};

    #[test]
    fn fields_of_an_object_are_together() {
        for fields in [CUSTOMER, SUBSCRIBER] {
            let mut seen = HashSet::new();
            let mut last = Vec::new();
            for field in fields {
                let mut path: Vec<&str> = field.field.split('.').collect();
                path.pop();
                let same = path
                    .iter()
                    .zip(&last)
                    .take_while(|(one, other)| one == other)
                    .count();
                for depth in same..path.len() {
                    assert!(
                        seen.insert(path[..=depth].join(".")),
                        "{} is apart",
                        field.field
                    );
                }
                last = path;
            }
        }
    }

    #[test]
    fn json_is_written_as_such() {
        let written = |text| {
            let mut out = Vec::new();
            json_of(&mut out, text);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written("12"), "12");
        assert_eq!(written("TRUE"), "true");
        assert_eq!(written("[ {\"a\": null} ]"), "[{\"a\":null}]");
        assert_eq!(written("twelve"), "\"twelve\"");
    }

    #[test]
    fn bodies_are_nested() {
        let city = "provisioningParameters.calling.location.address.city";
        let names = [
            "externalId",
            "address.city",
            city,
            "provisioningParameters.meetings.timezone",
            "packages",
        ];
        let value = |field: &Flag| match field.field {
            "packages" => Some(Value::List(vec!["a", "b\""])),
            name if names.contains(&name) => Some(Value::Text("x\n")),
            _ => None,
        };
        let values: Vec<_> = CUSTOMER.iter().map(value).collect();
        let body = of(CUSTOMER, &values);
        let read: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            read,
            json!({
                "packages": ["a", "b\""],
                "externalId": "x\n",
                "address": {"city": "x\n"},
                "provisioningParameters": {
                    "calling": {"location": {"address": {"city": "x\n"}}},
                    "meetings": {"timezone": "x\n"},
                },
            })
        );
        assert_eq!(of(CUSTOMER, &[]), b"{}");
    }
}
