//! Rules for the fields of any request: each is known, and none is empty. They are warnings all.

use serde_json::Value;
use webex_precheck_api::{FieldType, Operation, RequestField};

use super::{Findings, Rule, shown};

/// Unknown fields that are reported. More of them are no slip.
const MAX_UNKNOWN: usize = 20;

pub(super) fn check(body: &Value, operation: &Operation, findings: &mut Findings) {
    for field in operation.fields {
        // Where a rule of its own speaks of the field already, one finding is enough.
        if is_empty(field, body) && !findings.found.iter().any(|it| it.field == field.path) {
            let reason = "it is empty, and is sent like that".to_owned();
            findings.add(Rule::EmptyValue, field.path.to_owned(), reason);
        }
    }
    let mut unknown = Vec::new();
    collect_unknown(body, operation, "", &mut unknown);
    unknown.sort_unstable();
    for path in unknown.into_iter().take(MAX_UNKNOWN) {
        let hint = match nearest(&path, operation) {
            None => String::new(),
            Some(nearest) if nearest == path => {
                "; a dot in a name makes no nested object: write one".to_owned()
            }
            Some(nearest) => format!("; do you mean {nearest}?"),
        };
        let reason = format!("this release does not know this field{hint}");
        findings.add(Rule::UnknownField, shown(&path), reason);
    }
}

fn is_empty(field: &RequestField, body: &Value) -> bool {
    let mut path = field.path.split('.');
    let value = path.try_fold(body, |at, name| at.get(name));
    let text = value.and_then(Value::as_str);
    field.ty == FieldType::String && text.is_some_and(|text| text.trim().is_empty())
}

/// Collects the paths of fields that the operation does not have.
fn collect_unknown(object: &Value, operation: &Operation, path: &str, unknown: &mut Vec<String>) {
    for (name, value) in object.as_object().into_iter().flatten() {
        let at = join(path, name);
        let within = format!("{at}.");
        let mut fields = operation.fields.iter();
        if name.contains('.') {
            // No name of a field, though it may read like a path.
            unknown.push(at);
        } else if fields.any(|field| field.path.starts_with(&within)) {
            collect_unknown(value, operation, &at, unknown);
        } else if operation.field(&at).is_none() {
            unknown.push(at);
        }
    }
}

fn join(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    }
}

/// The known field whose name is most like that of this one, wherever it is.
fn nearest<'a>(path: &str, operation: &'a Operation) -> Option<&'a str> {
    let (parent, name) = parts(path);
    // The objects that hold fields are fields too.
    let known = operation.fields.iter().flat_map(|field| {
        let ends = field.path.match_indices('.').map(|(end, _)| end);
        ends.chain([field.path.len()]).map(|end| &field.path[..end])
    });
    let wanted = plain(name);
    let distance = |known: &&str| {
        let (its_parent, name) = parts(known);
        (
            strsim::levenshtein(&wanted, &plain(name)),
            its_parent != parent,
        )
    };
    let best = known.min_by_key(distance)?;
    (distance(&best).0 <= wanted.chars().count().div_ceil(3)).then_some(best)
}

/// The path of the object around a field, and the field's name.
fn parts(path: &str) -> (&str, &str) {
    path.rsplit_once('.').unwrap_or(("", path))
}

/// Letters and digits alone, in lower case: `customer_id` is `customerId` in another style. Names are
/// cut, since the distance of long ones takes long to compute.
fn plain(name: &str) -> String {
    let chars = name.chars().filter(|c| c.is_alphanumeric()).take(60);
    chars.flat_map(char::to_lowercase).collect()
}
