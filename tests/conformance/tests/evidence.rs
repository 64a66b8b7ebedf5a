//! The document of what every source says, held against facts that were looked up by hand.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use conformance::{captures, contract, read};
use webex_precheck_contract::deviations::Deviations;
use webex_precheck_contract::evidence::Evidence;
use webex_precheck_contract::rules::Rules;
use webex_precheck_contract::{Inventory, Type};

fn evidence_with(captures: &[(String, Inventory)], comment: &str) -> String {
    let text = |file: &str| format!("{comment}{}", read(file));
    let evidence = Evidence {
        captures,
        contract: &contract(),
        deviations: &Deviations::read(&text("spec/deviations.toml")).unwrap(),
        rules: &Rules::read(&text("spec/rules.toml")).unwrap(),
    };
    evidence.to_markdown()
}

fn evidence() -> String {
    evidence_with(&captures(), "")
}

/// The cells of the row that begins with `first`, in the table of a section.
fn row(document: &str, section: &str, table: &str, first: &str) -> Vec<String> {
    let (_, section) = document.split_once(&format!("\n## {section}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let (_, table) = section.split_once(&format!("\n### {table}\n")).unwrap();
    let table = table.split("\n### ").next().unwrap();
    let start = format!("| {first} | ");
    let line = table.lines().find(|line| line.starts_with(&start));
    let line = line.unwrap_or_else(|| panic!("no row {first} in {table}"));
    cells(line)
}

/// The cells of a line; a pipe within one is escaped.
fn cells(line: &str) -> Vec<String> {
    let line = line.trim_matches('|').replace("\\|", "\u{0}");
    let cells = line.split('|');
    cells
        .map(|cell| cell.trim().replace('\u{0}', "|"))
        .collect()
}

fn customer(table: &str, first: &str) -> Vec<String> {
    row(&evidence(), "The customer operation", table, first)
}

fn subscriber(table: &str, first: &str) -> Vec<String> {
    row(&evidence(), "The subscriber operation", table, first)
}

#[test]
fn the_checked_in_file_is_fresh() {
    assert!(
        read("spec/EVIDENCE.md") == evidence(),
        "spec/EVIDENCE.md is stale; run `cargo xtask evidence`"
    );
}

#[test]
fn lines_of_other_files_do_not_show() {
    let moved = evidence_with(&captures(), "# a line\n# another\n");
    assert!(moved == evidence());
}

#[test]
fn every_row_has_the_columns_of_its_table_and_every_footnote_is_there() {
    let document = evidence();
    let mut columns = 0;
    let mut rows = 0;
    let mut before = "";
    for line in document.lines() {
        if line.starts_with('|') {
            if !before.starts_with('|') {
                columns = cells(line).len();
            }
            assert_eq!(cells(line).len(), columns, "{line}");
            rows += 1;
        }
        before = line;
    }
    assert!(rows > 150, "{rows}");
    for part in document.split("[^").skip(1) {
        let label = part.split(']').next().unwrap();
        assert!(document.contains(&format!("\n[^{label}]: ")), "{label}");
    }
}

/// How many facts the summary counts.
fn counted(document: &str, what: &str) -> usize {
    let (_, rest) = document.split_once(&format!("\n- {what}: ")).unwrap();
    rest.split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn the_summary_counts_what_was_found_by_hand() {
    let document = evidence();
    // Path, server, a package and three statuses; a dependency and three statuses. What one source
    // has and another not yet comes on top.
    assert!(counted(&document, "each other") >= 10);
    // `info`, by the page and twice by the file; a package that is needed and not listed.
    assert!(counted(&document, "themselves") >= 4);
    let section = "Where the sources contradict";
    let (_, table) = document.split_once("\n### Themselves\n").unwrap();
    let table = table.split("\n### ").next().unwrap();
    let within: Vec<Vec<String>> = table
        .lines()
        .filter(|l| l.starts_with("| `"))
        .map(cells)
        .collect();
    let within: Vec<[&str; 3]> = within
        .iter()
        .map(|row| [&*row[0], &*row[1], &*row[2]])
        .collect();
    for expected in [
        ["`customer-page`", "customer", "`responses.200.info`"],
        ["`openapi`", "customer", "`responses.200.info`"],
        [
            "`openapi`",
            "customer",
            "`body.packages[webex_calling_standard]`",
        ],
        ["`openapi`", "subscriber", "`responses.200.info`"],
    ] {
        assert!(within.contains(&expected), "{expected:?}");
    }
    let path = row(&document, section, "Each other", "customer");
    assert_eq!(
        path[3..],
        [
            "`/v1/wholesale/customers/validate`",
            "`/wholesale/customers/validate`",
            ""
        ]
    );
}

#[test]
fn packages_by_source() {
    let yes = ["yes", "yes", "yes"];
    for package in [
        "common_area_calling",
        "webex_calling",
        "webex_meetings",
        "webex_suite",
        "webex_voice",
        "cx_essentials",
        "cisco_calling_plan",
        "attendant_console",
    ] {
        let row = customer("Values of `body.packages`", &format!("`{package}`"));
        assert_eq!(row[1..4], yes, "{package}");
        assert_eq!(row[4], "", "{package}");
    }
    // The page has it, the file has not.
    let row = customer("Values of `body.packages`", "`webex_calling_standard`");
    assert_eq!(row[1..4], ["yes", "—", "yes"]);
    assert!(row[4].contains("**sources contradict**"), "{}", row[4]);
    assert!(row[4].contains("`openapi`: **contradicted**"), "{}", row[4]);
    assert!(row[4].contains("[^customer-body-packages-webex-calling-standard-added]"));
    // The file has it in `package` alone; the page has lost all identifiers.
    let row = subscriber("Values of `body.package`", "`webex_calling_standard`");
    assert_eq!(row[1..], ["yes", "?", "yes", ""]);
    let row = subscriber("Values of `body.packages`", "`attendant_console`");
    assert_eq!(row[1..], ["yes", "?", "yes", ""]);
    let document = evidence();
    let (_, section) = document.split_once("## The subscriber operation").unwrap();
    assert!(!section.contains("`common_area_calling` |"));
}

#[test]
fn fields_by_source() {
    let info = customer("Fields", "`responses.200.info`");
    assert!(info[1].starts_with("`object`, optional"), "{}", info[1]);
    assert!(info[2].starts_with("`object`, optional"), "{}", info[2]);
    assert!(
        info[3].starts_with("`array[object]|object`, optional"),
        "{}",
        info[3]
    );
    assert!(
        info[4].contains("`customer-page`, `openapi`: **contradicted** by its own"),
        "{}",
        info[4]
    );
    assert!(
        info[4].contains("contract differs (type)[^responses-200-info-type]"),
        "{}",
        info[4]
    );
    let info = subscriber("Fields", "`responses.200.info`");
    assert!(info[1].starts_with("`object`, optional"), "{}", info[1]);
    assert_eq!(info[2], "?");

    // The limit stands in the file's description of the address: two sentences there, one here.
    let address = customer("Fields", "`body.address`");
    assert_eq!(
        address[1],
        "`object`, required, values —, constraints ?, deprecated ?, 1 sentence"
    );
    assert_eq!(
        address[2],
        "`object`, required, values —, constraints —, deprecated —, 2 sentences"
    );
    assert_eq!(
        address[3],
        "`object`, required, values —, constraints —, deprecated —"
    );
    let line = customer("Fields", "`body.address.addressLine1`");
    assert_eq!(
        line[3],
        "`string`, required, values —, `maxLength 50`, deprecated —"
    );

    // The page of the subscriber has lost what stands within objects, and not the objects.
    assert_eq!(
        subscriber("Fields", "`body.provisioningParameters.extension`")[2],
        "?"
    );
    assert_eq!(
        subscriber("Fields", "`body.package`")[2],
        "`string`, optional, an enumeration, values ?, constraints ?, deprecated ?, 3 sentences"
    );
    // No source has a body of an error, so its fields are no rows.
    assert!(!evidence().contains("`responses.400.message`"));
    assert!(subscriber("Fields", "`body.email`")[2].starts_with("`string`, required"));
}

#[test]
fn the_rest_by_source() {
    for (status, reason) in [
        ("201", "Created"),
        ("202", "Accepted"),
        ("204", "No Content"),
    ] {
        let told = format!("`{reason}`, body ?, headers ?, 1 sentence");
        let ours = format!("`{reason}`, body —, headers `trackingid`");
        let row = customer("Statuses", &format!("`{status}`"));
        assert_eq!(row[1..4], [&*told, "—", &*ours], "{status}");
        assert!(
            row[4].contains("**sources contradict** (presence)"),
            "{}",
            row[4]
        );
        let row = subscriber("Statuses", &format!("`{status}`"));
        assert_eq!(row[1..4], ["—", &*told, &*ours], "{status}");
    }
    let forbidden = customer("Statuses", "`403`");
    assert_eq!(forbidden[2], "`Forbidden`, body —, headers —, 1 sentence");
    assert!(forbidden[4].contains("contract differs (body)[^responses-4-body]"));

    let needs = "Packages that need one of others beside them";
    let console = "`webex_calling`, `webex_suite`, `cx_essentials`";
    let row = subscriber(needs, "`attendant_console`");
    assert_eq!(row[1..4], [console, "—", console]);
    assert!(row[4].contains("**sources contradict**"), "{}", row[4]);
    assert_eq!(
        customer(needs, "`attendant_console`")[1..],
        [console, console, console, ""]
    );

    // The page of the subscriber does not show its method and path, nor any security.
    let such = "The operation as such";
    assert_eq!(
        subscriber(such, "method")[1..],
        ["`POST`", "?", "`POST`", ""]
    );
    assert_eq!(
        customer(such, "security")[1..4],
        ["?", "—", "`http bearer`"]
    );
    // Eleven and four descriptions, counted on the page.
    let unnamed = subscriber(such, "descriptions of fields without a name");
    assert_eq!(unnamed[1..3], ["—", "11 in `body`, 4 in `responses.200`"]);
    let query = subscriber("Examples", "`query.onBehalfOfSubPartnerOrgId`");
    assert_eq!(query[1..4], ["yes", "?", "yes"]);
    let error = customer("Examples", "`responses.403`");
    assert_eq!(error[1..4], ["?", "—", "yes"]);
}

#[test]
fn rules_with_their_sources() {
    let section = "Rules that stand in words only";
    let rule = row(
        &evidence(),
        section,
        "Where the sources state them",
        "`address-line-length`",
    );
    assert_eq!(rule[1], "customer");
    assert_eq!(rule[3], "—");
    assert_eq!(
        rule[4],
        "`body.address`, `body.provisioningParameters.calling.location.address`"
    );
    assert_eq!(rule[5], "", "that page documents another operation");
    assert_eq!(rule[7], "");
}

#[test]
fn a_source_that_forgets_a_fact_is_unknown_and_one_that_changes_it_contradicts() {
    let mut captures = captures();
    let page = &mut captures[0].1.operations[0];
    page.path = None;
    for field in &mut page.fields {
        match field.at.as_str() {
            "body.orgId" => field.ty = Some(Type::new("number")),
            "body.address.city" => field.required = None,
            _ => {}
        }
    }
    let document = evidence_with(&captures, "");
    let customer =
        |table: &str, first: &str| row(&document, "The customer operation", table, first);
    // Two sources that say the same of a type, where one does no longer: one more. One path less.
    assert_eq!(
        counted(&document, "each other"),
        counted(&evidence(), "each other")
    );
    let path = customer("The operation as such", "path");
    assert_eq!(path[1], "?");
    assert!(!path[4].contains("**sources contradict**"), "{}", path[4]);
    let id = customer("Fields", "`body.orgId`");
    assert!(
        id[4].contains("`customer-page`, `openapi`: **sources contradict** (type)"),
        "{}",
        id[4]
    );
    assert!(
        id[4].contains("contract differs (type) without a reason"),
        "{}",
        id[4]
    );
    let city = customer("Fields", "`body.address.city`");
    assert!(city[1].starts_with("`string`, required ?, "), "{}", city[1]);
    assert_eq!(city[4], "");
}
