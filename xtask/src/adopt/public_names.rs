//! The names that an adoption adds to the public API: types, and flags of the program.

use serde_json::{Map, Value};
use webex_precheck_contract::OperationId;

use super::flag_names;
use super::place::{Pointer, escape};

/// The new names as a list, and where the first of them stands in the contract; none if there are none.
pub(super) fn new(before: &Value, after: &Value) -> Option<(Pointer, String)> {
    let schemas = |contract: &Value| {
        let schemas = contract.pointer("/components/schemas");
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
        let new = names.filter(move |(field, _)| !known.iter().any(|(other, _)| other == field));
        new.map(|(_, name)| format!("--{name}")).collect::<Vec<_>>()
    });
    let flags: Vec<String> = flags.collect();
    let kinds = [("types", &types), ("flags", &flags)].into_iter();
    let kinds = kinds.filter(|(_, names)| !names.is_empty());
    let kinds: Vec<String> = kinds
        .map(|(kind, names)| format!("{kind} {}", names.join(", ")))
        .collect();
    let first = types
        .first()
        .map(|name| format!("/components/schemas/{}", escape(name)));
    (!kinds.is_empty()).then(|| (first.unwrap_or("/paths".to_owned()), kinds.join("; ")))
}
