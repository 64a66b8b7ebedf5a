//! Parameters, the fields of bodies, and the values that they take.

use crate::inventory::Operation;

use super::Sides;
use super::cells;
use super::conflicts::place;
use super::markdown::{code, table};

/// A row a field, in the order of the contract; those that it lacks follow.
pub(super) fn fields(out: &mut String, sides: &Sides<'_>) {
    let rows: Vec<Vec<String>> = locations(sides)
        .into_iter()
        .map(|at| {
            let remarks = sides
                .conflicts
                .remarks(sides.id, |other| place(other).0 == at);
            sides.row(code(at), remarks, |operation, side| {
                cells::field(operation, at, side)
            })
        })
        .collect();
    table(out, "Fields", &sides.columns("field"), &rows);
}

/// A table a field with enumerated values, with a row a value.
pub(super) fn values(out: &mut String, sides: &Sides<'_>) {
    for at in locations(sides) {
        let mut values: Vec<&str> = Vec::new();
        for field in sides.all().filter_map(|operation| operation.field(at)) {
            let listed = field.values.iter().flat_map(|values| values.listed());
            for value in listed {
                if !values.contains(&value.as_str()) {
                    values.push(value);
                }
            }
        }
        let rows: Vec<Vec<String>> = values
            .into_iter()
            .map(|value| {
                let here = format!("{at}[{value}]");
                let remarks = sides.conflicts.remarks(sides.id, |other| other == here);
                sides.row(code(value), remarks, |operation, _| {
                    cells::value(operation, at, value)
                })
            })
            .collect();
        let title = format!("Values of {}", code(at));
        table(out, &title, &sides.columns("value"), &rows);
    }
}

/// Where fields stand. Of a response whose body no source has, the fields are the contract's own
/// affair: the table of statuses says that there is a body.
fn locations<'s>(sides: &'s Sides<'_>) -> Vec<&'s str> {
    let is_documented = |at: &str| {
        let body = at
            .strip_prefix("responses.")
            .and_then(|at| at.split('.').next());
        body.is_none_or(|status| {
            let body = format!("responses.{status}");
            let mut sources = sides.sources.iter();
            sources.any(|(_, operation): &(_, &Operation)| operation.field(&body).is_some())
        })
    };
    let mut found: Vec<&str> = Vec::new();
    for field in sides.all().flat_map(|operation| &operation.fields) {
        if is_documented(&field.at) && !found.contains(&field.at.as_str()) {
            found.push(&field.at);
        }
    }
    found
}
