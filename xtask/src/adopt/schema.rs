//! Schemas for what a source documents and the contract does not have yet. Their descriptions state
//! facts only, and are marked for a person to reword.

use serde_json::{Map, Value, json};
use webex_precheck_contract::inventory::{Field, Operation};

use super::place::plain;
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
        describe(object, description, &facts(field));
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

/// What is known of a field, as a sentence.
fn facts(field: &Field) -> String {
    let ty = match field.ty.as_ref().map(|ty| ty.as_str()) {
        None => "value",
        Some("string") if is_enumeration(field) => "string with known values",
        Some("array[string]") if is_enumeration(field) => "list of known strings",
        Some("array[string]") => "list of strings",
        Some("array[object]") => "list of objects",
        Some("array") => "list",
        Some("boolean") => "truth value",
        Some(other) => other,
    };
    let presence = match field.required {
        Some(true) => "required ",
        Some(false) => "optional ",
        None => "",
    };
    let article = match format!("{presence}{ty}").starts_with(['a', 'e', 'i', 'o']) {
        true => "an",
        false => "a",
    };
    let name = plain(field.name());
    format!("Webex documents `{name}` as {article} {presence}{ty}.")
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
            let children: Vec<Field> = operation.children(&field.at).into_iter().cloned().collect();
            if children.is_empty() {
                return None;
            }
            object(contract, operation, &children, &plain(field.name()))
        }
        "string" if is_enumeration(field) => {
            let values = field.values.as_ref().map(|values| values.listed());
            let values = values.filter(|values| !values.is_empty())?;
            json!({
                "type": "string",
                "description": format!("A value that `{}` can have.", plain(field.name())),
                REWORD: true,
                "enum": values,
            })
        }
        _ => return None,
    };
    // A list is called after what is in it.
    let plural = field
        .ty
        .as_ref()
        .is_some_and(|ty| ty.as_str().starts_with("array"));
    let field_name = plain(field.name());
    let name = match plural {
        true => field_name.strip_suffix('s').unwrap_or(&field_name),
        false => &field_name,
    };
    // What ends so is the name of a generated type already.
    let name = match pascal(name) {
        name if name.ends_with("Id") || TAKEN.contains(&name.as_str()) => format!("{name}Value"),
        name => name,
    };
    let name = free_name(contract, SCHEMAS, &name);
    if let Some(Value::Object(schemas)) = contract.pointer_mut(SCHEMAS) {
        schemas.insert(name.clone(), schema);
    }
    Some(name)
}

/// The schema of an object with these fields.
pub(super) fn object(
    contract: &mut Value,
    operation: &Operation,
    children: &[Field],
    called: &str,
) -> Value {
    let mut schema = Map::new();
    schema.insert("type".to_owned(), Value::from("object"));
    let text = format!("What `{called}` holds.");
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
    for child in children {
        let schema = property(contract, operation, child, None);
        properties.insert(plain(child.name()), schema);
    }
    schema.insert("properties".to_owned(), Value::Object(properties));
    Value::Object(schema)
}
