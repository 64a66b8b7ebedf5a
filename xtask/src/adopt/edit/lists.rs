//! Package dependencies and enumerated values.

use serde_json::{Map, Value, json};

use crate::adopt::place::{self};
use crate::adopt::shared::{Reach, insert_after};

use super::{Applied, BY_HAND, Edit, Left, Outcome};

impl Edit<'_, '_> {
    pub(super) fn dependencies(&mut self) -> Option<&mut Map<String, Value>> {
        let operation = place::operation(self.contract, self.id)?;
        self.object_at(&format!("{operation}/x-package-dependencies"))
    }

    /// Adds a package's dependencies, or those that are missing.
    pub(super) fn add_dependency(&mut self, package: &str) -> Outcome {
        let documented = self.operation.dependencies.as_ref();
        let Some(needed) = documented.and_then(|table| table.get(package)).cloned() else {
            return Left(BY_HAND);
        };
        let Some(operation) = place::operation(self.contract, self.id) else {
            return Left(BY_HAND);
        };
        if self.dependencies().is_none() {
            let table = json!({});
            insert_after(
                self.contract,
                &operation,
                "x-webex-scope",
                "x-package-dependencies",
                table,
            );
        }
        let Some(table) = self.dependencies() else {
            return Left(BY_HAND);
        };
        match table.get_mut(package) {
            Some(Value::Array(list)) => insert_missing(list, &needed),
            _ => {
                table.insert(package.to_owned(), Value::from(needed));
            }
        }
        Applied
    }

    pub(super) fn enumeration(&mut self, at: &str) -> Option<&mut Vec<Value>> {
        let site = place::site(self.contract, self.id, at)?;
        let schema = place::enumeration(self.contract, &site)?;
        self.contract
            .pointer_mut(&format!("{schema}/enum"))?
            .as_array_mut()
    }

    pub(super) fn add_value(&mut self, at: &str, value: &str) -> Outcome {
        if let Err(outcome) = self.own(at, Reach::Target, &format!("[{value}]")) {
            return outcome;
        }
        let field = self.fresh_field(at);
        let documented = field.as_ref().and_then(|field| field.values.as_ref());
        let documented = documented
            .map_or(&[][..], |values| values.listed())
            .to_vec();
        let Some(values) = self.enumeration(at) else {
            return Left(BY_HAND);
        };
        // One value at a time: each is a difference of its own.
        let known: Vec<String> = documented
            .into_iter()
            .filter(|it| it == value || values.iter().any(|known| known == it))
            .collect();
        insert_missing(values, &known);
        Applied
    }
}

/// Inserts what is missing, each value behind the one that it follows.
fn insert_missing(list: &mut Vec<Value>, wanted: &[String]) {
    let mut last = None;
    for value in wanted {
        match list.iter().position(|known| known == value) {
            Some(index) => last = Some(index),
            None => {
                let index = last.map_or(0, |index: usize| index + 1);
                list.insert(index, Value::from(value.as_str()));
                last = Some(index);
            }
        }
    }
}
