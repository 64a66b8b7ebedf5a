//! The JSON Schema of a request accepts what its type accepts, and nothing else.
//!
//! A type accepts JSON that decodes as the request and keeps the constraints of the contract: lengths,
//! patterns, numbers of entries. The types themselves take values that break those, since what a value
//! may be is Webex's judgement.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use conformance::CHECKED_IN;
use fastrand::Rng;
use jsonschema::Validator;
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};
use webex_precheck::AnyPrecheck;
use webex_precheck_api::{FieldType, OPERATIONS, Operation};

/// Cases of each kind: from schemas and from types.
const CASES: usize = 10_000;

const SEED: u64 = 17;

/// The two judges of a request.
struct Judges {
    operation: &'static Operation,
    schema: Value,
    by_schema: Validator,
    constraints: Validator,
}

impl Judges {
    fn of(operation: &'static Operation) -> Self {
        let schema = Value::from(operation.request_schema(SchemaGenerator::default()));
        let name = schema["title"].as_str().unwrap();
        Self {
            operation,
            by_schema: jsonschema::validator_for(&schema).unwrap(),
            constraints: jsonschema::validator_for(&constraints(name)).unwrap(),
            schema,
        }
    }

    fn type_accepts(&self, json: &Value) -> bool {
        let decoded = AnyPrecheck::deserialize(self.operation, json);
        decoded.is_ok() && self.constraints.is_valid(json)
    }

    /// Whether both accept it; panics if they disagree.
    fn agree(&self, json: &Value) -> bool {
        let by_type = self.type_accepts(json);
        let by_schema = self.by_schema.is_valid(json);
        assert_eq!(
            by_type, by_schema,
            "{}: type {by_type}, schema {by_schema}: {json}",
            self.operation.id
        );
        by_type
    }
}

/// What the contract says of a schema's values besides their types.
fn constraints(name: &str) -> Value {
    let mut document: Value = serde_json::from_str(&CHECKED_IN.read("openapi.json")).unwrap();
    let mut schemas = document["components"]["schemas"].take();
    for schema in schemas.as_object_mut().unwrap().values_mut() {
        keep_constraints(schema);
    }
    let reference = format!("#/components/schemas/{name}");
    json!({"$ref": reference, "components": {"schemas": schemas}})
}

fn keep_constraints(schema: &mut Value) {
    let Value::Object(members) = schema else {
        return;
    };
    for other in ["type", "required", "enum", "not", "example"] {
        members.shift_remove(other);
    }
    if let Some(Value::Object(properties)) = members.get_mut("properties") {
        properties.values_mut().for_each(keep_constraints);
    }
    for (_, value) in members.iter_mut().filter(|(name, _)| *name != "properties") {
        match value {
            Value::Array(parts) => parts.iter_mut().for_each(keep_constraints),
            value => keep_constraints(value),
        }
    }
}

/// Random JSON.
struct Random<'a> {
    rng: Rng,
    /// The schema in which references are looked up.
    root: &'a Value,
    /// One value in so many is of any type.
    noise: usize,
}

impl Random<'_> {
    fn one_in(&mut self, count: usize) -> bool {
        self.rng.usize(..count) == 0
    }

    /// A value that a schema mostly accepts.
    fn by(&mut self, schema: &Value, depth: usize) -> Value {
        if depth > 8 || self.one_in(self.noise) {
            return self.any(depth);
        }
        if let Some(reference) = schema["$ref"].as_str() {
            let target = self
                .root
                .pointer(reference.trim_start_matches('#'))
                .unwrap();
            return self.by(&target.clone(), depth);
        }
        if let Some(parts) = schema["anyOf"].as_array() {
            let part = self.rng.choice(parts).unwrap();
            return self.by(&part.clone(), depth);
        }
        if let Some(values) = schema["enum"].as_array() {
            return self.rng.choice(values).unwrap().clone();
        }
        let ty = match &schema["type"] {
            Value::Array(types) => self.rng.choice(types).unwrap().as_str(),
            ty => ty.as_str(),
        };
        match ty {
            Some("object") => self.object(schema, depth),
            Some("array") => {
                let length = [0, 1, 1, 1, 2][self.rng.usize(..5)];
                (0..length)
                    .map(|_| self.by(&schema["items"], depth + 1))
                    .collect()
            }
            Some("string") => self.text(),
            Some("number" | "integer") => self.number(),
            Some("boolean") => self.rng.bool().into(),
            Some("null") => Value::Null,
            _ => self.any(depth),
        }
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Value {
        let mut object = Map::new();
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let is_required = required.contains(&Value::from(name.as_str()));
            let is_there = if is_required {
                !self.one_in(60)
            } else {
                self.one_in(3)
            };
            if is_there {
                object.insert(name.clone(), self.by(property, depth + 1));
            }
        }
        if self.one_in(4) {
            let value = self.by(&schema["additionalProperties"], depth + 1);
            object.insert(self.name(), value);
        }
        object.into()
    }

    fn name(&mut self) -> String {
        let name = ["costCenter", "email2", "Country", "", "extra", "a b", "ä"];
        self.rng.choice(name).unwrap().to_owned()
    }

    fn text(&mut self) -> Value {
        let long = |count| "ä".repeat(count);
        match self.rng.usize(..24) {
            0 => "us".into(),
            1 => "".into(),
            2 => "USA".into(),
            3 => long(51).into(),
            4 => long(50).into(),
            5 => "webex_of_tomorrow".into(),
            6 => "a@b.co".into(),
            // A country, which is a text as good as any elsewhere.
            _ => "DE".into(),
        }
    }

    fn number(&mut self) -> Value {
        match self.rng.usize(..6) {
            0 => json!(0.5),
            1 => json!(-1),
            2 => json!(u64::MAX),
            3 => json!(1e300),
            4 => json!(50.0),
            _ => json!(50),
        }
    }

    /// A value of any type.
    fn any(&mut self, depth: usize) -> Value {
        match self.rng.usize(..if depth > 8 { 5 } else { 7 }) {
            0 => Value::Null,
            1 => self.rng.bool().into(),
            2 => self.number(),
            3 | 4 => self.text(),
            5 => (0..self.rng.usize(..3))
                .map(|_| self.any(depth + 1))
                .collect(),
            _ => {
                let members = (0..self.rng.usize(..3)).map(|_| (self.name(), self.any(depth + 1)));
                Value::Object(members.collect())
            }
        }
    }

    /// A request with fields of the table of an operation, wherever they belong.
    fn of_table(&mut self, operation: &Operation) -> Value {
        let mut request = json!({});
        for field in operation.fields {
            let is_there = if field.is_required {
                !self.one_in(60)
            } else {
                self.one_in(6)
            };
            if !is_there {
                continue;
            }
            let value = match field.ty {
                _ if self.one_in(self.noise) => self.any(0),
                FieldType::String => self.text(),
                FieldType::Number => self.number(),
                FieldType::StringArray => (0..self.rng.usize(..3)).map(|_| self.text()).collect(),
                _ => self.any(0),
            };
            let mut at = &mut request;
            for name in field.path.split('.') {
                if !at.is_object() {
                    *at = json!({});
                }
                at = &mut at[name];
            }
            *at = value;
        }
        if self.one_in(3) {
            request[self.name()] = self.any(0);
        }
        request
    }
}

/// Judges what `make` makes for each operation, and tells `made` of it.
fn judge(
    make: impl Fn(&mut Random<'_>, &Operation) -> Value,
    made: impl Fn(&Judges, &Operation, &Value, bool),
) {
    let mut accepted = 0;
    for operation in OPERATIONS {
        let judges = Judges::of(operation);
        let (root, rng) = (&judges.schema, Rng::with_seed(SEED));
        let mut random = Random {
            rng,
            root,
            noise: 60,
        };
        for _ in 0..CASES {
            let json = make(&mut random, operation);
            let is_accepted = judges.agree(&json);
            made(&judges, operation, &json, is_accepted);
            accepted += usize::from(is_accepted);
        }
    }
    // Both kinds of answers are there, or the test would say little.
    let cases = CASES * OPERATIONS.len();
    assert!(
        accepted * 10 > cases && (cases - accepted) * 10 > cases,
        "{accepted} of {cases} accepted"
    );
}

#[test]
fn schemas_and_types_agree_about_json_made_by_schemas() {
    judge(
        |random, _| {
            let root = random.root;
            random.by(root, 0)
        },
        |_, _, _, _| {},
    );
}

#[test]
fn schemas_and_types_agree_about_json_made_by_types() {
    let is_sent_as_accepted =
        |judges: &Judges, operation: &Operation, json: &Value, is_accepted: bool| {
            if let Ok(request) = AnyPrecheck::deserialize(operation, json) {
                let sent = serde_json::to_value(&request).unwrap();
                assert!(
                    !is_accepted || judges.agree(&sent),
                    "{json} is sent as {sent}"
                );
            }
        };
    judge(
        |random, operation| random.of_table(operation),
        is_sent_as_accepted,
    );
}

#[test]
fn unknown_packages_and_fields_are_accepted_and_constraints_are_kept() {
    let judges = |name| Judges::of(Operation::named(name).unwrap());
    let subscriber = judges("subscriber");
    for (json, accepted) in [
        (json!({"email": "a", "packages": ["webex_hologram"]}), true),
        (json!({"email": "a", "hologram": {"size": [1]}}), true),
        (json!({"email": "a", "package": "x", "packages": []}), true),
        (
            json!({"email": "a", "package": null, "packages": ["x"]}),
            true,
        ),
        (
            json!({"email": "a", "package": "x", "packages": ["y"]}),
            false,
        ),
        (json!({"email": "a", "packages": ["x", "y"]}), false),
        (json!({"email": "a", "packages": null}), false),
        (json!({"email": 5}), false),
        (json!({}), false),
        (json!(["a"]), false),
    ] {
        assert_eq!(subscriber.agree(&json), accepted, "{json}");
    }
    let customer = judges("customer");
    let address = |line: &str, country: &str| json!({"address": {"addressLine1": line, "city": "x", "country": country, "planet": 1}});
    assert!(customer.agree(&address(&"ä".repeat(50), "US")));
    assert!(!customer.agree(&address(&"ä".repeat(51), "US")));
    assert!(!customer.agree(&address("x", "us")));
}
