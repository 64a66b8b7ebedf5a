//! Schemas for what a source documents and the contract does not have yet. Their descriptions state
//! facts only, and are marked for a person to reword.

use serde_json::{Map, Value, json};
use webex_precheck_contract::inventory::{Field, Operation};

use crate::codegen::flags::kebab;
use crate::codegen::lower::KEYED_BY;

use super::place::{self, plain};
use super::shared::{free_name, pascal};

/// Marks a description that is to be put into better words.
pub(crate) const REWORD: &str = "x-reword";

/// What generated code means something else by.
const TAKEN: [&str; 13] = [
    "Box", "Clone", "Debug", "Default", "Err", "From", "Into", "None", "Ok", "Option", "Some",
    "String", "Vec",
];

const SCHEMAS: &str = "/components/schemas";

/// The schema of a documented field. The schemas that need a name of their own are added to the
/// contract. `description` is the one that the field has already.
pub(super) fn property(
    contract: &mut Value,
    operation: &Operation,
    field: &Field,
    description: Option<Value>,
) -> Value {
    let mut schema = value(contract, operation, field);
    if let Some(object) = schema.as_object_mut() {
        for (keyword, value) in field.constraints.iter().flatten() {
            let target = match keyword.strip_prefix("items.") {
                Some(keyword) => object
                    .get_mut("items")
                    .and_then(Value::as_object_mut)
                    .map(|items| (items, keyword)),
                None => None,
            };
            let value = constraint(value);
            match (target, keyword.starts_with("items.")) {
                (Some((items, keyword)), _) => items.insert(keyword.to_owned(), value),
                (None, false) => object.insert(keyword.clone(), value),
                (None, true) => None,
            };
        }
        if field.deprecated == Some(true) {
            object.insert("deprecated".to_owned(), Value::Bool(true));
        }
        if let Some(example) = example(field) {
            object.insert("example".to_owned(), example);
        }
        describe(object, description, &facts(operation, field));
    }
    schema
}

/// A constraint as the value of its keyword.
pub(super) fn constraint(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}

/// The documented example of a field, if there is one.
pub(super) fn example(field: &Field) -> Option<Value> {
    let text = field.example.as_deref().filter(|json| !json.is_empty())?;
    serde_json::from_str(text).ok()
}

/// Keeps a description, or states the facts and asks for better words.
pub(super) fn describe(object: &mut Map<String, Value>, kept: Option<Value>, facts: &str) {
    match kept {
        Some(kept) => {
            object.insert("description".to_owned(), kept);
        }
        None => {
            object.insert("description".to_owned(), Value::from(facts));
            object.insert(REWORD.to_owned(), Value::Bool(true));
        }
    }
}

/// What a field is, as a phrase that reads well in help and docs: `Nickname of the owner.`
fn facts(operation: &Operation, field: &Field) -> String {
    let own = spoken(&plain(field.name()));
    let of = match owner(operation, field) {
        Owner::Operation(name) => format!(" of the {}", name.to_lowercase()),
        Owner::Answer => " of the answer".to_owned(),
        Owner::Field(name) => format!(" of the {}", spoken(name)),
        Owner::Nobody => String::new(),
    };
    capitalised(&format!("{own}{of}."))
}

/// What a field belongs to.
enum Owner<'a> {
    Operation(&'a str),
    Answer,
    Field(&'a str),
    /// It is a parameter.
    Nobody,
}

fn owner<'a>(operation: &Operation, field: &'a Field) -> Owner<'a> {
    match field.parent().rsplit('.').next() {
        Some("body") => Owner::Operation(operation.id.as_str()),
        Some(status) if field.parent() == format!("responses.{status}") => Owner::Answer,
        Some(name) if field.parent().contains('.') => Owner::Field(name),
        _ => Owner::Nobody,
    }
}

/// `stateOrProvince`, `webex_calling` -> `state or province`, `webex calling`
fn spoken(name: &str) -> String {
    kebab(name).replace('-', " ")
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// `packages` -> `package`
fn singular(name: &str) -> &str {
    match name.strip_suffix('s') {
        Some(one) if one.len() > 2 && !one.ends_with('s') => one,
        _ => name,
    }
}

fn is_enumeration(field: &Field) -> bool {
    field
        .values
        .as_ref()
        .is_some_and(|values| values.is_enumeration())
}

fn value(contract: &mut Value, operation: &Operation, field: &Field) -> Value {
    let Some(ty) = &field.ty else {
        return json!({});
    };
    let mut alternatives: Vec<Value> = ty
        .as_str()
        .split('|')
        .map(|ty| of_type(contract, operation, field, ty))
        .collect();
    match alternatives.len() {
        1 => alternatives.remove(0),
        _ => json!({"anyOf": alternatives}),
    }
}

fn of_type(contract: &mut Value, operation: &Operation, field: &Field, ty: &str) -> Value {
    if let Some(of) = ty
        .strip_prefix("array[")
        .and_then(|ty| ty.strip_suffix(']'))
    {
        let items = match named(contract, operation, field, of) {
            Some(name) => json!({"$ref": format!("#{SCHEMAS}/{name}")}),
            None => of_type(contract, operation, field, of),
        };
        return json!({"type": "array", "items": items});
    }
    match named(contract, operation, field, ty) {
        Some(name) => json!({"allOf": [{"$ref": format!("#{SCHEMAS}/{name}")}]}),
        None if ty == "array" => json!({"type": "array", "items": {}}),
        None => json!({"type": ty}),
    }
}

/// Objects with fields and strings with known values have a name of their own.
fn named(contract: &mut Value, operation: &Operation, field: &Field, ty: &str) -> Option<String> {
    let schema = match ty {
        "object" => {
            if operation.children(&field.at).is_empty() {
                return None;
            }
            object(contract, operation, field)
        }
        "string" if is_enumeration(field) => {
            let values = field.values.as_ref().map(|values| values.listed());
            let values = values.filter(|values| !values.is_empty())?;
            json!({
                "type": "string",
                "description": facts(operation, field),
                REWORD: true,
                "enum": values,
            })
        }
        _ => return None,
    };
    // A list is called after what is in it, and all after what they belong to.
    let plural = field
        .ty
        .as_ref()
        .is_some_and(|ty| ty.as_str().starts_with("array"));
    let own = plain(field.name());
    let own = pascal(if plural { singular(&own) } else { &own });
    let name = match owner(operation, field) {
        Owner::Operation(id) => format!("{}{own}", pascal(id)),
        Owner::Answer => format!("Precheck{own}"),
        Owner::Field(parent) if parent.ends_with("Parameters") => format!("{own}Parameters"),
        Owner::Field(parent) => format!("{}{own}", pascal(singular(&plain(parent)))),
        Owner::Nobody => own,
    };
    // What ends so is the name of a generated type already.
    let name = match name {
        name if name.ends_with("Id") || TAKEN.contains(&name.as_str()) => format!("{name}Value"),
        name => name,
    };
    let name = free_name(contract, SCHEMAS, &name);
    if let Some(Value::Object(schemas)) = contract.pointer_mut(SCHEMAS) {
        schemas.insert(name.clone(), schema);
    }
    Some(name)
}

/// The schema of an object with its documented fields.
fn object(contract: &mut Value, operation: &Operation, field: &Field) -> Value {
    let children: Vec<Field> = operation.children(&field.at).into_iter().cloned().collect();
    let keyed_by = keyed_by(contract, operation, &children);
    let mut schema = Map::new();
    schema.insert("type".to_owned(), Value::from("object"));
    let text = match &keyed_by {
        Some(_) => capitalised(&format!("{} by package.", spoken(&plain(field.name())))),
        None => facts(operation, field),
    };
    describe(&mut schema, None, &text);
    let required: Vec<String> = children
        .iter()
        .filter(|child| child.required == Some(true))
        .map(|child| plain(child.name()))
        .collect();
    if !required.is_empty() {
        schema.insert("required".to_owned(), Value::from(required));
    }
    let mut properties = Map::new();
    for child in &children {
        // What the object holds says all there is to say of a key.
        let name = plain(child.name());
        let known = keyed_by.is_some().then(|| of_key(field.name(), &name));
        let schema = property(contract, operation, child, known);
        properties.insert(name, schema);
    }
    schema.insert("properties".to_owned(), Value::Object(properties));
    if let Some(name) = keyed_by {
        schema.insert(KEYED_BY.to_owned(), Value::from(name));
    }
    Value::Object(schema)
}

/// The description of a key of an object that is keyed by values.
pub(super) fn of_key(object: &str, name: &str) -> Value {
    let what = spoken(singular(&plain(object)));
    Value::from(capitalised(&format!("{what} for `{name}`.")))
}

/// The enumeration whose values are the names of these fields, all of one plain type: new values will
/// bring new fields.
fn keyed_by(contract: &Value, operation: &Operation, children: &[Field]) -> Option<String> {
    let [first, _, ..] = children else {
        return None;
    };
    let is_alike = |child: &Field| {
        child.ty == first.ty && child.required == Some(false) && !is_enumeration(child)
    };
    let is_plain = |ty: &&str| ["number", "integer", "boolean", "string"].contains(ty);
    first.ty.as_ref().map(|ty| ty.as_str()).filter(is_plain)?;
    if !children.iter().all(is_alike) {
        return None;
    }
    operation.fields.iter().find_map(|field| {
        let documented = field.values.as_ref()?.listed();
        let site = place::site(contract, operation.id, &field.at)?;
        let pointer = place::enumeration(contract, &site)?;
        let values = contract.pointer(&format!("{pointer}/enum"))?.as_array()?;
        let is_value = |child: &Field| {
            let name = plain(child.name());
            documented.contains(&name) || values.iter().any(|value| *value == name)
        };
        let name = pointer.strip_prefix("/components/schemas/")?;
        children.iter().all(is_value).then(|| name.to_owned())
    })
}
