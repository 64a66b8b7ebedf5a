//! Compares what is said of one field.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::Field;
use crate::prose::Prose;
use crate::types::Values;

use super::impact::Direction;
use super::ledger::Ledger;
use super::operation::compare_values;
use super::{Impact, Kind};

/// `required` or `optional`.
pub(super) fn requirement(required: bool) -> String {
    match required {
        true => "required".to_owned(),
        false => "optional".to_owned(),
    }
}

/// `deprecated` or `not deprecated`.
pub(super) fn deprecation(deprecated: bool) -> String {
    match deprecated {
        true => "deprecated".to_owned(),
        false => "not deprecated".to_owned(),
    }
}

/// Compares what is said of one field.
pub(super) fn compare(ledger: &mut Ledger<'_>, before: &Field, after: &Field) {
    let Field {
        at,
        ty,
        required,
        values,
        constraints,
        deprecated,
        text,
        labels,
        example,
    } = before;
    let direction = Direction::of(at);
    let same_type = match (ty, &after.ty) {
        (Some(ty), Some(now)) => ty.agrees_with(now),
        _ => false,
    };
    if same_type {
        ledger.comparison.compared += 1;
    } else {
        ledger.fact(
            at,
            Kind::Type,
            ty.as_ref(),
            after.ty.as_ref(),
            |ty| ty.to_string(),
            |a, b| direction.ty(a, b),
        );
    }
    ledger.fact(
        at,
        Kind::Requirement,
        required.as_ref(),
        after.required.as_ref(),
        |required| requirement(*required),
        |_, now| direction.requirement(*now),
    );
    // Values of another type are others in any case.
    if same_type {
        compare_listed(
            ledger,
            at,
            direction,
            values.as_ref(),
            after.values.as_ref(),
        );
    }
    compare_constraints(
        ledger,
        at,
        direction,
        constraints.as_ref(),
        after.constraints.as_ref(),
    );
    ledger.fact(
        at,
        Kind::Deprecation,
        deprecated.as_ref(),
        after.deprecated.as_ref(),
        |deprecated| deprecation(*deprecated),
        |_, _| Impact::Additive,
    );
    ledger.prose(at, text.as_ref(), after.text.as_ref());
    if let (Some(labels), Some(now)) = (labels, &after.labels) {
        let values = [values, &after.values];
        compare_labels(ledger, at, labels, now, values);
    }
    ledger.fact(
        at,
        Kind::Example,
        example.as_ref(),
        after.example.as_ref(),
        |json| {
            if json.is_empty() {
                "none".to_owned()
            } else {
                json.clone()
            }
        },
        |_, _| Impact::Wording,
    );
}

fn compare_listed(
    ledger: &mut Ledger<'_>,
    at: &str,
    direction: Direction,
    before: Option<&Values>,
    after: Option<&Values>,
) {
    let (Some(before), Some(after)) = (before, after) else {
        ledger.one_sided(at, Kind::Enumeration, before.is_some(), after.is_some());
        return;
    };
    ledger.comparison.compared += 1;
    match (before, after) {
        (Values::Listed(a), Values::Listed(b)) if a.is_empty() == b.is_empty() => {
            compare_values(ledger, at, a, b, |appears| direction.value(appears));
        }
        _ if before.is_enumeration() == after.is_enumeration() => {}
        _ => {
            let show = |values: &Values| match values {
                Values::Listed(values) if values.is_empty() => "any value".to_owned(),
                Values::Listed(values) => values.join(", "),
                Values::Untold(_) => "an enumeration".to_owned(),
            };
            let impact = direction.enumeration(after.is_enumeration());
            let shown = (Some(show(before)), Some(show(after)));
            ledger.add(at, Kind::Enumeration, impact, shown.0, shown.1);
        }
    }
}

fn compare_constraints(
    ledger: &mut Ledger<'_>,
    at: &str,
    direction: Direction,
    before: Option<&BTreeMap<String, String>>,
    after: Option<&BTreeMap<String, String>>,
) {
    let (Some(before), Some(after)) = (before, after) else {
        ledger.one_sided(at, Kind::Constraint, before.is_some(), after.is_some());
        return;
    };
    ledger.comparison.compared += 1;
    let keywords: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for keyword in keywords {
        let (a, b) = (before.get(keyword), after.get(keyword));
        if a != b {
            let impact =
                direction.constraint(keyword, a.map(String::as_str), b.map(String::as_str));
            let at = format!("{at}#{keyword}");
            ledger.add(&at, Kind::Constraint, impact, a.cloned(), b.cloned());
        }
    }
}

/// Compares the descriptions of enumerated values, except of values that come or go.
fn compare_labels(
    ledger: &mut Ledger<'_>,
    at: &str,
    before: &BTreeMap<String, Prose>,
    after: &BTreeMap<String, Prose>,
    values: [&Option<Values>; 2],
) {
    let [old, new] = values.map(|values| values.as_ref().map_or(&[][..], Values::listed));
    let stays = |value: &String| old.contains(value) == new.contains(value);
    let nothing = Prose::default();
    if before.len() > 1 && after.is_empty() {
        // They went with the text that they stood in.
        let last = ledger.comparison.differences.last();
        if last.is_some_and(|d| d.at == at && d.kind == Kind::Wording) {
            return;
        }
        let values: Vec<&str> = before.keys().map(String::as_str).collect();
        let gone = Some(format!("descriptions of {}", values.join(", ")));
        ledger.add(at, Kind::Wording, Impact::Wording, gone, None);
        return;
    }
    for (value, text) in before.iter().filter(|(value, _)| stays(value)) {
        let now = after.get(value).unwrap_or(&nothing);
        ledger.prose(&format!("{at}[{value}]"), Some(text), Some(now));
    }
    // A description that went to another value was told of as missing at its own.
    let moved = |text: &Prose| {
        let gone = before
            .iter()
            .filter(|(value, _)| !after.contains_key(*value));
        gone.into_iter().any(|(_, gone)| gone == text)
    };
    // What is said of a value that comes stands with its own difference.
    for (value, text) in after.iter().filter(|(value, _)| !old.contains(value)) {
        let at = format!("{at}[{value}]");
        let differences = ledger.comparison.differences.iter_mut();
        if let Some(added) = differences
            .rev()
            .find(|d| d.at == at && d.kind == Kind::Added)
        {
            added.quote("", text);
        }
    }
    for (value, text) in after.iter().filter(|(value, _)| stays(value)) {
        if !before.contains_key(value) && !moved(text) {
            ledger.prose(&format!("{at}[{value}]"), Some(&nothing), Some(text));
        }
    }
}
