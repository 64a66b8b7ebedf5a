//! What is said of a field: whether it is required, constraints, deprecation.

use crate::adopt::place::{self, escape, plain};
use crate::adopt::schema;
use crate::adopt::shared::Reach;
use serde_json::Value;

use super::{Applied, BY_HAND, Edit, Left, Outcome, isolate_parameter, last, parameter};

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
}
