//! The page: a table with a row for each kind of change, and what follows from it.

use std::fmt::Write as _;

use webex_precheck_contract::diff::Impact;

use crate::samples::{NOTHING, PAGE, Sample};
use crate::tools::{Run, Tool};

/// The samples of a kind, and what the tools said of them, in their order.
struct Row<'a> {
    kind: &'a str,
    samples: Vec<&'a Sample>,
    runs: Vec<Tally>,
}

/// What a tool said of the samples of a kind.
#[derive(Default)]
struct Tally {
    found: usize,
    missed: usize,
    failed: usize,
    /// Found, and said to break callers or not as we say.
    agreed: usize,
    /// Found, and said to break callers although we say that it does not.
    graver: usize,
    /// Found, and said to break no callers although we say that it does.
    milder: usize,
    /// Why it gave up, if it did.
    why: Option<String>,
    /// The code with which it ended although it said nothing.
    failing: Option<i32>,
}

impl Tally {
    fn of<'a>(runs: impl Iterator<Item = (&'a Sample, &'a Run)>) -> Self {
        let mut tally = Self::default();
        for (sample, run) in runs {
            match &run.said {
                Err(why) => {
                    tally.failed += 1;
                    tally.why = Some(why.clone());
                }
                Ok(classes) if classes.is_empty() => {
                    tally.missed += 1;
                    tally.failing = tally.failing.or(run.failed);
                }
                Ok(classes) => {
                    tally.found += 1;
                    let breaks = sample.impact == Some(Impact::Breaking);
                    match (
                        classes.contains(&Some(true)),
                        classes.contains(&Some(false)),
                    ) {
                        (true, _) if breaks => tally.agreed += 1,
                        (true, _) => tally.graver += 1,
                        (false, true) if breaks => tally.milder += 1,
                        (false, true) => tally.agreed += 1,
                        (false, false) => {}
                    }
                }
            }
        }
        tally
    }

    fn unclassed(&self) -> usize {
        self.found - self.agreed - self.graver - self.milder
    }

    /// Of a change.
    fn cell(&self) -> String {
        let all = self.found + self.missed + self.failed;
        let mut cell = match self.found {
            0 if self.failed == all => return "**failed**".to_owned(),
            0 => "**missed**".to_owned(),
            found if found == all => "found".to_owned(),
            found => format!("found {found} of {all}"),
        };
        if self.failed > 0 {
            let _ = write!(cell, ", failed {}×", self.failed);
        }
        for (count, what) in [
            (self.milder, "called harmless"),
            (self.graver, "called breaking"),
            (self.unclassed(), "no class"),
        ] {
            match count {
                0 => {}
                _ if count == self.found => _ = write!(cell, ", {what}"),
                _ => _ = write!(cell, ", {what} {count}×"),
            }
        }
        cell
    }

    /// Of what is no change.
    fn quiet(&self) -> String {
        match (self.found, self.failed, self.failing) {
            (0, 0, None) => "quiet".to_owned(),
            (0, 0, Some(code)) => format!("quiet, but exits with {code}"),
            (0, ..) => "refused".to_owned(),
            _ => "**told**".to_owned(),
        }
    }
}

impl Row<'_> {
    fn is_change(&self) -> bool {
        !self.kind.starts_with(NOTHING)
    }

    fn impact(&self) -> String {
        let here = |impact| self.samples.iter().any(|it| it.impact == Some(impact));
        let impacts = Impact::ALL.into_iter().filter(|impact| here(*impact));
        let words: Vec<String> = impacts.map(|impact| impact.to_string()).collect();
        words.join(", ")
    }

    fn render(&self) -> String {
        let cells = self.runs.iter().map(|tally| match self.is_change() {
            // They take no pages.
            true if self.kind.starts_with(PAGE) && tally.found + tally.missed == 0 => {
                "not taken".to_owned()
            }
            true => tally.cell(),
            false => tally.quiet(),
        });
        let cells = cells.collect::<Vec<_>>().join(" | ");
        let kind = match self.kind.strip_prefix(NOTHING) {
            Some(kind) => format!("*nothing:* {kind}"),
            None => self.kind.to_owned(),
        };
        format!(
            "| {kind} | {} | {} | {cells} |\n",
            self.samples.len(),
            self.impact()
        )
    }
}

/// The page; of each tool there is a run for each sample.
pub(crate) fn write(tools: &[Tool], samples: &[Sample], runs: &[Vec<Run>]) -> String {
    let rows: Vec<Row<'_>> = samples
        .chunk_by(|a, b| a.kind == b.kind)
        .scan(0, |start, chunk| {
            let of = *start..*start + chunk.len();
            *start = of.end;
            let tally = |runs: &Vec<Run>| Tally::of(chunk.iter().zip(&runs[of.clone()]));
            Some(Row {
                kind: &chunk[0].kind,
                samples: chunk.iter().collect(),
                runs: runs.iter().map(tally).collect(),
            })
        })
        .collect();
    let (changes, others): (Vec<Row<'_>>, Vec<Row<'_>>) =
        rows.into_iter().partition(Row::is_change);
    let mut page = head(tools, samples.len());
    page += &header(tools, "change");
    changes.iter().for_each(|row| page += &row.render());
    page += "\n## What is no change of the two operations\n\n";
    page += &header(tools, "in the file");
    others.iter().for_each(|row| page += &row.render());
    page += "\n## In numbers\n\n";
    page += &numbers(tools, &changes, &others);
    page += &conclusion(tools, &changes, &others);
    page
}

fn head(tools: &[Tool], samples: usize) -> String {
    let mut text = "\
# What other tools notice

Written by `cargo xtask compare`, which installs the tools at the versions that `xtask/compare/`
and `Cargo.lock` pin, changes `tests/conformance/fixtures/published.json` in every way in which the
tests change it, and lets each tool compare each changed file with the unchanged one. It is a
measurement and checked by nothing; it needs Node.js 20 and the npm registry.

| tool | version | run as |
|---|---|---|
"
    .to_owned();
    for tool in tools {
        let _ = writeln!(
            text,
            "| {} | {} | `{}` |",
            tool.name, tool.version, tool.command
        );
    }
    let _ = write!(
        text,
        "
{samples} comparisons a tool, each a process of its own, of 30 seconds at most. The samples of a kind
are the first, the last and what lies between them, so that there are requests and answers of both
operations. *Found* is any difference that is told, wherever it is told to be: each pair of files
differs in one thing. *Called harmless* or *called breaking* is where a tool disagrees with our
impact, of which only *breaking* or not is compared; a version bump is breaking if it is major. That
is a difference of judgement and not an error of either side. *No class* is what a tool itself calls
unclassified or unhandled. A page is *not taken* where a tool cannot read it.

References that lead nowhere were replaced by an empty schema first, since some tools refuse them.

## Changes

"
    );
    text
}

fn header(tools: &[Tool], what: &str) -> String {
    let names: Vec<&str> = tools.iter().map(|tool| tool.name).collect();
    let line = "---|".repeat(names.len() + 3);
    let names = names.join(" | ");
    format!("| {what} | samples | impact | {names} |\n|{line}\n")
}

fn numbers(tools: &[Tool], changes: &[Row<'_>], others: &[Row<'_>]) -> String {
    let mut text = "\
| tool | kinds found | in part | missed | failed or not taken | told of nothing | class as ours | harmless instead | breaking instead | no class |
|---|---|---|---|---|---|---|---|---|---|
"
    .to_owned();
    for (index, tool) in tools.iter().enumerate() {
        let of = |rows: &[Row<'_>], count: fn(&Tally) -> usize| -> usize {
            rows.iter().map(|row| count(&row.runs[index])).sum()
        };
        let counts = [
            of(changes, |it| usize::from(it.missed + it.failed == 0)),
            of(changes, |it| {
                usize::from(it.found > 0 && it.missed + it.failed > 0)
            }),
            of(changes, |it| usize::from(it.found == 0 && it.missed > 0)),
            of(changes, |it| usize::from(it.found + it.missed == 0)),
            of(others, |it| it.found),
            of(changes, |it| it.agreed),
            of(changes, |it| it.milder),
            of(changes, |it| it.graver),
            of(changes, Tally::unclassed),
        ];
        let counts = counts.map(|count| count.to_string()).join(" | ");
        let _ = writeln!(text, "| {} | {counts} |", tool.name);
    }
    let _ = write!(
        text,
        "\nOf {} kinds of change, and of {} kinds of nothing; classes are counted in samples.\n",
        changes.len(),
        others.len()
    );
    text
}

fn conclusion(tools: &[Tool], changes: &[Row<'_>], others: &[Row<'_>]) -> String {
    let all = |row: &Row<'_>, index: usize| row.runs[index].missed + row.runs[index].failed == 0;
    let some = |row: &Row<'_>, index: usize| row.runs[index].found > 0;
    let rest = || 1..tools.len();
    let list = |keep: &dyn Fn(&Row<'_>) -> bool| {
        let kinds: Vec<&str> = changes
            .iter()
            .filter(|row| keep(row))
            .map(|row| row.kind)
            .collect();
        match kinds.is_empty() {
            true => "none".to_owned(),
            false => format!("{}: {}", kinds.len(), kinds.join("; ")),
        }
    };
    let mut text = "\n## What follows\n".to_owned();
    for (what, kinds) in [
        (
            "Kinds that every tool found in every sample (each of the rest, one missed or failed on)",
            list(&|row| (0..tools.len()).all(|index| all(row, index))),
        ),
        (
            "Kinds that no other tool found in any sample",
            list(&|row| !rest().any(|index| some(row, index))),
        ),
        (
            "Kinds that another tool found and ours did not, or not always",
            list(&|row| !all(row, 0) && rest().any(|index| some(row, index))),
        ),
        (
            "Kinds that no other tool found in every sample with our class (of all the rest, one did)",
            list(&|row| {
                let same = |tally: &Tally| tally.agreed == row.samples.len();
                !rest().any(|index| same(&row.runs[index]))
            }),
        ),
    ] {
        let _ = write!(text, "\n- {what}: {kinds}.");
    }
    text += "\n\nWhat was refused, or failed, pages aside:\n\n";
    for (index, tool) in tools.iter().enumerate() {
        let mut whys: Vec<(&str, Vec<&str>)> = Vec::new();
        let files = |row: &&Row<'_>| !row.kind.starts_with(PAGE);
        for row in others.iter().chain(changes).filter(files) {
            let Some(why) = row.runs[index].why.as_deref() else {
                continue;
            };
            match whys.iter_mut().find(|(known, _)| *known == why) {
                Some((_, kinds)) => kinds.push(row.kind),
                None => whys.push((why, vec![row.kind])),
            }
        }
        for (why, kinds) in whys {
            let _ = writeln!(text, "- {}: `{why}` ({})", tool.name, kinds.join("; "));
        }
    }
    text += CAVEATS;
    text
}

const CAVEATS: &str = "
The kinds of change are ours, and tests hold our comparison to them: that it finds all is by
construction, and says nothing of changes that nobody thought of. The others are made for any file
and its whole: they compare all operations, of which ours reads two, and telling of another product
or a new `operationId` is right for whoever needs to know. Where one of them finds as much as ours,
it is the better choice for a file that is well-formed; it then also says where in the file. What
ours adds is for this file and these two operations: it reads the pages, which the others do not
take; it takes dependencies between packages out of the prose, where others tell at most that some
text has changed; and it is silent about what is neither.
";
