//! What a side says of one fact, in a cell.

use crate::inventory::{Field, Operation, Response};
use crate::prose::Prose;
use crate::types::Values;

use super::Side;
use super::markdown::{code, codes, count};

/// What a source cannot tell.
pub(super) const UNKNOWN: &str = "?";
/// What a source documents to be absent.
pub(super) const ABSENT: &str = "—";
pub(super) const YES: &str = "yes";

/// A fact that may be unknown.
pub(super) fn fact<T>(fact: Option<&T>, show: impl Fn(&T) -> String) -> String {
    fact.map_or_else(|| UNKNOWN.to_owned(), show)
}

/// A list of names.
pub(super) fn list(names: &[String]) -> String {
    match names.is_empty() {
        true => ABSENT.to_owned(),
        false => codes(names),
    }
}

/// A part of a cell that says which fact is unknown or absent.
fn part<T>(name: &str, fact: Option<T>, show: impl Fn(T) -> Option<String>) -> String {
    match fact.map(show) {
        None => format!("{name} {UNKNOWN}"),
        Some(None) => format!("{name} {ABSENT}"),
        Some(Some(shown)) => shown,
    }
}

/// How long a description is.
pub(super) fn length(text: Option<&Prose>) -> String {
    fact(text, |text| match text.fingerprints().count() {
        0 => ABSENT.to_owned(),
        length => count(length, "sentence"),
    })
}

fn sentences(text: Option<&Prose>) -> String {
    let length = length(text);
    match length.as_str() {
        UNKNOWN | ABSENT => format!("sentences {length}"),
        _ => length,
    }
}

/// What is not there: unknown where the source does not name all that stands in `scope`.
pub(super) fn missing(operation: &Operation, scope: &str) -> String {
    match operation.is_untold(scope) {
        true => UNKNOWN.to_owned(),
        false => ABSENT.to_owned(),
    }
}

/// The field at `at`, or why there is none.
pub(super) fn field_at<'o>(operation: &'o Operation, at: &str) -> Result<&'o Field, String> {
    let scope = at.rsplit_once('.').map_or(at, |(scope, _)| scope);
    let unplaced = |at: &str| {
        let mut unplaced = operation.unplaced.iter();
        unplaced.any(|u| u.places.iter().any(|place| place == at))
    };
    match operation.field(at) {
        Some(field) => Ok(field),
        None if unplaced(at) => Err(UNKNOWN.to_owned()),
        None => Err(missing(operation, scope)),
    }
}

/// Everything but its values, in one cell.
pub(super) fn field(operation: &Operation, at: &str, side: Side) -> String {
    let field = match field_at(operation, at) {
        Ok(field) => field,
        Err(missing) => return missing,
    };
    let mut parts = vec![part("type", field.ty.as_ref(), |ty| {
        Some(code(ty.as_str()))
    })];
    let requirement = |required| match required {
        true => Some("required".to_owned()),
        false => Some("optional".to_owned()),
    };
    match at {
        "body" => parts.push(part("required", operation.body_required, requirement)),
        // The body of a response is there or not.
        _ if operation
            .response(at.trim_start_matches("responses."))
            .is_some() => {}
        _ => parts.push(part("required", field.required, requirement)),
    }
    parts.push(part(
        "values",
        field.values.as_ref(),
        |values| match values {
            Values::Untold(_) => Some(format!("an enumeration, values {UNKNOWN}")),
            Values::Listed(values) => (!values.is_empty()).then(|| count(values.len(), "value")),
        },
    ));
    parts.push(part("constraints", field.constraints.as_ref(), |all| {
        let all: Vec<String> = all
            .iter()
            .map(|(key, value)| format!("{key} {value}"))
            .collect();
        (!all.is_empty()).then(|| codes(all))
    }));
    parts.push(part("deprecated", field.deprecated, |deprecated| {
        deprecated.then(|| "deprecated".to_owned())
    }));
    if side == Side::Source {
        parts.push(sentences(field.text.as_ref()));
    }
    parts.join(", ")
}

/// Whether a field takes a value.
pub(super) fn value(operation: &Operation, at: &str, value: &str) -> String {
    let told = match field_at(operation, at) {
        Ok(field) => match &field.values {
            None | Some(Values::Untold(_)) => UNKNOWN,
            Some(Values::Listed(values)) if values.is_empty() => "any",
            Some(Values::Listed(values)) if values.iter().any(|v| v == value) => YES,
            Some(Values::Listed(_)) => ABSENT,
        },
        Err(missing) => return missing,
    };
    told.to_owned()
}

/// A status: reason, body, headers.
pub(super) fn response(operation: &Operation, status: &str, side: Side) -> String {
    let Some(response) = operation.response(status) else {
        return match operation.responses.is_empty() {
            true => UNKNOWN.to_owned(),
            false => ABSENT.to_owned(),
        };
    };
    let Response {
        status: _,
        reason,
        text,
        media_types,
        headers,
    } = response;
    let at = format!("responses.{status}");
    let mut parts = vec![part("reason", reason.as_ref(), |reason| Some(code(reason)))];
    parts.push(match (operation.field(&at), media_types) {
        (Some(_), Some(types)) if !types.is_empty() => format!("body {}", codes(types)),
        (Some(_), _) => "body".to_owned(),
        (None, _) => format!("body {}", missing(operation, &at)),
    });
    parts.push(part("headers", headers.as_ref(), |headers| {
        (!headers.is_empty()).then(|| format!("headers {}", codes(headers)))
    }));
    if side == Side::Source {
        parts.push(sentences(text.as_ref()));
    }
    parts.join(", ")
}

/// Whether there is an example.
pub(super) fn example(operation: &Operation, at: &str) -> String {
    let is_there = operation.examples.iter().any(|example| example.at == at);
    let status = at
        .strip_prefix("responses.")
        .and_then(|at| at.split('.').next());
    match status {
        _ if is_there => YES.to_owned(),
        Some(status) => missing(operation, &format!("responses.{status}")),
        // Where no address is shown, nothing is said of an example in it.
        None if at.starts_with("query.") && operation.servers.is_none() => UNKNOWN.to_owned(),
        None => ABSENT.to_owned(),
    }
}
