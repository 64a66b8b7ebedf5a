//! Fields and parameters that come, and those that change their name or type.

use serde_json::{Map, Value, json};
use webex_precheck_contract::diff::Kind;
use webex_precheck_contract::inventory::Field;

use crate::adopt::place::{self, plain};
use crate::adopt::schema;
use crate::adopt::shared::{self, Reach, insert_after, isolate};
use crate::codegen::lower::KEYED_BY;

use super::{Applied, BY_HAND, Edit, Kept, Left, Outcome, SHARED, last, parameter};

impl Edit<'_, '_> {
    pub(super) fn add_field(&mut self, at: &str) -> Outcome {
        let Some(field) = self.fresh_field(at) else {
            return Left(BY_HAND);
        };
        if let Some((kind, name)) = parameter(at) {
            return self.add_parameter(kind, &plain(name), &field);
        }
        let scope = field.parent().to_owned();
        let Some(holder) = place::object_at(self.contract, self.id, &scope) else {
            return self.first_field(&scope, &field);
        };
        let sharing = shared::with(
            self.contract,
            self.facts.contract,
            &holder,
            place::object_at,
        );
        let suffix = format!(".{}", field.name());
        // What may be left out is harmless elsewhere, and a type that people use stays the same.
        let is_harmless = self.is_response() || field.required != Some(true);
        if !is_harmless && !self.all_agree(&sharing, &suffix) {
            isolate(self.contract, self.id, &scope, Reach::Target);
        }
        let Some(holder) = place::object_at(self.contract, self.id, &scope) else {
            return Left(BY_HAND);
        };
        let is_keyed = self
            .contract
            .pointer(&format!("{holder}/{KEYED_BY}"))
            .is_some();
        let known = is_keyed.then(|| schema::of_key(last(&scope), &plain(field.name())));
        let schema = schema::property(self.contract, self.operation, &field, known);
        self.insert_property(&holder, &scope, &field, schema);
        Applied
    }

    /// The first field of an object that had none.
    pub(super) fn first_field(&mut self, scope: &str, field: &Field) -> Outcome {
        let Some(site) = place::site(self.contract, self.id, scope) else {
            return Left(BY_HAND);
        };
        let object = place::follow(self.contract, &site);
        let is_object = self.contract.pointer(&format!("{object}/type")) == Some(&json!("object"));
        if !is_object {
            return Left(BY_HAND);
        }
        let schema = schema::property(self.contract, self.operation, field, None);
        self.insert_property(&object, scope, field, schema);
        Applied
    }

    /// Puts a property where the source has it.
    pub(super) fn insert_property(
        &mut self,
        holder: &str,
        scope: &str,
        field: &Field,
        schema: Value,
    ) {
        let name = plain(field.name());
        let siblings: Vec<String> = self
            .operation
            .children(scope)
            .iter()
            .map(|sibling| plain(sibling.name()))
            .take_while(|sibling| *sibling != name)
            .collect();
        let place = format!("{holder}/properties");
        if self.contract.pointer(&place).is_none()
            && let Some(object) = self.object_at(holder)
        {
            object.insert("properties".to_owned(), json!({}));
        }
        if let Some(properties) = self.object_at(&place) {
            let before = siblings
                .iter()
                .rev()
                .find_map(|sibling| properties.keys().position(|key| key == sibling));
            let index = before.map_or(0, |index| index + 1);
            properties.shift_insert(index, name.clone(), schema);
        }
        if field.required == Some(true) {
            self.require(holder, &name, true);
        }
    }

    pub(super) fn add_parameter(&mut self, kind: &str, name: &str, field: &Field) -> Outcome {
        if kind != "query" {
            return Left(BY_HAND);
        }
        let mut schema = schema::property(self.contract, self.operation, field, None);
        let mut parameter = Map::new();
        parameter.insert("name".to_owned(), Value::from(name));
        parameter.insert("in".to_owned(), Value::from(kind));
        if let Some(object) = schema.as_object_mut() {
            for key in ["description", schema::REWORD, "deprecated"] {
                parameter.extend(
                    object
                        .shift_remove(key)
                        .map(|value| (key.to_owned(), value)),
                );
            }
        }
        if field.required == Some(true) {
            parameter.insert("required".to_owned(), Value::Bool(true));
        }
        parameter.insert("schema".to_owned(), schema);
        let example = format!("{kind}.{name}");
        let example = self.operation.examples.iter().find(|e| e.at == example);
        if let Some(value) = example.and_then(|e| serde_json::from_str(&e.json).ok()) {
            parameter.insert("example".to_owned(), value);
        }
        let Some(operation) = place::operation(self.contract, self.id) else {
            return Left(BY_HAND);
        };
        let list = format!("{operation}/parameters");
        if self.contract.pointer(&list).is_none() {
            insert_after(self.contract, &operation, "tags", "parameters", json!([]));
        }
        match self.contract.pointer_mut(&list) {
            Some(Value::Array(parameters)) => {
                parameters.push(Value::Object(parameter));
                Applied
            }
            _ => Left(BY_HAND),
        }
    }

    /// A field under another name: the contract keeps the old one unless it may go.
    pub(super) fn rename_field(&mut self, at: &str) -> Outcome {
        let (Some(new), Some(old)) = (&self.difference.before, &self.difference.after) else {
            return Left(BY_HAND);
        };
        let scope = at.rsplit_once('.').map_or("", |(scope, _)| scope);
        let (new, old) = (plain(new), plain(old));
        let old_at = format!("{scope}.{}", old.replace('.', "%2E"));
        let stays = self
            .may_go(|operation| operation.field(&old_at).is_some())
            .is_err();
        if stays || parameter(at).is_some() {
            return self.add_field(at);
        }
        if let Some(pointer) = place::object_at(self.contract, self.id, scope) {
            let sharing = shared::with(
                self.contract,
                self.facts.contract,
                &pointer,
                place::object_at,
            );
            if !self.all_agree(&sharing, &format!(".{}", last(at))) {
                if self.is_response() {
                    return Kept(SHARED);
                }
                isolate(self.contract, self.id, scope, Reach::Target);
            }
        }
        let Some(pointer) = place::object_at(self.contract, self.id, scope) else {
            return Left(BY_HAND);
        };
        let Some(properties) = self.object_at(&format!("{pointer}/properties")) else {
            return Left(BY_HAND);
        };
        *properties = std::mem::take(properties)
            .into_iter()
            .map(|(name, schema)| match name == old {
                true => (new.clone(), schema),
                false => (name, schema),
            })
            .collect();
        if let Some(Value::Array(names)) = self.contract.pointer_mut(&format!("{pointer}/required"))
        {
            for name in names.iter_mut().filter(|name| **name == *old) {
                *name = Value::from(new.as_str());
            }
        }
        Applied
    }

    /// Another type, or known values that come or go: the schema is made anew, in our words.
    pub(super) fn retype(&mut self, at: &str) -> Outcome {
        let Some(field) = self.fresh_field(at) else {
            return Left(BY_HAND);
        };
        if let Err(outcome) = self.own(at, Reach::Holder, "") {
            return outcome;
        }
        let Some(place) = place::find(self.contract, self.id, at) else {
            return Left(BY_HAND);
        };
        let described = self
            .contract
            .pointer(&format!("{}/description", place.site))
            .cloned();
        let mut schema = self.same_elements(&place.site, &field).unwrap_or_default();
        if schema.is_null() {
            schema = schema::property(self.contract, self.operation, &field, described);
            if self.difference.kind == Kind::Enumeration {
                self.keep_constraints(&place.site, &mut schema);
            }
        }
        if parameter(at).is_some()
            && let Some(object) = schema.as_object_mut()
        {
            // A parameter says this beside its schema.
            for key in ["description", schema::REWORD, "example"] {
                object.shift_remove(key);
            }
        }
        match self.contract.pointer_mut(&place.site) {
            Some(site) => {
                *site = schema;
                Applied
            }
            None => Left(BY_HAND),
        }
    }

    /// What else is said of values does not change with whether they are listed.
    fn keep_constraints(&self, site: &str, schema: &mut Value) {
        let old = self.contract.pointer(site).and_then(Value::as_object);
        let Some(schema) = schema.as_object_mut() else {
            return;
        };
        const REPLACED: [&str; 6] = ["type", "enum", "allOf", "items", "example", schema::REWORD];
        for (keyword, value) in old.into_iter().flatten() {
            if !REPLACED.contains(&keyword.as_str()) && !schema.contains_key(keyword) {
                schema.insert(keyword.clone(), value.clone());
            }
        }
    }

    /// An object that becomes a list of such objects, or the reverse, stays the object that it is.
    pub(super) fn same_elements(&self, site: &str, field: &Field) -> Option<Value> {
        let object = place::object(self.contract, site)?;
        let reference = json!({"$ref": format!("#{object}")});
        if !object.starts_with("/components/") {
            return None;
        }
        let mut schema = match field.ty.as_ref()?.as_str() {
            "array[object]" => json!({"type": "array", "items": reference}),
            "object" => json!({"allOf": [reference]}),
            _ => return None,
        };
        let described = self.contract.pointer(&format!("{site}/description"))?;
        schema["description"] = described.clone();
        Some(schema)
    }
}
