//! Fields and parameters.

use serde_json::{Map, Value, json};
use webex_precheck_contract::Alternative;
use webex_precheck_contract::inventory::Field;
use webex_precheck_contract::location::{ExampleId, FieldPath, Keyword, Section};

use crate::codegen::lower::KEYED_BY;

use super::schema::{constraint, of_key};
use super::{REWORD, Writer, behind, member_mut, reference};

/// What a parameter says beside its schema, and the reader takes for constraints.
const OF_PARAMETERS: [&str; 4] = ["style", "explode", "allowEmptyValue", "allowReserved"];
/// What follows from the type of a field, or is said of it anew.
const OF_TYPES: [&str; 6] = ["type", "enum", "allOf", "items", "example", REWORD];

impl Writer<'_> {
    pub(super) fn add_field(&mut self, field: &Field) -> Option<()> {
        if field.at.section.is_parameter() {
            return self.add_parameter(field);
        }
        let name = field.name();
        let scope = field.at.parent().filter(FieldPath::is_placed)?;
        let holder = match self.place().object(&scope) {
            Some(holder) => holder,
            None => {
                // The first field of an object that had none.
                let object = self.place().follow(&self.place().site(&scope)?);
                let ty = self.contract.pointer(&format!("{object}/type"))?;
                (ty == "object").then_some(object)?
            }
        };
        let is_keyed = self.object(&holder)?.contains_key(KEYED_BY);
        let known = is_keyed.then(|| of_key(&scope, name));
        let schema = self.property(field, known);
        let siblings = self.fresh.children(&scope).map(Field::name);
        let properties = self.object(&holder)?.entry("properties");
        let properties = properties.or_insert(json!({})).as_object_mut()?;
        // Where the source has it.
        let before = siblings.take_while(|sibling| *sibling != name);
        let index = before.filter_map(|it| behind(properties, it)).last();
        properties.shift_insert(index.unwrap_or_default(), name.to_owned(), schema);
        if field.required == Some(true) {
            self.require_in(&holder, name, true)?;
        }
        Some(())
    }

    fn add_parameter(&mut self, field: &Field) -> Option<()> {
        let section = &field.at.section;
        if *section != Section::Query {
            return None;
        }
        let mut schema = self.property(field, None);
        let mut parameter = json!({"name": field.name(), "in": section.to_string()});
        for key in ["description", REWORD, "deprecated"] {
            if let Some(value) = schema.as_object_mut()?.shift_remove(key) {
                parameter[key] = value;
            }
        }
        if field.required == Some(true) {
            parameter["required"] = true.into();
        }
        parameter["schema"] = schema;
        let id = ExampleId {
            section: section.clone(),
            name: Some(field.name().to_owned()),
        };
        let example = self.fresh.examples.iter().find(|example| example.at == id);
        if let Some(value) = example.and_then(|it| serde_json::from_str(&it.json).ok()) {
            parameter["example"] = value;
        }
        let id = &self.fresh.id;
        let parameters = member_mut(self.contract, id, "parameters", "tags", json!([]))?;
        parameters.as_array_mut()?.push(parameter);
        Some(())
    }

    pub(super) fn remove_field(&mut self, path: &FieldPath) -> Option<()> {
        if path.section.is_parameter() {
            let (index, _) = self.place().parameter(path)?;
            let list = self.place().member("parameters")?;
            let list = self.contract.pointer_mut(&list)?.as_array_mut()?;
            list.remove(index);
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
        let field = self.fresh.field(path)?;
        let site = self.place().site(path)?;
        let old = self.contract.pointer(&site)?.as_object()?.clone();
        let schema = match self.same_elements(&site, field) {
            Some(schema) => schema,
            None => {
                let mut schema = self.property(field, old.get("description").cloned());
                let kept = old.into_iter().filter(|(keyword, _)| {
                    keeps_constraints
                        && !OF_TYPES.contains(&keyword.as_str())
                        && schema.get(keyword).is_none()
                });
                let kept: Map<String, Value> = kept.collect();
                schema.as_object_mut()?.extend(kept);
                schema
            }
        };
        let site = self.contract.pointer_mut(&site)?;
        *site = schema;
        if path.section.is_parameter() {
            // A parameter says this beside its schema.
            for key in ["description", REWORD, "example"] {
                site.as_object_mut()?.shift_remove(key);
            }
        }
        Some(())
    }

    /// An object that becomes a list of such objects, or the reverse, stays the object that it is.
    fn same_elements(&self, site: &str, field: &Field) -> Option<Value> {
        let object = self.place().holder(site, "properties")?;
        if !object.starts_with("/components/") {
            return None;
        }
        let mut schema = match field.ty.as_ref()?.single()? {
            Alternative::Array(Some(of)) if of.is_object() => {
                json!({"type": "array", "items": reference(&object)})
            }
            Alternative::Object => json!({"allOf": [reference(&object)]}),
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
            return Some(());
        }
        let position = |wanted: &str| object.keys().position(|key| key == wanted);
        let index = position("required").or_else(|| position("properties"));
        let index = index.unwrap_or(object.len());
        object.shift_insert(index, "required".to_owned(), Value::from(names));
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
        let elements = if *of_elements { "/items" } else { "" };
        let object = self.object(&format!("{site}{elements}"))?;
        let Some(value) = value else {
            // A keyword of a schema that is referred to stays there.
            return object.shift_remove(name).map(drop);
        };
        let known = object.keys().position(|key| key == name);
        let index = known.or_else(|| behind(object, "type"));
        object.shift_insert(index.unwrap_or_default(), name.clone(), constraint(value));
        Some(())
    }
}
