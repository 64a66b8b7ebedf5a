//! Statuses and their bodies.

use serde_json::{Map, Value, json};
use webex_precheck_contract::OperationId;
use webex_precheck_contract::inventory::{Field, Response};
use webex_precheck_contract::location::{FieldPath, Section};

use crate::adopt::names::{free_name, pascal};
use crate::adopt::place::{Contract, Pointer};
use crate::adopt::schema;

use super::Writer;

const RESPONSES: &str = "/components/responses";

impl Writer<'_> {
    pub(super) fn add_status(&mut self, response: &Response) -> Option<()> {
        let status = &response.status;
        let list = self.place().member("responses")?;
        let pointer = match self.known_response(status) {
            Some(pointer) => pointer,
            None => {
                let name = response.reason.clone().unwrap_or(format!("Status{status}"));
                let name = free_name(self.contract, RESPONSES, &pascal(&name));
                let value = self.new_response(status, response.reason.as_deref());
                self.object(RESPONSES)?.insert(name.clone(), value);
                format!("{RESPONSES}/{name}")
            }
        };
        let responses = self.object(&list)?;
        let index = responses.keys().position(|other| other > status);
        let index = index.unwrap_or(responses.len());
        let reference = json!({ "$ref": format!("#{pointer}") });
        responses.shift_insert(index, status.to_owned(), reference);
        Some(())
    }

    /// The response that another operation has for this status.
    fn known_response(&self, status: &str) -> Option<Pointer> {
        let others = OperationId::ALL
            .into_iter()
            .filter(|id| *id != self.fresh.id);
        let root = &*self.contract;
        let mut known = others.filter_map(|id| Contract { root, id }.response(status));
        known.find(|pointer| pointer.starts_with(RESPONSES))
    }

    /// A response like the others of its class.
    fn new_response(&mut self, status: &str, reason: Option<&str>) -> Value {
        let neighbour = self.neighbour(status).unwrap_or_default();
        let mut value = Map::new();
        let text = match reason {
            Some(reason) => format!("{reason}: Webex lists this status."),
            None => "Webex lists this status.".to_owned(),
        };
        schema::describe(&mut value, None, &text);
        if let Some(tracking) = neighbour.pointer("/headers/trackingid") {
            value.insert("headers".to_owned(), json!({ "trackingid": tracking }));
        }
        let schema = match self.fresh.field(&body(status)).cloned() {
            Some(field) => Some(self.body_schema(&field)),
            None => neighbour
                .pointer("/content/application~1json/schema")
                .cloned(),
        };
        if let Some(schema) = schema {
            value.insert("content".to_owned(), content(&schema));
        }
        Value::Object(value)
    }

    fn neighbour(&self, status: &str) -> Option<Value> {
        let place = self.place();
        let statuses = self
            .contract
            .pointer(&place.member("responses")?)?
            .as_object()?;
        let class = status.get(..1)?;
        let alike = statuses.keys().filter(|other| other.starts_with(class));
        let mut alike = alike.filter_map(|other| place.response(other));
        let pointer = alike.find(|pointer| pointer.starts_with(RESPONSES))?;
        self.contract.pointer(&pointer).cloned()
    }

    fn body_schema(&mut self, field: &Field) -> Value {
        let schema = schema::property(self.contract, self.fresh, field, None);
        // A body has the description of its schema.
        match schema.pointer("/allOf/0/$ref") {
            Some(reference) => json!({ "$ref": reference }),
            None => schema,
        }
    }

    /// A body of a response that had none.
    pub(super) fn add_body(&mut self, status: &str) -> Option<()> {
        let field = self.fresh.field(&body(status))?.clone();
        let response = self.place().response(status)?;
        let schema = self.body_schema(&field);
        let response = self.object(&response)?;
        response.insert("content".to_owned(), content(&schema));
        Some(())
    }
}

fn body(status: &str) -> FieldPath {
    Section::Response(status.to_owned()).into()
}

fn content(schema: &Value) -> Value {
    json!({ "application/json": { "schema": schema } })
}
