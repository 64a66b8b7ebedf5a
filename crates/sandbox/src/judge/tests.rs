//! One request a rule, by hand from the documented facts.
use serde_json::json;

use super::*;
use crate::operation::{all, named};

fn judged(name: &str, body: &Value) -> Judgement {
    judge(named(name).unwrap(), body.as_object().unwrap())
}

/// Asserts that the request is refused for this error alone.
fn refused(id: &str, body: &Value, code: i64, field: &str) {
    let judgement = judged(id, body);
    let errors = judgement.errors.iter();
    let errors: Vec<_> = errors.map(|r| (r.code, r.field.as_str())).collect();
    assert_eq!(errors, [(code, field)], "{body}");
    let status = if [900_005, 900_008].contains(&code) {
        409
    } else {
        400
    };
    assert_eq!(judgement.status(), status, "{body}");
}

fn accepted(id: &str, body: &Value) {
    assert_eq!(judged(id, body).errors, [], "{body}");
}

/// A customer, with this value at a pointer.
fn customer(pointer: &str, value: Value) -> Value {
    let mut body = json!({
        "address": {"addressLine1": "1 Elm Road", "city": "Milpitas", "country": "US"},
        "customerInfo": {"primaryEmail": "a@b.c"},
        "packages": [],
    });
    *body.pointer_mut(pointer).unwrap() = value;
    body
}

#[test]
fn documented_examples_go_through() {
    for operation in all() {
        assert!(!operation.examples.is_empty(), "{}", operation.name);
        for example in &operation.examples {
            accepted(&operation.name, example);
        }
    }
}

#[test]
fn customers_are_refused_for_each_broken_rule() {
    let line = |length| json!({"addressLine1": "é".repeat(length), "city": "x", "country": "US"});
    let location = json!({"calling": {"location": {
        "name": "HQ", "timezone": "America/Los_Angeles", "language": "en_us",
        "address": {"addressLine1": "1 Elm Road", "city": "Milpitas", "country": "USA"},
    }}});
    let mut with_location = customer("/packages", json!([]));
    with_location["provisioningParameters"] = location;
    let mut without_location = customer("/packages", json!([]));
    without_location["provisioningParameters"] = json!({"calling": {}});
    let mut number = customer("/packages", json!([]));
    number["orgId"] = json!(5);
    let mut null = customer("/packages", json!([]));
    null["orgId"] = Value::Null;
    for (body, code, field) in [
        (json!({}), 1001, "address"),
        (
            customer("/address", json!({"addressLine1": "x", "country": "US"})),
            1001,
            "address.city",
        ),
        (customer("/address", Value::Null), 1001, "address"),
        (null, 1001, "orgId"),
        (
            customer("/customerInfo", json!({})),
            1001,
            "customerInfo.primaryEmail",
        ),
        (
            without_location,
            1001,
            "provisioningParameters.calling.location",
        ),
        (
            customer("/address/country", json!("USA")),
            1002,
            "address.country",
        ),
        (
            with_location,
            1002,
            "provisioningParameters.calling.location.address.country",
        ),
        (customer("/address", line(51)), 1002, "address.addressLine1"),
        (number, 900_001, "orgId"),
        (
            customer("/address", json!("1 Elm Road")),
            900_001,
            "address",
        ),
        (
            customer("/packages", json!("webex_suite")),
            900_001,
            "packages",
        ),
        (
            customer("/packages", json!(["webex_suite", 1])),
            900_001,
            "packages",
        ),
        (
            customer("/packages", json!(["webex_suite", "fax"])),
            900_002,
            "packages",
        ),
        (
            customer("/packages", json!(["attendant_console"])),
            900_005,
            "packages",
        ),
        (
            customer("/packages", json!(["webex_voice", "attendant_console"])),
            900_005,
            "packages",
        ),
        (
            customer("/packages", json!(["webex_meetings", "cisco_calling_plan"])),
            900_005,
            "packages",
        ),
        (
            customer("/customerInfo/primaryEmail", json!("a.b.c")),
            900_006,
            "customerInfo.primaryEmail",
        ),
        (
            customer("/address/country", json!("us")),
            900_007,
            "address.country",
        ),
        (
            customer("/address/country", json!("ZZ")),
            900_008,
            "address.country",
        ),
    ] {
        refused("customer", &body, code, field);
    }
    accepted("customer", &customer("/address", line(50)));
}

#[test]
fn one_malformed_value_makes_it_a_bad_request() {
    let mut body = customer("/address/country", json!("ZZ"));
    assert_eq!(judged("customer", &body).status(), 409);
    body["packages"] = json!(["attendant_console"]);
    assert_eq!(judged("customer", &body).status(), 409);
    body["orgId"] = json!(5);
    assert_eq!(judged("customer", &body).status(), 400);
}

#[test]
fn reasons_are_as_many_and_as_long_as_one_may_read() {
    let many: Vec<String> = (0..500)
        .map(|n| format!("{n}{}", "x".repeat(500)))
        .collect();
    let judgement = judged("customer", &customer("/packages", json!(many)));
    assert_eq!(judgement.errors.len(), MAX_ERRORS);
    let texts = judgement.errors.iter().map(|error| error.description.len());
    assert!(texts.max().unwrap() < 300);
}

#[test]
fn subscribers_are_refused_for_each_broken_rule() {
    for (body, code, field) in [
        (json!({}), 1001, "email"),
        (json!({"email": null}), 1001, "email"),
        (json!({"email": "a@b.c", "package": null}), 1001, "package"),
        (
            json!({"email": "a@b.c", "package": "fax"}),
            900_002,
            "package",
        ),
        (
            json!({"email": "a@b.c", "package": "webex_calling", "packages": ["webex_calling"]}),
            900_003,
            "packages",
        ),
        (
            json!({"email": "a@b.c", "packages": ["webex_calling", "webex_suite"]}),
            900_004,
            "packages",
        ),
        (json!({"email": ""}), 900_006, "email"),
        (
            json!({"email": "a@b.c", "provisioningParameters": {"extension": 12}}),
            900_001,
            "provisioningParameters.extension",
        ),
    ] {
        refused("subscriber", &body, code, field);
    }
}

#[test]
fn what_is_documented_goes_through() {
    for body in [
        json!({"email": "a@b.c"}),
        json!({"email": "a@b.c", "package": "webex_calling_standard"}),
        // It needs another beside it, and a subscriber takes one package only.
        json!({"email": "a@b.c", "packages": ["attendant_console"]}),
    ] {
        accepted("subscriber", &body);
    }
    for packages in [
        json!(["webex_calling_standard", "cisco_calling_plan"]),
        json!(["webex_suite", "cisco_calling_plan", "attendant_console"]),
    ] {
        accepted("customer", &customer("/packages", packages));
    }
}

#[test]
fn unknown_fields_go_through_and_are_told() {
    let body = json!({
        "email": "a@b.c",
        "Email": null,
        "provisioningParameters": {"nickname": {"x": 1}},
    });
    let judgement = judged("subscriber", &body);
    assert_eq!(judgement.errors, []);
    assert_eq!(
        judgement.unknown_fields,
        ["Email", "provisioningParameters.nickname"]
    );
}
