//! Fields and parameters.

use serde_json::{Map, Value, json};
use webex_precheck_contract::Alternative;
use webex_precheck_contract::inventory::Field;
use webex_precheck_contract::location::{ExampleId, FieldPath, Keyword, Section};

use crate::adopt::schema;
use crate::codegen::lower::KEYED_BY;

use super::{Writer, insert_after};

impl Writer<'_> {
    pub(super) fn add_field(&mut self, field: &Field) -> Option<()> {
        if field.at.section.is_parameter() {
            return self.add_parameter(field);
        }
        let scope = field.at.parent().filter(FieldPath::is_placed)?;
        let holder = match self.place().object(&scope) {
            Some(holder) => holder,
            None => {
                // The first field of an object that had none.
                let object = self.place().follow(&self.place().site(&scope)?);
                let ty = self.contract.pointer(&format!("{object}/type"));
                (ty == Some(&json!("object"))).then_some(object)?
            }
        };
        let is_keyed = self.object(&holder)?.contains_key(KEYED_BY);
        let known = is_keyed.then(|| schema::of_key(&scope, field.name()));
        let schema = schema::property(self.contract, self.fresh, field, known);
        self.insert_property(&holder, &scope, field, schema)
    }

    /// Puts a property where the source has it.
    fn insert_property(
        &mut self,
        holder: &str,
        scope: &FieldPath,
        field: &Field,
        schema: Value,
    ) -> Option<()> {
        let siblings = self.fresh.children(scope).map(Field::name);
        let before: Vec<&str> = siblings.take_while(|name| *name != field.name()).collect();
        let object = self.contract.pointer_mut(holder)?.as_object_mut()?;
        let properties = object.entry("properties").or_insert_with(|| json!({}));
        let properties = properties.as_object_mut()?;
        let position = |name: &&str| properties.keys().position(|key| key == *name);
        let index = before.iter().rev().find_map(position);
        let index = index.map_or(0, |index| index + 1);
        properties.shift_insert(index, field.name().to_owned(), schema);
        if field.required == Some(true) {
            self.require_in(holder, field.name(), true)?;
        }
        Some(())
    }

    fn add_parameter(&mut self, field: &Field) -> Option<()> {
        if field.at.section != Section::Query {
            return None;
        }
        let mut schema = schema::property(self.contract, self.fresh, field, None);
        let section = &field.at.section;
        let mut parameter = Map::new();
        parameter.insert("name".to_owned(), Value::from(field.name()));
        parameter.insert("in".to_owned(), Value::from(section.to_string()));
        for key in ["description", schema::REWORD, "deprecated"] {
            let value = schema.as_object_mut()?.shift_remove(key);
            parameter.extend(value.map(|value| (key.to_owned(), value)));
        }
        if field.required == Some(true) {
            parameter.insert("required".to_owned(), Value::Bool(true));
        }
        parameter.insert("schema".to_owned(), schema);
        let id = ExampleId {
            section: section.clone(),
            name: Some(field.name().to_owned()),
        };
        let example = self.fresh.examples.iter().find(|example| example.at == id);
        if let Some(value) = example.and_then(|it| serde_json::from_str(&it.json).ok()) {
            parameter.insert("example".to_owned(), value);
        }
        let (operation, list) = (
            self.place().operation()?,
            self.place().member("parameters")?,
        );
        if self.contract.pointer(&list).is_none() {
            insert_after(self.contract, &operation, "tags", "parameters", json!([]));
        }
        let parameters = self.contract.pointer_mut(&list)?.as_array_mut()?;
        parameters.push(Value::Object(parameter));
        Some(())
    }

    pub(super) fn remove_field(&mut self, path: &FieldPath) -> Option<()> {
        if path.section.is_parameter() {
            let (index, _) = self.place().parameter(path)?;
            let list = self.place().member("parameters")?;
            self.contract
                .pointer_mut(&list)?
                .as_array_mut()?
                .remove(index);
            return Some(());
        }
        let holder = self.place().holder_of(path)?;
        self.require_in(&holder, path.name()?, false)?;
        let properties = self.object(&format!("{holder}/properties"))?;
        properties.shift_remove(path.name()?).map(drop)
    }

    /// Gives a field the name that the source has for it.
    pub(super) fn rename_field(&mut self, path: &FieldPath, old: &str) -> Option<()> {
        let new = path.name()?;
        let holder = self.place().holder_of(&path.parent()?.child(old))?;
        let renamed = |name: String| if name == old { new.to_owned() } else { name };
        let properties = self.object(&format!("{holder}/properties"))?;
        let all = std::mem::take(properties).into_iter();
        *properties = all.map(|(name, schema)| (renamed(name), schema)).collect();
        let names = self.contract.pointer_mut(&format!("{holder}/required"));
        for name in names.and_then(Value::as_array_mut).into_iter().flatten() {
            if *name == old {
                *name = Value::from(new);
            }
        }
        Some(())
    }

    /// Another type, or values that are listed or not: the schema is made anew, in our words. What else
    /// is said of values does not change with whether they are listed.
    pub(super) fn retype(&mut self, path: &FieldPath, keeps_constraints: bool) -> Option<()> {
        let field = self.fresh.field(path)?.clone();
        let site = self.place().site(path)?;
        let old = self.contract.pointer(&site)?.as_object()?.clone();
        let schema = match self.same_elements(&site, &field) {
            Some(schema) => schema,
            None => {
                let described = old.get("description").cloned();
                let mut schema = schema::property(self.contract, self.fresh, &field, described);
                if keeps_constraints {
                    keep_constraints(&old, schema.as_object_mut()?);
                }
                schema
            }
        };
        let site = self.contract.pointer_mut(&site)?;
        *site = schema;
        if path.section.is_parameter() {
            // A parameter says this beside its schema.
            for key in ["description", schema::REWORD, "example"] {
                site.as_object_mut()?.shift_remove(key);
            }
        }
        Some(())
    }

    /// An object that becomes a list of such objects, or the reverse, stays the object that it is.
    fn same_elements(&self, site: &str, field: &Field) -> Option<Value> {
        let object = self.place().holder(site, "properties")?;
        let reference = json!({"$ref": format!("#{object}")});
        if !object.starts_with("/components/") {
            return None;
        }
        let mut schema = match field.ty.as_ref()?.single()? {
            Alternative::Array(Some(of)) if of.is_object() => {
                json!({"type": "array", "items": reference})
            }
            Alternative::Object => json!({"allOf": [reference]}),
            _ => return None,
        };
        let described = self.contract.pointer(&format!("{site}/description"))?;
        schema["description"] = described.clone();
        Some(schema)
    }

    pub(super) fn require(&mut self, path: &FieldPath, required: bool) -> Option<()> {
        if path.section.is_parameter() {
            let parameter = self.owner(path)?;
            return self.mark(&parameter, "required", required);
        }
        let holder = self.place().holder_of(path)?;
        self.require_in(&holder, path.name()?, required)
    }

    /// Puts a name among the required ones of an object, or takes it away.
    fn require_in(&mut self, holder: &str, name: &str, required: bool) -> Option<()> {
        let object = self.object(holder)?;
        let order = object.get("properties").and_then(Value::as_object).cloned();
        let place = |name: &Value| order.as_ref()?.keys().position(|known| name == known);
        let names = object.get("required").and_then(Value::as_array);
        let mut names: Vec<Value> = names.cloned().unwrap_or_default();
        names.retain(|known| known != name);
        if required {
            // As far as the list keeps the order of the properties, so does the new name.
            let own = place(&Value::from(name));
            let index = names.iter().position(|known| place(known) > own);
            names.insert(index.unwrap_or(names.len()), Value::from(name));
        }
        if names.is_empty() {
            object.shift_remove("required");
        } else if let Some(known) = object.get_mut("required") {
            *known = Value::from(names);
        } else {
            let index = object.keys().position(|key| key == "properties");
            let index = index.unwrap_or(object.len());
            object.shift_insert(index, "required".to_owned(), Value::from(names));
        }
        Some(())
    }

    pub(super) fn constrain(
        &mut self,
        path: &FieldPath,
        Keyword { of_elements, name }: &Keyword,
        value: Option<&str>,
    ) -> Option<()> {
        if OF_PARAMETERS.contains(&&**name) {
            return None;
        }
        let site = self.place().site(path)?;
        let holder = if *of_elements {
            format!("{site}/items")
        } else {
            site
        };
        let object = self.object(&holder)?;
        match (value.map(schema::constraint), object.get_mut(name)) {
            (Some(value), Some(known)) => *known = value,
            (Some(value), None) => {
                let index = object.keys().position(|key| key == "type");
                let index = index.map_or(0, |index| index + 1);
                object.shift_insert(index, name.clone(), value);
            }
            // A keyword of a schema that is referred to stays there.
            (None, None) => return None,
            (None, Some(_)) => {
                object.shift_remove(name);
            }
        }
        Some(())
    }
}

/// What a parameter says beside its schema, and the reader takes for constraints.
const OF_PARAMETERS: [&str; 4] = ["style", "explode", "allowEmptyValue", "allowReserved"];

fn keep_constraints(old: &Map<String, Value>, schema: &mut Map<String, Value>) {
    const REPLACED: [&str; 6] = ["type", "enum", "allOf", "items", "example", schema::REWORD];
    for (keyword, value) in old {
        if !REPLACED.contains(&keyword.as_str()) && !schema.contains_key(keyword) {
            schema.insert(keyword.clone(), value.clone());
        }
    }
}
