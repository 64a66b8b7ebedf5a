//! The names that an adoption adds to the public API: types, their fields and values, and flags.

use serde_json::Value;
use webex_precheck_contract::{Endpoint, openapi};

use super::flag_names;
use super::place::{Pointer, SCHEMAS, escape};

/// The new names as a list, and where the first of them stands in the contract; none if there are none.
pub(super) fn new(before: &Value, after: &Value) -> Option<(Pointer, String)> {
    let (mut types, mut members, mut flags) = (Vec::new(), Vec::new(), Vec::new());
    let known = before.pointer(SCHEMAS).unwrap_or(&Value::Null);
    let schemas = after.pointer(SCHEMAS).and_then(Value::as_object);
    for (name, schema) in schemas.into_iter().flatten() {
        let Some(known) = known.get(name) else {
            types.push(name.clone());
            continue;
        };
        let mut new = members_of(schema);
        new.retain(|member| !members_of(known).contains(member));
        members.extend(new.iter().map(|member| format!("{name}.{member}")));
    }
    for Endpoint { id, .. } in openapi::endpoints(after).iter() {
        let known = flag_names::names(before, id);
        let mut new = flag_names::names(after, id);
        new.retain(|it| !known.iter().any(|other| other.path == it.path));
        flags.extend(new.iter().map(|it| format!("--{}", it.flag)));
    }
    let first = types.first().or(members.first()).map_or("", String::as_str);
    let first = first.split('.').next().unwrap_or_default();
    let first = format!("{SCHEMAS}/{}", escape(first));
    let kinds = [("types", types), ("members", members), ("flags", flags)].into_iter();
    let kinds = kinds.filter(|(_, names)| !names.is_empty());
    let kinds: Vec<String> = kinds
        .map(|(kind, names)| format!("{kind} {}", names.join(", ")))
        .collect();
    (!kinds.is_empty()).then(|| (first, kinds.join("; ")))
}

/// The names of the fields of a schema, and its values.
fn members_of(schema: &Value) -> Vec<&str> {
    let fields = schema["properties"].as_object().into_iter().flatten();
    let values = schema["enum"].as_array().into_iter().flatten();
    let fields = fields.map(|(name, _)| name.as_str());
    fields.chain(values.filter_map(Value::as_str)).collect()
}
