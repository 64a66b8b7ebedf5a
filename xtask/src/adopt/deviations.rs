//! The file of deviations as it follows from an adoption. What stands in it stays as it is.

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};
use webex_precheck_contract::OperationId;
use webex_precheck_contract::deviations::{Deviations, Held};
use webex_precheck_contract::diff::{Difference, Kind};

use crate::outcome::Failure;
use crate::workspace::DEVIATIONS;

use super::edit::TOKEN;
use super::plan::Source;

/// Adds what is to be excused now, and takes away what excuses nothing any more. `kept` are the
/// differences between the adopted source and the contract that are to stay.
pub(super) fn follow(
    text: &str,
    source: &Source<'_>,
    excuses: &Deviations,
    [before, after]: &[Vec<Held>; 2],
    kept: &[(Difference, &'static str)],
) -> Result<String, Failure> {
    let missing = missing(source, excuses, [before, after], kept);
    let dead = dead(excuses, [before, after]);
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
        let is_alike = |(other, it): &&(&str, &Difference)| {
            *other == *name
                && (&it.at, it.kind) == (&difference.at, difference.kind)
                && (&it.before, &it.after) == (&difference.before, &difference.after)
        };
        let alike: Vec<OperationId> = missing
            .iter()
            .filter(is_alike)
            .map(|(_, it)| it.operation)
            .collect();
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
    [before, after]: [&'a [Held]; 2],
    kept: &[(Difference, &'static str)],
) -> Vec<(&'a str, &'a Difference)> {
    let mut missing = Vec::new();
    for (name, _, comparison) in after {
        let known = before.iter().find(|(known, ..)| known == name);
        let was = |difference: &Difference| {
            known.is_some_and(|(_, _, before)| before.differences.contains(difference))
        };
        for difference in &comparison.differences {
            let stays = match name == source.capture {
                true => kept.iter().any(|(it, _)| it == difference),
                false => !was(difference) && excuses.on(name, difference).is_none(),
            };
            if stays && excuses.excusing(name, difference).is_none() {
                missing.push((name.as_str(), difference));
            }
        }
    }
    missing
}

/// The deviations that excused something before and nothing now. One whose place differs all the
/// same, in another way than it says, is to be corrected and not to be lost.
fn dead(excuses: &Deviations, [before, after]: [&[Held]; 2]) -> Vec<(usize, String)> {
    let was_dead = excuses.dead(before);
    let mut dead = excuses.dead(after);
    dead.retain(|entry| !was_dead.contains(entry));
    dead.retain(|(line, name)| {
        let comparison = after.iter().find(|(known, ..)| known == name);
        let mut differences = comparison
            .into_iter()
            .flat_map(|(_, _, comparison)| &comparison.differences);
        !differences.any(|difference| {
            excuses.excusing(name, difference).is_none()
                && excuses
                    .on(name, difference)
                    .is_some_and(|d| d.line == *line)
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
    table.insert("at", value(difference.at.as_str()));
    table.insert("kind", value(difference.kind.as_str()));
    let one_sided = matches!(difference.kind, Kind::Added | Kind::Removed | Kind::Body);
    let sides = [
        ("documented", &difference.before),
        ("contract", &difference.after),
    ];
    for (key, side) in sides.into_iter().filter(|_| !one_sided) {
        if let Some(side) = side {
            table.insert(key, value(side.as_str()));
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
