//! What the contract has and the source has not: it goes only where nobody documents it any more.

use serde_json::Value;
use webex_precheck_contract::OperationId;
use webex_precheck_contract::inventory::Operation;

use crate::adopt::place::{self, plain};
use crate::adopt::shared::{self, Reach};

use super::{Applied, BY_HAND, Edit, Kept, Left, Outcome, REMOVAL, SHARED, last, parameter};

impl Edit<'_, '_> {
    /// What becomes of something that the contract has and the source has not, unless it may go.
    pub(super) fn may_go(&self, elsewhere: impl Fn(&Operation) -> bool) -> Result<(), Outcome> {
        let documented = self.facts.others.iter().any(|other| {
            let operation = other.operation(self.id);
            operation.is_some_and(&elsewhere)
        });
        match (documented, self.facts.allow_breaking) {
            (true, _) => Err(Kept("Another source documents it.")),
            (false, false) => Err(Left(REMOVAL)),
            (false, true) => Ok(()),
        }
    }

    pub(super) fn remove_status(&mut self, status: &str) -> Outcome {
        if let Err(outcome) = self.may_go(|operation| operation.response(status).is_some()) {
            return outcome;
        }
        let Some(operation) = place::operation(self.contract, self.id) else {
            return Left(BY_HAND);
        };
        match self.object_at(&format!("{operation}/responses")) {
            Some(responses) => {
                responses.shift_remove(status);
                Applied
            }
            None => Left(BY_HAND),
        }
    }

    pub(super) fn remove_value(&mut self, at: &str, value: &str) -> Outcome {
        let listed = |operation: &Operation| {
            let values = operation.field(at).and_then(|field| field.values.as_ref());
            let needed = operation.dependencies.iter().flatten();
            let mut needed = needed.flat_map(|(package, needed)| needed.iter().chain([package]));
            values.is_some_and(|values| values.listed().iter().any(|it| it == value))
                || needed.any(|package| package == value)
        };
        if let Err(outcome) = self.may_go(listed) {
            return outcome;
        }
        if let Err(outcome) = self.own(at, Reach::Target, &format!("[{value}]")) {
            return outcome;
        }
        let Some(values) = self.enumeration(at) else {
            return Left(BY_HAND);
        };
        values.retain(|known| known != value);
        Applied
    }

    pub(super) fn remove_field(&mut self, at: &str) -> Outcome {
        if self.is_backed_by_sharers(at) {
            return Kept(SHARED);
        }
        if let Err(outcome) = self.may_go(|operation| operation.field(at).is_some()) {
            return outcome;
        }
        if let Some((kind, name)) = parameter(at) {
            return self.remove_parameter(kind, &plain(name));
        }
        if let Err(outcome) = self.own(at, Reach::Holder, "") {
            return outcome;
        }
        let Some(place) = place::find(self.contract, self.id, at) else {
            return Left(BY_HAND);
        };
        let name = plain(last(at));
        self.require(&place.holder, &name, false);
        if let Some(properties) = self.object_at(&format!("{}/properties", place.holder)) {
            properties.shift_remove(&name);
        }
        Applied
    }

    /// Whether a field is there for another place that shares it, and is documented there.
    pub(super) fn is_backed_by_sharers(&self, at: &str) -> bool {
        let site = |contract: &Value, id: OperationId, at: &str| place::site(contract, id, at);
        let Some(pointer) = site(self.contract, self.id, at) else {
            return false;
        };
        let sharers = shared::with(self.contract, self.facts.contract, &pointer, site);
        let mut sharers = sharers.iter().filter(|it| **it != (self.id, at.to_owned()));
        sharers.any(|(id, at)| {
            let fresh = self.facts.fresh.operation(*id);
            fresh.is_some_and(|operation| operation.field(at).is_some())
        })
    }

    pub(super) fn remove_parameter(&mut self, kind: &str, name: &str) -> Outcome {
        let Some(found) = place::parameter(self.contract, self.id, kind, name) else {
            return Left(BY_HAND);
        };
        let Some(operation) = place::operation(self.contract, self.id) else {
            return Left(BY_HAND);
        };
        let list = format!("{operation}/parameters");
        let count = self.contract.pointer(&list).and_then(Value::as_array);
        let index = (0..count.map_or(0, Vec::len))
            .find(|index| place::follow(self.contract, &format!("{list}/{index}")) == found);
        match (self.contract.pointer_mut(&list), index) {
            (Some(Value::Array(parameters)), Some(index)) => {
                parameters.remove(index);
                Applied
            }
            _ => Left(BY_HAND),
        }
    }

    pub(super) fn remove(&mut self, package: &str, needed: Option<&str>) -> Outcome {
        let elsewhere = |operation: &Operation| {
            let table = operation.dependencies.as_ref();
            let list = table.and_then(|table| table.get(package));
            list.is_some_and(|list| needed.is_none_or(|name| list.iter().any(|it| it == name)))
        };
        if let Err(outcome) = self.may_go(elsewhere) {
            return outcome;
        }
        let Some(table) = self.dependencies() else {
            return Left(BY_HAND);
        };
        match needed {
            None => {
                table.shift_remove(package);
            }
            Some(needed) => {
                if let Some(Value::Array(list)) = table.get_mut(package) {
                    list.retain(|name| name != needed);
                }
            }
        }
        Applied
    }
}
