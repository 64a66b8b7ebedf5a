//! The Rust types against the contract: their JSON Schemas say the same fields, types,
//! requirements and enumerated values.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;

use conformance::{CHECKED_IN, read};
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use webex_precheck_api::types::{
    CustomerPackage, ErrorBody, PrecheckResponse, SubscriberPackage, SubscriberPrecheckRequest,
    SubscriberSinglePackage,
};
use webex_precheck_api::{OPERATIONS, Operation, operations};
use webex_precheck_contract::deviations::compare;
use webex_precheck_contract::{openapi, source};

/// The contract with every schema replaced by that of the Rust type of its name.
fn contract_of_rust_types() -> Value {
    let settings =
        SchemaSettings::default().with(|s| s.definitions_path = "/components/schemas".into());
    let mut generator = settings.clone().into_generator();
    generator.subschema_for::<PrecheckResponse>();
    generator.subschema_for::<ErrorBody>();
    let mut all = generator.take_definitions(true);
    for operation in OPERATIONS {
        let root = operation.request_schema(settings.clone().into_generator());
        let mut root = Value::from(root);
        if let Some(Value::Object(parts)) = root.pointer_mut("/components/schemas") {
            all.append(parts);
        }
        root.as_object_mut().unwrap().shift_remove("components");
        all.insert(root["title"].as_str().unwrap().to_owned(), root);
    }
    let mut schemas = Value::Object(all);
    forget_null(&mut schemas);
    let mut document: Value = serde_json::from_str(&CHECKED_IN.read("openapi.json")).unwrap();
    document["components"]["schemas"] = schemas;
    document
}

/// An optional field of Rust takes null as well, which says nothing of what is sent.
fn forget_null(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|ty| ty != "null");
            }
            if let Some(Value::Array(parts)) = object.get_mut("anyOf") {
                parts.retain(|part| part["type"] != "null");
                // The known values of an open enumeration, or any string.
                if parts.len() == 2 && parts[1] == json!({"type": "string"}) {
                    let known = parts.swap_remove(0);
                    object.shift_remove("anyOf");
                    object.extend(known.as_object().cloned().unwrap_or_default());
                }
            }
            object.values_mut().for_each(forget_null);
        }
        Value::Array(values) => values.iter_mut().for_each(forget_null),
        _ => {}
    }
}

/// What differs besides examples, which types do not say, and two keywords that their schemas say in
/// another way: which values count as set in `not`, and what unknown keys hold.
fn differences(document: &Value) -> (Vec<String>, usize) {
    let (rust, problems) = openapi::read_contract("rust", &document.to_string());
    assert!(!source::is_broken(&problems), "{problems:?}");
    let comparison = compare(&CHECKED_IN.contract(), &rust.without_descriptions());
    let ids = comparison.differences.iter().map(|d| d.id());
    let ids = ids.filter(|id| {
        let others = ["#not:constraint", "#additionalProperties:constraint"];
        !others.iter().any(|other| id.ends_with(other))
    });
    (ids.collect(), comparison.compared)
}

#[test]
fn types_say_what_the_contract_says() {
    let (differences, compared) = differences(&contract_of_rust_types());
    assert_eq!(differences, [] as [String; 0]);
    let all = source::facts(&CHECKED_IN.contract());
    assert!(compared * 2 > all, "{compared} of {all}");
}

#[test]
fn a_type_that_says_something_else_is_noticed() {
    let mut document = contract_of_rust_types();
    let schemas = &mut document["components"]["schemas"];
    schemas["Address"]["properties"]["city"]["type"] = "integer".into();
    schemas["CustomerInfo"]["required"] = Value::Array(Vec::new());
    let packages = schemas["CustomerPackage"]["enum"].as_array_mut().unwrap();
    let last = packages.pop().unwrap();
    let last = last.as_str().unwrap();
    let properties = schemas["SubscriberPrecheckRequest"]["properties"]
        .as_object_mut()
        .unwrap();
    properties.remove("customerId").unwrap();
    let (differences, _) = differences(&document);
    assert_eq!(
        differences,
        [
            &*format!("customer:body.packages[{last}]:removed"),
            "customer:body.address.city:type",
            "customer:body.customerInfo.primaryEmail:requirement",
            "customer:body.provisioningParameters.calling.location.address.city:type",
            "subscriber:body.customerId:removed",
        ]
    );
}

#[test]
fn dependencies_of_packages_are_those_of_the_contract() {
    let contract = CHECKED_IN.contract();
    for operation in &contract.operations {
        let table = Operation::named(operation.id.as_str())
            .unwrap()
            .dependencies;
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let generated = table.iter().map(|(package, needed)| {
            let needed: Vec<String> = names(needed);
            ((*package).to_owned(), needed)
        });
        let generated: BTreeMap<String, Vec<String>> = generated.collect();
        assert_eq!(Some(generated), operation.dependencies, "{}", operation.id);
    }
    let table = operations::PRECHECK_CUSTOMER.dependencies;
    for (package, needed) in table {
        let package = CustomerPackage::from(*package);
        let typed: Vec<&str> = package
            .needs_one_of()
            .iter()
            .map(|it| it.as_str())
            .collect();
        assert_eq!(typed, *needed, "{package}");
    }
}

#[test]
fn every_value_of_the_contract_is_known_and_is_sent_as_it_is_documented() {
    let document: Value = serde_json::from_str(&CHECKED_IN.read("openapi.json")).unwrap();
    let mut count = 0;
    for name in [
        "CustomerPackage",
        "SubscriberPackage",
        "SubscriberSinglePackage",
    ] {
        for value in document["components"]["schemas"][name]["enum"]
            .as_array()
            .unwrap()
        {
            let (known, sent) = match name {
                "CustomerPackage" => round_trip(value, CustomerPackage::is_known),
                "SubscriberPackage" => round_trip(value, SubscriberPackage::is_known),
                _ => round_trip(value, SubscriberSinglePackage::is_known),
            };
            assert!(known, "{name} {value}");
            assert_eq!(sent, *value, "{name}");
            count += 1;
        }
    }
    assert!(count > 0);
}

fn round_trip<P: DeserializeOwned + Serialize>(
    value: &Value,
    is_known: fn(&P) -> bool,
) -> (bool, Value) {
    let package: P = serde_json::from_value(value.clone()).unwrap();
    (is_known(&package), serde_json::to_value(&package).unwrap())
}

#[test]
fn a_package_of_tomorrow_survives_a_round_trip() {
    let json = r#"{"email":"a@b.c","packages":["webex_tomorrow"]}"#;
    let request: SubscriberPrecheckRequest = serde_json::from_str(json).unwrap();
    assert_eq!(
        request.packages,
        [SubscriberPackage::Other("webex_tomorrow".to_owned())]
    );
    assert_eq!(serde_json::to_string(&request).unwrap(), json);
}

#[test]
fn no_type_is_a_bare_json_value() {
    let generated = read("crates/api/src/generated.rs");
    assert!(!generated.contains("serde_json"));
}

#[test]
fn unknown_fields_of_an_answer_are_ignored() {
    let answer: Map<String, Value> = serde_json::from_str(
        r#"{"message":"success","news":{"a":1},"info":{"infoCode":100.0,"news":[]}}"#,
    )
    .unwrap();
    let answer: PrecheckResponse = serde_json::from_value(Value::Object(answer)).unwrap();
    assert_eq!(
        answer.info.unwrap()[0].info_code.map(|code| code.0),
        Some(100)
    );
}
