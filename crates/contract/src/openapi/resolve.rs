//! `$ref`s: followed within the document, never in circles.

use serde_json::Value;

/// An OpenAPI document in which references can be followed.
pub(super) struct Document<'a> {
    root: &'a Value,
}

/// A value behind any number of references.
pub(super) struct Resolved<'a> {
    pub(super) value: &'a Value,
    /// JSON pointer of `value`.
    pub(super) pointer: String,
}

/// More links than any sane chain of references has.
const LONGEST_CHAIN: usize = 32;

impl<'a> Document<'a> {
    pub(super) fn new(root: &'a Value) -> Self {
        Self { root }
    }

    pub(super) fn root(&self) -> &'a Value {
        self.root
    }

    /// Follows `$ref` from `value`, found at `pointer`, until there is none. The error says what
    /// is wrong with the reference.
    pub(super) fn resolve(&self, value: &'a Value, pointer: &str) -> Result<Resolved<'a>, String> {
        let mut seen: Vec<&str> = Vec::new();
        let mut value = value;
        let mut at = pointer.to_owned();
        while let Some(reference) = value.get("$ref") {
            let Some(target) = reference.as_str() else {
                return Err("`$ref` is not a string".to_owned());
            };
            if seen.contains(&target) || seen.len() == LONGEST_CHAIN {
                return Err(format!("`$ref` {target} leads back to itself"));
            }
            seen.push(target);
            let Some(local) = target.strip_prefix('#') else {
                return Err(format!(
                    "`$ref` {target} leaves the file; bundle it into one file first"
                ));
            };
            match self.root.pointer(&percent_decode(local)) {
                Some(found) => {
                    value = found;
                    at = local.to_owned();
                }
                None => return Err(format!("`$ref` {target} leads to nothing")),
            }
        }
        Ok(Resolved { value, pointer: at })
    }
}

/// Writes a key as a part of a JSON pointer.
pub(super) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// References are URI fragments, so that a pointer in them may be percent-encoded.
fn percent_decode(fragment: &str) -> String {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |index: usize| char::from(*tail.get(index)?).to_digit(16);
        match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                // Two hexadecimal digits fit a byte.
                bytes.push((high * 16 + low) as u8);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| fragment.to_owned())
}
