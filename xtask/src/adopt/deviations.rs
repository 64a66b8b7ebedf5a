//! The file of deviations as it follows from an adoption. What stands in it stays as it is.

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};
use webex_precheck_contract::OperationId;
use webex_precheck_contract::deviations::{Deviations, Held};
use webex_precheck_contract::diff::{Both, Difference};

use crate::outcome::Failure;
use crate::workspace::DEVIATIONS;

use super::consequence::TOKEN;
use super::state::Source;

/// Adds what is to be excused now, and takes away what excuses nothing any more. `kept` are the
/// differences between the adopted source and the contract that are to stay.
pub(super) fn follow(
    text: &str,
    source: &Source<'_>,
    excuses: &Deviations,
    held: [&[Held<'_>]; 2],
    kept: &[(Difference, &'static str)],
) -> Result<String, Failure> {
    let missing = missing(source, excuses, held, kept);
    let dead = dead(excuses, held);
    if missing.is_empty() && dead.is_empty() {
        return Ok(text.to_owned());
    }
    let failed = |error: toml_edit::TomlError| Failure::new(format!("{DEVIATIONS}: {error}"));
    let mut document: DocumentMut = text.parse().map_err(failed)?;
    let entries = document
        .entry("deviation")
        .or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let Item::ArrayOfTables(entries) = entries else {
        return Err(Failure::new(format!(
            "{DEVIATIONS}: `deviation` is no list of tables"
        )));
    };
    let lines: Vec<usize> = excuses.iter().map(|it| it.line).collect();
    for (line, name) in &dead {
        let index = lines.iter().position(|known| known == line);
        if let Some(entry) = index.and_then(|index| entries.get_mut(index))
            && let Some(sources) = entry.get_mut("sources").and_then(Item::as_array_mut)
        {
            sources.retain(|known| known.as_str() != Some(name));
        }
    }
    drop_empty(entries);
    for (name, difference) in &missing {
        let alike = missing
            .iter()
            .filter(|(other, it)| other == name && it.change == difference.change);
        let alike: Vec<OperationId> = alike.map(|(_, it)| it.operation).collect();
        // One entry for all operations, where they are alike.
        let for_all = alike.len() == OperationId::ALL.len();
        if for_all && alike.first() != Some(&difference.operation) {
            continue;
        }
        let mut kept = kept.iter().filter(|_| *name == source.capture);
        let why = kept.find(|(it, _)| it == *difference).map(|(_, why)| *why);
        let operation = (!for_all).then_some(difference.operation);
        entries.push(entry(name, operation, difference, why, source));
    }
    Ok(document.to_string())
}

/// The differences that nothing excuses: of other sources those that are new, of the adopted one
/// those that are to stay.
fn missing<'a>(
    source: &Source<'_>,
    excuses: &Deviations,
    [before, after]: [&'a [Held<'_>]; 2],
    kept: &[(Difference, &'static str)],
) -> Vec<(&'a str, &'a Difference)> {
    let mut missing = Vec::new();
    for Held { name, comparison } in after {
        let known = before.iter().find(|it| it.name == *name);
        let known = known.map_or(&[][..], |it| &it.comparison.differences);
        let stays = |difference: &Difference| {
            if *name == source.capture {
                kept.iter().any(|(it, _)| it == difference)
            } else {
                !known.contains(difference) && excuses.about(name, difference).is_none()
            }
        };
        let open = comparison.differences.iter();
        let open = open.filter(|it| stays(it) && excuses.excusing(name, it).is_none());
        missing.extend(open.map(|it| (*name, it)));
    }
    missing
}

/// The deviations that excused something before and nothing now: their lines, and the sources. One whose
/// place differs all the same, in another way than it says, is to be corrected and not to be lost.
fn dead(excuses: &Deviations, [before, after]: [&[Held<'_>]; 2]) -> Vec<(usize, String)> {
    let lines = |held| {
        let dead = excuses.dead(held);
        dead.map(|(deviation, source)| (deviation.line, source.to_owned()))
            .collect::<Vec<_>>()
    };
    let (was_dead, mut dead) = (lines(before), lines(after));
    dead.retain(|entry| !was_dead.contains(entry));
    dead.retain(|(line, name)| {
        let held = after.iter().find(|it| it.name == name);
        let mut differences = held.into_iter().flat_map(|it| &it.comparison.differences);
        !differences.any(|it| {
            excuses.excusing(name, it).is_none()
                && excuses.about(name, it).is_some_and(|it| it.line == *line)
        })
    });
    dead
}

/// Drops the entries without a source; comments above them go to the entry that follows.
fn drop_empty(entries: &mut ArrayOfTables) {
    let mut index = 0;
    while let Some(entry) = entries.get(index) {
        let sources = entry.get("sources").and_then(Item::as_array);
        if !sources.is_some_and(Array::is_empty) {
            index += 1;
            continue;
        }
        let prefix = |entry: &Table| {
            let prefix = entry.decor().prefix().and_then(|prefix| prefix.as_str());
            prefix.unwrap_or_default().to_owned()
        };
        let heading = prefix(entry);
        entries.remove(index);
        if heading.contains('#')
            && let Some(next) = entries.get_mut(index)
        {
            let own = prefix(next);
            next.decor_mut()
                .set_prefix(heading + own.trim_start_matches('\n'));
        }
    }
}

fn entry(
    name: &str,
    operation: Option<OperationId>,
    difference: &Difference,
    kept: Option<&'static str>,
    source: &Source<'_>,
) -> Table {
    let mut table = Table::new();
    table.insert("sources", value([name].into_iter().collect::<Array>()));
    if let Some(operation) = operation {
        table.insert("operation", value(operation.as_str()));
    }
    table.insert("at", value(difference.location().to_string()));
    table.insert("kind", value(difference.kind().as_str()));
    let Both { before, after } = difference.change.values();
    for (key, side) in [("documented", before), ("contract", after)] {
        if let Some(side) = side {
            table.insert(key, value(side.to_string()));
        }
    }
    let why = match kept {
        Some(why) => why.to_owned(),
        None => format!("The contract follows {}.", source.dated()),
    };
    table.insert("why", value(why));
    if kept != Some(TOKEN) {
        table.insert("review", value(true));
    }
    table.decor_mut().set_prefix("\n");
    table
}
