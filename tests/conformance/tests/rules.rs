//! Rules taken from wording: each rests on a sentence that stands, and is kept where it says.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;

use conformance::{captured, captures, contract, read, real, root};
use webex_precheck::Rule as ClientRule;
use webex_precheck_contract::Inventory;
use webex_precheck_contract::inventory::Operation;
use webex_precheck_contract::rules::{Cause, Rules};

fn rules() -> Rules {
    Rules::read(&read("spec/rules.toml")).unwrap()
}

/// The findings of the client that rules name.
fn findings(rules: &Rules) -> BTreeSet<(String, String)> {
    let named = rules.iter().flat_map(|rule| {
        let findings = rule.kept_in.iter();
        let findings = findings.filter_map(|place| place.strip_prefix("client finding "));
        findings.map(|finding| (rule.id.clone(), finding.to_owned()))
    });
    named.collect()
}

#[test]
fn every_rule_rests_on_sentences_that_stand() {
    assert_eq!(rules().judge(&captures()), []);
}

#[test]
fn a_changed_sentence_puts_its_rule_up_for_review() {
    let mut captures = captures();
    let text = read("spec/documented/openapi.toml");
    let text = text.replace("39c697d2844b d6a6b5fb4779", "39c697d2844b 000000000001");
    captures[1].1 = webex_precheck_contract::capture::read(&text).unwrap();
    let found = rules().judge(&captures);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].id, "one-package");
    assert_eq!(found[0].at, "body.packages");
    let line = read("spec/rules.toml")
        .lines()
        .nth(found[0].line - 1)
        .unwrap()
        .to_owned();
    assert!(
        line.contains("\"openapi\"") && line.contains("d6a6b5fb4779"),
        "{line}"
    );
    let now = ["000000000001", "39c697d2844b"].map(str::to_owned).to_vec();
    assert_eq!(found[0].cause, Cause::Gone(now));
}

#[test]
fn the_rule_of_fifty_characters_is_up_for_review_where_the_file_does_not_state_it() {
    let Some(summer) = real("upstream/webex-wholesale-2025-06-28.json") else {
        return;
    };
    let before = captures();
    let mut after = before.clone();
    after[1].1 = captured(&summer, &contract());
    let review = |before: &[(String, Inventory)], after: &[(String, Inventory)]| {
        let found = rules().review(before, after).into_iter();
        found.map(|u| (u.id, u.at, u.cause)).collect::<Vec<_>>()
    };
    // On both addresses, where another sentence stands: which address it is.
    let address = "body.address".to_owned();
    let location = "body.provisioningParameters.calling.location.address".to_owned();
    let id = "address-line-length".to_owned();
    let gone = |left: &str| Cause::Gone(vec![left.to_owned()]);
    assert_eq!(
        review(&before, &after),
        [
            (id.clone(), address, gone("936ada25addb")),
            (id, location, gone("2ae7449b94b3")),
        ]
    );
    // Where the sentence comes back, nothing is new beside it but itself.
    assert_eq!(review(&after, &before), []);
}

#[test]
fn the_clients_rules_are_listed_and_exist() {
    let rules = rules();
    let findings = findings(&rules);
    let known: BTreeSet<&str> = ClientRule::ALL.iter().map(|rule| rule.id()).collect();
    for (id, finding) in &findings {
        assert_eq!(id, finding, "a rule bears the name of the client's");
        assert!(
            known.contains(finding.as_str()),
            "the client has no rule `{finding}`"
        );
    }
    for rule in rules.iter().filter(|rule| known.contains(rule.id.as_str())) {
        let pair = (rule.id.clone(), rule.id.clone());
        assert!(findings.contains(&pair), "{} names no finding", rule.id);
    }
    // What is required and which packages there are, the sources tell as facts, not in words.
    let facts = [ClientRule::RequiredEmpty, ClientRule::UnknownPackage];
    let worded = ClientRule::ALL
        .iter()
        .filter(|rule| rule.source().starts_with("Webex, ") && !facts.contains(rule));
    let worded: Vec<&str> = worded.map(|rule| rule.id()).collect();
    // Counted by hand: country, packages (2), address line, number, customer.
    assert_eq!(worded.len(), 6, "{worded:?}");
    for id in worded {
        assert!(
            rules.iter().any(|rule| rule.id == id),
            "spec/rules.toml lacks `{id}`"
        );
    }
}

/// Whether the contract has a place, and the keyword after its `#`.
fn has(operation: &Operation, place: &str) -> bool {
    match place.split_once('#') {
        Some((at, keyword)) => {
            let field = operation.field(at);
            let constraints = field.and_then(|field| field.constraints.as_ref());
            constraints.is_some_and(|constraints| constraints.contains_key(keyword))
        }
        None => operation.locations().iter().any(|at| at == place),
    }
}

#[test]
fn every_rule_is_kept_where_it_says() {
    let contract = contract();
    for rule in rules().iter() {
        for place in &rule.kept_in {
            let kept = match place.split_once(' ') {
                Some(("spec/openapi.json", at)) => {
                    let mut operations = contract.operations.iter();
                    operations.any(|operation| rule.is_for(operation.id) && has(operation, at))
                }
                Some(("client", _)) => place.starts_with("client finding "),
                Some(_) => false,
                None => root().join(place).is_file(),
            };
            assert!(kept, "`{}` is not kept in `{place}`", rule.id);
        }
    }
    let customer = &contract.operations[0];
    assert!(has(customer, "body.address.addressLine1#maxLength"));
    assert!(!has(customer, "body.address.city#maxLength"));
    assert!(!has(customer, "body.invented"));
}
