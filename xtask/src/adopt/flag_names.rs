//! What the program shows of fields that are added or removed. A flag whose name is taken gets another
//! one, those that people know stay, and a field that is gone has none; the template shows the
//! documented example of a field that is new.

use serde_json::{Value, json};
use webex_precheck_contract::location::FieldPath;
use webex_precheck_contract::{OperationId, openapi};

use crate::codegen::flags::{self, FlagName};
use crate::codegen::names::kebab;

use super::names::free;
use super::place::Contract;
use super::write::member_mut;

const FLAG_NAMES: &str = "x-flag-names";
const TEMPLATE: &str = "x-template";

/// Gives flags to the fields that `edited` has and `original` has not.
pub(super) fn settle(original: &Value, edited: &mut Value) {
    for endpoint in openapi::endpoints(edited).iter() {
        let id = &endpoint.id;
        forget(edited, id);
        let known = names(original, id);
        let mut taken: Vec<String> = known.iter().map(|it| it.flag.clone()).collect();
        taken.extend(flags::RESERVED.iter().map(|&name| name.to_owned()));
        for FlagName { path, flag } in names(edited, id) {
            if known.iter().any(|other| other.path == path) {
                continue;
            }
            // The fields of a new object are told apart by its name, as those beside them are.
            let beside = |it: &&FlagName| parents(&it.path) == parents(&path);
            let mut beside = known.iter().filter(beside);
            let are_told_apart = beside.all(|it| with_object(&it.path).as_ref() == Some(&it.flag));
            let wanted = with_object(&path).filter(|_| are_told_apart);
            let own = free_flag(&path, wanted.unwrap_or(flag.clone()), &taken);
            if own != flag
                && let Some(names) = member_mut(edited, id, FLAG_NAMES, "x-webex-scope", json!({}))
            {
                names[path.join(".")] = Value::from(own.as_str());
            }
            taken.push(own);
            show_example(edited, id, &path);
        }
    }
}

/// The fields of a request with the names of their flags.
pub(super) fn names(root: &Value, id: &OperationId) -> Vec<FlagName> {
    let operation = Contract { root, id }.operation();
    let operation = operation.and_then(|pointer| root.pointer(&pointer));
    operation.map_or(Vec::new(), |operation| flags::names(root, operation))
}

fn parents(path: &[String]) -> &[String] {
    path.split_last().map_or(&[], |(_, parents)| parents)
}

/// `OBJECT-NAME` for a field in an object.
fn with_object(path: &[String]) -> Option<String> {
    match path {
        [.., object, name] => Some(format!("{}-{}", kebab(object), kebab(name))),
        _ => None,
    }
}

/// The name, with those of the objects around the field before it until nobody else has it.
fn free_flag(path: &[String], wanted: String, taken: &[String]) -> String {
    let is_taken = |name: &str| taken.iter().any(|other| other == name);
    let mut name = wanted;
    for object in parents(path).iter().rev() {
        if !is_taken(&name) {
            break;
        }
        name = format!("{}-{name}", kebab(object));
    }
    free(&name, "-", is_taken)
}

/// Forgets the names and template values of fields that are gone.
fn forget(root: &mut Value, id: &OperationId) -> Option<()> {
    let fields: Vec<Vec<String>> = names(root, id).into_iter().map(|it| it.path).collect();
    let known: Vec<String> = fields.iter().map(|path| path.join(".")).collect();
    let operation = Contract { root, id }.operation()?;
    let operation = root.pointer_mut(&operation)?;
    if let Some(Value::Object(names)) = operation.get_mut(FLAG_NAMES) {
        names.retain(|name, _| known.contains(name));
    }
    if let Some(template) = operation.get_mut(TEMPLATE) {
        retain(template, &[], &fields);
    }
    Some(())
}

/// Keeps the values of these fields, and the objects that have some.
fn retain(value: &mut Value, path: &[String], fields: &[Vec<String>]) {
    let Value::Object(object) = value else {
        return;
    };
    object.retain(|name, value| {
        let at = [path, std::slice::from_ref(name)].concat();
        let is_above = |field: &Vec<String>| field.len() > at.len() && field.starts_with(&at);
        let has_fields = fields.iter().any(is_above);
        if has_fields {
            retain(value, &at, fields);
        }
        fields.contains(&at) || (has_fields && value.as_object().is_some_and(|it| !it.is_empty()))
    });
}

/// Puts the documented example of a field into the template, unless something is there.
fn show_example(root: &mut Value, id: &OperationId, path: &[String]) -> Option<()> {
    let place = Contract { root, id };
    let names = path.iter();
    let field = names.fold(FieldPath::body(), |it, name| it.child(name));
    let site = place.follow(&place.site(&field)?);
    let example = root.pointer(&format!("{site}/example"))?.clone();
    let mut at = root.pointer_mut(&place.member(TEMPLATE)?)?;
    for name in parents(path) {
        at = at.as_object_mut()?.entry(name).or_insert(json!({}));
    }
    at.as_object_mut()?.entry(path.last()?).or_insert(example);
    Some(())
}

#[cfg(test)]
mod tests {
    //! A taken name is told apart by what is around the field.
    use super::*;

    #[test]
    fn taken_names_get_those_of_their_objects() {
        let taken = ["city", "address-city", "output"].map(str::to_owned);
        let free = |path: &[&str]| {
            let path: Vec<String> = path.iter().map(|&name| name.to_owned()).collect();
            free_flag(&path, path[path.len() - 1].clone(), &taken)
        };
        assert_eq!(free(&["zip"]), "zip");
        assert_eq!(free(&["owner", "city"]), "owner-city");
        assert_eq!(free(&["owner", "address", "city"]), "owner-address-city");
        assert_eq!(free(&["output"]), "output-2");
    }
}
