//! Every documented example decodes, encodes to an equal value, and is valid; so is every example
//! of the contract's own.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use conformance::CHECKED_IN;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use webex_precheck::api::types::{ErrorBody, PrecheckResponse};
use webex_precheck::{AnyPrecheck, Precheck as _, Severity, api};
use webex_precheck_contract::OperationId;
use webex_precheck_contract::inventory::{Example, Operation};
use webex_precheck_contract::location::Section;

/// A validator for one of the contract's schemas.
fn validator(schema: &str) -> jsonschema::Validator {
    let document: Value = serde_json::from_str(&CHECKED_IN.read("openapi.json")).unwrap();
    let schema = json!({
        "$ref": format!("#/components/schemas/{schema}"),
        "components": document["components"],
    });
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap_or_else(|e| panic!("{e}"))
}

fn round_trip<T: DeserializeOwned + Serialize>(json: &str) -> Value {
    let value: T = serde_json::from_str(json).unwrap_or_else(|e| panic!("{json}: {e}"));
    serde_json::to_value(value).unwrap()
}

/// Bodies; what stands in an address is text.
fn bodies(operation: &Operation) -> impl Iterator<Item = &Example> {
    let examples = operation.examples.iter();
    examples.filter(|example| !example.at.section.is_parameter())
}

/// The name of the schema of an operation's request.
fn request_schema(operation: &api::Operation) -> String {
    let document: Value = serde_json::from_str(&CHECKED_IN.read("openapi.json")).unwrap();
    let method = operation.method.to_lowercase();
    let body = &document["paths"][operation.path][method]["requestBody"];
    let reference = &body["content"]["application/json"]["schema"]["$ref"];
    let name = reference.as_str().unwrap().rsplit('/').next();
    name.unwrap().to_owned()
}

fn request(operation: &api::Operation, json: &str) -> AnyPrecheck {
    let mut json = serde_json::Deserializer::from_str(json);
    AnyPrecheck::deserialize(operation, &mut json).unwrap_or_else(|e| panic!("{e}"))
}

fn check(id: &OperationId, example: &Example) {
    let given: Value = serde_json::from_str(&example.json).unwrap();
    let operation = api::Operation::named(id.as_str()).unwrap();
    let (schema, encoded) = match &example.at.section {
        Section::Body => (
            request_schema(operation),
            serde_json::to_value(request(operation, &example.json)).unwrap(),
        ),
        Section::Response(status) if status == "200" => (
            "PrecheckResponse".to_owned(),
            round_trip::<PrecheckResponse>(&example.json),
        ),
        Section::Response(status) if status.starts_with('4') => {
            let encoded = round_trip::<ErrorBody>(&example.json);
            ("ErrorBody".to_owned(), encoded)
        }
        other => panic!("an example of an unknown kind: {other}"),
    };
    assert_eq!(encoded, given, "{id} {}", example.at);
    let errors: Vec<String> = validator(&schema)
        .iter_errors(&given)
        .map(|e| e.to_string())
        .collect();
    assert!(errors.is_empty(), "{id} {}: {errors:?}", example.at);
}

/// What a client would refuse to send.
fn errors_of(id: &OperationId, json: &str) -> Vec<String> {
    let operation = api::Operation::named(id.as_str()).unwrap();
    let findings = request(operation, json).findings();
    let errors = findings.iter().filter(|f| f.severity() == Severity::Error);
    errors.map(ToString::to_string).collect()
}

#[test]
fn the_client_sends_every_documented_request() {
    let mut count = 0;
    for (_, inventory) in CHECKED_IN.captures() {
        for operation in &inventory.operations {
            for example in bodies(operation).filter(|example| example.at.section == Section::Body) {
                let errors = errors_of(&operation.id, &example.json);
                assert_eq!(errors, [""; 0], "{}", example.json);
                count += 1;
            }
        }
    }
    assert!(count > 0);
    let bad = r#"{"email": "", "packages": ["webex_suite", "webex_calling"]}"#;
    assert_eq!(errors_of(&OperationId::new("subscriber"), bad).len(), 2);
}

#[test]
fn documented_examples_decode_encode_and_validate() {
    let mut count = 0;
    for (_, inventory) in CHECKED_IN.captures() {
        for operation in &inventory.operations {
            for example in bodies(operation) {
                check(&operation.id, example);
                count += 1;
            }
        }
    }
    assert!(count > 0);
}

#[test]
fn examples_of_the_contract_decode_encode_and_validate() {
    for operation in &CHECKED_IN.contract().operations {
        assert!(bodies(operation).count() > 0, "{}", operation.id);
        for example in bodies(operation) {
            check(&operation.id, example);
        }
    }
}

#[test]
fn examples_of_fields_are_valid() {
    let document: Value = serde_json::from_str(&CHECKED_IN.read("openapi.json")).unwrap();
    let mut count = 0;
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for (field, schema) in schema["properties"].as_object().into_iter().flatten() {
            let Some(example) = schema.get("example") else {
                continue;
            };
            let mut schema = schema.clone();
            schema["components"] = document["components"].clone();
            let validator = jsonschema::validator_for(&schema).unwrap();
            assert!(validator.is_valid(example), "{name}.{field}: {example}");
            count += 1;
        }
    }
    assert!(count > 0);
}

#[test]
fn the_schemas_refuse_what_the_rules_forbid() {
    let address = json!({"addressLine1": "1 Elm Road", "city": "Milpitas", "country": "US"});
    let with = |name: &str, value: Value| {
        let mut address = address.clone();
        address[name] = value;
        json!({"address": address})
    };
    for (schema, body) in [
        ("CustomerPrecheckRequest", json!({})),
        ("CustomerPrecheckRequest", with("country", json!("USA"))),
        (
            "CustomerPrecheckRequest",
            with("addressLine1", json!("x".repeat(51))),
        ),
        (
            "CustomerPrecheckRequest",
            json!({"address": address, "packages": ["fax"]}),
        ),
        (
            "CustomerPrecheckRequest",
            json!({"address": address, "customerInfo": {}}),
        ),
        ("SubscriberPrecheckRequest", json!({})),
        ("SubscriberPrecheckRequest", json!({"email": 5})),
        (
            "SubscriberPrecheckRequest",
            json!({"email": "a@b.cd", "package": "webex_suite", "packages": ["webex_suite"]}),
        ),
        (
            "SubscriberPrecheckRequest",
            json!({"email": "a@b.cd", "packages": ["webex_suite", "webex_voice"]}),
        ),
        ("PrecheckResponse", json!({"info": "none"})),
        ("PrecheckResponse", json!({"info": [{"infoCode": "x"}]})),
    ] {
        assert!(!validator(schema).is_valid(&body), "{schema}: {body}");
    }
    for (schema, body) in [
        (
            "CustomerPrecheckRequest",
            with("addressLine1", json!("x".repeat(50))),
        ),
        ("SubscriberPrecheckRequest", json!({"email": "a@b.cd"})),
        (
            "SubscriberPrecheckRequest",
            json!({"email": "a@b.cd", "package": "webex_suite"}),
        ),
        ("PrecheckResponse", json!({"info": {"infoCode": 100}})),
        ("PrecheckResponse", json!({"info": [{"infoCode": 100.0}]})),
        (
            "ErrorBody",
            json!({"message": "x", "errors": [{"description": "y"}], "trackingId": "z"}),
        ),
        ("ErrorBody", json!({"errorCode": 10022, "description": "x"})),
    ] {
        assert!(validator(schema).is_valid(&body), "{schema}: {body}");
    }
}
