//! The contract against the documented facts.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use conformance::{captures, contract, read};
use webex_precheck_contract::deviations::{Deviations, Finding};
use webex_precheck_contract::diff::diff;
use webex_precheck_contract::{Inventory, OperationId};

fn deviations() -> Deviations {
    Deviations::read(&read("spec/deviations.toml")).unwrap()
}

fn findings(captures: Vec<(String, Inventory)>, contract: &Inventory) -> Vec<Finding> {
    let held: Vec<_> = captures
        .into_iter()
        .map(|(name, inventory)| {
            let comparison = diff(&inventory, contract);
            assert!(comparison.compared > 60, "{name}: {}", comparison.compared);
            (name, inventory, comparison)
        })
        .collect();
    deviations().judge(&held, contract)
}

#[test]
fn every_difference_is_excused_and_every_deviation_is_needed() {
    assert_eq!(findings(captures(), &contract()), []);
}

#[test]
fn a_source_that_moves_on_is_noticed() {
    let mut captures = captures();
    for (_, inventory) in &mut captures {
        for operation in &mut inventory.operations {
            operation.fields.retain(|field| field.at != "body.orgId");
        }
    }
    let sources: Vec<_> = findings(captures, &contract())
        .into_iter()
        .map(|finding| match finding {
            Finding::Unexcused { source, difference } => (source, difference.id()),
            Finding::Dead { message, .. } => panic!("{message}"),
        })
        .collect();
    let expected = ["customer-page", "openapi"]
        .map(|source| (source.to_owned(), "customer:body.orgId:added".to_owned()));
    assert_eq!(sources, expected);
}

#[test]
fn every_field_of_the_contract_is_backed_by_a_source_or_a_deviation() {
    let captures = captures();
    let deviations = deviations();
    let contract = contract();
    let mut unbacked = Vec::new();
    for operation in &contract.operations {
        for field in &operation.fields {
            let documented = captures.iter().any(|(_, inventory)| {
                let source = inventory.operation(operation.id);
                source.is_some_and(|source| source.field(&field.at).is_some())
            });
            if !documented && !deviations.back(operation.id, &field.at) {
                unbacked.push((operation.id, field.at.clone()));
            }
        }
    }
    assert_eq!(unbacked, []);
    assert!(!deviations.back(OperationId::Customer, "body.invented"));
}

#[test]
fn the_contract_has_all_that_is_known() {
    // Counted by hand: fields of the two bodies, statuses of the pages. Webex may add more.
    let contract = contract();
    for (id, fields) in [(OperationId::Customer, 30), (OperationId::Subscriber, 13)] {
        let operation = contract.operation(id).unwrap();
        let body = operation
            .fields
            .iter()
            .filter(|f| f.at.starts_with("body."));
        assert!(body.count() >= fields, "{id}");
        for status in [
            "200", "201", "202", "204", "400", "401", "403", "404", "405", "409", "410", "415",
            "423", "428", "429", "500", "502", "503", "504",
        ] {
            assert!(operation.response(status).is_some(), "{id} {status}");
        }
        assert_eq!(
            operation.security.as_deref(),
            Some(&["http bearer".to_owned()][..])
        );
    }
}
