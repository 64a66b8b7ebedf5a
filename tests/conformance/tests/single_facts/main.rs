//! One fact is changed in a copy of a source, by hand; the comparison must name that fact, only
//! that, and its impact. Each table runs over a fixture and over the real source it is modelled on.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod customer_page;
mod pages;
mod published;
mod reports;
mod subscriber_page;

use webex_precheck_contract::diff::{Difference, Impact, Kind, drift};
use webex_precheck_contract::inventory::Operation;
use webex_precheck_contract::source;

use Impact::{Additive, Breaking, Wording};

/// One change of one fact.
struct Row {
    what: &'static str,
    edit: Box<dyn Fn(&str) -> String>,
    /// What must be named: the ID of each difference, and its impact.
    expected: Vec<(&'static str, Impact)>,
}

fn row(
    what: &'static str,
    edit: impl Fn(&str) -> String + 'static,
    expected: &[(&'static str, Impact)],
) -> Row {
    Row {
        what,
        edit: Box::new(edit),
        expected: expected.to_vec(),
    }
}

/// Runs a table over a source; returns the rows that went wrong, and how. What `forget` takes out
/// of both inventories cannot be compared.
fn run(rows: &[Row], base: &str, forget: fn(&mut Operation)) -> Vec<(&'static str, String)> {
    let mut stored = conformance::captured(base, &conformance::FROZEN.contract());
    let tree = stored.clone();
    stored.operations.iter_mut().for_each(forget);
    let mut wrong = Vec::new();
    for row in rows {
        let changed = (row.edit)(base);
        assert!(changed != base, "{}: changes nothing", row.what);
        let (mut fresh, problems) = conformance::read_source("copy", &changed, &tree);
        if source::is_broken(&problems) || source::check_against(&tree, &fresh).is_some() {
            wrong.push((row.what, format!("broken: {problems:?}")));
            continue;
        }
        fresh.operations.iter_mut().for_each(forget);
        let comparison = drift(&stored, &fresh);
        let named = |d: &Difference| (d.id(), d.impact);
        let mut found: Vec<_> = comparison.differences.iter().map(named).collect();
        let expected = row.expected.iter();
        let mut expected: Vec<_> = expected
            .map(|(id, impact)| ((*id).to_owned(), *impact))
            .collect();
        found.sort();
        expected.sort();
        if found != expected {
            let what =
                format!("expected {expected:?}\n  found    {found:?}\n  notes    {problems:?}");
            wrong.push((row.what, what));
        }
    }
    wrong
}

/// A class of facts: what it is called, how it is forgotten, and the kinds of differences that
/// are then no longer found.
type Class = (&'static str, fn(&mut Operation), &'static [Kind]);

const CLASSES: [Class; 12] = [
    (
        "constraints",
        |o| o.fields.iter_mut().for_each(|f| f.constraints = None),
        &[Kind::Constraint],
    ),
    ("deprecations", forget_deprecations, &[Kind::Deprecation]),
    ("security", |o| o.security = None, &[Kind::Security]),
    (
        "types",
        |o| o.fields.iter_mut().for_each(|f| f.ty = None),
        &[Kind::Type],
    ),
    (
        "requirements",
        |o| o.fields.iter_mut().for_each(|f| f.required = None),
        &[Kind::Requirement],
    ),
    (
        "values",
        |o| o.fields.iter_mut().for_each(|f| f.values = None),
        &[Kind::Enumeration],
    ),
    ("wording", forget_words, &[Kind::Wording]),
    ("dependencies", |o| o.dependencies = None, &[]),
    ("statuses", |o| o.responses.clear(), &[]),
    ("examples", forget_examples, &[Kind::Example]),
    (
        "fields",
        |o| o.fields.clear(),
        &[Kind::Type, Kind::Requirement, Kind::Enumeration],
    ),
    ("unnamed descriptions", |o| o.unnamed = None, &[]),
];

fn forget_examples(operation: &mut Operation) {
    operation.examples.clear();
    operation
        .fields
        .iter_mut()
        .for_each(|field| field.example = None);
}

fn forget_deprecations(operation: &mut Operation) {
    operation.deprecated = None;
    operation
        .fields
        .iter_mut()
        .for_each(|field| field.deprecated = None);
}

fn forget_words(operation: &mut Operation) {
    operation.title = None;
    operation.description = None;
    operation.status_note = None;
    operation.unnamed = None;
    operation
        .fields
        .iter_mut()
        .for_each(|field| field.text = None);
    operation
        .fields
        .iter_mut()
        .for_each(|field| field.labels = None);
    for response in &mut operation.responses {
        response.text = None;
        response.reason = None;
    }
}

/// Runs a table over its fixture and over the real source where there is one; then over the
/// fixture with each class of facts forgotten, when the rows of that class must fail.
fn check(rows: &[Row], fixture: &str, real: &str) {
    assert!(rows.len() >= 40, "only {} rows", rows.len());
    let base = conformance::fixture(fixture);
    for (name, text) in [
        (fixture, Some(base.clone())),
        (real, conformance::real(real)),
    ] {
        let wrong = text
            .map(|text| run(rows, &text, |_| {}))
            .unwrap_or_default();
        let lines: Vec<String> = wrong
            .iter()
            .map(|(row, why)| format!("{row}:\n  {why}"))
            .collect();
        assert!(lines.is_empty(), "{name}:\n{}", lines.join("\n"));
    }
    for (class, forget, kinds) in CLASSES {
        let wrong = run(rows, &base, forget);
        let has_class = match class {
            "unnamed descriptions" => fixture == "subscriber-page.txt",
            "constraints" | "deprecations" | "security" => fixture == "published.json",
            _ => true,
        };
        assert_eq!(!wrong.is_empty(), has_class, "{fixture}: without {class}");
        for row in rows {
            let ends = |id: &str| kinds.iter().any(|kind| id.ends_with(&format!(":{kind}")));
            let of_class = row
                .expected
                .iter()
                .any(|(id, _)| ends(id) && !id.contains(":body:"));
            let failed = wrong.iter().any(|(what, _)| *what == row.what);
            assert!(
                failed || !of_class,
                "{fixture}: without {class}, `{}` passes",
                row.what
            );
        }
    }
}

/// Kinds of differences that the tables must show, each for every source that can have it.
#[test]
fn every_kind_of_difference_has_a_row() {
    let tables = [
        customer_page::rows(),
        subscriber_page::rows(),
        published::rows(),
    ];
    let shown = |rows: &[Row], kind: Kind| {
        let ids = rows.iter().flat_map(|row| &row.expected);
        ids.into_iter()
            .any(|(id, _)| id.ends_with(&format!(":{kind}")))
    };
    // What a page cannot show.
    let only_file = [
        Kind::Constraint,
        Kind::Deprecation,
        Kind::Body,
        Kind::Security,
    ];
    for &kind in Kind::ALL {
        let shows: Vec<bool> = tables.iter().map(|rows| shown(rows, kind)).collect();
        let expected = match kind {
            // The nameless layout shows no method, no path and no address.
            Kind::Method | Kind::Path | Kind::Undocumented => [shows[0], false, true],
            kind if only_file.contains(&kind) => [false, false, true],
            _ => [true, true, true],
        };
        assert_eq!(shows, expected, "{kind}");
    }
}

#[test]
fn an_unchanged_source_is_fresh() {
    for (fixture, real) in [
        ("customer-page.txt", "docs/precheck-customer.txt"),
        ("subscriber-page.txt", "docs/precheck-subscriber.txt"),
        ("published.json", "upstream/webex-wholesale-2025-10-16.json"),
    ] {
        let texts = [Some(conformance::fixture(fixture)), conformance::real(real)];
        for text in texts.into_iter().flatten() {
            let stored = conformance::captured(&text, &conformance::FROZEN.contract());
            let (fresh, _) = conformance::read_source("copy", &text, &stored);
            let comparison = drift(&stored, &fresh);
            assert_eq!(comparison.differences, [], "{fixture}");
            assert!(
                comparison.compared > 90,
                "{fixture}: {}",
                comparison.compared
            );
        }
    }
}
