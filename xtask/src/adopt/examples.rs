//! Examples that contradict the contract: a source that changes a type may show the old one still.

use serde_json::Value;
use webex_precheck_contract::OperationId;
use webex_precheck_contract::contradictions::of_examples;
use webex_precheck_contract::location::{ExampleId, Location};

use crate::workspace::facts;

use super::place::Contract;

/// Drops the examples that show another type than is declared.
pub(super) fn drop_contradictory(root: &mut Value) {
    for operation in facts(root).operations {
        for contradiction in of_examples(&operation) {
            if let Location::Example(id, _) = contradiction.place {
                // One that was dropped already is not there any more.
                let _ = remove(root, &operation.id, &id);
            }
        }
    }
}

fn remove(root: &mut Value, id: &OperationId, example: &ExampleId) -> Option<Value> {
    let media_type = Contract { root, id }.media_type(&example.section)?;
    let (holder, name) = match &example.name {
        None => (media_type, "example"),
        Some(name) => (format!("{media_type}/examples"), name.as_str()),
    };
    let holder = root.pointer_mut(&holder)?.as_object_mut()?;
    holder.shift_remove(name)
}
