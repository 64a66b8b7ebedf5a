//! Statuses and their bodies.

use serde_json::{Map, Value, json};
use webex_precheck_contract::OperationId;
use webex_precheck_contract::inventory::Field;

use crate::adopt::place::{self};
use crate::adopt::schema;
use crate::adopt::shared::{self};

use super::{Applied, BY_HAND, Edit, Left, Outcome};

impl Edit<'_, '_> {
    pub(super) fn add_status(&mut self, status: &str) -> Outcome {
        let Some(response) = self.operation.response(status).cloned() else {
            return Left(BY_HAND);
        };
        let Some(operation) = place::operation(self.contract, self.id) else {
            return Left(BY_HAND);
        };
        let value = match self.known_response(status) {
            Some(reference) => json!({ "$ref": reference }),
            None => {
                let name = response.reason.clone().unwrap_or(format!("Status{status}"));
                let name = shared::pascal(&name);
                let name = shared::free_name(self.contract, "/components/responses", &name);
                let value = self.new_response(status, response.reason.as_deref());
                if let Some(responses) = self.object_at("/components/responses") {
                    responses.insert(name.clone(), value);
                }
                json!({ "$ref": format!("#/components/responses/{name}") })
            }
        };
        let Some(responses) = self.object_at(&format!("{operation}/responses")) else {
            return Left(BY_HAND);
        };
        let index = responses.keys().position(|other| other.as_str() > status);
        let index = index.unwrap_or(responses.len());
        responses.shift_insert(index, status.to_owned(), value);
        Applied
    }

    /// The response that the other operation has for this status.
    pub(super) fn known_response(&self, status: &str) -> Option<String> {
        let others = OperationId::ALL.into_iter().filter(|id| *id != self.id);
        others
            .filter_map(|id| place::response(self.contract, id, status))
            .find(|pointer| pointer.starts_with("/components/"))
            .map(|pointer| format!("#{pointer}"))
    }

    /// A response like the others of its class.
    pub(super) fn new_response(&mut self, status: &str, reason: Option<&str>) -> Value {
        let class = status.get(..1).unwrap_or_default();
        let own = &self.facts.contract.operation(self.id);
        let statuses = own.iter().flat_map(|operation| &operation.responses);
        let neighbour = statuses
            .filter(|other| other.status.starts_with(class))
            .filter_map(|other| place::response(self.contract, self.id, &other.status))
            .find(|pointer| pointer.starts_with("/components/"))
            .and_then(|pointer| self.contract.pointer(&pointer).cloned());
        let mut value = Map::new();
        let text = match reason {
            Some(reason) => format!("{reason}: Webex lists this status."),
            None => "Webex lists this status.".to_owned(),
        };
        schema::describe(&mut value, None, &text);
        let tracking = neighbour
            .as_ref()
            .and_then(|neighbour| neighbour.pointer("/headers/trackingid").cloned());
        if let Some(tracking) = tracking {
            value.insert("headers".to_owned(), json!({ "trackingid": tracking }));
        }
        let body = format!("responses.{status}");
        let schema = match self.fresh_field(&body) {
            Some(field) => Some(self.body_schema(&field)),
            None => neighbour.as_ref().and_then(|neighbour| {
                let content = neighbour.pointer("/content/application~1json/schema");
                content.cloned()
            }),
        };
        if let Some(schema) = schema {
            let content = json!({ "application/json": { "schema": schema } });
            value.insert("content".to_owned(), content);
        }
        Value::Object(value)
    }

    pub(super) fn body_schema(&mut self, field: &Field) -> Value {
        let mut schema = schema::property(self.contract, self.operation, field, None);
        // A body has the description of its schema.
        if let Some(reference) = schema.pointer("/allOf/0/$ref").cloned() {
            schema = json!({ "$ref": reference });
        }
        schema
    }

    /// A body of a response that had none.
    pub(super) fn add_body(&mut self, status: &str) -> Outcome {
        let at = format!("responses.{status}");
        let Some(field) = self.fresh_field(&at) else {
            return match self.may_go(|operation| operation.field(&at).is_some()) {
                Err(outcome) => outcome,
                Ok(()) => Left(BY_HAND),
            };
        };
        let Some(response) = place::response(self.contract, self.id, status) else {
            return Left(BY_HAND);
        };
        let schema = self.body_schema(&field);
        match self.object_at(&response) {
            Some(object) => {
                let content = json!({ "application/json": { "schema": schema } });
                object.insert("content".to_owned(), content);
                Applied
            }
            None => Left(BY_HAND),
        }
    }
}
