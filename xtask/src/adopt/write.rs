//! Writes an edit into the contract.

mod fields;
mod lists;
mod responses;

use serde_json::{Map, Value};
use webex_precheck_contract::inventory::Operation;
use webex_precheck_contract::location::FieldPath;

use super::consequence::Edit;
use super::place::{Contract, Pointer};

/// Makes the contract agree with what a source documents of an operation, in one point. `None` where the
/// contract has nothing to edit there.
pub(super) fn write(contract: &mut Value, fresh: &Operation, edit: &Edit) -> Option<()> {
    let mut writer = Writer { contract, fresh };
    match edit {
        Edit::AddField(path) => writer.add_field(path),
        Edit::RemoveField(path) => writer.remove_field(path),
        Edit::RenameField(path, name) => writer.rename_field(path, name),
        Edit::Retype(path) => writer.retype(path, false),
        Edit::Relist(path) => writer.retype(path, true),
        Edit::Require(path, required) => writer.require(path, *required),
        Edit::Deprecate(path, deprecated) => writer.deprecate(path, *deprecated),
        Edit::DeprecateOperation(deprecated) => {
            let operation = writer.place().operation()?;
            writer.mark(&operation, "deprecated", *deprecated)
        }
        Edit::Constrain(path, keyword, value) => writer.constrain(path, keyword, value.as_deref()),
        Edit::AddValue(path, value) => writer.add_value(path, value),
        Edit::RemoveValue(path, value) => {
            writer.values(path)?.retain(|known| known != value);
            Some(())
        }
        Edit::AddStatus(status) => writer.add_status(status),
        Edit::RemoveStatus(status) => {
            let responses = writer.place().member("responses")?;
            writer.object(&responses)?.shift_remove(status).map(drop)
        }
        Edit::AddBody(status) => writer.add_body(status),
        Edit::AddDependency(package) => writer.add_dependency(package),
        Edit::RemoveDependency(package) => writer.dependencies()?.shift_remove(package).map(drop),
        Edit::RemoveAlternative(package, needed) => {
            let list = writer.dependencies()?.get_mut(package)?.as_array_mut()?;
            list.retain(|name| name != needed);
            Some(())
        }
    }
}

/// Writes into the contract what a source documents of an operation.
struct Writer<'w> {
    contract: &'w mut Value,
    fresh: &'w Operation,
}

impl Writer<'_> {
    fn place(&self) -> Contract<'_> {
        Contract {
            root: self.contract,
            id: self.fresh.id,
        }
    }

    fn object(&mut self, pointer: &str) -> Option<&mut Map<String, Value>> {
        self.contract.pointer_mut(pointer)?.as_object_mut()
    }

    /// The parameter, or the schema that has the field.
    fn owner(&self, path: &FieldPath) -> Option<Pointer> {
        if path.section.is_parameter() {
            Some(self.place().parameter(path)?.1)
        } else {
            self.place().site(path)
        }
    }

    /// Sets a keyword that is either true or absent.
    fn mark(&mut self, pointer: &str, keyword: &str, value: bool) -> Option<()> {
        let object = self.object(pointer)?;
        if value {
            object.insert(keyword.to_owned(), Value::Bool(true));
        } else {
            object.shift_remove(keyword);
        }
        Some(())
    }
}

/// Inserts a member behind another one, or at the end.
pub(super) fn insert_after(
    contract: &mut Value,
    folder: &str,
    neighbour: &str,
    name: &str,
    value: Value,
) {
    if let Some(Value::Object(object)) = contract.pointer_mut(folder) {
        let index = object.keys().position(|key| key == neighbour);
        let index = index.map_or(object.len(), |index| index + 1);
        object.shift_insert(index, name.to_owned(), value);
    }
}
