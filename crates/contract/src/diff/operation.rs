//! Compares one operation, fact by fact. Both sides are taken apart exhaustively, so that a new
//! kind of fact cannot be forgotten here.

use std::collections::BTreeMap;

use crate::inventory::{Operation, Response, Unnamed};

use super::impact::{self, Direction};
use super::ledger::Ledger;
use super::lists::{Change, changes, edits};
use super::{Comparison, Difference, Impact, Kind};

pub(super) fn compare(before: &Operation, after: &Operation, comparison: &mut Comparison) {
    let first = comparison.differences.len();
    let mut ledger = Ledger {
        operation: before.id,
        comparison,
    };
    let Operation {
        id: _,
        method,
        path,
        servers,
        security,
        deprecated,
        body_required,
        media_types,
        title,
        description,
        status_note,
        untold: _,
        dependencies,
        fields: _,
        unplaced: _,
        unnamed,
        responses: _,
        examples: _,
    } = before;
    let breaking = |_: &_, _: &_| Impact::Breaking;
    let text = String::clone;
    ledger.fact(
        "method",
        Kind::Method,
        method.as_ref(),
        after.method.as_ref(),
        text,
        breaking,
    );
    ledger.fact(
        "path",
        Kind::Path,
        path.as_ref(),
        after.path.as_ref(),
        text,
        breaking,
    );
    ledger.fact(
        "security",
        Kind::Security,
        security.as_ref(),
        after.security.as_ref(),
        |alternatives| match alternatives.is_empty() {
            true => "none".to_owned(),
            false => alternatives.join(" or "),
        },
        |a, b| impact::security(a, b),
    );
    ledger.fact(
        "operation",
        Kind::Deprecation,
        deprecated.as_ref(),
        after.deprecated.as_ref(),
        |deprecated| super::field::deprecation(*deprecated),
        |_, _| Impact::Additive,
    );
    ledger.fact(
        "body",
        Kind::Requirement,
        body_required.as_ref(),
        after.body_required.as_ref(),
        |required| super::field::requirement(*required),
        |_, now| Direction::Request.requirement(*now),
    );
    offers(&mut ledger, "servers", servers, &after.servers);
    offers(
        &mut ledger,
        "body.mediaTypes",
        media_types,
        &after.media_types,
    );
    ledger.prose("title", title.as_ref(), after.title.as_ref());
    ledger.prose(
        "description",
        description.as_ref(),
        after.description.as_ref(),
    );
    ledger.prose(
        "responses",
        status_note.as_ref(),
        after.status_note.as_ref(),
    );
    compare_dependencies(
        &mut ledger,
        dependencies.as_ref(),
        after.dependencies.as_ref(),
    );
    super::fields::compare(&mut ledger, before, after);
    compare_responses(&mut ledger, [before, after]);
    super::examples::compare(&mut ledger, before, after);
    match (unnamed, &after.unnamed) {
        (Some(old), Some(new)) => {
            let so_far = ledger.comparison.differences[first..].to_vec();
            compare_unnamed(&mut ledger, [before, after], [old, new], &so_far);
        }
        (Some(_), None) => ledger.lost("unnamed", Kind::Wording),
        (None, Some(only)) => ledger.comparison.untold += only.len(),
        (None, None) => {}
    }
}

fn compare_dependencies(
    ledger: &mut Ledger<'_>,
    before: Option<&BTreeMap<String, Vec<String>>>,
    after: Option<&BTreeMap<String, Vec<String>>>,
) {
    let (Some(before), Some(after)) = (before, after) else {
        ledger.one_sided(
            "dependencies",
            Kind::Added,
            before.is_some(),
            after.is_some(),
        );
        return;
    };
    let list = |names: &[String]| Some(names.join(", "));
    let renamed: Vec<(&String, &String)> = before
        .iter()
        .filter(|(package, _)| !after.contains_key(*package))
        .filter_map(|(package, needed)| {
            let mut same = after
                .iter()
                .filter(|(other, list)| *list == needed && !before.contains_key(*other));
            match (same.next(), same.next()) {
                (Some((other, _)), None) => Some((package, other)),
                _ => None,
            }
        })
        .collect();
    for (package, needed) in before {
        ledger.comparison.compared += 1;
        let at = format!("dependencies.{package}");
        if let Some((_, other)) = renamed.iter().find(|(old, _)| *old == package) {
            let names = (Some(package.clone()), Some((*other).clone()));
            ledger.add(&at, Kind::Renamed, Impact::Breaking, names.0, names.1);
            continue;
        }
        match after.get(package) {
            None => {
                ledger.add(&at, Kind::Removed, Impact::Additive, list(needed), None);
            }
            Some(now) => compare_values(ledger, &at, needed, now, |appears| match appears {
                true => Impact::Additive,
                false => Impact::Breaking,
            }),
        }
    }
    for (package, needed) in after {
        if !before.contains_key(package) && !renamed.iter().any(|(_, new)| *new == package) {
            let at = format!("dependencies.{package}");
            ledger.add(&at, Kind::Added, Impact::Breaking, None, list(needed));
        }
    }
}

/// Compares lists of names, each of which is a fact of its own.
pub(super) fn compare_values(
    ledger: &mut Ledger<'_>,
    at: &str,
    before: &[String],
    after: &[String],
    impact: impl Fn(bool) -> Impact,
) {
    ledger.comparison.compared += before.len();
    for change in changes(before, after) {
        match change {
            Change::Added(value) => {
                let at = format!("{at}[{value}]");
                ledger.add(&at, Kind::Added, impact(true), None, Some(value.clone()));
            }
            Change::Removed(value) => {
                let at = format!("{at}[{value}]");
                ledger.add(&at, Kind::Removed, impact(false), Some(value.clone()), None);
            }
            Change::Replaced(value, other) => {
                let at = format!("{at}[{value}]");
                let names = (Some(value.clone()), Some(other.clone()));
                ledger.add(&at, Kind::Renamed, impact(false), names.0, names.1);
            }
        }
    }
}

fn compare_responses(ledger: &mut Ledger<'_>, operations: [&Operation; 2]) {
    let [before, after] = operations.map(|operation| &operation.responses[..]);
    if before.is_empty() || after.is_empty() {
        return;
    }
    let statuses = |responses: &[Response]| -> Vec<String> {
        responses.iter().map(|r| r.status.clone()).collect()
    };
    let (old, new) = (statuses(before), statuses(after));
    for response in before {
        ledger.comparison.compared += 1;
        if let Some(now) = by_status(after, &response.status) {
            let body = format!("responses.{}", response.status);
            let same_body =
                operations[0].field(&body).is_some() == operations[1].field(&body).is_some();
            compare_response(ledger, response, now, same_body);
        }
    }
    for change in changes(&old, &new) {
        let (gone, come) = match change {
            Change::Removed(status) => (by_status(before, status), None),
            Change::Added(status) => (None, by_status(after, status)),
            Change::Replaced(status, other) => (by_status(before, status), by_status(after, other)),
        };
        match (gone, come) {
            (Some(gone), Some(come)) if gone.text == come.text => {
                let impact = impact::status(&gone.status).max(impact::status(&come.status));
                let at = format!("responses.{}", gone.status);
                let statuses = (Some(gone.status.clone()), Some(come.status.clone()));
                ledger.add(&at, Kind::Renamed, impact, statuses.0, statuses.1);
            }
            _ => {
                gone.into_iter()
                    .for_each(|gone| remove_status(ledger, gone));
                come.into_iter().for_each(|come| add_status(ledger, come));
            }
        }
    }
}

fn by_status<'a>(responses: &'a [Response], status: &str) -> Option<&'a Response> {
    responses.iter().find(|response| response.status == status)
}

fn remove_status(ledger: &mut Ledger<'_>, response: &Response) {
    let at = format!("responses.{}", response.status);
    let impact = impact::status(&response.status);
    ledger.add(&at, Kind::Removed, impact, Some(shown(response)), None);
}

fn add_status(ledger: &mut Ledger<'_>, response: &Response) {
    let at = format!("responses.{}", response.status);
    let impact = impact::status(&response.status);
    let added = ledger.add(&at, Kind::Added, impact, None, Some(shown(response)));
    if let Some(text) = &response.text {
        added.quote("", text);
    }
}

fn shown(response: &Response) -> String {
    match &response.reason {
        Some(reason) => format!("{} {reason}", response.status),
        None => response.status.clone(),
    }
}

fn compare_response(ledger: &mut Ledger<'_>, before: &Response, after: &Response, same_body: bool) {
    let Response {
        status,
        reason,
        text,
        media_types,
        headers,
    } = before;
    let at = format!("responses.{status}");
    ledger.fact(
        &format!("{at}.reason"),
        Kind::Wording,
        reason.as_ref(),
        after.reason.as_ref(),
        String::clone,
        |_, _| Impact::Wording,
    );
    ledger.prose(&at, text.as_ref(), after.text.as_ref());
    // A body that appears or disappears is a difference of its own.
    if same_body {
        let at = format!("{at}.mediaTypes");
        offers(ledger, &at, media_types, &after.media_types);
    }
    offers(ledger, &format!("{at}.headers"), headers, &after.headers);
}

/// Compares what a source offers to choose from: more to choose from is additive.
fn offers(
    ledger: &mut Ledger<'_>,
    at: &str,
    before: &Option<Vec<String>>,
    after: &Option<Vec<String>>,
) {
    match (before, after) {
        (Some(before), Some(after)) => {
            compare_values(ledger, at, before, after, |appears| match appears {
                true => Impact::Additive,
                false => Impact::Breaking,
            });
        }
        _ => ledger.one_sided(at, Kind::Added, before.is_some(), after.is_some()),
    }
}

/// Compares the descriptions of fields without names. One that is told of in another difference
/// already, as the text of a field that came, went or changed, is not told of again.
fn compare_unnamed(
    ledger: &mut Ledger<'_>,
    [before_operation, after_operation]: [&Operation; 2],
    [before, after]: [&[Unnamed]; 2],
    so_far: &[Difference],
) {
    let told = |operation: &Operation, unnamed: &Unnamed| {
        operation.fields.iter().any(|field| {
            let text = field.text.as_ref();
            text.is_some_and(|text| !text.is_empty() && unnamed.text.is_within(text))
                && so_far.iter().any(|d| d.at == field.at)
        })
    };
    let scopes = |unnamed: &[Unnamed]| -> Vec<String> {
        let mut scopes: Vec<String> = unnamed.iter().map(|u| u.within.clone()).collect();
        scopes.dedup();
        scopes
    };
    let mut all = scopes(before);
    all.extend(scopes(after));
    all.sort();
    all.dedup();
    for scope in all {
        let of = |unnamed: &[Unnamed]| -> Vec<Unnamed> {
            unnamed
                .iter()
                .filter(|u| u.within == scope)
                .cloned()
                .collect()
        };
        let (old, new) = (of(before), of(after));
        ledger.comparison.compared += old.len();
        for (index, change) in edits(&old, &new) {
            let at = format!("{scope}.unnamed[{}]", index + 1);
            match change {
                Change::Replaced(a, b) => ledger.prose(&at, Some(&a.text), Some(&b.text)),
                Change::Removed(a) if told(after_operation, a) => {}
                Change::Added(b) if told(before_operation, b) => {}
                Change::Removed(_) => {
                    let what = Some("a description".to_owned());
                    ledger.add(&at, Kind::Removed, Impact::Breaking, what, None);
                }
                Change::Added(b) => {
                    let what = Some("a description".to_owned());
                    let added = ledger.add(&at, Kind::Added, Impact::Additive, None, what);
                    added.quote("", &b.text);
                }
            }
        }
    }
}
