//! Schemas for what a source documents and the contract does not have yet. Their descriptions state
//! facts only, and are marked for a person to reword.

use serde_json::{Map, Value, json};
use webex_precheck_contract::inventory::{Field, Operation};
use webex_precheck_contract::location::{FieldPath, Section};
use webex_precheck_contract::{Alternative, Type};

use crate::codegen::lower::KEYED_BY;

use super::names::{capitalised, free_name, pascal, singular, spoken};
use super::place::{Contract, SCHEMAS};

/// Marks a description that is to be put into better words.
pub(super) const REWORD: &str = "x-reword";

/// What generated code means something else by.
const TAKEN: [&str; 13] = [
    "Box", "Clone", "Debug", "Default", "Err", "From", "Into", "None", "Ok", "Option", "Some",
    "String", "Vec",
];

/// The schema of a documented field. The schemas that need a name of their own are added to the
/// contract. `description` is the one that the field has already.
pub(super) fn property(
    contract: &mut Value,
    operation: &Operation,
    field: &Field,
    description: Option<Value>,
) -> Value {
    let mut maker = Maker {
        contract,
        operation,
    };
    maker.property(field, description)
}

/// A constraint as the value of its keyword.
pub(super) fn constraint(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}

/// Keeps a description, or states the facts and asks for better words.
pub(super) fn describe(object: &mut Map<String, Value>, kept: Option<Value>, facts: &str) {
    let is_new = kept.is_none();
    let description = kept.unwrap_or_else(|| facts.into());
    object.insert("description".to_owned(), description);
    if is_new {
        object.insert(REWORD.to_owned(), Value::Bool(true));
    }
}

/// The description of a key of an object that is keyed by values.
pub(super) fn of_key(object: &FieldPath, name: &str) -> Value {
    let what = spoken(singular(object.name().unwrap_or_default()));
    Value::from(capitalised(&format!("{what} for `{name}`.")))
}

/// What a field belongs to.
enum Owner<'a> {
    Operation,
    Answer,
    Field(&'a str),
    /// It is a parameter.
    Nobody,
}

fn owner(field: &Field) -> Owner<'_> {
    let parent = field.at.names().rev().nth(1);
    match (parent, &field.at.section) {
        (Some(parent), _) => Owner::Field(parent),
        (None, Section::Body) => Owner::Operation,
        (None, Section::Response(_)) if !field.at.is_whole() => Owner::Answer,
        (None, _) => Owner::Nobody,
    }
}

struct Maker<'m> {
    contract: &'m mut Value,
    operation: &'m Operation,
}

impl Maker<'_> {
    fn property(&mut self, field: &Field, description: Option<Value>) -> Value {
        let mut schema = self.value(field);
        if let Some(object) = schema.as_object_mut() {
            for (keyword, value) in field.constraints.iter().flatten() {
                let holder = if keyword.of_elements {
                    object.get_mut("items").and_then(Value::as_object_mut)
                } else {
                    Some(&mut *object)
                };
                if let Some(holder) = holder {
                    holder.insert(keyword.name.clone(), constraint(value));
                }
            }
            if field.deprecated == Some(true) {
                object.insert("deprecated".to_owned(), Value::Bool(true));
            }
            let example = field.example.as_deref();
            if let Some(example) = example.and_then(|json| serde_json::from_str(json).ok()) {
                object.insert("example".to_owned(), example);
            }
            describe(object, description, &self.facts(field));
        }
        schema
    }

    /// What a field is, as a phrase that reads well in help and docs: `Nickname of the owner.`
    fn facts(&self, field: &Field) -> String {
        let own = spoken(field.name());
        let of = match owner(field) {
            Owner::Operation => format!(" of the {}", self.operation.id),
            Owner::Answer => " of the answer".to_owned(),
            Owner::Field(name) => format!(" of the {}", spoken(name)),
            Owner::Nobody => String::new(),
        };
        capitalised(&format!("{own}{of}."))
    }

    fn value(&mut self, field: &Field) -> Value {
        let types = field.ty.iter().flat_map(Type::alternatives);
        let mut schemas: Vec<Value> = types.map(|ty| self.of_type(field, ty)).collect();
        match schemas.len() {
            0 => json!({}),
            1 => schemas.remove(0),
            _ => json!({"anyOf": schemas}),
        }
    }

    fn of_type(&mut self, field: &Field, ty: &Alternative) -> Value {
        match (ty, self.named(field, ty)) {
            (Alternative::Array(None), _) => json!({"type": "array", "items": {}}),
            (Alternative::Array(Some(of)), _) => {
                let of = of.alternatives().next();
                let items = of.map(|of| match self.named(field, of) {
                    Some(name) => json!({"$ref": format!("#{SCHEMAS}/{name}")}),
                    None => self.of_type(field, of),
                });
                json!({"type": "array", "items": items})
            }
            (_, Some(name)) => json!({"allOf": [{"$ref": format!("#{SCHEMAS}/{name}")}]}),
            (ty, None) => json!({"type": ty.to_string()}),
        }
    }

    /// Objects with fields and strings with known values have a name of their own.
    fn named(&mut self, field: &Field, ty: &Alternative) -> Option<String> {
        let schema = match ty {
            Alternative::Object => {
                self.operation.children(&field.at).next()?;
                self.object(field)
            }
            Alternative::String if !field.listed_values().is_empty() => json!({
                "type": "string",
                "description": self.facts(field),
                REWORD: true,
                "enum": field.listed_values(),
            }),
            _ => return None,
        };
        // A list is called after what is in it, and all after what they belong to.
        let is_list = field.ty.as_ref().is_some_and(Type::is_array);
        let own = pascal(if is_list {
            singular(field.name())
        } else {
            field.name()
        });
        let name = match owner(field) {
            Owner::Operation => format!("{}{own}", pascal(self.operation.id.as_str())),
            Owner::Answer => format!("Precheck{own}"),
            Owner::Field(parent) if parent.ends_with("Parameters") => format!("{own}Parameters"),
            Owner::Field(parent) => format!("{}{own}", pascal(singular(parent))),
            Owner::Nobody => own,
        };
        // What ends so is the name of a generated type already.
        let is_taken = name.ends_with("Id") || TAKEN.contains(&name.as_str());
        let name = if is_taken {
            format!("{name}Value")
        } else {
            name
        };
        let name = free_name(self.contract, SCHEMAS, &name);
        if let Some(Value::Object(schemas)) = self.contract.pointer_mut(SCHEMAS) {
            schemas.insert(name.clone(), schema);
        }
        Some(name)
    }

    /// The schema of an object with its documented fields.
    fn object(&mut self, field: &Field) -> Value {
        let children: Vec<Field> = self.operation.children(&field.at).cloned().collect();
        let keyed_by = self.keyed_by(&children);
        let mut schema = Map::new();
        schema.insert("type".to_owned(), Value::from("object"));
        let text = match &keyed_by {
            Some(_) => capitalised(&format!("{} by package.", spoken(field.name()))),
            None => self.facts(field),
        };
        describe(&mut schema, None, &text);
        let required = children.iter().filter(|child| child.required == Some(true));
        let required: Vec<&str> = required.map(Field::name).collect();
        if !required.is_empty() {
            schema.insert("required".to_owned(), Value::from(required));
        }
        let properties = children.iter().map(|child| {
            // What the object holds says all there is to say of a key.
            let known = keyed_by.is_some().then(|| of_key(&field.at, child.name()));
            (child.name().to_owned(), self.property(child, known))
        });
        let properties: Map<String, Value> = properties.collect();
        schema.insert("properties".to_owned(), Value::Object(properties));
        if let Some(name) = keyed_by {
            schema.insert(KEYED_BY.to_owned(), Value::from(name));
        }
        Value::Object(schema)
    }

    /// The enumeration whose values are the names of these fields, all of one plain type: new values
    /// will bring new fields.
    fn keyed_by(&self, children: &[Field]) -> Option<String> {
        let [first, _, ..] = children else {
            return None;
        };
        let is_plain = !matches!(
            first.ty.as_ref()?.single()?,
            Alternative::Array(_) | Alternative::Object | Alternative::Null | Alternative::Other(_)
        );
        let is_alike = |child: &Field| {
            child.ty == first.ty
                && child.required == Some(false)
                && child.values.as_ref().is_none_or(|it| !it.is_enumeration())
        };
        if !is_plain || !children.iter().all(is_alike) {
            return None;
        }
        let place = Contract {
            root: self.contract,
            id: self.operation.id,
        };
        self.operation.fields.iter().find_map(|field| {
            let documented = field.values.as_ref()?.listed();
            let pointer = place.enumeration(&field.at)?;
            let values = place.root.pointer(&format!("{pointer}/enum"))?.as_array()?;
            let is_value = |child: &Field| {
                let name = child.name();
                documented.iter().any(|it| it == name) || values.iter().any(|it| it == name)
            };
            let name = pointer.strip_prefix(SCHEMAS)?.strip_prefix('/')?;
            children.iter().all(is_value).then(|| name.to_owned())
        })
    }
}
