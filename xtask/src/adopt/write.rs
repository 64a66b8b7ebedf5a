//! Writes into the contract what a source documents.

mod fields;
mod lists;
mod responses;
mod schema;

use serde_json::{Map, Value, json};
use webex_precheck_contract::OperationId;
use webex_precheck_contract::diff::{Change, Part};
use webex_precheck_contract::inventory::{Operation, Response};
use webex_precheck_contract::location::{FieldPath, List, Section};

use super::place::{Contract, Pointer};

/// Marks a description that is to be put into better words.
pub(super) const REWORD: &str = "x-reword";

/// Makes the contract agree with what a source documents of an operation, in one change from the source
/// to the contract. `None` where only a person can do that.
pub(super) fn write(contract: &mut Value, fresh: &Operation, change: &Change) -> Option<()> {
    let mut writer = Writer { contract, fresh };
    match change {
        Change::Removed(part) => writer.add(part),
        Change::Added(part) => writer.remove(part),
        Change::Renamed(Part::Field { field, .. }, known) => writer.rename_field(&field.at, known),
        Change::Renamed(part, _) => writer.add(part),
        Change::Type(path, _) => writer.retype(path, false),
        Change::Enumeration(path, _) => writer.retype(path, true),
        Change::Requirement(path, both) => writer.require(path, both.before),
        Change::Deprecation(path, both) => {
            writer.mark(&writer.owner(path)?, "deprecated", both.before)
        }
        Change::OperationDeprecation(both) => {
            writer.mark(&writer.place().operation()?, "deprecated", both.before)
        }
        Change::Constraint(path, keyword, both) => {
            writer.constrain(path, keyword, both.before.as_deref())
        }
        Change::Body(Section::Response(status), _) => writer.add_body(status),
        Change::Body(..)
        | Change::Method(_)
        | Change::Path(_)
        | Change::Security(_)
        | Change::Wording(..)
        | Change::Labels(..)
        | Change::Reason(..)
        | Change::FieldExample(..)
        | Change::Example(..)
        | Change::Undocumented(..) => None,
    }
}

/// Writes into the contract what a source documents of an operation.
struct Writer<'w> {
    contract: &'w mut Value,
    fresh: &'w Operation,
}

impl Writer<'_> {
    fn add(&mut self, part: &Part) -> Option<()> {
        match part {
            Part::Field { field, .. } => self.add_field(field),
            Part::Value(path, value, _) => self.add_value(path, value),
            Part::Item(List::Dependency(package), _) | Part::Dependency(package, _) => {
                self.add_dependency(package)
            }
            Part::Status(response) => self.add_status(response),
            Part::Item(List::Servers | List::MediaTypes(_) | List::Headers(_), _)
            | Part::Unnamed(..)
            | Part::Example(..) => None,
        }
    }

    fn remove(&mut self, part: &Part) -> Option<()> {
        match part {
            Part::Field { field, .. } => self.remove_field(&field.at),
            Part::Value(path, value, _) => {
                self.values(path)?.retain(|known| known != value);
                Some(())
            }
            Part::Item(List::Dependency(package), needed) => {
                let list = self.dependencies()?.get_mut(package)?.as_array_mut()?;
                list.retain(|name| name != needed);
                Some(())
            }
            Part::Dependency(package, _) => self.dependencies()?.shift_remove(package).map(drop),
            Part::Status(Response { status, .. }) => {
                let responses = self.place().member("responses")?;
                self.object(&responses)?.shift_remove(status).map(drop)
            }
            Part::Item(List::Servers | List::MediaTypes(_) | List::Headers(_), _)
            | Part::Unnamed(..)
            | Part::Example(..) => None,
        }
    }

    fn place(&self) -> Contract<'_> {
        Contract {
            root: self.contract,
            id: &self.fresh.id,
        }
    }

    fn object(&mut self, pointer: &str) -> Option<&mut Map<String, Value>> {
        self.contract.pointer_mut(pointer)?.as_object_mut()
    }

    /// What says of a field what its schema does not: the parameter, or the schema all the same.
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

/// The schema of a request that the contract does not have yet.
pub(super) fn new_request_schema(
    contract: &mut Value,
    fresh: &Operation,
    what: &str,
) -> Option<Value> {
    let body = fresh.field(&FieldPath::body())?;
    let mut schema = Writer { contract, fresh }.object_schema(body);
    schema["description"] = format!("A {what} as it would be provisioned.").into();
    Some(schema)
}

/// A `$ref` to what stands at a pointer.
pub(super) fn reference(pointer: &str) -> Value {
    json!({ "$ref": format!("#{pointer}") })
}

/// A member of an operation. Where it is none yet, `value` is put behind `neighbour`.
pub(super) fn member_mut<'c>(
    root: &'c mut Value,
    id: &OperationId,
    name: &str,
    neighbour: &str,
    value: Value,
) -> Option<&'c mut Value> {
    let operation = Contract { root, id }.operation()?;
    let operation = root.pointer_mut(&operation)?.as_object_mut()?;
    if !operation.contains_key(name) {
        let index = behind(operation, neighbour).unwrap_or(operation.len());
        operation.shift_insert(index, name.to_owned(), value);
    }
    operation.get_mut(name)
}

/// The index behind a member.
pub(super) fn behind(object: &Map<String, Value>, name: &str) -> Option<usize> {
    Some(object.keys().position(|key| key == name)? + 1)
}
