//! The XML of JUnit: a suite for the source, a failure for each difference. That the facts were
//! compared is a test as well, so that a clean run is not an empty one.

use quick_xml::escape::escape;
use webex_precheck_escape as hidden;

use crate::ignore::FindingKind;

use super::contents::Report;
use super::entry::place;

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
    let mut cases = format!("    <testcase classname=\"{source}\" name=\"facts compared\"/>\n");
    let (mut tests, mut failures, mut skipped) = (1, 0, 0);
    let mut case = |name: &str, place: Option<(&str, usize)>, outcome: String| {
        tests += 1;
        failures += usize::from(outcome.starts_with("<failure"));
        skipped += usize::from(outcome.starts_with("<skipped"));
        let place = place.map(|(file, line)| format!(" file=\"{}\" line=\"{line}\"", xml(file)));
        cases.push_str(&format!(
            "    <testcase classname=\"{source}\" name=\"{}\"{}>\n      {outcome}\n    </testcase>\n",
            xml(name),
            place.unwrap_or_default()
        ));
    };
    for entry in report.entries() {
        let phrase = xml(&entry.difference.phrase());
        let details: Vec<String> = entry.details().iter().map(|line| xml(line)).collect();
        let details = details.join("\n");
        let impact = entry.difference.impact;
        let reason = entry.ignored.map(|ignored| xml(&ignored.reason));
        let outcome = match reason {
            Some(why) => format!("<skipped message=\"{why}\">{phrase}\n{details}</skipped>"),
            None => format!("<failure type=\"{impact}\" message=\"{phrase}\">{details}</failure>"),
        };
        let place = Some((report.against, entry.line));
        case(&entry.difference.id(), place, outcome);
    }
    for finding in report.findings {
        let message = xml(&finding.message);
        let outcome = match finding.kind {
            FindingKind::Unused => format!("<failure type=\"unused\" message=\"{message}\"/>"),
            FindingKind::Expired => format!("<system-out>{message}</system-out>"),
        };
        case(&finding.origin.to_string(), place(finding), outcome);
    }
    let lines = report.notes().chain([report.summary()]);
    let lines: Vec<String> = lines.map(|line| xml(&line)).collect();
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\"");
    let xml = format!(
        "  <testsuite name=\"{source}\" {counts} skipped=\"{skipped}\">\n\
         {cases}    <system-out>{}</system-out>\n  \
         </testsuite>\n",
        lines.join("\n")
    );
    Suite {
        tests,
        failures,
        xml,
    }
}

/// Text for an element or an attribute; a character that XML forbids is shown by its number.
fn xml(text: &str) -> String {
    escape(hidden::escape(text)).into_owned()
}
