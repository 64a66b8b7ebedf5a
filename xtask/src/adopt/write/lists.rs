//! Package dependencies and enumerated values.

use serde_json::{Map, Value, json};
use webex_precheck_contract::location::FieldPath;

use super::{Writer, member_mut};

impl Writer<'_> {
    pub(super) fn dependencies(&mut self) -> Option<&mut Map<String, Value>> {
        let table = self.place().member("x-package-dependencies")?;
        self.object(&table)
    }

    /// Adds a package's dependencies, or those that are missing.
    pub(super) fn add_dependency(&mut self, package: &str) -> Option<()> {
        let needed = self.fresh.dependencies.as_ref()?.get(package)?;
        let (name, neighbour) = ("x-package-dependencies", "x-webex-scope");
        let table = member_mut(self.contract, &self.fresh.id, name, neighbour, json!({}))?;
        let list = table.as_object_mut()?.entry(package).or_insert(json!([]));
        insert_missing(list.as_array_mut()?, needed.iter());
        Some(())
    }

    /// The enumerated values of a field.
    pub(super) fn values(&mut self, path: &FieldPath) -> Option<&mut Vec<Value>> {
        let list = format!("{}/enum", self.place().enumeration(path)?);
        self.contract.pointer_mut(&list)?.as_array_mut()
    }

    pub(super) fn add_value(&mut self, path: &FieldPath, value: &str) -> Option<()> {
        let documented = self.fresh.field(path)?.listed_values().iter();
        let values = self.values(path)?;
        // One value at a time: each is a difference of its own.
        let known = values.clone();
        let is_wanted = |it: &&String| *it == value || known.iter().any(|known| known == *it);
        insert_missing(values, documented.filter(is_wanted));
        Some(())
    }
}

/// Inserts what is missing, each value behind the one that it follows.
fn insert_missing<'a>(list: &mut Vec<Value>, wanted: impl Iterator<Item = &'a String>) {
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
