//! Refusals in the shape of Webex's provisioning APIs, and their error codes: Webex's, and the
//! sandbox's own where Webex documents none.

use std::borrow::Cow;

use hyper::header::{self, HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::json;

use crate::answer::Answer;

/// A required value is missing, or a value is null (Webex's).
pub(crate) const MISSING_OR_NULL: i64 = 1001;
/// A value has the wrong size (Webex's).
pub(crate) const WRONG_SIZE: i64 = 1002;
/// A value has the wrong type (ours).
pub(crate) const WRONG_TYPE: i64 = 900_001;
/// A package that no source documents (ours).
pub(crate) const UNKNOWN_PACKAGE: i64 = 900_002;
/// Both `package` and `packages` (ours).
pub(crate) const PACKAGE_AND_PACKAGES: i64 = 900_003;
/// More than one package for a subscriber (ours).
pub(crate) const SEVERAL_PACKAGES: i64 = 900_004;
/// A package without one that it needs beside it (ours).
pub(crate) const MISSING_DEPENDENCY: i64 = 900_005;
/// Not an e-mail address (ours).
pub(crate) const INVALID_EMAIL: i64 = 900_006;
/// A country's code with characters other than capital letters (ours).
pub(crate) const INVALID_COUNTRY: i64 = 900_007;
/// A country's code that ISO 3166-1 does not assign (ours).
pub(crate) const UNASSIGNED_COUNTRY: i64 = 900_008;
/// A name that comes twice in an object or in the query (ours).
pub(crate) const DUPLICATE_NAME: i64 = 900_009;
/// A body that is not a JSON object (ours).
pub(crate) const NOT_AN_OBJECT: i64 = 900_010;
/// An unknown test value (ours).
pub(crate) const UNKNOWN_TEST_VALUE: i64 = 900_011;

/// One error in a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ErrorDetail {
    #[serde(rename = "errorCode")]
    pub(crate) code: i64,
    pub(crate) description: Cow<'static, str>,
    /// Dotted path of the field; empty for the body.
    #[serde(rename = "fieldName", skip_serializing_if = "String::is_empty")]
    pub(crate) field: String,
}

impl ErrorDetail {
    pub(crate) fn new(code: i64, field: &str, description: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            field: field.to_owned(),
            description: description.into(),
        }
    }

    /// Whether the value is well formed and breaks a rule about values.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self.code, MISSING_DEPENDENCY | UNASSIGNED_COUNTRY)
    }
}

/// A result whose error is a refusal.
pub(crate) type Result<T> = std::result::Result<T, Refusal>;

/// An answer that refuses a request.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// Its status and headers.
    answer: Box<Answer>,
    message: Cow<'static, str>,
    errors: Vec<ErrorDetail>,
}

impl Refusal {
    pub(crate) fn new(status: u16, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            answer: Box::new(Answer::new(status)),
            message: message.into(),
            errors: Vec::new(),
        }
    }

    /// Status 405, with the methods that are allowed.
    pub(crate) fn method_not_allowed(allowed: &'static str) -> Self {
        Self::new(405, "This method is not served here.")
            .header(header::ALLOW, HeaderValue::from_static(allowed))
    }

    pub(crate) fn errors(mut self, errors: Vec<ErrorDetail>) -> Self {
        self.errors = errors;
        self
    }

    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.answer = Box::new(self.answer.with(name, value));
        self
    }

    /// Closes the connection after the answer.
    pub(crate) fn close(self) -> Self {
        self.header(header::CONNECTION, HeaderValue::from_static("close"))
    }

    pub(crate) fn answer(self, tracking_id: &str) -> Answer {
        let mut body = json!({"message": self.message});
        if !self.errors.is_empty() {
            body["errors"] = json!(self.errors);
        }
        body["trackingId"] = json!(tracking_id);
        self.answer.json(&body).tracked(tracking_id)
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
            MISSING_OR_NULL,
            WRONG_SIZE,
            WRONG_TYPE,
            UNKNOWN_PACKAGE,
            PACKAGE_AND_PACKAGES,
            SEVERAL_PACKAGES,
            MISSING_DEPENDENCY,
            INVALID_EMAIL,
            INVALID_COUNTRY,
            UNASSIGNED_COUNTRY,
            DUPLICATE_NAME,
            NOT_AN_OBJECT,
            UNKNOWN_TEST_VALUE,
        ];
        for code in own {
            assert!(page.contains(&format!("\n| {code} | ")), "{code}");
        }
        let codes = |whose| page.matches(whose).count();
        assert_eq!(codes("| Webex | 4") + codes("| sandbox | 4"), own.len());
    }
}
