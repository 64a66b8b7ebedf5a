//! Examples that contradict the contract: a source that changes a type may show the old one still.

use serde_json::Value;
use webex_precheck_contract::{OperationId, openapi};

use crate::workspace::CONTRACT;

use super::place;

/// Drops the examples that show another type than is declared.
pub(super) fn drop_contradictory(contract: &mut Value) {
    let (_, problems) = openapi::read(CONTRACT, &contract.to_string());
    for problem in problems {
        let Some((operation, at)) = problem.place.split_once(" examples.") else {
            continue;
        };
        let id = OperationId::ALL
            .into_iter()
            .find(|id| id.as_str() == operation);
        if let Some(id) = id {
            // One that was dropped already is not there any more.
            let _ = remove(contract, id, at);
        }
    }
}

fn remove(contract: &mut Value, id: OperationId, at: &str) -> Option<Value> {
    let parts: Vec<&str> = at.split('.').collect();
    let (holder, name) = match parts.as_slice() {
        ["request", name @ ..] => (place::request_body(contract, id)?, name.first()),
        ["responses", status, name @ ..] => (place::response(contract, id, status)?, name.first()),
        _ => return None,
    };
    let media = place::media_type(contract, &holder)?;
    match name {
        None => contract
            .pointer_mut(&media)?
            .as_object_mut()?
            .shift_remove("example"),
        Some(name) => contract
            .pointer_mut(&format!("{media}/examples"))?
            .as_object_mut()?
            .shift_remove(*name),
    }
}
