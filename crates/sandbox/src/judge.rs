//! Judges the raw JSON of a request by the documented facts.

use serde_json::Value;
use webex_precheck_contract::OperationId;

use crate::documented::{Documentation, Documented};

/// One reason to refuse a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(crate) code: i64,
    /// Dotted path of the field.
    pub(crate) field: String,
    pub(crate) description: String,
}

/// A required value is missing or null (Webex's).
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

/// Why a request would be refused; nothing where it would go through.
pub(crate) fn judge(documented: &Documented, id: OperationId, body: &Value) -> Vec<Reason> {
    let mut reasons = Vec::new();
    object(documented, id, "body", body, &mut reasons);
    if id == OperationId::Subscriber {
        packages_of_subscriber(body, &mut reasons);
    }
    reasons
}

fn object(
    documented: &Documented,
    id: OperationId,
    scope: &str,
    value: &Value,
    reasons: &mut Vec<Reason>,
) {
    let mut refuse = |code, field: &str, description: String| {
        reasons.push(Reason {
            code,
            field: field.trim_start_matches("body.").to_owned(),
            description,
        });
    };
    let mut nested: Vec<(String, &Value)> = Vec::new();
    for field in documented.children(id, scope) {
        let at = format!("{scope}.{}", field.name);
        let present = value.get(field.name).filter(|value| !value.is_null());
        let Some(present) = present else {
            if field.required {
                refuse(NULL, &at, "A required value is missing.".to_owned());
            }
            continue;
        };
        if let Some(expected) = wrong_type(&field, present) {
            refuse(TYPE, &at, format!("Expected {expected}."));
            continue;
        }
        for unknown in unknown_values(&field, present) {
            refuse(PACKAGE, &at, format!("No package is called {unknown}."));
        }
        // The pages say so in words: "ISO2 country code, size = 2".
        if field.name == "country" && present.as_str().is_some_and(|c| c.chars().count() != 2) {
            refuse(SIZE, &at, "A country code has two letters.".to_owned());
        }
        if present.is_object() {
            nested.push((at, present));
        }
    }
    for (at, value) in nested {
        object(documented, id, &at, value, reasons);
    }
}

/// What was expected instead of `value`, unless it has the documented type.
fn wrong_type(field: &Documentation<'_>, value: &Value) -> Option<String> {
    let ty = field.ty?.as_str();
    let fits = match ty {
        "string" => value.is_string(),
        "object" => value.is_object(),
        "array[string]" => value
            .as_array()
            .is_some_and(|values| values.iter().all(Value::is_string)),
        "array" => value.is_array(),
        _ => true,
    };
    (!fits).then(|| ty.to_owned())
}

fn unknown_values<'v>(field: &Documentation<'_>, value: &'v Value) -> Vec<&'v str> {
    if field.values.is_empty() {
        return Vec::new();
    }
    let one = value.as_str().into_iter();
    let many = value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    one.chain(many)
        .filter(|value| !field.values.contains(value))
        .collect()
}

/// Rules that Webex states in words.
fn packages_of_subscriber(body: &Value, reasons: &mut Vec<Reason>) {
    let set = |name: &str| body.get(name).is_some_and(|value| !value.is_null());
    if set("package") && set("packages") {
        reasons.push(Reason {
            code: BOTH,
            field: "packages".to_owned(),
            description: "Send package or packages, not both.".to_owned(),
        });
    }
    let count = body
        .get("packages")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    if count > 1 {
        reasons.push(Reason {
            code: MORE_THAN_ONE,
            field: "packages".to_owned(),
            description: "A subscriber takes one package at most.".to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    //! One request a rule, by hand from the documented facts.
    use super::*;
    use serde_json::json;

    fn codes(id: OperationId, body: Value) -> Vec<(i64, String)> {
        let documented = Documented::load().unwrap();
        let reasons = judge(&documented, id, &body);
        reasons.into_iter().map(|r| (r.code, r.field)).collect()
    }

    fn address() -> Value {
        json!({"addressLine1": "1 Elm Road", "city": "Milpitas", "country": "US"})
    }

    #[test]
    fn documented_examples_go_through() {
        let documented = Documented::load().unwrap();
        for id in OperationId::ALL {
            for operation in documented.operations(id) {
                for example in operation.examples.iter().filter(|e| e.at == "request") {
                    let body = serde_json::from_str(&example.json).unwrap();
                    assert_eq!(judge(&documented, id, &body), []);
                }
            }
        }
    }

    #[test]
    fn customers_are_refused_for_each_broken_rule() {
        for (body, expected) in [
            (json!({}), (NULL, "address")),
            (
                json!({"address": {"addressLine1": "x", "country": "US"}}),
                (NULL, "address.city"),
            ),
            (
                json!({"address": address(), "customerInfo": {}}),
                (NULL, "customerInfo.primaryEmail"),
            ),
            (json!({"address": address(), "orgId": 5}), (TYPE, "orgId")),
            (json!({"address": "1 Elm Road"}), (TYPE, "address")),
            (
                json!({"address": address(), "packages": ["webex_suite", "fax"]}),
                (PACKAGE, "packages"),
            ),
            (
                json!({"address": address(), "packages": "webex_suite"}),
                (TYPE, "packages"),
            ),
            (
                json!({"address": {"addressLine1": "x", "city": "y", "country": "USA"}}),
                (SIZE, "address.country"),
            ),
            (
                json!({"address": address(), "provisioningParameters": {"calling": {}}}),
                (NULL, "provisioningParameters.calling.location"),
            ),
        ] {
            let expected = vec![(expected.0, expected.1.to_owned())];
            assert_eq!(
                codes(OperationId::Customer, body.clone()),
                expected,
                "{body}"
            );
        }
    }

    #[test]
    fn subscribers_are_refused_for_each_broken_rule() {
        for (body, expected) in [
            (json!({}), (NULL, "email")),
            (json!({"email": null}), (NULL, "email")),
            (
                json!({"email": "a@b.c", "package": "fax"}),
                (PACKAGE, "package"),
            ),
            (
                json!({"email": "a@b.c", "packages": ["webex_calling", "webex_suite"]}),
                (MORE_THAN_ONE, "packages"),
            ),
            (
                json!({"email": "a@b.c", "package": "webex_calling", "packages": ["webex_calling"]}),
                (BOTH, "packages"),
            ),
            (
                json!({"email": "a@b.c", "provisioningParameters": {"extension": 12}}),
                (TYPE, "provisioningParameters.extension"),
            ),
        ] {
            let expected = vec![(expected.0, expected.1.to_owned())];
            assert_eq!(
                codes(OperationId::Subscriber, body.clone()),
                expected,
                "{body}"
            );
        }
    }

    #[test]
    fn either_field_neither_field_and_unknown_fields_go_through() {
        for body in [
            json!({"email": "a@b.c"}),
            json!({"email": "a@b.c", "package": "webex_calling_standard"}),
            json!({"email": "a@b.c", "packages": ["attendant_console"]}),
            json!({"email": "a@b.c", "newField": {"x": 1}}),
        ] {
            assert_eq!(codes(OperationId::Subscriber, body.clone()), [], "{body}");
        }
        let both = json!({"address": address(), "packages": ["webex_calling_standard", "cisco_calling_plan"]});
        assert_eq!(codes(OperationId::Customer, both), []);
    }
}
