//! A value of an OpenAPI document with its place: reads what it holds, follows its `$ref`s, and
//! reports what is not as it should be.

use std::borrow::Cow;
use std::cell::RefCell;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::problem::Problem;

/// What to do about a file that is not as it should be.
const FETCH_AGAIN: &str = "fetch the file again, or wait for its next revision";

/// More links than any sane chain of references has.
const LONGEST_CHAIN: usize = 32;

/// Stands for a member that is missing or of the wrong type.
static NULL: Value = Value::Null;

/// A value of a document, and where it is.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub(super) root: &'a Value,
    /// What was met so far.
    pub(super) problems: &'a RefCell<Vec<Problem>>,
    pub(super) value: &'a Value,
    /// JSON pointer.
    pub(super) pointer: String,
}

impl<'a> Node<'a> {
    /// A value as the member or element `key`.
    pub(super) fn child(&self, key: &str, value: &'a Value) -> Self {
        let pointer = format!("{}/{}", self.pointer, escape(key));
        Self {
            value,
            pointer,
            ..*self
        }
    }

    /// The member `key`; null if there is none.
    pub(super) fn at(&self, key: &str) -> Self {
        self.child(key, self.value.get(key).unwrap_or(&NULL))
    }

    /// The members of an object; none of anything else.
    pub(super) fn members(&self) -> impl Iterator<Item = (&'a str, Self)> {
        let members = self.value.as_object().into_iter().flatten();
        members.map(|(name, value)| (name.as_str(), self.child(name, value)))
    }

    /// The elements of an array; none of anything else.
    pub(super) fn elements(&self) -> impl Iterator<Item = Self> {
        let elements = self.value.as_array().into_iter().flatten().enumerate();
        elements.map(|(index, value)| self.child(&index.to_string(), value))
    }

    /// The member `key`; null, and reported, if it is of the wrong type.
    pub(super) fn expect(&self, key: &str, is: fn(&Value) -> bool, expected: &str) -> Self {
        let member = self.at(key);
        if self.value.get(key).is_none_or(is) {
            return member;
        }
        member.broken(&format!("expected {expected}"));
        self.child(key, &NULL)
    }

    /// The object `key`; null, and reported, if it is none.
    pub(super) fn object(&self, key: &str) -> Self {
        self.expect(key, Value::is_object, "an object")
    }

    /// The string `key`; reported if it is none.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.expect(key, Value::is_string, "text").value.as_str()
    }

    /// Whether the member `key` is `true`.
    pub(super) fn is_true(&self, key: &str) -> bool {
        self.value.get(key) == Some(&Value::Bool(true))
    }

    /// What `$ref` leads to, or the value itself. A reference that leads nowhere is reported.
    pub(super) fn follow(&self) -> Option<Self> {
        let mut seen: Vec<&str> = Vec::new();
        let mut node = self.clone();
        while let Some(reference) = node.value.get("$ref") {
            let Some(target) = reference.as_str() else {
                self.broken("`$ref` is not a string");
                return None;
            };
            let local = target.strip_prefix('#');
            let value = local.and_then(|local| self.root.pointer(&percent_decode(local)));
            let fault = match (local, value) {
                _ if seen.contains(&target) || seen.len() == LONGEST_CHAIN => {
                    "leads back to itself"
                }
                (None, _) => "leaves the file; bundle it into one file first",
                (_, None) => "leads to nothing",
                (Some(local), Some(value)) => {
                    seen.push(target);
                    node.value = value;
                    node.pointer = local.to_owned();
                    continue;
                }
            };
            self.broken(&format!("`$ref` {target} {fault}"));
            return None;
        }
        Some(node)
    }

    /// The object that this is or refers to, at the place of the reference.
    pub(super) fn resolve(&self) -> Option<Self> {
        let target = self.follow()?;
        if !target.value.is_object() {
            target.broken("expected an object");
            return None;
        }
        let pointer = self.pointer.clone();
        Some(Self { pointer, ..target })
    }

    pub(super) fn broken(&self, what: &str) {
        let message = format!("{what}; {FETCH_AGAIN}");
        self.report(Problem::broken(&self.pointer, message));
    }

    pub(super) fn note(&self, message: String) {
        self.report(Problem::note(&self.pointer, message));
    }

    pub(super) fn report(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }
}

/// References are URI fragments, so that a pointer in them may be percent-encoded.
fn percent_decode(fragment: &str) -> Cow<'_, str> {
    let decoded = percent_decode_str(fragment).decode_utf8();
    decoded.unwrap_or(Cow::Borrowed(fragment))
}

/// Writes a key as a part of a JSON pointer.
pub(super) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The elements of an array; none of anything else.
pub(super) fn elements(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}
