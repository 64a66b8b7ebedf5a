//! One fact is changed in a copy of a source, by hand; the comparison must name that fact, only
//! that, and its impact. Each table runs over a fixture and over the real source it is modelled on.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod customer_page;
mod pages;
mod published;
mod subscriber_page;

use webex_precheck_contract::diff::{Difference, Impact, Kind, diff};
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

/// Runs a table over a source; returns what went wrong. Differences of the kind `off` are left
/// out, as if nothing looked for them.
fn run(rows: &[Row], base: &str, off: Option<Kind>) -> Vec<String> {
    let stored = conformance::captured(base, &conformance::contract());
    let mut wrong = Vec::new();
    for row in rows {
        let changed = (row.edit)(base);
        assert!(changed != base, "{}: changes nothing", row.what);
        let (fresh, problems) = source::read("copy", &changed, &stored);
        if source::is_broken(&problems) || source::check_against(&stored, &fresh).is_some() {
            wrong.push(format!("{}: broken: {problems:?}", row.what));
            continue;
        }
        let named = |d: &Difference| (d.id(), d.impact);
        let comparison = diff(&stored, &fresh);
        let mut found: Vec<_> = comparison
            .differences
            .iter()
            .filter(|d| Some(d.kind) != off)
            .map(named)
            .collect();
        let mut expected: Vec<_> = row
            .expected
            .iter()
            .map(|(id, impact)| ((*id).to_owned(), *impact))
            .collect();
        found.sort();
        expected.sort();
        if found != expected {
            wrong.push(format!(
                "{}:\n  expected {expected:?}\n  found    {found:?}\n  notes    {problems:?}",
                row.what
            ));
        }
    }
    wrong
}

/// Runs a table over its fixture, over the real source where there is one, and over the fixture
/// with each class of difference switched off, when it must fail.
fn check(rows: &[Row], fixture: &str, real: &str) {
    assert!(rows.len() >= 40, "only {} rows", rows.len());
    let base = conformance::fixture(fixture);
    let wrong = run(rows, &base, None);
    assert!(wrong.is_empty(), "{fixture}:\n{}", wrong.join("\n"));
    if let Some(base) = conformance::real(real) {
        let wrong = run(rows, &base, None);
        assert!(wrong.is_empty(), "{real}:\n{}", wrong.join("\n"));
    }
    for kind in Kind::ALL {
        let ending = format!(":{kind}");
        let in_table = rows
            .iter()
            .any(|row| row.expected.iter().any(|(id, _)| id.ends_with(&ending)));
        let fails = !run(rows, &base, Some(kind)).is_empty();
        assert_eq!(fails, in_table, "{fixture}: with `{kind}` switched off");
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
            let stored = conformance::captured(&text, &conformance::contract());
            let (fresh, _) = source::read("copy", &text, &stored);
            let comparison = diff(&stored, &fresh);
            assert_eq!(comparison.differences, [], "{fixture}");
            assert!(
                comparison.compared > 90,
                "{fixture}: {}",
                comparison.compared
            );
        }
    }
}
