//! Values in a request that ask for an answer, as test card numbers do: where they may be, and their
//! syntax. The README lists them.

use std::time::{Duration, SystemTime};

use hyper::body::Bytes;
use serde_json::Value;

use crate::answer::Answer;
use crate::effect::{self, RequestContext, number};
use crate::operation::Operation;

/// E-mail addresses of this domain are test values. Nobody can own it (RFC 2606).
const DOMAIN: &str = "sandbox.example";
/// IDs with this prefix are test values.
const PREFIX: &str = "sandbox:";

/// The parameter of the query that may be one.
const PARAMETER: &str = "onBehalfOfSubPartnerOrgId";

/// Of `slow-SECONDS`.
const MAX_SECONDS: u64 = 600;
/// Of `fail-N`.
const MAX_FAILURES: u32 = 1000;
/// Maximum length of a value in bytes, with what follows the plus.
const MAX_LENGTH: usize = 256;

/// A test value in a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found<'a> {
    /// Dotted path, or the name in the query.
    pub(crate) field: String,
    /// The value without domain or prefix.
    pub(crate) value: &'a str,
}

/// Finds the test value of a request: in an e-mail address, in an ID, or in the query. The first one
/// counts.
pub(crate) fn find<'a>(
    operation: &Operation,
    body: &'a Value,
    query: &'a [(String, String)],
) -> Option<Found<'a>> {
    let text = |path: &str| {
        let mut names = path.split('.');
        names.try_fold(body, |at, name| at.get(name))?.as_str()
    };
    let leaves = operation.leaves();
    let emails = leaves
        .iter()
        .filter(|path| path.to_lowercase().ends_with("email"));
    let mut emails = emails.filter_map(|field| {
        let (value, domain) = text(field)?.rsplit_once('@')?;
        let is_test = domain.eq_ignore_ascii_case(DOMAIN);
        let field = field.clone();
        is_test.then_some(Found { field, value })
    });
    let ids = leaves.iter().filter(|path| path.ends_with("Id"));
    let ids = ids.map(|field| (field.as_str(), text(field)));
    let parameters = query.iter().filter(|(name, _)| name == PARAMETER);
    let parameters = parameters.map(|(_, value)| (PARAMETER, Some(&**value)));
    let mut ids = ids.chain(parameters).filter_map(|(field, value)| {
        let value = value?.strip_prefix(PREFIX)?;
        let field = field.to_owned();
        Some(Found { field, value })
    });
    emails.next().or_else(|| ids.next())
}

/// What a test value asks for.
#[derive(Debug)]
pub(crate) struct TestAnswer {
    /// How often it fails before it succeeds; 0 if it always gets this answer.
    pub(crate) failures: u32,
    pub(crate) answer: Answer,
}

/// Reads a value such as `fail-2-status-503+row7`. The part after a plus only distinguishes values.
pub(crate) fn answer(value: &str, context: &RequestContext<'_>) -> Option<TestAnswer> {
    if value.len() > MAX_LENGTH {
        return None;
    }
    // A plus in a query is decoded as a space.
    let value = value.split(['+', ' ']).next().unwrap_or(value);
    let (failures, value) = match value.strip_prefix("fail-") {
        Some(rest) => {
            let (count, value) = rest.split_once('-')?;
            let count = number(count).filter(|count| (1..=MAX_FAILURES).contains(count))?;
            (count, value)
        }
        None => (0, value),
    };
    let (delay, value) = match value.strip_prefix("slow-") {
        Some(rest) => rest.split_once('-').unwrap_or((rest, "likely")),
        None => ("0", value),
    };
    let delay = number(delay).filter(|seconds| *seconds <= MAX_SECONDS)?;
    let answer = effect::answer(value, context)?;
    Some(TestAnswer {
        failures,
        answer: answer.after(Duration::from_secs(delay)),
    })
}

/// How often a test value fails before it succeeds; `None` if it is not a test value.
pub(crate) fn failures(value: &str) -> Option<u32> {
    let context = RequestContext {
        success: &Bytes::new(),
        tracking_id: "",
        field: "",
        time: SystemTime::UNIX_EPOCH,
    };
    Some(answer(value, &context)?.failures)
}

#[cfg(test)]
mod tests {
    //! What is a test value, and what is none. The answers are tested by the page that lists them.
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_no_value_is_none() {
        for word in [
            "",
            "likly",
            "status",
            "status-",
            "status-99",
            "status-600",
            "status-+503",
            "status-503-",
            "status-503-retry-after",
            "status-503-retry-after--1",
            "slow",
            "slow-601",
            "slow-1-",
            "fail-0-closed",
            "fail-1001-closed",
            "fail-2",
            "fail-2-fail-2-closed",
            "unlikely-",
            "unlikely-x",
            "unlikely-1-2-3",
            "status-0503",
            "unlikely-99999999999999999999",
            "html-",
            "empty-x",
            "Likely",
        ] {
            assert_eq!(failures(word), None, "{word}");
        }
    }

    /// An operation with these fields, all strings.
    fn operation() -> Operation {
        let field = |name: &str| json!({"name": name, "type": "string", "required": false});
        let mut info = field("customerInfo");
        info["fields"] = json!([field("primaryEmail")]);
        let mut parameters = field("provisioningParameters");
        parameters["fields"] = json!([field("locationId")]);
        let names = [
            "provisioningId",
            "customerId",
            "email",
            "orgId",
            "externalId",
        ];
        let mut fields: Vec<Value> = names.map(field).into();
        fields.extend([info, parameters]);
        let operation = json!({
            "name": "x", "plural": "xs", "method": "POST", "path": "/x", "scope": null,
            "fields": fields, "dependencies": {}, "success": {}, "examples": [],
        });
        serde_json::from_value(operation).unwrap()
    }

    #[test]
    fn values_are_found_where_they_may_stand() {
        let body = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        for (text, field) in [
            (
                r#"{"email": "closed@sandbox.example", "customerId": "sandbox:html"}"#,
                "email",
            ),
            (
                r#"{"customerInfo": {"primaryEmail": "closed@SANDBOX.example"}}"#,
                "customerInfo.primaryEmail",
            ),
            (r#"{"customerId": "sandbox:closed"}"#, "customerId"),
            (
                r#"{"provisioningId": "sandbox:closed", "orgId": "x"}"#,
                "provisioningId",
            ),
            (r#"{"orgId": "sandbox:closed"}"#, "orgId"),
            (r#"{"externalId": "sandbox:closed"}"#, "externalId"),
            (
                r#"{"provisioningParameters": {"locationId": "sandbox:closed"}}"#,
                "provisioningParameters.locationId",
            ),
        ] {
            let value = "closed";
            assert_eq!(
                find(&operation(), &body(text), &[]),
                Some(Found {
                    field: field.to_owned(),
                    value
                }),
                "{text}"
            );
        }
        for text in [
            r#"{"email": "closed@example.com"}"#,
            r#"{"email": "sandbox.example"}"#,
            r#"{"email": "€€€€€€@sandbox.examplé"}"#,
            r#"{"customerId": "closed@sandbox.example", "customerInfo": "sandbox:closed"}"#,
        ] {
            assert_eq!(find(&operation(), &body(text), &[]), None, "{text}");
        }
        let query = |name: &str| [(name.to_owned(), "sandbox:closed".to_owned())];
        assert_eq!(find(&operation(), &Value::Null, &query("q")), None);
        let query = query("onBehalfOfSubPartnerOrgId");
        assert_eq!(
            find(&operation(), &Value::Null, &query).unwrap().value,
            "closed"
        );
    }

    #[test]
    fn what_is_longer_than_any_value_is_none() {
        let value = |length: usize| format!("closed+{}", "x".repeat(length - 7));
        assert_eq!(failures(&value(MAX_LENGTH)), Some(0));
        assert_eq!(failures(&value(MAX_LENGTH + 1)), None);
    }
}
