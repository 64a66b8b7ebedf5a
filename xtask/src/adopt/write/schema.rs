//! Schemas for what a source documents and the contract does not have yet. Their descriptions state
//! facts only, and are marked for a person to reword.

use serde_json::{Map, Value, json};
use webex_precheck_contract::inventory::Field;
use webex_precheck_contract::location::{FieldPath, Section};
use webex_precheck_contract::{Alternative, Type};

use crate::adopt::names::{free_name, singular, spoken};
use crate::adopt::place::SCHEMAS;
use crate::codegen::lower::KEYED_BY;
use crate::codegen::names::{capitalised, pascal};

use super::{REWORD, Writer, reference};

/// What generated code means something else by.
const TAKEN: [&str; 13] = [
    "Box", "Clone", "Debug", "Default", "Err", "From", "Into", "None", "Ok", "Option", "Some",
    "String", "Vec",
];

/// A constraint as the value of its keyword.
pub(super) fn constraint(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}

/// Keeps a description, or states the facts and asks for better words.
pub(super) fn describe(object: &mut Value, kept: Option<Value>, facts: String) {
    let is_new = kept.is_none();
    object["description"] = kept.unwrap_or(facts.into());
    if is_new {
        object[REWORD] = true.into();
    }
}

/// The description of a key of an object that is keyed by values.
pub(super) fn of_key(object: &FieldPath, name: &str) -> Value {
    let what = spoken(singular(object.name().unwrap_or_default()));
    Value::from(capitalised(&format!("{what} for `{name}`.")))
}

impl Writer<'_> {
    /// The schema of a documented field. The schemas that need a name of their own are added to the
    /// contract. `description` is the one that the field has already.
    pub(super) fn property(&mut self, field: &Field, description: Option<Value>) -> Value {
        // A new fact of a field has to be written too. Whether it is required stands at its parent,
        // its text stays the source's own.
        let Field {
            at: _,
            ty: _,
            required: _,
            values: _,
            constraints,
            deprecated,
            text: _,
            labels: _,
            example,
        } = field;
        let mut schema = self.value(field);
        for (keyword, value) in constraints.iter().flatten() {
            let holder = if keyword.of_elements {
                schema.get_mut("items")
            } else {
                Some(&mut schema)
            };
            if let Some(Value::Object(holder)) = holder {
                holder.insert(keyword.name.clone(), constraint(value));
            }
        }
        if *deprecated == Some(true) {
            schema["deprecated"] = true.into();
        }
        if let Some(example) = example
            .as_deref()
            .and_then(|json| serde_json::from_str(json).ok())
        {
            schema["example"] = example;
        }
        describe(&mut schema, description, self.facts(field));
        schema
    }

    /// What a field is, as a phrase that reads well in help and docs: `Nickname of the owner.`
    fn facts(&self, field: &Field) -> String {
        let own = spoken(field.name());
        let owner = self.belongs_to(field);
        let of = owner.map_or(String::new(), |(owner, _)| format!(" of the {owner}"));
        capitalised(&format!("{own}{of}."))
    }

    /// What a field that is no parameter belongs to, as a phrase and as the beginning of a name.
    fn belongs_to(&self, field: &Field) -> Option<(String, String)> {
        let id = self.fresh.id.as_str();
        Some(match (field.at.names().nth_back(1), &field.at.section) {
            (Some(parent), _) => (spoken(parent), pascal(singular(parent))),
            (None, Section::Body) => (spoken(id), pascal(id)),
            (None, Section::Response(_)) if !field.at.is_whole() => {
                ("answer".to_owned(), "Precheck".to_owned())
            }
            (None, _) => return None,
        })
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
                    Some(reference) => reference,
                    None => self.of_type(field, of),
                });
                json!({"type": "array", "items": items})
            }
            (_, Some(reference)) => json!({"allOf": [reference]}),
            (ty, None) => json!({"type": ty.to_string()}),
        }
    }

    /// Objects with fields and strings with known values have a name of their own: a `$ref` to it.
    fn named(&mut self, field: &Field, ty: &Alternative) -> Option<Value> {
        let schema = match ty {
            Alternative::Object => {
                self.fresh.children(&field.at).next()?;
                self.object_schema(field)
            }
            Alternative::String if !field.listed_values().is_empty() => json!({
                "type": "string",
                "description": self.facts(field),
                REWORD: true,
                "enum": field.listed_values(),
            }),
            _ => return None,
        };
        let name = free_name(self.contract, SCHEMAS, &self.schema_name(field));
        if let Some(schemas) = self.object(SCHEMAS) {
            schemas.insert(name.clone(), schema);
        }
        Some(reference(&format!("{SCHEMAS}/{name}")))
    }

    fn schema_name(&self, field: &Field) -> String {
        // A list is called after what is in it, and all after what they belong to.
        let is_list = field.ty.as_ref().is_some_and(Type::is_array);
        let own = field.name();
        let own = pascal(if is_list { singular(own) } else { own });
        let parent = field.at.names().nth_back(1).unwrap_or_default();
        let name = if parent.ends_with("Parameters") {
            format!("{own}Parameters")
        } else {
            let owner = self.belongs_to(field);
            owner.map_or(String::new(), |(_, name)| name) + &own
        };
        // What ends so is the name of a generated type already.
        if name.ends_with("Id") || TAKEN.contains(&name.as_str()) {
            format!("{name}Value")
        } else {
            name
        }
    }

    /// The schema of an object with its documented fields.
    pub(super) fn object_schema(&mut self, field: &Field) -> Value {
        let children: Vec<&Field> = self.fresh.children(&field.at).collect();
        let keyed_by = self.keyed_by(&children);
        let mut schema = json!({"type": "object"});
        let text = match &keyed_by {
            Some(_) => capitalised(&format!("{} by package.", spoken(field.name()))),
            None => self.facts(field),
        };
        describe(&mut schema, None, text);
        let required = children.iter().filter(|child| child.required == Some(true));
        let required: Vec<&str> = required.map(|child| child.name()).collect();
        if !required.is_empty() {
            schema["required"] = required.into();
        }
        let properties = children.iter().map(|child| {
            // What the object holds says all there is to say of a key.
            let known = keyed_by.is_some().then(|| of_key(&field.at, child.name()));
            (child.name().to_owned(), self.property(child, known))
        });
        schema["properties"] = Map::from_iter(properties).into();
        if let Some(name) = keyed_by {
            schema[KEYED_BY] = name.into();
        }
        schema
    }

    /// The enumeration whose values are the names of these fields, all of one plain type: new values
    /// will bring new fields.
    fn keyed_by(&self, children: &[&Field]) -> Option<String> {
        let [first, _, ..] = children else {
            return None;
        };
        let is_plain = !matches!(
            first.ty.as_ref()?.single()?,
            Alternative::Array(_) | Alternative::Object | Alternative::Null | Alternative::Other(_)
        );
        let is_alike = |child: &&Field| {
            child.ty == first.ty
                && child.required == Some(false)
                && child.values.as_ref().is_none_or(|it| !it.is_enumeration())
        };
        if !is_plain || !children.iter().all(is_alike) {
            return None;
        }
        self.fresh.fields.iter().find_map(|field| {
            let documented = field.values.as_ref()?.listed();
            let pointer = self.place().enumeration(&field.at)?;
            let values = self.contract.pointer(&format!("{pointer}/enum"))?;
            let values = values.as_array()?;
            let is_value = |child: &&Field| {
                let name = child.name();
                documented.iter().any(|it| it == name) || values.iter().any(|it| it == name)
            };
            let name = pointer.strip_prefix(SCHEMAS)?.strip_prefix('/')?;
            children.iter().all(is_value).then(|| name.to_owned())
        })
    }
}
