//! Statuses and their bodies.

use serde_json::{Value, json};
use webex_precheck_contract::inventory::{Field, Response};
use webex_precheck_contract::location::{FieldPath, Section};
use webex_precheck_contract::{Endpoint, openapi};

use crate::adopt::names::free_name;
use crate::adopt::place::{Contract, Pointer};
use crate::codegen::names::pascal;

use super::schema::describe;
use super::{Writer, reference};

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
                let value = self.new_response(response);
                self.object(RESPONSES)?.insert(name.clone(), value);
                format!("{RESPONSES}/{name}")
            }
        };
        let responses = self.object(&list)?;
        let index = responses.keys().position(|other| other > status);
        let index = index.unwrap_or(responses.len());
        responses.shift_insert(index, status.to_owned(), reference(&pointer));
        Some(())
    }

    /// The response that another operation has for this status.
    fn known_response(&self, status: &str) -> Option<Pointer> {
        let root = &*self.contract;
        let endpoints = openapi::endpoints(root);
        endpoints.iter().find_map(|Endpoint { id, .. }| {
            let response = Contract { root, id }.response(status)?;
            (*id != self.fresh.id && response.starts_with(RESPONSES)).then_some(response)
        })
    }

    /// A response like the others of its class.
    fn new_response(&mut self, Response { status, reason, .. }: &Response) -> Value {
        let neighbour = self.neighbour(status).unwrap_or_default();
        let mut value = json!({});
        let what = reason.iter().map(|reason| format!("{reason}: "));
        let what: String = what.collect();
        describe(&mut value, None, format!("{what}Webex lists this status."));
        if let Some(tracking) = neighbour.pointer("/headers/trackingid") {
            value["headers"] = json!({ "trackingid": tracking });
        }
        let like_neighbour = || {
            neighbour
                .pointer("/content/application~1json/schema")
                .cloned()
        };
        let field = self.fresh.field(&body(status));
        let schema = field.map(|field| self.body_schema(field));
        if let Some(schema) = schema.or_else(like_neighbour) {
            value["content"] = content(&schema);
        }
        value
    }

    fn neighbour(&self, status: &str) -> Option<Value> {
        let place = self.place();
        let statuses = self.contract.pointer(&place.member("responses")?)?;
        let class = status.get(..1)?;
        let alike = statuses.as_object()?.keys();
        let alike = alike.filter(|other| other.starts_with(class));
        let mut alike = alike.filter_map(|other| place.response(other));
        let pointer = alike.find(|pointer| pointer.starts_with(RESPONSES))?;
        self.contract.pointer(&pointer).cloned()
    }

    fn body_schema(&mut self, field: &Field) -> Value {
        let schema = self.property(field, None);
        // A body has the description of its schema.
        match schema.pointer("/allOf/0") {
            Some(reference) => reference.clone(),
            None => schema,
        }
    }

    /// A body of a response that had none.
    pub(super) fn add_body(&mut self, status: &str) -> Option<()> {
        let field = self.fresh.field(&body(status))?;
        let response = self.place().response(status)?;
        let schema = self.body_schema(field);
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
