//! What is said of a field: whether it is required, constraints, deprecation, examples.

use serde_json::{Map, Value, json};
use webex_precheck_contract::inventory::Operation;

use crate::adopt::place::{self, escape, plain};
use crate::adopt::schema;
use crate::adopt::shared::{Reach, isolate};

use super::{Applied, BY_HAND, Edit, Kept, Left, Outcome, isolate_parameter, last, parameter};

impl Edit<'_, '_> {
    pub(super) fn requirement(&mut self, at: &str) -> Outcome {
        let required = self.difference.before.as_deref() == Some("required");
        if let Err(outcome) = self.own(at, Reach::Holder, "") {
            return outcome;
        }
        let Some(place) = place::find(self.contract, self.id, at) else {
            return Left(BY_HAND);
        };
        if parameter(at).is_some() {
            let Some(object) = self.object_at(&place.holder) else {
                return Left(BY_HAND);
            };
            match required {
                true => object.insert("required".to_owned(), Value::Bool(true)),
                false => object.shift_remove("required"),
            };
            return Applied;
        }
        self.require(&place.holder, &plain(last(at)), required);
        Applied
    }

    /// Puts a name among the required ones of an object, or takes it away.
    pub(super) fn require(&mut self, holder: &str, name: &str, required: bool) {
        let properties = self.contract.pointer(&format!("{holder}/properties"));
        let order: Vec<String> = properties
            .and_then(Value::as_object)
            .map(|properties| properties.keys().cloned().collect())
            .unwrap_or_default();
        let Some(object) = self.object_at(holder) else {
            return;
        };
        let names = object.get("required").and_then(Value::as_array);
        let mut names: Vec<String> = names
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        names.retain(|known| known != name);
        if required {
            // As far as the list keeps the order of the properties, so does the new name.
            let place = |name: &String| order.iter().position(|known| known == name);
            let own = place(&name.to_owned());
            let index = names.iter().position(|known| place(known) > own);
            names.insert(index.unwrap_or(names.len()), name.to_owned());
        }
        match (names.is_empty(), object.contains_key("required")) {
            (true, _) => {
                object.shift_remove("required");
            }
            (false, true) => {
                object.insert("required".to_owned(), Value::from(names));
            }
            (false, false) => {
                let index = object.keys().position(|key| key == "properties");
                let index = index.unwrap_or(object.len());
                object.shift_insert(index, "required".to_owned(), Value::from(names));
            }
        }
    }

    pub(super) fn constraint(&mut self, at: &str, keyword: &str) -> Outcome {
        let documented = self.difference.before.clone();
        if let Err(outcome) = self.own(at, Reach::Holder, &format!("#{keyword}")) {
            return outcome;
        }
        let Some(place) = place::find(self.contract, self.id, at) else {
            return Left(BY_HAND);
        };
        let (holder, keyword) = match keyword.strip_prefix("items.") {
            Some(keyword) => (format!("{}/items", place.site), keyword),
            None => (place.site, keyword),
        };
        if ["style", "explode", "allowEmptyValue", "allowReserved"].contains(&keyword) {
            return Left(BY_HAND);
        }
        let has_own = self
            .contract
            .pointer(&format!("{holder}/{}", escape(keyword)))
            .is_some();
        let Some(object) = self.object_at(&holder) else {
            return Left(BY_HAND);
        };
        match documented {
            // A keyword of a schema that is referred to stays there.
            None if !has_own => return Left(BY_HAND),
            None => {
                object.shift_remove(keyword);
            }
            Some(text) => {
                let value = schema::constraint(&text);
                match has_own {
                    true => object.insert(keyword.to_owned(), value),
                    false => {
                        let index = object.keys().position(|key| key == "type");
                        let index = index.map_or(0, |index| index + 1);
                        object.shift_insert(index, keyword.to_owned(), value)
                    }
                };
            }
        }
        Applied
    }

    pub(super) fn deprecation(&mut self, at: &str) -> Outcome {
        let deprecated = self.difference.before.as_deref() == Some("deprecated");
        let pointer = match (at, parameter(at)) {
            ("operation", _) => place::operation(self.contract, self.id),
            (_, Some((kind, name))) => {
                isolate_parameter(self.contract, self.id, kind, &plain(name));
                place::parameter(self.contract, self.id, kind, &plain(name))
            }
            _ => {
                if let Err(outcome) = self.own(at, Reach::Holder, "") {
                    return outcome;
                }
                place::site(self.contract, self.id, at)
            }
        };
        let Some(object) = pointer.and_then(|pointer| self.object_at(&pointer)) else {
            return Left(BY_HAND);
        };
        match deprecated {
            true => object.insert("deprecated".to_owned(), Value::Bool(true)),
            false => object.shift_remove("deprecated"),
        };
        Applied
    }

    pub(super) fn field_example(&mut self, at: &str) -> Outcome {
        if let Err(outcome) = self.own(at, Reach::Holder, "") {
            return outcome;
        }
        let example = self
            .fresh_field(at)
            .and_then(|field| schema::example(&field));
        let Some(place) = place::find(self.contract, self.id, at) else {
            return Left(BY_HAND);
        };
        // An example that a schema has which is referred to shows through.
        let target = place::follow(self.contract, &place.site);
        let Some(object) = self.object_at(&target) else {
            return Left(BY_HAND);
        };
        match example {
            None if !object.contains_key("example") => Left(BY_HAND),
            None => {
                object.shift_remove("example");
                Applied
            }
            Some(value) => {
                put_example(object, value);
                Applied
            }
        }
    }

    /// A whole example, of which the source shows another.
    pub(super) fn whole_example(&mut self, at: &str) -> Outcome {
        let example = self.operation.examples.iter().find(|e| e.at == at);
        let Some(example) = example else {
            let shown = |operation: &Operation| operation.examples.iter().any(|e| e.at == at);
            return match self.may_go(shown) {
                Err(Left(_)) => Kept("an example that this source does not show"),
                Err(outcome) => outcome,
                Ok(()) => Kept("an example that this source does not show"),
            };
        };
        let Ok(value) = serde_json::from_str::<Value>(&example.json) else {
            return Left(BY_HAND);
        };
        let parts: Vec<&str> = at.split('.').collect();
        let (holder, name) = match parts.as_slice() {
            ["request", name @ ..] => (place::request_body(self.contract, self.id), name.first()),
            ["responses", status, name @ ..] => {
                // What both operations answer with shows one example.
                let pointer = place::response(self.contract, self.id, status);
                if pointer
                    .as_ref()
                    .is_some_and(|p| p.starts_with("/components/"))
                {
                    isolate(
                        self.contract,
                        self.id,
                        &format!("responses.{status}"),
                        Reach::Holder,
                    );
                }
                (
                    place::response(self.contract, self.id, status),
                    name.first(),
                )
            }
            [kind, parameter] => {
                isolate_parameter(self.contract, self.id, kind, &plain(parameter));
                let pointer = place::parameter(self.contract, self.id, kind, &plain(parameter));
                return match pointer.and_then(|pointer| self.object_at(&pointer)) {
                    Some(object) => {
                        put_example(object, value);
                        Applied
                    }
                    None => Left(BY_HAND),
                };
            }
            _ => return Left(BY_HAND),
        };
        let media = holder.and_then(|holder| place::media_type(self.contract, &holder));
        let Some(media) = media else {
            return Left(BY_HAND);
        };
        match name {
            None => match self.object_at(&media) {
                Some(object) => {
                    object.insert("example".to_owned(), value);
                    Applied
                }
                None => Left(BY_HAND),
            },
            Some(name) => {
                let Some(object) = self.object_at(&media) else {
                    return Left(BY_HAND);
                };
                let named = object.entry("examples").or_insert_with(|| json!({}));
                named[*name]["value"] = value;
                Applied
            }
        }
    }
}

fn put_example(object: &mut Map<String, Value>, value: Value) {
    if object.contains_key("example") {
        object.insert("example".to_owned(), value);
        return;
    }
    let index = object.keys().position(|key| key == "description");
    object.shift_insert(index.unwrap_or(object.len()), "example".to_owned(), value);
}
