//! What the program shows of fields that are added or removed. A flag whose name is taken gets another
//! one, those that people know stay, and a field that is gone has none; the template shows the
//! documented example of a field that is new.

use serde_json::{Value, json};
use webex_precheck_contract::OperationId;

use crate::codegen::flags::{self, kebab};

use super::place::{self, plain};
use super::shared::insert_after;

/// Gives flags to the fields that `edited` has and `original` has not.
pub(super) fn settle(original: &Value, edited: &mut Value) {
    for id in OperationId::ALL {
        forget(edited, id);
        let known = names(original, id);
        let mut taken: Vec<String> = known.iter().map(|(_, name)| name.clone()).collect();
        taken.extend(flags::RESERVED.iter().map(|&name| name.to_owned()));
        for (field, name) in names(edited, id) {
            if known.iter().any(|(other, _)| *other == field) {
                continue;
            }
            // The fields of a new object are told apart by its name, as those beside them are.
            let told_apart = |field: &str| {
                let (parents, name) = field.rsplit_once('.')?;
                let object = kebab(&plain(last(parents)));
                Some(format!("{object}-{}", kebab(&plain(name))))
            };
            let parent = field.rsplit_once('.').map(|(parent, _)| parent);
            let of_parent = |(other, _): &&(String, String)| {
                other.rsplit_once('.').map(|(parent, _)| parent) == parent
            };
            let mut beside = known.iter().filter(of_parent);
            let wanted = match told_apart(&field) {
                Some(wanted) if beside.all(|(it, name)| told_apart(it).as_ref() == Some(name)) => {
                    wanted
                }
                _ => name.clone(),
            };
            let own = free(&field, &wanted, &taken);
            if own != name {
                give(edited, id, &field, &own);
            }
            taken.push(own);
            show_example(edited, id, &field);
        }
    }
}

/// Forgets the names and template values of fields that are gone.
fn forget(contract: &mut Value, id: OperationId) {
    let fields: Vec<String> = names(contract, id)
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    let Some(operation) = place::operation(contract, id) else {
        return;
    };
    if let Some(Value::Object(names)) = contract.pointer_mut(&format!("{operation}/x-flag-names")) {
        names.retain(|name, _| fields.contains(name));
    }
    if let Some(template) = contract.pointer_mut(&format!("{operation}/x-template")) {
        retain(template, "", &fields);
    }
}

fn retain(value: &mut Value, path: &str, fields: &[String]) {
    let Value::Object(object) = value else {
        return;
    };
    object.retain(|name, value| {
        let at = match path {
            "" => name.clone(),
            path => format!("{path}.{name}"),
        };
        let inside = format!("{at}.");
        let has_fields = fields.iter().any(|field| field.starts_with(&inside));
        if has_fields {
            retain(value, &at, fields);
        }
        fields.contains(&at) || (has_fields && value.as_object().is_some_and(|it| !it.is_empty()))
    });
}

pub(super) fn names(contract: &Value, id: OperationId) -> Vec<(String, String)> {
    let item = place::operation(contract, id)
        .and_then(|pointer| contract.pointer(pointer.strip_suffix("/post")?).cloned());
    item.map(|item| flags::names(contract, &item))
        .unwrap_or_default()
}

/// Puts the documented example of a field into the template, unless something is there.
fn show_example(contract: &mut Value, id: OperationId, field: &str) -> Option<()> {
    let operation = place::operation(contract, id)?;
    let site = place::site(contract, id, &format!("body.{field}"))?;
    let site = place::follow(contract, &site);
    let example = contract.pointer(&format!("{site}/example"))?.clone();
    let mut at = contract.pointer_mut(&format!("{operation}/x-template"))?;
    let (objects, name) = field.rsplit_once('.').unwrap_or(("", field));
    for name in objects.split('.').filter(|name| !name.is_empty()) {
        at = at.as_object_mut()?.entry(plain(name)).or_insert(json!({}));
    }
    at.as_object_mut()?.entry(plain(name)).or_insert(example);
    Some(())
}

/// The name, with those of the objects around the field before it until nobody else has it.
fn free(field: &str, name: &str, taken: &[String]) -> String {
    let mut name = name.to_owned();
    let mut parents = field.split('.').rev().skip(1);
    let mut number = 2;
    while taken.contains(&name) {
        name = match parents.next() {
            Some(parent) => format!("{}-{name}", kebab(&plain(parent))),
            None => {
                number += 1;
                format!("{name}-{}", number - 1)
            }
        };
    }
    name
}

fn last(field: &str) -> &str {
    field.rsplit('.').next().unwrap_or(field)
}

fn give(contract: &mut Value, id: OperationId, field: &str, name: &str) {
    let Some(operation) = place::operation(contract, id) else {
        return;
    };
    let names = format!("{operation}/x-flag-names");
    if contract.pointer(&names).is_none() {
        insert_after(
            contract,
            &operation,
            "x-webex-scope",
            "x-flag-names",
            json!({}),
        );
    }
    if let Some(names) = contract.pointer_mut(&names) {
        names[field] = Value::from(name);
    }
}

#[cfg(test)]
mod tests {
    //! A taken name is told apart by what is around the field.
    use super::*;

    #[test]
    fn taken_names_get_those_of_their_objects() {
        let taken = ["city", "address-city", "output"].map(str::to_owned);
        assert_eq!(free("zip", "zip", &taken), "zip");
        assert_eq!(free("owner.city", "city", &taken), "owner-city");
        assert_eq!(
            free("owner.address.city", "city", &taken),
            "owner-address-city"
        );
        assert_eq!(free("output", "output", &taken), "output-2");
    }
}
