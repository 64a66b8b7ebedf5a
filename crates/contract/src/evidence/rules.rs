//! Rules taken from wording, with the sources that state them.

use crate::rules::Rule;

use super::Evidence;
use super::cells::ABSENT;
use super::markdown::{code, codes, table, words};

pub(super) fn write(out: &mut String, evidence: &Evidence<'_>) {
    let unfounded = evidence.rules.judge(evidence.captures);
    let both = "both".to_owned();
    let rows: Vec<Vec<String>> = evidence
        .rules
        .iter()
        .map(|rule| {
            let lost = |line: usize| unfounded.iter().any(|u| u.line == line);
            let mut row = vec![
                code(&rule.id),
                rule.operation
                    .map_or_else(|| both.clone(), |id| id.to_string()),
                words(&rule.says),
            ];
            for (source, inventory) in evidence.captures {
                let mut operations = inventory.operations.iter();
                let documents = operations.any(|operation| rule.is_for(operation.id));
                row.push(stated(rule, source, documents));
            }
            row.push(words(
                &rule
                    .kept_in
                    .iter()
                    .map(|place| kept(place))
                    .collect::<Vec<_>>()
                    .join(", "),
            ));
            row.push(match rule.rests_on.iter().any(|ground| lost(ground.line)) {
                true => "**to be reviewed**".to_owned(),
                false => String::new(),
            });
            row
        })
        .collect();
    let first = ["rule", "operation", "says"].map(str::to_owned).into_iter();
    let sources = evidence.captures.iter().map(|(name, _)| code(name));
    let last = ["kept in", "remarks"].map(str::to_owned);
    let columns: Vec<String> = first.chain(sources).chain(last).collect();
    out.push_str("\n## Rules that stand in words only\n");
    table(out, "Where the sources state them", &columns, &rows);
}

/// The places of a source that state a rule; nothing where it documents another operation.
fn stated(rule: &Rule, source: &str, documents: bool) -> String {
    let mut places: Vec<&str> = Vec::new();
    for ground in rule
        .rests_on
        .iter()
        .filter(|ground| ground.source == source)
    {
        if !places.contains(&ground.at.as_str()) {
            places.push(&ground.at);
        }
    }
    match (places.is_empty(), documents) {
        (true, true) => ABSENT.to_owned(),
        (true, false) => String::new(),
        (false, _) => codes(places),
    }
}

/// `client finding X` as words and a name, files and places of files as names.
fn kept(place: &str) -> String {
    match place.strip_prefix("client finding ") {
        Some(finding) => format!("client finding {}", code(finding)),
        None => code(place),
    }
}
