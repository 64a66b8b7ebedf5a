//! Reasons to refuse a request, and their codes: Webex's, and our own where it documents none.

use serde_json::{Value, json};

/// A required value is missing, or a value is null (Webex's).
pub(crate) const NULL: i64 = 1001;
/// A value has the wrong size (Webex's).
pub(crate) const SIZE: i64 = 1002;
/// A value has the wrong type (ours).
pub(crate) const TYPE: i64 = 900_001;
/// A package that no source documents (ours).
pub(crate) const PACKAGE: i64 = 900_002;
/// Both `package` and `packages` (ours).
pub(crate) const BOTH: i64 = 900_003;
/// More than one package for a subscriber (ours).
pub(crate) const MORE_THAN_ONE: i64 = 900_004;
/// A package without one that it needs beside it (ours).
pub(crate) const ALONE: i64 = 900_005;
/// No e-mail address (ours).
pub(crate) const EMAIL: i64 = 900_006;
/// A country's code of other characters than capital letters (ours).
pub(crate) const LETTERS: i64 = 900_007;
/// A country's code that ISO 3166-1 does not assign (ours).
pub(crate) const COUNTRY: i64 = 900_008;
/// A name that comes twice in an object or in the query (ours).
pub(crate) const TWICE: i64 = 900_009;
/// A body that is no JSON object (ours).
pub(crate) const NO_OBJECT: i64 = 900_010;
/// A test value that there is not (ours).
pub(crate) const NO_TEST_VALUE: i64 = 900_011;

/// One reason to refuse a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(crate) code: i64,
    /// Dotted path of the field; empty where it is the body.
    pub(crate) field: String,
    pub(crate) description: String,
}

impl Reason {
    pub(crate) fn new(code: i64, field: &str, description: impl Into<String>) -> Self {
        Self {
            code,
            field: field.to_owned(),
            description: description.into(),
        }
    }

    /// In the shape of Webex's provisioning APIs.
    pub(crate) fn to_json(&self) -> Value {
        let mut reason = json!({"errorCode": self.code, "description": self.description});
        if !self.field.is_empty() {
            reason["fieldName"] = Value::from(&*self.field);
        }
        reason
    }

    /// Whether the value is well formed, and at odds with a rule about values.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self.code, ALONE | COUNTRY)
    }
}

#[cfg(test)]
mod tests {
    //! The codes as the README lists them.
    use super::*;

    #[test]
    fn the_page_lists_every_code() {
        let page = include_str!("../README.md");
        let own = [
            NULL,
            SIZE,
            TYPE,
            PACKAGE,
            BOTH,
            MORE_THAN_ONE,
            ALONE,
            EMAIL,
            LETTERS,
            COUNTRY,
            TWICE,
            NO_OBJECT,
            NO_TEST_VALUE,
        ];
        for code in own {
            assert!(page.contains(&format!("\n| {code} | ")), "{code}");
        }
        let codes = |whose| page.matches(whose).count();
        assert_eq!(codes("| Webex | 4") + codes("| sandbox | 4"), own.len());
    }
}
