//! The XML of JUnit: a suite for the source, a failure for each difference. That the facts were
//! compared is a test as well, so that a clean run is not an empty one.

use std::fmt::Write;

use quick_xml::escape::escape;

use crate::ignore::FindingKind;

use super::{Item, Report, details, place, visible};

pub(super) fn render(reports: &[Report<'_>]) -> String {
    let suites: Vec<Suite> = reports.iter().map(suite).collect();
    let sum = |count: fn(&Suite) -> usize| suites.iter().map(count).sum::<usize>();
    let (tests, failures) = (sum(|it| it.tests), sum(|it| it.failures));
    let suites: String = suites.into_iter().map(|it| it.xml).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"drift\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n\
         {suites}</testsuites>\n"
    )
}

struct Suite {
    tests: usize,
    failures: usize,
    xml: String,
}

fn suite(report: &Report<'_>) -> Suite {
    let source = xml(report.source);
    let against = xml(report.against);
    let mut cases = format!("    <testcase classname=\"{source}\" name=\"facts compared\"/>\n");
    let (mut tests, mut failures, mut skipped) = (1, 0, 0);
    for Item { difference, line } in report.items() {
        tests += 1;
        let phrase = xml(&difference.phrase());
        let details = details(difference);
        let body: Vec<String> = details.iter().map(|line| xml(line)).collect();
        let body = body.join("\n");
        let impact = difference.impact;
        let outcome = match &difference.ignored {
            Some(ignored) => {
                skipped += 1;
                let reason = xml(&ignored.reason);
                format!("<skipped message=\"{reason}\">{phrase}\n{body}</skipped>")
            }
            None => {
                failures += 1;
                format!("<failure type=\"{impact}\" message=\"{phrase}\">{body}</failure>")
            }
        };
        let _ = writeln!(
            cases,
            "    <testcase classname=\"{source}\" name=\"{}\" file=\"{against}\" line=\"{line}\">\n      {outcome}\n    </testcase>",
            xml(&difference.id())
        );
    }
    for finding in report.findings {
        tests += 1;
        let message = xml(&finding.message);
        let outcome = match finding.kind {
            FindingKind::Unused => {
                failures += 1;
                format!("<failure type=\"unused\" message=\"{message}\"/>")
            }
            FindingKind::Expired => format!("<system-out>{message}</system-out>"),
        };
        let place =
            place(finding).map(|(file, line)| format!(" file=\"{}\" line=\"{line}\"", xml(file)));
        let _ = writeln!(
            cases,
            "    <testcase classname=\"{source}\" name=\"{}\"{}>\n      {outcome}\n    </testcase>",
            xml(&finding.origin.to_string()),
            place.unwrap_or_default()
        );
    }
    let notes = report
        .problems
        .iter()
        .map(|problem| xml(&problem.to_string()));
    let mut out: Vec<String> = notes.collect();
    out.push(xml(&report.summary()));
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\"");
    let xml = format!(
        "  <testsuite name=\"{source}\" {counts} skipped=\"{skipped}\">\n\
         {cases}    <system-out>{}</system-out>\n  \
         </testsuite>\n",
        out.join("\n")
    );
    Suite {
        tests,
        failures,
        xml,
    }
}

/// Text for an element or an attribute; what XML cannot hold is shown by its number.
fn xml(text: &str) -> String {
    escape(visible(text)).into_owned()
}
