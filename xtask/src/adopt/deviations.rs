//! The file of deviations as it follows from an adoption. What stands in it stays as it is.

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, TomlError, value};
use webex_precheck_contract::deviations::{ComparedCapture, Deviation, Deviations};
use webex_precheck_contract::diff::{Both, Difference};

use crate::outcome::Failure;
use crate::workspace::DEVIATIONS;

use super::consequence::{Refusal, TOKEN};
use super::edits::Edits;
use super::state::Source;

/// The captures against the contract, before and after an adoption.
type HeldBoth<'a> = [&'a [ComparedCapture<'a>]; 2];
/// A difference of a capture that nothing excuses, and the reason if it is known.
type Missing<'a> = (&'a str, &'a Difference, Option<&'static str>);

/// Adds what is to be excused now, and takes away what excuses nothing any more.
pub(super) fn follow(edits: &Edits<'_>, held: HeldBoth<'_>) -> Result<String, Failure> {
    let basis = edits.basis;
    let text = &basis.deviations_text;
    let missing = missing(edits, held);
    let dead = dead(&basis.deviations, held);
    if missing.is_empty() && dead.is_empty() {
        return Ok(text.clone());
    }
    let failed = |error: TomlError| Failure::new(format!("{DEVIATIONS}: {error}"));
    let mut document: DocumentMut = text.parse().map_err(failed)?;
    let entries = document
        .entry("deviation")
        .or_insert(Item::ArrayOfTables(ArrayOfTables::new()))
        .as_array_of_tables_mut()
        .ok_or_else(|| Failure::new(format!("{DEVIATIONS}: `deviation` is no list of tables")))?;
    for (deviation, name) in dead {
        let mut lines = basis.deviations.iter().map(|it| it.line);
        let index = lines.position(|line| line == deviation.line);
        let entry = index.and_then(|index| entries.get_mut(index));
        if let Some(sources) = entry.and_then(|it| it.get_mut("sources")?.as_array_mut()) {
            sources.retain(|known| known.as_str() != Some(name));
        }
    }
    drop_empty(entries);
    for it @ (name, difference, _) in &missing {
        let alike = |(other, it, _): &&Missing<'_>| other == name && it.change == difference.change;
        let alike: Vec<&Missing<'_>> = missing.iter().filter(alike).collect();
        // One entry for all operations, where they are alike.
        let documented = basis.captures.iter().find(|(known, _)| known == name);
        let count = documented.map_or(0, |(_, it)| it.operations.len());
        let for_all = alike.len() > 1 && alike.len() == count;
        if !for_all || alike.first() == Some(&it) {
            entries.push(entry(*it, for_all, &basis.source));
        }
    }
    Ok(document.to_string())
}

/// The differences that nothing excuses: of other sources those that are new, of the adopted one
/// those that are to stay.
fn missing<'a>(edits: &Edits<'_>, [before, after]: HeldBoth<'a>) -> Vec<Missing<'a>> {
    let basis = edits.basis;
    let excuses = &basis.deviations;
    let mut missing = Vec::new();
    for ComparedCapture {
        name, comparison, ..
    } in after
    {
        let known = before.iter().find(|it| it.name == *name);
        let known = known.map_or(&[][..], |it| &it.comparison.differences);
        for difference in &comparison.differences {
            let why = match edits.refusal(difference) {
                Some(Refusal::Keep(why)) if *name == basis.source.capture => Some(why),
                _ => None,
            };
            let is_of_others = *name != basis.source.capture && !known.contains(difference);
            let is_added = basis.added.as_ref() == Some(&difference.operation);
            let is_new = (is_of_others || is_added) && excuses.about(name, difference).is_none();
            if (is_new || why.is_some()) && excuses.excusing(name, difference).is_none() {
                missing.push((*name, difference, why));
            }
        }
    }
    missing
}

/// The deviations that excused something before and nothing now, with the sources. One whose place
/// differs all the same, in another way than it says, is to be corrected and not to be lost.
fn dead<'a>(
    excuses: &'a Deviations,
    [before, after]: HeldBoth<'a>,
) -> Vec<(&'a Deviation, &'a str)> {
    let line = |(deviation, name): (&Deviation, &'a str)| (deviation.line, name);
    let was_dead: Vec<(usize, &str)> = excuses.unused(before).map(line).collect();
    let is_about = |entry: (&Deviation, &str), difference: &Difference| {
        let about = excuses.about(entry.1, difference);
        about.is_some_and(|it| it.line == entry.0.line)
            && excuses.excusing(entry.1, difference).is_none()
    };
    let dead = excuses.unused(after).filter(|&entry| {
        let held = after.iter().find(|it| it.name == entry.1);
        let mut differences = held.into_iter().flat_map(|it| &it.comparison.differences);
        !was_dead.contains(&line(entry)) && !differences.any(|it| is_about(entry, it))
    });
    dead.collect()
}

/// Drops the entries without a source; comments above them go to the entry that follows.
fn drop_empty(entries: &mut ArrayOfTables) {
    let prefix = |entry: &Table| {
        let prefix = entry.decor().prefix().and_then(|prefix| prefix.as_str());
        prefix.unwrap_or_default().to_owned()
    };
    let is_empty = |entry: &Table| {
        let sources = entry.get("sources").and_then(Item::as_array);
        sources.is_some_and(Array::is_empty)
    };
    let next_empty = |entries: &ArrayOfTables| entries.iter().position(is_empty);
    while let Some(index) = next_empty(entries) {
        let heading = entries.get(index).map(prefix).unwrap_or_default();
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

fn entry((name, difference, why): Missing<'_>, for_all: bool, source: &Source<'_>) -> Table {
    let mut table = Table::new();
    table.insert("sources", value([name].into_iter().collect::<Array>()));
    if !for_all {
        table.insert("operation", value(difference.operation.as_str()));
    }
    table.insert("at", value(difference.location().to_string()));
    table.insert("kind", value(difference.kind().as_str()));
    let Both { before, after } = difference.change.values();
    for (key, side) in [("documented", before), ("contract", after)] {
        if let Some(side) = side {
            table.insert(key, value(side.to_string()));
        }
    }
    let newest = || format!("The contract follows {}.", source.dated());
    table.insert("why", value(why.map_or_else(newest, str::to_owned)));
    if why != Some(TOKEN) {
        table.insert("review", value(true));
    }
    table.decor_mut().set_prefix("\n");
    table
}
