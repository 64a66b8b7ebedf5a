//! One difference between a source and the contract becomes an edit of the contract.

use serde_json::{Map, Value, json};
use webex_precheck_contract::diff::{Difference, Kind};
use webex_precheck_contract::inventory::{Field, Operation};
use webex_precheck_contract::{Inventory, OperationId};

use super::place::{self, PARAMETERS, Pointer, escape, plain};
use super::schema;
use super::shared::{self, At, Reach, insert_after, isolate};

/// What became of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The contract says now what the source says.
    Applied,
    /// The contract stays as it is, and a deviation is to say why.
    Kept(&'static str),
    /// A person must decide.
    Left(&'static str),
}

use Outcome::{Applied, Kept, Left};

const SHARED: &str = "the contract has one schema for several places, and the source documents it in another of them";
const BY_HAND: &str = "change the contract by hand, or excuse it in spec/deviations.toml";
const REMOVAL: &str = "a removal, which only --allow-breaking applies";

/// What edits follow from.
pub(super) struct Facts<'a> {
    /// What the source documents.
    pub(super) fresh: &'a Inventory,
    /// What the contract says.
    pub(super) contract: &'a Inventory,
    /// The differences from the source to the contract.
    pub(super) differences: &'a [Difference],
    /// What the other sources document.
    pub(super) others: &'a [&'a Inventory],
    pub(super) allow_breaking: bool,
}

/// Makes the contract agree with the source in one point.
pub(super) fn apply(contract: &mut Value, facts: &Facts<'_>, difference: &Difference) -> Outcome {
    let Some(operation) = facts.fresh.operation(difference.operation) else {
        return Left(BY_HAND);
    };
    let edit = Edit {
        contract,
        facts,
        operation,
        difference,
        id: difference.operation,
    };
    edit.apply()
}

struct Edit<'e, 'a> {
    contract: &'e mut Value,
    facts: &'e Facts<'a>,
    operation: &'e Operation,
    difference: &'e Difference,
    id: OperationId,
}

/// What a location names.
enum Fact<'a> {
    Dependency(&'a str),
    /// A package that another one needs.
    Needed(&'a str, &'a str),
    Example(&'a str),
    Status(&'a str),
    /// An enumerated value.
    Value(&'a str, &'a str),
    Constraint(&'a str, &'a str),
    Field(&'a str),
    /// What is not edited by itself.
    Other,
}

impl<'a> Fact<'a> {
    fn of(at: &'a str) -> Self {
        let bracketed = at.strip_suffix(']').and_then(|at| at.split_once('['));
        if let Some(rest) = at.strip_prefix("dependencies.") {
            return match bracketed {
                Some((_, needed)) => Self::Needed(rest.split('[').next().unwrap_or(rest), needed),
                None => Self::Dependency(rest),
            };
        }
        if let Some(rest) = at.strip_prefix("examples.") {
            return Self::Example(rest.split('/').next().unwrap_or(rest));
        }
        let parts: Vec<&str> = at.split('.').collect();
        match (parts.as_slice(), bracketed) {
            (["responses", status], None) => Self::Status(status),
            (["responses", _, "headers" | "mediaTypes" | "reason"], None) => Self::Other,
            (["operation"], _) => Self::Field("operation"),
            (
                [
                    "body" | "path" | "query" | "header" | "cookie" | "responses",
                    ..,
                ],
                _,
            ) => {
                match (bracketed, at.split_once('#')) {
                    (Some((at, _)), _)
                        if at.ends_with(".headers")
                            || at.ends_with("ediaTypes")
                            || at.ends_with(".unnamed") =>
                    {
                        Self::Other
                    }
                    (Some((at, value)), _) => Self::Value(at, value),
                    (None, Some((at, keyword))) => Self::Constraint(at, keyword),
                    // A field without a place.
                    (None, None) if at.contains(".?.") => Self::Other,
                    (None, None) => Self::Field(at),
                }
            }
            _ => Self::Other,
        }
    }
}

impl Edit<'_, '_> {
    fn apply(mut self) -> Outcome {
        let at = self.difference.at.clone();
        let kind = self.difference.kind;
        match (Fact::of(&at), kind) {
            (Fact::Example(at), _) => self.whole_example(at),
            (Fact::Dependency(package), Kind::Removed) => self.add_dependency(package),
            (Fact::Dependency(package), Kind::Renamed) => match self.difference.before.clone() {
                // What the source has is added; the rest is a removal, told of next.
                Some(_) => self.add_dependency(package),
                None => Left(BY_HAND),
            },
            (Fact::Dependency(package), Kind::Added) => self.remove(package, None),
            (Fact::Needed(package, _), Kind::Removed | Kind::Renamed) => {
                self.add_dependency(package)
            }
            (Fact::Needed(package, needed), Kind::Added) => self.remove(package, Some(needed)),
            (Fact::Status(status), Kind::Removed | Kind::Renamed) => self.add_status(status),
            (Fact::Status(status), Kind::Added) => self.remove_status(status),
            (Fact::Status(status), Kind::Body) => self.add_body(status),
            (Fact::Value(at, value), Kind::Removed | Kind::Renamed) => self.add_value(at, value),
            (Fact::Value(at, value), Kind::Added) => self.remove_value(at, value),
            (Fact::Constraint(at, keyword), Kind::Constraint) => self.constraint(at, keyword),
            (Fact::Field(at), Kind::Removed) => self.add_field(at),
            (Fact::Field(at), Kind::Renamed) => self.rename_field(at),
            (Fact::Field(at), Kind::Added) => self.remove_field(at),
            (Fact::Field(at), Kind::Type | Kind::Enumeration) => self.retype(at),
            (Fact::Field(at), Kind::Requirement) if at != "body" => self.requirement(at),
            (Fact::Field(at), Kind::Deprecation) => self.deprecation(at),
            (Fact::Field(at), Kind::Example) => self.field_example(at),
            (Fact::Other, Kind::Security) if self.difference.before.as_deref() == Some("none") => {
                Kept("a token is needed whether a source says so or not")
            }
            _ => Left(BY_HAND),
        }
    }

    fn is_response(&self) -> bool {
        self.difference.at.starts_with("responses.")
    }

    fn object_at(&mut self, pointer: &str) -> Option<&mut Map<String, Value>> {
        self.contract.pointer_mut(pointer)?.as_object_mut()
    }

    fn fresh_field(&self, at: &str) -> Option<Field> {
        self.operation.field(at).cloned()
    }

    // --- Sharing

    /// Whether everyone who shares what is edited documents the same change. `suffix` follows the
    /// place of the sharer in the location of its difference.
    fn all_agree(&self, sharers: &[At], suffix: &str) -> bool {
        sharers.iter().all(|(id, at)| {
            let same = |other: &&Difference| {
                other.operation == *id
                    && other.at == format!("{at}{suffix}")
                    && other.kind == self.difference.kind
                    && other.before == self.difference.before
            };
            if (*id, format!("{at}{suffix}")) == (self.id, self.difference.at.clone()) {
                return true;
            }
            match self.facts.fresh.operation(*id) {
                Some(_) => self.facts.differences.iter().any(|other| same(&other)),
                // What this source says nothing of is as another documents it.
                None => !self
                    .facts
                    .others
                    .iter()
                    .any(|other| other.operation(*id).is_some()),
            }
        })
    }

    /// Prepares an edit of the object that has the field `at`, or of the field's own schema: who
    /// shares it without the same change gets a copy. Of responses there are no copies, for a client
    /// handles both answers alike; the outcome is then what becomes of the difference instead.
    fn own(&mut self, at: &str, reach: Reach, suffix: &str) -> Result<(), Outcome> {
        let target = |contract: &Value, id: OperationId, at: &str| -> Option<Pointer> {
            match reach {
                Reach::Holder => place::find(contract, id, at).map(|place| place.site),
                Reach::Target => place::site(contract, id, at)
                    .and_then(|site| place::enumeration(contract, &site)),
            }
        };
        let Some(pointer) = target(self.contract, self.id, at) else {
            return Ok(());
        };
        let sharers = shared::with(self.contract, self.facts.contract, &pointer, target);
        if self.all_agree(&sharers, suffix) {
            return Ok(());
        }
        if !self.is_response() {
            match parameter(at) {
                Some((kind, name)) => isolate_parameter(self.contract, self.id, kind, &plain(name)),
                None => isolate(self.contract, self.id, at, reach),
            }
            return Ok(());
        }
        match self.difference.kind {
            // A client that takes the value where it is new takes it everywhere.
            Kind::Removed => Ok(()),
            Kind::Requirement if self.difference.before.as_deref() == Some("optional") => Ok(()),
            Kind::Type | Kind::Enumeration => Err(Left(SHARED)),
            _ => Err(Kept(SHARED)),
        }
    }

    // --- Removals

    /// What becomes of something that the contract has and the source has not, unless it may go.
    fn may_go(&self, elsewhere: impl Fn(&Operation) -> bool) -> Result<(), Outcome> {
        let documented = self.facts.others.iter().any(|other| {
            let operation = other.operation(self.id);
            operation.is_some_and(&elsewhere)
        });
        match (documented, self.facts.allow_breaking) {
            (true, _) => Err(Kept("another source documents it")),
            (false, false) => Err(Left(REMOVAL)),
            (false, true) => Ok(()),
        }
    }

    fn remove(&mut self, package: &str, needed: Option<&str>) -> Outcome {
        let elsewhere = |operation: &Operation| {
            let table = operation.dependencies.as_ref();
            let list = table.and_then(|table| table.get(package));
            list.is_some_and(|list| needed.is_none_or(|name| list.iter().any(|it| it == name)))
        };
        if let Err(outcome) = self.may_go(elsewhere) {
            return outcome;
        }
        let Some(table) = self.dependencies() else {
            return Left(BY_HAND);
        };
        match needed {
            None => {
                table.shift_remove(package);
            }
            Some(needed) => {
                if let Some(Value::Array(list)) = table.get_mut(package) {
                    list.retain(|name| name != needed);
                }
            }
        }
        Applied
    }

    fn remove_status(&mut self, status: &str) -> Outcome {
        if let Err(outcome) = self.may_go(|operation| operation.response(status).is_some()) {
            return outcome;
        }
        let Some(operation) = place::operation(self.contract, self.id) else {
            return Left(BY_HAND);
        };
        match self.object_at(&format!("{operation}/responses")) {
            Some(responses) => {
                responses.shift_remove(status);
                Applied
            }
            None => Left(BY_HAND),
        }
    }

    fn remove_value(&mut self, at: &str, value: &str) -> Outcome {
        let listed = |operation: &Operation| {
            let values = operation.field(at).and_then(|field| field.values.as_ref());
            let needed = operation.dependencies.iter().flatten();
            let mut needed = needed.flat_map(|(package, needed)| needed.iter().chain([package]));
            values.is_some_and(|values| values.listed().iter().any(|it| it == value))
                || needed.any(|package| package == value)
        };
        if let Err(outcome) = self.may_go(listed) {
            return outcome;
        }
        if let Err(outcome) = self.own(at, Reach::Target, &format!("[{value}]")) {
            return outcome;
        }
        let Some(values) = self.enumeration(at) else {
            return Left(BY_HAND);
        };
        values.retain(|known| known != value);
        Applied
    }

    fn remove_field(&mut self, at: &str) -> Outcome {
        if self.is_backed_by_sharers(at) {
            return Kept(SHARED);
        }
        if let Err(outcome) = self.may_go(|operation| operation.field(at).is_some()) {
            return outcome;
        }
        if let Some((kind, name)) = parameter(at) {
            return self.remove_parameter(kind, &plain(name));
        }
        if let Err(outcome) = self.own(at, Reach::Holder, "") {
            return outcome;
        }
        let Some(place) = place::find(self.contract, self.id, at) else {
            return Left(BY_HAND);
        };
        let name = plain(last(at));
        self.require(&place.holder, &name, false);
        if let Some(properties) = self.object_at(&format!("{}/properties", place.holder)) {
            properties.shift_remove(&name);
        }
        Applied
    }

    /// Whether a field is there for another place that shares it, and is documented there.
    fn is_backed_by_sharers(&self, at: &str) -> bool {
        let site = |contract: &Value, id: OperationId, at: &str| place::site(contract, id, at);
        let Some(pointer) = site(self.contract, self.id, at) else {
            return false;
        };
        let sharers = shared::with(self.contract, self.facts.contract, &pointer, site);
        let mut sharers = sharers.iter().filter(|it| **it != (self.id, at.to_owned()));
        sharers.any(|(id, at)| {
            let fresh = self.facts.fresh.operation(*id);
            fresh.is_some_and(|operation| operation.field(at).is_some())
        })
    }

    fn remove_parameter(&mut self, kind: &str, name: &str) -> Outcome {
        let Some(found) = place::parameter(self.contract, self.id, kind, name) else {
            return Left(BY_HAND);
        };
        let Some(operation) = place::operation(self.contract, self.id) else {
            return Left(BY_HAND);
        };
        let list = format!("{operation}/parameters");
        let count = self.contract.pointer(&list).and_then(Value::as_array);
        let index = (0..count.map_or(0, Vec::len))
            .find(|index| place::follow(self.contract, &format!("{list}/{index}")) == found);
        match (self.contract.pointer_mut(&list), index) {
            (Some(Value::Array(parameters)), Some(index)) => {
                parameters.remove(index);
                Applied
            }
            _ => Left(BY_HAND),
        }
    }

    // --- Package dependencies

    fn dependencies(&mut self) -> Option<&mut Map<String, Value>> {
        let operation = place::operation(self.contract, self.id)?;
        self.object_at(&format!("{operation}/x-package-dependencies"))
    }

    /// Adds a package's dependencies, or those that are missing.
    fn add_dependency(&mut self, package: &str) -> Outcome {
        let documented = self.operation.dependencies.as_ref();
        let Some(needed) = documented.and_then(|table| table.get(package)).cloned() else {
            return Left(BY_HAND);
        };
        let Some(operation) = place::operation(self.contract, self.id) else {
            return Left(BY_HAND);
        };
        if self.dependencies().is_none() {
            let table = json!({});
            insert_after(
                self.contract,
                &operation,
                "x-webex-scope",
                "x-package-dependencies",
                table,
            );
        }
        let Some(table) = self.dependencies() else {
            return Left(BY_HAND);
        };
        match table.get_mut(package) {
            Some(Value::Array(list)) => insert_missing(list, &needed),
            _ => {
                table.insert(package.to_owned(), Value::from(needed));
            }
        }
        Applied
    }

    // --- Enumerated values

    fn enumeration(&mut self, at: &str) -> Option<&mut Vec<Value>> {
        let site = place::site(self.contract, self.id, at)?;
        let schema = place::enumeration(self.contract, &site)?;
        self.contract
            .pointer_mut(&format!("{schema}/enum"))?
            .as_array_mut()
    }

    fn add_value(&mut self, at: &str, value: &str) -> Outcome {
        if let Err(outcome) = self.own(at, Reach::Target, &format!("[{value}]")) {
            return outcome;
        }
        let field = self.fresh_field(at);
        let documented = field.as_ref().and_then(|field| field.values.as_ref());
        let documented = documented
            .map_or(&[][..], |values| values.listed())
            .to_vec();
        let Some(values) = self.enumeration(at) else {
            return Left(BY_HAND);
        };
        // One value at a time: each is a difference of its own.
        let known: Vec<String> = documented
            .into_iter()
            .filter(|it| it == value || values.iter().any(|known| known == it))
            .collect();
        insert_missing(values, &known);
        Applied
    }

    // --- Statuses

    fn add_status(&mut self, status: &str) -> Outcome {
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
    fn known_response(&self, status: &str) -> Option<String> {
        let others = OperationId::ALL.into_iter().filter(|id| *id != self.id);
        others
            .filter_map(|id| place::response(self.contract, id, status))
            .find(|pointer| pointer.starts_with("/components/"))
            .map(|pointer| format!("#{pointer}"))
    }

    /// A response like the others of its class.
    fn new_response(&mut self, status: &str, reason: Option<&str>) -> Value {
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

    fn body_schema(&mut self, field: &Field) -> Value {
        let mut schema = schema::property(self.contract, self.operation, field, None);
        // A body has the description of its schema.
        if let Some(reference) = schema.pointer("/allOf/0/$ref").cloned() {
            schema = json!({ "$ref": reference });
        }
        schema
    }

    /// A body of a response that had none.
    fn add_body(&mut self, status: &str) -> Outcome {
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

    // --- Fields

    fn add_field(&mut self, at: &str) -> Outcome {
        let Some(field) = self.fresh_field(at) else {
            return Left(BY_HAND);
        };
        if let Some((kind, name)) = parameter(at) {
            return self.add_parameter(kind, &plain(name), &field);
        }
        let scope = field.parent().to_owned();
        let sharers = |contract: &Value, id: OperationId, at: &str| {
            place::object(contract, &place::site(contract, id, at)?)
        };
        let Some(holder) = sharers(self.contract, self.id, &scope) else {
            return self.first_field(&scope, &field);
        };
        let sharing = shared::with(self.contract, self.facts.contract, &holder, sharers);
        let suffix = format!(".{}", field.name());
        // What may be left out is harmless elsewhere, and a type that people use stays the same.
        let is_harmless = self.is_response() || field.required != Some(true);
        if !is_harmless && !self.all_agree(&sharing, &suffix) {
            isolate(self.contract, self.id, &scope, Reach::Target);
        }
        let Some(holder) = sharers(self.contract, self.id, &scope) else {
            return Left(BY_HAND);
        };
        let schema = schema::property(self.contract, self.operation, &field, None);
        self.insert_property(&holder, &scope, &field, schema);
        Applied
    }

    /// The first field of an object that had none.
    fn first_field(&mut self, scope: &str, field: &Field) -> Outcome {
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
    fn insert_property(&mut self, holder: &str, scope: &str, field: &Field, schema: Value) {
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

    fn add_parameter(&mut self, kind: &str, name: &str, field: &Field) -> Outcome {
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
    fn rename_field(&mut self, at: &str) -> Outcome {
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
        let holder = |contract: &Value, id: OperationId, at: &str| {
            place::object(contract, &place::site(contract, id, at)?)
        };
        if let Some(pointer) = holder(self.contract, self.id, scope) {
            let sharing = shared::with(self.contract, self.facts.contract, &pointer, holder);
            if !self.all_agree(&sharing, &format!(".{}", last(at))) {
                if self.is_response() {
                    return Kept(SHARED);
                }
                isolate(self.contract, self.id, scope, Reach::Target);
            }
        }
        let Some(pointer) = holder(self.contract, self.id, scope) else {
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
    fn retype(&mut self, at: &str) -> Outcome {
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

    /// An object that becomes a list of such objects, or the reverse, stays the object that it is.
    fn same_elements(&self, site: &str, field: &Field) -> Option<Value> {
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

    fn requirement(&mut self, at: &str) -> Outcome {
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
    fn require(&mut self, holder: &str, name: &str, required: bool) {
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

    fn constraint(&mut self, at: &str, keyword: &str) -> Outcome {
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

    fn deprecation(&mut self, at: &str) -> Outcome {
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

    fn field_example(&mut self, at: &str) -> Outcome {
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
    fn whole_example(&mut self, at: &str) -> Outcome {
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

/// Gives an operation a parameter of its own.
fn isolate_parameter(contract: &mut Value, id: OperationId, kind: &str, name: &str) {
    let others = OperationId::ALL.into_iter().filter(|other| *other != id);
    let own = place::parameter(contract, id, kind, name);
    let is_shared = others
        .filter_map(|other| place::parameter(contract, other, kind, name))
        .any(|other| Some(other) == own);
    let (true, Some(own), Some(operation)) = (is_shared, own, place::operation(contract, id))
    else {
        return;
    };
    let value = contract.pointer(&own).cloned().unwrap_or_default();
    if let Some(Value::Array(parameters)) = contract.pointer_mut(&format!("{operation}/parameters"))
    {
        for parameter in parameters {
            if parameter.get("$ref").and_then(Value::as_str) == Some(&format!("#{own}")) {
                *parameter = value.clone();
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

/// Inserts what is missing, each value behind the one that it follows.
fn insert_missing(list: &mut Vec<Value>, wanted: &[String]) {
    let mut last = None;
    for value in wanted {
        match list.iter().position(|known| known == value) {
            Some(index) => last = Some(index),
            None => {
                let index = last.map_or(0, |index: usize| index + 1);
                list.insert(index, Value::from(value.as_str()));
                last = Some(index);
            }
        }
    }
}

/// The kind and name of a parameter.
fn parameter(at: &str) -> Option<(&str, &str)> {
    let (kind, name) = at.split_once('.')?;
    PARAMETERS.contains(&kind).then_some((kind, name))
}

fn last(at: &str) -> &str {
    at.rsplit('.').next().unwrap_or(at)
}
