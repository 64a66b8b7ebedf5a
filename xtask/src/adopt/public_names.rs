//! The names that an adoption adds to the public API: types, their fields and values, and flags.

use serde_json::{Map, Value};
use webex_precheck_contract::OperationId;

use super::flag_names;
use super::place::{Pointer, SCHEMAS, escape};

/// The new names as a list, and where the first of them stands in the contract; none if there are none.
pub(super) fn new(before: &Value, after: &Value) -> Option<(Pointer, String)> {
    let schemas = |contract: &Value| {
        let schemas = contract.pointer(SCHEMAS);
        schemas
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default()
    };
    let known: Map<String, Value> = schemas(before);
    let types: Vec<String> = schemas(after)
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| !known.contains_key(name))
        .collect();
    let flags = OperationId::ALL.into_iter().flat_map(|id| {
        let known = flag_names::names(before, id);
        let names = flag_names::names(after, id).into_iter();
        let new = names.filter(move |it| !known.iter().any(|other| other.path == it.path));
        new.map(|it| format!("--{}", it.flag)).collect::<Vec<_>>()
    });
    let flags: Vec<String> = flags.collect();
    let members: Vec<String> = schemas(after)
        .iter()
        .filter_map(|(name, schema)| Some((name, known.get(name)?, schema)))
        .flat_map(|(name, before, after)| {
            let known = members(before);
            let new = members(after)
                .into_iter()
                .filter(move |it| !known.contains(it));
            new.map(move |member| format!("{name}.{member}"))
        })
        .collect();
    let first = types.first().or(members.first()).cloned();
    let first = first.unwrap_or_default();
    let first = first.split('.').next().unwrap_or_default();
    let kinds = [("types", types), ("members", members), ("flags", flags)].into_iter();
    let kinds = kinds.filter(|(_, names)| !names.is_empty());
    let kinds: Vec<String> = kinds
        .map(|(kind, names)| format!("{kind} {}", names.join(", ")))
        .collect();
    let first = format!("{SCHEMAS}/{}", escape(first));
    (!kinds.is_empty()).then(|| (first, kinds.join("; ")))
}

/// The names of the fields of a schema, and its values.
fn members(schema: &Value) -> Vec<String> {
    let fields = schema["properties"].as_object().into_iter().flatten();
    let values = schema["enum"].as_array().into_iter().flatten();
    let values = values.filter_map(Value::as_str).map(str::to_owned);
    fields.map(|(name, _)| name.clone()).chain(values).collect()
}
