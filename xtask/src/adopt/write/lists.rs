//! Package dependencies and enumerated values.

use serde_json::{Map, Value, json};
use webex_precheck_contract::location::FieldPath;

use super::{Writer, insert_after};

impl Writer<'_> {
    pub(super) fn dependencies(&mut self) -> Option<&mut Map<String, Value>> {
        let table = self.place().member("x-package-dependencies")?;
        self.object(&table)
    }

    /// Adds a package's dependencies, or those that are missing.
    pub(super) fn add_dependency(&mut self, package: &str) -> Option<()> {
        let needed = self.fresh.dependencies.as_ref()?.get(package)?.clone();
        let operation = self.place().operation()?;
        if self.dependencies().is_none() {
            let (neighbour, name) = ("x-webex-scope", "x-package-dependencies");
            insert_after(self.contract, &operation, neighbour, name, json!({}));
        }
        let list = self
            .dependencies()?
            .entry(package)
            .or_insert_with(|| json!([]));
        insert_missing(list.as_array_mut()?, &needed);
        Some(())
    }

    /// The enumerated values of a field.
    pub(super) fn values(&mut self, path: &FieldPath) -> Option<&mut Vec<Value>> {
        let list = format!("{}/enum", self.place().enumeration(path)?);
        self.contract.pointer_mut(&list)?.as_array_mut()
    }

    pub(super) fn add_value(&mut self, path: &FieldPath, value: &str) -> Option<()> {
        let documented = self.fresh.field(path)?.listed_values().to_vec();
        let values = self.values(path)?;
        // One value at a time: each is a difference of its own.
        let known = documented
            .into_iter()
            .filter(|it| it == value || values.iter().any(|known| known == it));
        let known: Vec<String> = known.collect();
        insert_missing(values, &known);
        Some(())
    }
}

/// Inserts what is missing, each value behind the one that it follows.
fn insert_missing(list: &mut Vec<Value>, wanted: &[String]) {
    let mut next = 0;
    for value in wanted {
        let known = list.iter().position(|known| known == value);
        let index = known.unwrap_or(next);
        if known.is_none() {
            list.insert(index, Value::from(value.as_str()));
        }
        next = index + 1;
    }
}
