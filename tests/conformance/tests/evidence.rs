//! The table of contradictions: which there are, and which are none.

#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

use conformance::{CHECKED_IN, FROZEN, Spec};
use webex_precheck_contract::evidence::Evidence;
use webex_precheck_contract::location::Section;
use webex_precheck_contract::{Inventory, Type};

fn evidence(spec: &Spec, captures: &[(String, Inventory)]) -> String {
    let evidence = Evidence {
        captures,
        contract: &spec.contract(),
    };
    evidence.to_markdown()
}

/// The rows of a table that begin so.
fn rows<'d>(document: &'d str, table: &str, start: &str) -> Vec<&'d str> {
    let (_, table) = document.split_once(&format!("\n## {table}\n")).unwrap();
    let table = table.split("\n## ").next().unwrap();
    let start = format!("| {start}");
    table
        .lines()
        .filter(|line| line.starts_with(&start))
        .collect()
}

#[test]
fn the_checked_in_file_is_fresh() {
    assert!(
        CHECKED_IN.read("EVIDENCE.md") == evidence(&CHECKED_IN, &CHECKED_IN.captures()),
        "spec/EVIDENCE.md is stale; run `cargo xtask conform --write`"
    );
}

#[test]
fn every_row_has_the_columns_of_its_table() {
    let document = evidence(&FROZEN, &FROZEN.captures());
    let mut columns = 0;
    let mut before = "";
    for line in document.lines().map(|line| line.trim()) {
        let cells = line.replace("\\|", "").matches('|').count();
        if line.starts_with('|') && !before.starts_with('|') {
            columns = cells;
        }
        assert!(!line.starts_with('|') || cells == columns, "{line}");
        before = line;
    }
    assert!(columns > 0);
}

#[test]
fn contradictions_that_were_looked_up_by_hand_are_listed() {
    let document = evidence(&FROZEN, &FROZEN.captures());
    assert_eq!(
        rows(&document, "Each other", "customer | `path`"),
        [
            "| customer | `path` | path | `customer-page`: `/v1/wholesale/customers/validate` | `openapi`: `/wholesale/customers/validate` |"
        ]
    );
    assert_eq!(
        rows(&document, "Each other", "subscriber | `status.204`"),
        [
            "| subscriber | `status.204` | presence | `subscriber-page`: `204 No Content` | `openapi`: — |"
        ]
    );
    // The page, and the files for three operations, show an array where they declare an object.
    let itself = rows(&document, "Themselves", "");
    let itself = itself
        .iter()
        .filter(|row| row.contains("`responses.200.info`"));
    assert_eq!(itself.count(), 4);
}

#[test]
fn an_older_source_that_says_less_contradicts_nothing() {
    let mut captures = FROZEN.captures();
    let package = "body.packages[cx_premium_agent]";
    assert!(!evidence(&FROZEN, &captures).contains(package));
    // Of the same day, or of none, it does.
    let same = captures[1].1.date.clone();
    for date in [same, None] {
        captures[0].1.date = date;
        let document = evidence(&FROZEN, &captures);
        let start = format!("customer | `{package}`");
        assert_eq!(rows(&document, "Each other", &start).len(), 1);
    }
}

#[test]
fn an_older_source_contradicts_what_the_contract_does_not_follow() {
    let mut captures = FROZEN.captures();
    for field in &mut captures[0].1.operations[0].fields {
        if field.at == Section::Body.field("orgId") {
            field.ty = Some(Type::new("number"));
        }
    }
    // The contract follows the newer file in this.
    let start = "customer | `body.orgId`";
    let document = evidence(&FROZEN, &captures);
    assert_eq!(rows(&document, "Each other", start), [""; 0]);
    // It follows the older page in that.
    for field in &mut captures[1].1.operations[0].fields {
        if field.at == Section::Body.field("externalId") {
            field.ty = Some(Type::new("number"));
        }
    }
    let document = evidence(&FROZEN, &captures);
    let start = "customer | `body.externalId` | type";
    assert_eq!(rows(&document, "Each other", start).len(), 1);
}
