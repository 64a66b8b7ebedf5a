//! Well-known values that ask for an answer, as test cards do: where they stand in a request, and how
//! they are written. The README lists them for people.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::effect::{Circumstances, Effect, number};
use crate::json;

/// E-mail addresses of this domain are test values. Nobody can own it (RFC 2606).
const DOMAIN: &str = "@sandbox.example";
/// IDs that begin like this are test values.
const PREFIX: &str = "sandbox:";

/// The name in the query that may have one.
const QUERY: &str = "onBehalfOfSubPartnerOrgId";

/// Of `slow-SECONDS`.
const MOST_SECONDS: u64 = 600;
/// Of `fail-N`.
const MOST_FAILURES: u32 = 1000;
/// Bytes of a value at most, what follows the plus included.
const LONGEST: usize = 256;

/// Where a test value may stand in a body, the first one counts.
const EMAILS: [&[&str]; 2] = [&["email"], &["customerInfo", "primaryEmail"]];
const IDS: [&[&str]; 5] = [
    &["customerId"],
    &["provisioningId"],
    &["orgId"],
    &["externalId"],
    &["provisioningParameters", "locationId"],
];

/// A test value as it stands in a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found<'a> {
    /// Dotted path, or the name in the query.
    pub(crate) field: String,
    /// The value without domain or prefix.
    pub(crate) word: &'a str,
}

/// Finds the test value of a request, if it has one.
pub(crate) fn find<'a>(
    body: &'a Map<String, Value>,
    query: &'a [(String, String)],
) -> Option<Found<'a>> {
    let text = |path: &[&str]| {
        let (first, rest) = path.split_first()?;
        let value = json::get(body, first)?;
        rest.iter()
            .try_fold(value, |at, name| at.get(name))?
            .as_str()
    };
    let emails = EMAILS.iter().filter_map(|path| {
        let text = text(path)?;
        let (word, domain) = text.split_at_checked(text.len().checked_sub(DOMAIN.len())?)?;
        domain.eq_ignore_ascii_case(DOMAIN).then(|| Found {
            field: path.join("."),
            word,
        })
    });
    let ids = IDS.iter().filter_map(|path| {
        let word = text(path)?.strip_prefix(PREFIX)?;
        Some(Found {
            field: path.join("."),
            word,
        })
    });
    let query = query.iter().filter(|(name, _)| name == QUERY);
    let query = query.filter_map(|(name, value)| {
        let word = value.strip_prefix(PREFIX)?;
        Some(Found {
            field: name.clone(),
            word,
        })
    });
    emails.chain(ids).chain(query).next()
}

/// What a test value asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TestValue {
    /// How often it fails before the answer is likely; always, where there is no number.
    failures: Option<u32>,
    after: Duration,
    effect: Effect,
}

impl TestValue {
    /// Reads a value such as `fail-2-status-503+row7`. What follows a plus makes a value another
    /// one without a change of what it asks for.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        if word.len() > LONGEST {
            return None;
        }
        // A plus in a query is a blank once it is read.
        let word = word.split(['+', ' ']).next().unwrap_or(word);
        let (failures, word) = match word.strip_prefix("fail-") {
            Some(rest) => {
                let (count, word) = rest.split_once('-')?;
                let count = number(count).filter(|count| (1..=MOST_FAILURES).contains(count))?;
                (Some(count), word)
            }
            None => (None, word),
        };
        let (after, word) = match word.strip_prefix("slow-") {
            Some(rest) => {
                let (seconds, word) = rest.split_once('-').unwrap_or((rest, "likely"));
                (number(seconds).filter(|s| *s <= MOST_SECONDS)?, word)
            }
            None => (0, word),
        };
        Some(Self {
            failures,
            after: Duration::from_secs(after),
            effect: Effect::parse(word)?,
        })
    }

    /// How often it fails before it goes through; 0 where it always does the same.
    pub(crate) fn failures(&self) -> u32 {
        self.failures.unwrap_or_default()
    }

    pub(crate) fn answer(&self, around: &Circumstances<'_>) -> Answer {
        self.effect.answer(around).after(self.after)
    }
}

#[cfg(test)]
mod tests {
    //! What is a test value, and what is none. The answers are tested by the page that lists them.
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
            assert_eq!(TestValue::parse(word), None, "{word}");
        }
    }

    #[test]
    fn values_are_found_where_they_may_stand() {
        let body = |text: &str| serde_json::from_str::<Map<String, Value>>(text).unwrap();
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
            let word = "closed";
            let field = field.to_owned();
            assert_eq!(
                find(&body(text), &[]),
                Some(Found { field, word }),
                "{text}"
            );
        }
        for text in [
            r#"{"email": "closed@example.com"}"#,
            r#"{"email": "sandbox.example"}"#,
            r#"{"email": "€€€€€€@sandbox.examplé"}"#,
            r#"{"customerId": "closed@sandbox.example", "customerInfo": "sandbox:closed"}"#,
        ] {
            assert_eq!(find(&body(text), &[]), None, "{text}");
        }
        let query = |name: &str| [(name.to_owned(), "sandbox:closed".to_owned())];
        assert_eq!(find(&Map::new(), &query("q")), None);
        let query = query("onBehalfOfSubPartnerOrgId");
        assert_eq!(find(&Map::new(), &query).unwrap().word, "closed");
    }

    #[test]
    fn what_is_longer_than_any_value_is_none() {
        let value = |length: usize| format!("closed+{}", "x".repeat(length - 7));
        assert!(TestValue::parse(&value(LONGEST)).is_some());
        assert_eq!(TestValue::parse(&value(LONGEST + 1)), None);
    }
}
