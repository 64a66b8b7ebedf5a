//! Where the sources contradict, summed up at the top, and the reasons at the bottom.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::diff::{Difference, Kind};

use super::Evidence;
use super::cells::ABSENT;
use super::conflicts::{Between, Conflicts, Within};
use super::markdown::{code, count, one_line, table, words};

pub(super) fn write(out: &mut String, evidence: &Evidence<'_>, conflicts: &Conflicts<'_>) {
    let _ = write!(
        out,
        "\n## Where the sources contradict\n\n\
         - each other: {}\n- themselves: {}\n\nThe contract leaves them on purpose: {}, for {}.\n",
        count(conflicts.between.len(), "fact"),
        count(conflicts.within.len(), "fact"),
        count(conflicts.left.len(), "difference"),
        count(conflicts.notes.len(), "reason"),
    );
    between(out, evidence, conflicts);
    let rows: Vec<Vec<String>> = conflicts.within.iter().map(within).collect();
    let columns = ["source", "operation", "fact", "belied by", "what"].map(str::to_owned);
    table(out, "Themselves", &columns, &rows);
    left(out, evidence, conflicts);
}

/// A row a fact, with what either source says of it.
fn between(out: &mut String, evidence: &Evidence<'_>, conflicts: &Conflicts<'_>) {
    let names = || evidence.captures.iter().map(|(name, _)| name);
    let rows: Vec<Vec<String>> = conflicts
        .between
        .iter()
        .map(
            |Between {
                 sources,
                 difference,
             }| {
                let Difference {
                    operation,
                    at,
                    before,
                    after,
                    ..
                } = difference;
                let says = |value: &Option<String>| {
                    value.as_deref().map_or_else(|| ABSENT.to_owned(), code)
                };
                let mut row = vec![
                    operation.to_string(),
                    code(at),
                    what(difference.kind).to_owned(),
                ];
                row.extend(names().map(|name| match () {
                    () if name == sources[0] => says(before),
                    () if name == sources[1] => says(after),
                    () => String::new(),
                }));
                row
            },
        )
        .collect();
    let first = ["operation", "fact", "what"].map(str::to_owned).into_iter();
    let columns: Vec<String> = first.chain(names().map(|name| code(name))).collect();
    table(out, "Each other", &columns, &rows);
}

fn what(kind: Kind) -> &'static str {
    match kind {
        Kind::Added | Kind::Removed => "presence",
        other => other.as_str(),
    }
}

fn within(within: &Within<'_>) -> Vec<String> {
    let contradiction = &within.contradiction;
    vec![
        code(within.source),
        within.operation.to_string(),
        code(&contradiction.at),
        code(&contradiction.place),
        words(&contradiction.message),
    ]
}

/// A row a deviation, with how many differences it excuses in each source.
fn left(out: &mut String, evidence: &Evidence<'_>, conflicts: &Conflicts<'_>) {
    let mut counts: BTreeMap<(Option<usize>, &str), usize> = BTreeMap::new();
    for left in &conflicts.left {
        let line = left.deviation.map(|deviation| deviation.line);
        *counts.entry((line, left.source)).or_default() += 1;
    }
    let counted = |line: Option<usize>| {
        evidence
            .captures
            .iter()
            .map(move |(name, _)| (line, name.as_str()))
    };
    let cells = |line: Option<usize>| -> Vec<String> {
        let counts = counted(line).map(|key| match counts.get(&key) {
            Some(count) => count.to_string(),
            None => String::new(),
        });
        counts.collect()
    };
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (line, note) in &conflicts.notes {
        let operation = note.deviation.operation();
        let mut row = vec![
            operation.map_or_else(|| "both".to_owned(), |id| id.to_string()),
            code(note.deviation.at()),
            format!("{}[^{}]", note.deviation.kind(), note.label),
        ];
        row.extend(cells(Some(*line)));
        rows.push(row);
    }
    if counts.keys().any(|(line, _)| line.is_none()) {
        let mut row = vec![
            String::new(),
            String::new(),
            "**without a reason**".to_owned(),
        ];
        row.extend(cells(None));
        rows.push(row);
    }
    let first = ["operation", "fact", "what"].map(str::to_owned).into_iter();
    let names = evidence.captures.iter().map(|(name, _)| code(name));
    let columns: Vec<String> = first.chain(names).collect();
    table(
        out,
        "Where the contract leaves them, with the number of differences",
        &columns,
        &rows,
    );
}

/// The reasons of the deviations.
pub(super) fn footnotes(out: &mut String, conflicts: &Conflicts<'_>) {
    out.push('\n');
    for note in conflicts.notes.values() {
        let why = one_line(note.deviation.why());
        let _ = writeln!(out, "[^{}]: {why}", note.label);
    }
}
