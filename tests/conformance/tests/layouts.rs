//! Both layouts of a page, for both operations: what each holds is read, what it lost is unknown.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use conformance::{FROZEN, fixture, page, real};
use webex_precheck_contract::diff::diff;
use webex_precheck_contract::inventory::Operation;
use webex_precheck_contract::location::{ExampleId, FieldPath, Section};
use webex_precheck_contract::{OperationId, Type, Values};

fn answer() -> Section {
    Section::Response("200".to_owned())
}

fn only(text: &str) -> Operation {
    let mut operations = page(text).operations;
    assert_eq!(operations.len(), 1);
    operations.remove(0)
}

/// The four pages, and the real ones: name, text, whether nested fields are named.
fn pages() -> Vec<(&'static str, String, bool)> {
    let mut pages = vec![
        ("customer", fixture("customer-page.txt"), true),
        ("subscriber", fixture("subscriber-page-flat.txt"), true),
        ("customer", fixture("customer-page-nameless.txt"), false),
        ("subscriber", fixture("subscriber-page.txt"), false),
    ];
    for (id, path, named) in [
        ("customer", "docs/precheck-customer.txt", true),
        ("subscriber", "docs/precheck-subscriber.txt", false),
    ] {
        pages.extend(real(path).map(|text| (id, text, named)));
    }
    pages
}

#[test]
fn every_page_tells_its_operation_its_statuses_and_its_examples() {
    for (id, text, _) in pages() {
        let operation = only(&text);
        assert_eq!(operation.id.as_str(), id);
        assert_eq!(operation.responses.len(), 19, "{id}");
        assert!(
            operation
                .responses
                .iter()
                .all(|r| r.reason.is_some() && r.text.is_some())
        );
        let examples = operation.examples.iter().map(|it| it.at.clone());
        let examples: Vec<ExampleId> = examples.filter(|it| !it.section.is_parameter()).collect();
        let whole = |section| ExampleId {
            section,
            name: None,
        };
        assert_eq!(examples, [Section::Body, answer()].map(whole), "{id}");
        assert!(operation.title.is_some_and(|title| !title.is_empty()));
        let description = operation.description.unwrap_or_default();
        assert!(
            (4..=6).contains(&description.fingerprints().count()),
            "{id}"
        );
    }
}

#[test]
fn a_flat_page_names_every_field_at_its_place() {
    let contract = FROZEN.contract();
    for (id, text, _) in pages().into_iter().filter(|(_, _, named)| *named) {
        let operation = only(&text);
        let is_body = |section: &Section| [Section::Body, answer()].contains(section);
        let places = |operation: &Operation| -> Vec<FieldPath> {
            let fields = operation.fields.iter();
            fields
                .filter(|f| is_body(&f.at.section) || f.at.section == Section::Query)
                .map(|f| f.at.clone())
                .collect()
        };
        // The contract may have more, from sources that go ahead of the page.
        let found = places(&operation);
        let mut expected = places(contract.operation(&OperationId::new(id)).unwrap());
        expected.retain(|at| found.contains(at));
        assert_eq!(found, expected, "{id}");
        // Counted by hand, with the two bodies.
        let count = match id {
            "customer" => 37,
            _ => 20,
        };
        assert_eq!(found.len(), count, "{id}");
        assert!(operation.unplaced.is_empty());
        assert_eq!(operation.unnamed.as_deref(), Some(&[][..]));
        assert!(
            operation
                .fields
                .iter()
                .filter(|f| !(f.at.is_whole() && is_body(&f.at.section)))
                .all(|f| f.ty.is_some() && f.required.is_some())
        );
        assert_eq!(operation.method.as_deref(), Some("POST"));
        assert!(
            operation
                .path
                .unwrap()
                .ends_with(&format!("/wholesale/{id}s/validate"))
        );
    }
}

#[test]
fn a_nameless_page_counts_what_it_does_not_name() {
    for (id, text, _) in pages().into_iter().filter(|(_, _, named)| !*named) {
        let operation = only(&text);
        assert_eq!((operation.method, operation.path), (None, None));
        // By hand: six texts of the first address, two of the customer, two of the location and
        // its address, two of that address, three more of the location, one of the meetings. Five
        // values, five parameters, one contact.
        let expected = match id {
            "customer" => 6 + 2 + 2 + 2 + 3 + 1,
            _ => 5 + 5 + 1,
        };
        let unnamed = operation.unnamed.unwrap();
        assert_eq!(
            unnamed.iter().filter(|u| u.within == Section::Body).count(),
            expected,
            "{id}"
        );
        assert_eq!(unnamed.iter().filter(|u| u.within == answer()).count(), 4);
        let parameters = Section::Body.field("provisioningParameters");
        assert!(operation.incomplete.contains(&parameters));
        assert!(operation.incomplete.contains(&answer().into()));
    }
}

#[test]
fn a_nameless_page_still_names_types_requirements_and_deprecation_in_words() {
    let operation = only(&fixture("subscriber-page.txt"));
    let field = |name: &str| operation.field(&Section::Body.field(name)).unwrap();
    assert_eq!(field("email").required, Some(true));
    assert_eq!(field("customerId").required, Some(false));
    assert_eq!(field("package").values, Some(Values::UNKNOWN));
    assert_eq!(field("packages").ty, Some(Type::new("array")));
    assert_eq!(field("packages").values, None);
    assert_eq!(
        field("provisioningParameters").ty,
        Some(Type::new("object"))
    );
}

#[test]
fn a_flat_page_names_values_and_dependencies() {
    let operation = only(&fixture("customer-page.txt"));
    let values = operation
        .field(&Section::Body.field("packages"))
        .unwrap()
        .values
        .clone()
        .unwrap();
    assert_eq!(values.listed().len(), 9);
    let dependencies = operation.dependencies.unwrap();
    assert_eq!(
        dependencies["attendant_console"],
        ["webex_calling", "webex_suite", "cx_essentials"]
    );
    assert_eq!(dependencies["cisco_calling_plan"].len(), 6);
}

#[test]
fn two_layouts_of_one_page_do_not_contradict_each_other() {
    for (flat, nameless) in [
        ("customer-page.txt", "customer-page-nameless.txt"),
        ("subscriber-page-flat.txt", "subscriber-page.txt"),
    ] {
        let comparison = diff(&page(&fixture(flat)), &page(&fixture(nameless)));
        let contradictions: Vec<_> = comparison
            .differences
            .iter()
            .map(|d| d.id())
            .filter(|id| !id.contains(":unnamed.") && !id.ends_with(":wording"))
            // Only the flat fixture of the subscriber's page states the dependency.
            .filter(|id| id != "subscriber:dependencies.attendant_console:removed")
            .collect();
        assert_eq!(contradictions, [] as [String; 0]);
    }
}

#[test]
fn an_example_that_contradicts_its_declaration_is_noted() {
    use webex_precheck_contract::{openapi, page};
    let (_, of_file) = openapi::read("file", &fixture("published.json"), conformance::endpoints());
    let (_, of_page) = page::read(
        "page",
        &fixture("customer-page.txt"),
        conformance::endpoints(),
        &FROZEN.contract(),
    );
    for problems in [of_file, of_page] {
        let notes: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let expected = "customer examples.responses.200: `responses.200.info` is declared object, \
                        and the example shows an array";
        assert!(notes.contains(&expected.to_owned()), "{notes:?}");
    }
}
