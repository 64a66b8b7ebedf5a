//! Every form of a report, over every change of the tables and over sources that have next to
//! nothing in common, held against what judges such a form.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::date;
use quick_xml::events::Event;
use serde_json::{Value, json};
use webex_precheck_contract::diff::{Comparison, Impact, Kind, RuleHint, drift};
use webex_precheck_contract::ignore::{self, Finding, Ignores};
use webex_precheck_contract::report::{Format, Report};
use webex_precheck_contract::{Inventory, Problem, capture, source};

use super::{Row, customer_page, published as file, subscriber_page};

const FIXTURES: [&str; 5] = [
    "customer-page.txt",
    "customer-page-nameless.txt",
    "subscriber-page.txt",
    "subscriber-page-flat.txt",
    "published.json",
];

/// What a report is made of.
struct Case {
    what: String,
    capture: String,
    comparison: Comparison,
    problems: Vec<Problem>,
    ignores: Ignores,
    findings: Vec<Finding>,
}

impl Case {
    fn render(&self, format: Format) -> String {
        let (_, lines) = capture::read_with_lines(&self.capture).unwrap();
        let report = Report {
            source: "a source",
            against: "spec/documented/x.toml",
            lines: &lines,
            problems: &self.problems,
            comparison: &self.comparison,
            ignores: &self.ignores,
            findings: &self.findings,
            rules: None,
            release: None,
        };
        report.render(format)
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.render(Format::Json)).unwrap()
    }

    /// Ignores one difference, one that is not there, and one no longer.
    fn with_ignores(mut self) -> Self {
        let first = self.comparison.differences.first().map(|d| d.id());
        let last = self.comparison.differences.last().map(|d| d.id());
        let mut words = vec!["nowhere; a typo".to_owned()];
        words.extend(first.map(|id| format!("{id}; we know; until 2026-12-31")));
        words.extend(last.map(|id| format!("{id}; we knew; until 2025-12-31")));
        let ignores: Vec<_> = words
            .iter()
            .map(|w| ignore::read_flag(w).unwrap())
            .collect();
        let in_file = "\n[[ignore]]\nid = \"not here\"\nreason = \"a typo\"\n";
        let mut all = ignore::read_file("ignored.toml", in_file).unwrap();
        all.extend(ignores);
        self.ignores = Ignores::new(all, date(2026, 6, 1));
        self.findings = self.ignores.findings(&self.comparison.differences);
        self
    }
}

fn case(what: String, stored: &Inventory, fresh: &Inventory, problems: Vec<Problem>) -> Case {
    Case {
        what,
        capture: capture::write(stored).unwrap(),
        comparison: drift(stored, fresh),
        problems,
        ignores: Ignores::default(),
        findings: Vec::new(),
    }
}

fn changed(rows: &[Row], fixture: &str) -> Vec<Case> {
    let base = conformance::fixture(fixture);
    let stored = conformance::captured(&base, &conformance::FROZEN.contract());
    let rows = rows.iter().map(|row| {
        let (fresh, problems) = conformance::read_source("copy", &(row.edit)(&base), &stored);
        case(
            format!("{fixture}: {}", row.what),
            &stored,
            &fresh,
            problems,
        )
    });
    rows.collect()
}

/// Every change of the tables, and every fixture against every capture and every other fixture.
fn make_cases() -> Vec<Case> {
    let mut cases = changed(&customer_page::rows(), "customer-page.txt");
    cases.extend(changed(&subscriber_page::rows(), "subscriber-page.txt"));
    cases.extend(changed(&file::rows(), "published.json"));
    let contract = conformance::FROZEN.contract();
    let fresh: Vec<_> = FIXTURES
        .map(|name| {
            (
                name,
                conformance::read_source(name, &conformance::fixture(name), &contract),
            )
        })
        .into();
    let mut stored = conformance::FROZEN.captures();
    stored.extend(FIXTURES.map(|name| {
        let text = conformance::fixture(name);
        (name.to_owned(), conformance::captured(&text, &contract))
    }));
    for (before, stored) in &stored {
        for (after, (fresh, problems)) in &fresh {
            let what = format!("{before} against {after}");
            cases.push(case(what, stored, fresh, problems.clone()));
        }
    }
    let ignoring = changed(&file::rows(), "published.json");
    cases.extend(ignoring.into_iter().map(Case::with_ignores));
    cases.push(hostile());
    cases.push(hostile().with_ignores());
    assert!(cases.len() > 200, "{}", cases.len());
    cases
}

fn cases() -> &'static [Case] {
    static CASES: LazyLock<Vec<Case>> = LazyLock::new(make_cases);
    &CASES
}

/// Whatever ends, escapes or commands in one of the forms.
const HOSTILE: &str = "\u{1b}[31m|`@all`<b> & \"'\r\n::error::x\n[y](javascript:z) \u{0}\u{9b}\u{202e}\u{61c}\u{200e}\u{2066}\u{2028}\u{2029}\u{e0041}##[error]%0A\u{ffff}]]>\\|~~~ must ";

/// A published file with hostile text wherever it has room for some.
fn hostile() -> Case {
    let base = conformance::fixture("published.json");
    let stored = conformance::captured(&base, &conformance::FROZEN.contract());
    let text = published(|operation| {
        operation["summary"] = json!(HOSTILE);
        operation["description"] = json!(HOSTILE);
        operation["responses"][HOSTILE] = json!({"description": HOSTILE});
        let body = &mut operation["requestBody"]["content"]["application/json"]["schema"];
        body["properties"][HOSTILE] = json!({"type": "string", "description": HOSTILE});
        let orgid = &mut body["properties"]["orgId"];
        for (name, value) in [
            ("description", json!(HOSTILE)),
            ("example", json!(HOSTILE)),
            ("pattern", json!(HOSTILE)),
            ("enum", json!([HOSTILE])),
        ] {
            orgid[name] = value;
        }
    });
    let (fresh, problems) = conformance::read_source("copy", &text, &stored);
    assert!(!source::is_broken(&problems), "{problems:?}");
    let case = case("hostile".to_owned(), &stored, &fresh, problems);
    let differences = case.comparison.differences.len();
    assert!(differences >= 7, "{:#?}", case.comparison.differences);
    case
}

#[test]
fn no_two_differences_have_one_id() {
    for case in cases() {
        let ids: Vec<String> = case.comparison.differences.iter().map(|d| d.id()).collect();
        let distinct: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len(), "{}: {ids:#?}", case.what);
    }
}

/// A published file whose customer operation is edited.
fn published(edit: impl Fn(&mut Value)) -> String {
    let text = conformance::fixture("published.json");
    let mut document: Value = serde_json::from_str(&text).unwrap();
    edit(&mut document["paths"]["/wholesale/customers/validate"]["post"]);
    document.to_string()
}

#[test]
fn differences_with_one_location_and_kind_are_told_apart() {
    let contract = conformance::FROZEN.contract();
    let orgid = |values: &'static [&str]| {
        published(move |operation| {
            let body = &mut operation["requestBody"]["content"]["application/json"]["schema"];
            body["properties"]["orgId"]["enum"] = json!(values);
        })
    };
    let stored = conformance::captured(&orgid(&["red", "red", "green"]), &contract);
    let (fresh, _) = conformance::read_source("copy", &orgid(&["green"]), &stored);
    let ids: Vec<String> = drift(&stored, &fresh)
        .differences
        .iter()
        .map(|d| d.id())
        .collect();
    let removed = "customer:body.orgId[red]:removed";
    assert_eq!(ids, [removed.to_owned(), format!("{removed}:2")]);
}

#[test]
fn ids_stay_the_same_from_run_to_run() {
    for (first, second) in cases().iter().zip(&make_cases()) {
        let ids = |case: &Case| -> Vec<String> {
            case.comparison.differences.iter().map(|d| d.id()).collect()
        };
        assert_eq!(ids(first), ids(second), "{}", first.what);
    }
}

fn schema() -> Value {
    serde_json::from_str(&conformance::read("docs/drift-report.schema.json")).unwrap()
}

#[test]
fn every_report_in_json_is_as_its_schema_has_it() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for case in cases() {
        if let Err(error) = validator.validate(&case.json()) {
            panic!("{}: {}: {error}", case.what, error.instance_path());
        }
    }
}

#[test]
fn the_schema_refuses_what_is_no_report() {
    let schema = schema();
    assert!(jsonschema::meta::is_valid(&schema));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let report = hostile().with_ignores().json();
    assert!(validator.is_valid(&report));
    for place in [
        "",
        "/differences/0",
        "/differences/0/ignored",
        "/findings/0",
    ] {
        let names = report.pointer(place).unwrap().as_object().unwrap().keys();
        for name in names {
            let mut less = report.clone();
            let object = less.pointer_mut(place).unwrap().as_object_mut().unwrap();
            object.shift_remove(name);
            let optional = ["details", "hints", "ignored"].contains(&name.as_str());
            assert_eq!(
                validator.is_valid(&less),
                optional,
                "{place} without {name}"
            );
            let mut other = report.clone();
            other.pointer_mut(place).unwrap()[name] = json!({"x": 1});
            assert!(!validator.is_valid(&other), "{place}/{name}");
        }
        let mut more = report.clone();
        more.pointer_mut(place).unwrap()["surprise"] = json!(1);
        assert!(!validator.is_valid(&more), "{place}");
    }
    // What the schema names is what the code has.
    let names = |place: &str| -> Vec<String> {
        serde_json::from_value(schema.pointer(place).unwrap().clone()).unwrap()
    };
    let kinds: Vec<&str> = Kind::ALL.iter().map(|it| it.as_str()).collect();
    let hints: Vec<&str> = RuleHint::ALL.iter().map(|it| it.as_str()).collect();
    let impacts: Vec<&str> = Impact::ALL.map(Impact::as_str).to_vec();
    assert_eq!(names("/$defs/difference/properties/kind/enum"), kinds);
    assert_eq!(
        names("/$defs/difference/properties/hints/items/enum"),
        hints
    );
    assert_eq!(names("/$defs/difference/properties/impact/enum"), impacts);
}

/// What the XML says, element by element: name and attributes.
fn elements(xml: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut found = Vec::new();
    let mut open = 0;
    loop {
        match reader.read_event().unwrap() {
            event @ (Event::Start(_) | Event::Empty(_)) => {
                if let Event::Start(_) = event {
                    open += 1;
                }
                let (Event::Start(element) | Event::Empty(element)) = event else {
                    continue;
                };
                let name = element.name().as_ref().to_owned();
                let attributes = element.attributes().map(|attribute| {
                    let attribute = attribute.unwrap();
                    let key = attribute.key.as_ref().to_owned();
                    let value = quick_xml::escape::unescape(&attribute.value).unwrap();
                    (key, value.into_owned())
                });
                found.push((name, attributes.collect()));
            }
            Event::End(_) => open -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open, 0);
    found
}

/// The characters that XML 1.0 has.
fn is_of_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[test]
fn junit_is_well_formed_and_counts_right() {
    for case in cases() {
        let xml = case.render(Format::Junit);
        assert!(xml.chars().all(is_of_xml), "{}", case.what);
        let elements = elements(&xml);
        let count = |name: &str| {
            elements
                .iter()
                .filter(|(n, _)| n == name)
                .count()
                .to_string()
        };
        let attribute = |name: &str| {
            let suite = &elements.iter().find(|(n, _)| n == "testsuite").unwrap().1;
            suite.iter().find(|(key, _)| key == name).unwrap().1.clone()
        };
        assert_eq!(attribute("tests"), count("testcase"), "{}", case.what);
        assert_eq!(attribute("failures"), count("failure"), "{}", case.what);
        assert_eq!(attribute("skipped"), count("skipped"), "{}", case.what);
        let cases = 1 + case.comparison.differences.len() + case.findings.len();
        assert_eq!(count("testcase"), cases.to_string(), "{}", case.what);
        assert_eq!(count("b"), "0", "{}", case.what);
    }
}

#[test]
fn sarif_has_what_it_must_have() {
    for case in cases() {
        let log: Value = serde_json::from_str(&case.render(Format::Sarif)).unwrap();
        assert_eq!(log["version"], "2.1.0");
        assert!(log["$schema"].as_str().unwrap().contains("sarif-2.1.0"));
        let [run] = &log["runs"].as_array().unwrap()[..] else {
            panic!("{}: not one run", case.what);
        };
        let driver = &run["tool"]["driver"];
        assert!(driver["name"].is_string());
        let rules = driver["rules"].as_array().unwrap();
        let rules: BTreeSet<&str> = rules.iter().map(|r| r["id"].as_str().unwrap()).collect();
        assert_eq!(rules.len(), driver["rules"].as_array().unwrap().len());
        assert_eq!(run["invocations"][0]["executionSuccessful"], true);
        let results = run["results"].as_array().unwrap();
        let expected = case.comparison.differences.len() + case.findings.len();
        assert_eq!(results.len(), expected, "{}", case.what);
        for result in results {
            assert!(
                rules.contains(result["ruleId"].as_str().unwrap()),
                "{result}"
            );
            let level = result["level"].as_str().unwrap();
            assert!(["error", "warning", "note"].contains(&level), "{level}");
            let text = result["message"]["text"].as_str().unwrap();
            assert!(!text.is_empty() && !text.contains("]("), "{text}");
            let place = &result["locations"][0]["physicalLocation"];
            assert!(
                place["artifactLocation"]["uri"]
                    .as_str()
                    .unwrap()
                    .ends_with(".toml")
            );
            assert!(place["region"]["startLine"].as_u64().unwrap() >= 1);
            assert!(result["partialFingerprints"]["differenceId/v1"].is_string());
        }
        let suppressed = results.iter().filter(|r| !r["suppressions"].is_null());
        let ignored = case
            .comparison
            .differences
            .iter()
            .filter(|d| case.ignores.of(d).is_some());
        assert_eq!(suppressed.count(), ignored.count(), "{}", case.what);
    }
}

#[test]
fn github_gets_one_command_a_difference_and_no_other() {
    for case in cases() {
        let text = case.render(Format::Github);
        let lines: Vec<&str> = text.lines().collect();
        let (closing, commands) = lines.split_last().unwrap();
        assert!(closing.starts_with("drift of a source: "), "{closing}");
        let expected = case.problems.len() + case.comparison.differences.len();
        assert_eq!(
            commands.len(),
            expected + case.findings.len(),
            "{}",
            case.what
        );
        for command in commands {
            let level = command.split([':', ' ']).nth(2).unwrap();
            assert!(["error", "warning", "notice"].contains(&level), "{command}");
        }
        let annotated = commands.iter().filter(|c| c.contains(",line="));
        assert!(
            annotated.count() >= case.comparison.differences.len(),
            "{text}"
        );
    }
}

#[test]
fn nothing_steers_a_terminal() {
    let steers = |c: char| c != '\n' && webex_precheck_escape::is_hidden(c);
    for case in cases() {
        let plain = case.render(Format::Text);
        for (index, line) in plain.lines().enumerate() {
            assert!(
                line.chars().nth(9).is_some() || index > 0,
                "{}: {line}",
                case.what
            );
        }
        assert!(!plain.contains(steers), "{}", case.what);
        // The colours of a terminal are all that its form has more.
        let coloured = case.render(Format::Terminal);
        let mut stripped = coloured.clone();
        for code in ["[0m", "[1m", "[2m", "[91m", "[92m", "[93m", "[96m"] {
            stripped = stripped.replace(&format!("\u{1b}{code}"), "");
        }
        assert_eq!(stripped, plain, "{}", case.what);
        assert_ne!(coloured, plain, "{}", case.what);
        for &format in Format::ALL {
            if format != Format::Terminal {
                assert!(!case.render(format).contains(steers), "{format:?}");
            }
        }
    }
}

#[test]
fn markdown_is_one_table_of_code() {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    for case in cases() {
        let markdown = case.render(Format::Markdown);
        let (mut rows, mut cells) = (0, 0);
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        for event in Parser::new_ext(&markdown, options) {
            match event {
                Event::Start(Tag::TableRow) => rows += 1,
                Event::Start(Tag::TableCell) => cells += 1,
                Event::Start(
                    tag @ (Tag::Link { .. }
                    | Tag::Image { .. }
                    | Tag::Emphasis
                    | Tag::Strong
                    | Tag::Strikethrough
                    | Tag::CodeBlock(_)
                    | Tag::HtmlBlock),
                ) => panic!("{}: {tag:?} in {markdown}", case.what),
                Event::InlineHtml(html) => assert_eq!(&*html, "<br>", "{}", case.what),
                Event::Text(text) => assert!(!text.contains(['@', '<', '`']), "{text}"),
                _ => {}
            }
        }
        let differences = case.comparison.differences.len();
        assert_eq!(rows, differences, "{}: {markdown}", case.what);
        let header = if differences == 0 { 0 } else { 1 };
        assert_eq!(cells, 5 * (differences + header), "{}", case.what);
    }
}

#[test]
fn a_difference_of_a_field_has_the_line_of_the_field() {
    let mut found = 0;
    for case in cases() {
        let lines: Vec<&str> = case.capture.lines().collect();
        for difference in case.json()["differences"].as_array().unwrap() {
            let at = difference["at"].as_str().unwrap();
            let line = lines[difference["line"].as_u64().unwrap() as usize - 1];
            assert!(!line.is_empty(), "{}: {difference}", case.what);
            let stored = format!("at = \"{at}\"");
            let in_body = at.starts_with("body.") || at.starts_with("query.");
            if in_body && difference["kind"] != "added" && lines.contains(&&*stored) {
                assert_eq!(line, stored, "{}", case.what);
                found += 1;
            }
        }
    }
    assert!(found > 100, "{found}");
}

#[test]
fn every_form_shows_the_words_of_today_and_the_fingerprint_of_yesterday() {
    let base = conformance::fixture("published.json");
    let stored = conformance::captured(&base, &conformance::FROZEN.contract());
    // The fixture's sentence, and its fingerprint: printf 'itwashereonce.' | sha256sum
    let gone = "(the sentence captured as da4d8f7106d5)";
    for (reworded, shown) in [
        ("It must be here once.", "+ It must be here once."),
        ("", "= no text"),
    ] {
        let changed = base.replace("It was here once.", reworded);
        assert_ne!(changed, base);
        let (fresh, problems) = conformance::read_source("copy", &changed, &stored);
        let case = case("reworded".to_owned(), &stored, &fresh, problems);
        for &format in Format::ALL {
            let text = case.render(format);
            assert!(text.contains(gone), "{format:?}: {text}");
            assert!(text.contains(shown), "{format:?}: {text}");
            let hinted = text.contains("requirement");
            let always = format == Format::Sarif;
            assert_eq!(hinted, always || !reworded.is_empty(), "{format:?}: {text}");
        }
    }
}

#[test]
fn what_is_said_of_something_new_is_shown_and_marked() {
    let paint = |operation: &mut Value, values: Value, labels: &str| {
        let body = &mut operation["requestBody"]["content"]["application/json"]["schema"];
        let orgid = &mut body["properties"]["orgId"];
        orgid["enum"] = values;
        orgid["description"] = json!(format!("Its colour.\n{labels}"));
    };
    let red = " * `red` - As a rose.\n";
    let base = published(|operation| paint(operation, json!(["red"]), red));
    let changed = published(|operation| {
        let labels = format!("{red} * `green` - For gardeners only.\n");
        paint(operation, json!(["red", "green"]), &labels);
        operation["responses"]["418"] = json!({"description": "Take one of the cups."});
        let body = &mut operation["requestBody"]["content"]["application/json"]["schema"];
        let verse = json!({"type": "string", "description": "At most 9 lines."});
        body["properties"]["motto"] = json!({
            "type": "object",
            "description": "A motto must rhyme. It is fun.",
            "properties": {"verse": verse},
        });
    });
    let stored = conformance::captured(&base, &conformance::FROZEN.contract());
    let (fresh, _) = conformance::read_source("copy", &changed, &stored);
    let comparison = drift(&stored, &fresh);
    for (id, details, hints) in [
        (
            "customer:body.motto:added",
            &[
                "+ A motto must rhyme.",
                "+ It is fun.",
                "+ verse: At most 9 lines.",
            ][..],
            &[RuleHint::Limit, RuleHint::Requirement, RuleHint::Number][..],
        ),
        (
            "customer:body.orgId[green]:added",
            &["+ For gardeners only."],
            &[RuleHint::Choice],
        ),
        (
            "customer:status.418:added",
            &["+ Take one of the cups."],
            &[RuleHint::Choice],
        ),
    ] {
        let difference = comparison.differences.iter().find(|d| d.id() == id);
        let difference = difference.unwrap_or_else(|| panic!("{id}: {comparison:#?}"));
        assert_eq!(difference.change.details(), details, "{id}");
        let found = difference.change.rule_hints();
        assert!(found.iter().eq(hints), "{id}: {found:?}");
    }
    assert_eq!(comparison.differences.len(), 3, "{comparison:#?}");
}
