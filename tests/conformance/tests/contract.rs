//! The contract that is checked in, against the documented facts.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use conformance::{CHECKED_IN, FROZEN};
use webex_precheck_contract::OperationId;
use webex_precheck_contract::deviations::{Deviations, Violation, compare_captures};
use webex_precheck_contract::location::{FieldPath, Section};

fn findings(spec: &conformance::Spec, without: Option<&FieldPath>) -> Vec<Violation> {
    let mut captures = spec.captures();
    let operations = captures.iter_mut().flat_map(|(_, it)| &mut it.operations);
    for operation in operations {
        operation.fields.retain(|field| Some(&field.at) != without);
    }
    let contract = spec.contract();
    let held = compare_captures(&captures, &contract);
    for it in &held {
        assert!(it.comparison.compared > 0, "{} was not compared", it.name);
    }
    let deviations = Deviations::read(&spec.read("deviations.toml")).unwrap();
    deviations.judge(&held)
}

#[test]
fn every_difference_is_excused_and_every_deviation_is_needed() {
    assert_eq!(findings(&CHECKED_IN, None), []);
}

#[test]
fn a_source_that_moves_on_is_noticed() {
    let found = findings(&FROZEN, Some(&Section::Body.field("orgId")));
    let found: Vec<_> = found
        .into_iter()
        .map(|finding| match finding {
            Violation::Unexcused { source, difference } => (source, difference.id()),
            Violation::Unused { message, .. } => panic!("{message}"),
        })
        .collect();
    // The page and the file document it, neither as the newer one.
    let expected = ["customer-page", "openapi"]
        .map(|source| (source.to_owned(), "customer:body.orgId:added".to_owned()));
    assert_eq!(found, expected);
}

#[test]
fn every_field_of_the_contract_is_backed_by_a_source_or_a_deviation() {
    let captures = CHECKED_IN.captures();
    let deviations = Deviations::read(&CHECKED_IN.read("deviations.toml")).unwrap();
    let contract = CHECKED_IN.contract();
    let mut unbacked = Vec::new();
    for operation in &contract.operations {
        for field in &operation.fields {
            let documented = captures.iter().any(|(_, inventory)| {
                let source = inventory.operation(&operation.id);
                source.is_some_and(|source| source.field(&field.at).is_some())
            });
            if !documented && !deviations.justifies(&operation.id, &field.at) {
                unbacked.push((operation.id.clone(), field.at.clone()));
            }
        }
    }
    assert_eq!(unbacked, []);
    let invented = Section::Body.field("invented");
    assert!(!deviations.justifies(&OperationId::new("customer"), &invented));
}

#[test]
fn a_token_is_needed_for_every_operation() {
    let bearer = ["http bearer".to_owned()];
    for operation in &CHECKED_IN.contract().operations {
        let security = operation.security.as_deref();
        assert_eq!(security, Some(&bearer[..]), "{}", operation.id);
    }
}
