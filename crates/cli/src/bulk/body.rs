//! The body of a request, always in the same order of its fields: rows with the same content have the
//! same body, whatever the order of their columns.

use crate::request::number;
use webex_precheck::api::RequestField;

/// The value of a field.
pub(crate) enum Value<'a> {
    Text(&'a str),
    /// A number, as a text.
    Number(&'a str),
    List(Vec<&'a str>),
    /// JSON as a text.
    Json(&'a str),
}

/// Where each field of a request stands in its body.
pub(crate) struct Layout {
    /// The objects that hold fields, from the outermost inwards; empty for the body itself.
    objects: Vec<Vec<&'static str>>,
    /// In the order of the fields.
    places: Vec<Place>,
}

struct Place {
    /// The object that holds the field, among all.
    object: usize,
    /// Its name, as JSON with the colon behind it.
    name: Vec<u8>,
}

impl Layout {
    pub(crate) fn new(fields: &'static [RequestField]) -> Self {
        let mut objects = vec![Vec::new()];
        let places = fields.iter().map(|flag| {
            let mut path: Vec<&str> = flag.path.split('.').collect();
            let name = named(path.pop().unwrap_or_default());
            let known = objects.iter().position(|object| *object == path);
            let object = known.unwrap_or_else(|| {
                objects.push(path);
                objects.len() - 1
            });
            Place { object, name }
        });
        let places = places.collect();
        Self { objects, places }
    }

    /// Writes the fields that have a value, as JSON; the values are in the order of the fields.
    pub(crate) fn write(&self, values: &[Option<Value<'_>>], out: &mut Vec<u8>) {
        out.clear();
        out.push(b'{');
        // The object that is open.
        let mut open = 0;
        for (place, value) in self.places.iter().zip(values) {
            let Some(value) = value else {
                continue;
            };
            if place.object != open {
                self.walk(open, place.object, out);
                open = place.object;
            }
            member(&place.name, out);
            match value {
                Value::Text(text) => text_of(out, text),
                Value::Json(text) => json_of(out, text),
                Value::Number(text) => number_of(out, text),
                Value::List(texts) => {
                    out.push(b'[');
                    for (place, text) in texts.iter().enumerate() {
                        if place > 0 {
                            out.push(b',');
                        }
                        text_of(out, text);
                    }
                    out.push(b']');
                }
            }
        }
        self.walk(open, 0, out);
        out.push(b'}');
    }

    /// Closes and opens objects on the way from one to another.
    fn walk(&self, from: usize, to: usize, out: &mut Vec<u8>) {
        let (from, to) = (&self.objects[from], &self.objects[to]);
        let both = from.iter().zip(to);
        let common = both.take_while(|(one, other)| one == other).count();
        out.extend(from.iter().skip(common).map(|_| b'}'));
        for name in to.iter().skip(common) {
            member(&named(name), out);
            out.push(b'{');
        }
    }
}

/// A name as JSON, with the colon behind it.
fn named(name: &str) -> Vec<u8> {
    let mut named = Vec::new();
    text_of(&mut named, name);
    named.push(b':');
    named
}

/// Begins another member of the object that is open.
fn member(name: &[u8], out: &mut Vec<u8>) {
    if !matches!(out.last(), Some(b'{')) {
        out.push(b',');
    }
    out.extend_from_slice(name);
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

fn number_of(out: &mut Vec<u8>, text: &str) {
    // Memory takes all that is written; what is no number is refused as the text that it is.
    let _ = serde_json::to_writer(out, &number(text));
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
    use webex_precheck::api::OPERATIONS;
    use webex_precheck::api::operations::PRECHECK_CUSTOMER;

    #[test]
    fn fields_of_an_object_are_together() {
        for operation in OPERATIONS {
            let mut seen = HashSet::new();
            let mut last = Vec::new();
            for field in operation.fields {
                let mut path: Vec<&str> = field.path.split('.').collect();
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
                        field.path
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
        let value = |field: &RequestField| match field.path {
            "packages" => Some(Value::List(vec!["a", "b\""])),
            name if names.contains(&name) => Some(Value::Text("x\n")),
            _ => None,
        };
        let values: Vec<_> = PRECHECK_CUSTOMER.fields.iter().map(value).collect();
        let body = |values: &[_]| {
            let mut body = b"of another row".to_vec();
            Layout::new(PRECHECK_CUSTOMER.fields).write(values, &mut body);
            body
        };
        let read: serde_json::Value = serde_json::from_slice(&body(&values)).unwrap();
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
        assert_eq!(body(&[]), b"{}");
    }
}
