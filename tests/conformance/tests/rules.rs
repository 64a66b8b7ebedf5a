//! Rules taken from wording: each rests on a sentence that stands, and is kept where it says.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;

use conformance::{CHECKED_IN, FROZEN, Spec, captured, fixture, root};
use webex_precheck::Rule as ClientRule;
use webex_precheck_contract::inventory::Operation;
use webex_precheck_contract::location::{List, Location, Section};
use webex_precheck_contract::openapi;
use webex_precheck_contract::rules::{Cause, Rules};

fn rules(spec: &Spec) -> Rules {
    Rules::read(&spec.read("rules.toml")).unwrap()
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
    assert_eq!(rules(&CHECKED_IN).judge(&CHECKED_IN.captures()), []);
}

#[test]
fn a_changed_sentence_puts_its_rule_up_for_review() {
    let mut captures = FROZEN.captures();
    let text = FROZEN.read("documented/openapi.toml");
    let text = text.replace("39c697d2844b d6a6b5fb4779", "39c697d2844b 000000000001");
    captures[1].1 = webex_precheck_contract::capture::read(&text).unwrap();
    let rules = rules(&FROZEN);
    let found = rules.judge(&captures);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].rule.id, "one-package");
    assert_eq!(found[0].citation.at.to_string(), "body.packages");
    let line = FROZEN.read("rules.toml");
    let line = line.lines().nth(found[0].line - 1).unwrap();
    assert!(
        line.contains("\"openapi\"") && line.contains("d6a6b5fb4779"),
        "{line}"
    );
    let now = ["000000000001", "39c697d2844b"].map(str::to_owned).to_vec();
    assert_eq!(found[0].cause, Cause::Gone(now));
}

#[test]
fn new_sentences_are_asked_about_until_somebody_answers() {
    let fixture = fixture("published.json");
    let read = |text: &str| captured(text, &FROZEN.contract());
    let before = read(&fixture);
    let sentence = "Names must not exceed 30 characters.";
    let changed = fixture.replace("It was here once.", sentence);
    assert_ne!(changed, fixture);
    let (after, _) = openapi::read("x", &changed, conformance::endpoints());
    let none = Rules::read("").unwrap();
    let asked = none.ask("openapi", &before, &after);
    let [question] = &asked[..] else {
        panic!("{asked:?}");
    };
    // Once for all the places where it stands.
    assert_eq!(
        question.hints,
        ["limit", "size", "requirement", "prohibition", "number"]
    );
    assert_eq!(question.at.len(), changed.matches(sentence).count());
    assert_eq!(question.sentence(&after).as_deref(), Some(sentence));
    // It stands in the file until it is answered.
    let text = question.to_toml();
    let file = Rules::read(&text).unwrap();
    assert_eq!(
        file.questions().next().unwrap().fingerprint,
        question.fingerprint
    );
    assert_eq!(file.ask("openapi", &before, &after), []);
    let rule = format!(
        "[[rule]]\nid = \"x\"\nsays = \"x\"\nkept_in = [\"x\"]\nrests_on = [{{ source = \"openapi\", at = \"status.410\", fingerprint = \"{}\" }}]\n",
        question.fingerprint
    );
    assert_eq!(
        Rules::read(&rule).unwrap().ask("openapi", &before, &after),
        []
    );
    assert_eq!(none.ask("openapi", &before, &before), []);
}

#[test]
fn the_clients_rules_are_listed_and_exist() {
    let rules = rules(&CHECKED_IN);
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
    assert!(!worded.is_empty());
    for id in worded {
        assert!(
            rules.iter().any(|rule| rule.id == id),
            "spec/rules.toml lacks `{id}`"
        );
    }
}

/// Whether the contract has a place, and the keyword after its `#`.
fn has(operation: &Operation, place: &str) -> bool {
    match place.parse() {
        Ok(Location::Constraint(path, keyword)) => {
            let field = operation.field(&path);
            let constraints = field.and_then(|field| field.constraints.as_ref());
            constraints.is_some_and(|constraints| constraints.contains_key(&keyword))
        }
        Ok(Location::Field(path)) => operation.field(&path).is_some(),
        Ok(Location::Status(status)) => operation.response(&status).is_some(),
        Ok(Location::Security) => operation.security.is_some(),
        Ok(Location::List(List::Dependency(package))) => {
            let table = operation.dependencies.as_ref();
            table.is_some_and(|table| table.contains_key(&package))
        }
        Ok(Location::List(List::MediaTypes(Section::Body))) => operation.media_types.is_some(),
        Ok(Location::List(List::Headers(status))) => {
            let response = operation.response(&status);
            response.is_some_and(|response| response.headers.is_some())
        }
        other => panic!("{place}: {other:?}"),
    }
}

#[test]
fn every_rule_is_kept_where_it_says() {
    let contract = CHECKED_IN.contract();
    for rule in rules(&CHECKED_IN).iter() {
        for place in &rule.kept_in {
            let kept = match place.split_once(' ') {
                Some(("spec/openapi.json", at)) => {
                    let mut operations = contract.operations.iter();
                    operations.any(|operation| rule.is_for(&operation.id) && has(operation, at))
                }
                Some(("client", _)) => place.starts_with("client finding "),
                Some(_) => false,
                None => root().join(place).is_file(),
            };
            assert!(kept, "`{}` is not kept in `{place}`", rule.id);
        }
    }
    let customer = &FROZEN.contract().operations[0];
    assert!(has(customer, "body.address.addressLine1#maxLength"));
    assert!(!has(customer, "body.address.city#maxLength"));
    assert!(!has(customer, "body.invented"));
}
