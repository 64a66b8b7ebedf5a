//! A schema as fields: what `$ref`, `allOf`, `anyOf`, `oneOf` and `items` say is gathered first.

use serde_json::{Map, Value};

use crate::inventory::Field;
use crate::location::{FieldPath, Keyword};
use crate::problem::Problem;
use crate::prose::Prose;
use crate::types::{Alternative, Values};

use super::FETCH_AGAIN;
use super::gathered::{Gathered, plain, split_labels};
use super::resolve::{Document, escape};

/// Schema keywords that are read as something else than a constraint.
const READ_ELSEWHERE: [&str; 19] = [
    "$ref",
    "type",
    "title",
    "description",
    "properties",
    "required",
    "items",
    "allOf",
    "anyOf",
    "oneOf",
    "enum",
    "deprecated",
    "example",
    "examples",
    "externalDocs",
    "definitions",
    "$defs",
    "$schema",
    "$comment",
];

/// More schemas than any operation has: beyond them the schema multiplies itself.
const MOST_SCHEMAS: usize = 5_000;
/// Deeper than any body nests.
const DEEPEST: usize = 64;

/// Reads schemas into a list of fields.
pub(super) struct SchemaReader<'a, 'p> {
    document: &'p Document<'a>,
    problems: &'p mut Vec<Problem>,
    pub(super) fields: Vec<Field>,
    quoted_examples: usize,
    /// How many schemas were gathered so far.
    gathered: usize,
    exceeded: bool,
}

impl<'a, 'p> SchemaReader<'a, 'p> {
    pub(super) fn new(document: &'p Document<'a>, problems: &'p mut Vec<Problem>) -> Self {
        Self {
            document,
            problems,
            fields: Vec::new(),
            quoted_examples: 0,
            gathered: 0,
            exceeded: false,
        }
    }

    /// Reads the schema of a body, a parameter or a property into the field at a path and those in it.
    pub(super) fn read_field(
        &mut self,
        at: &FieldPath,
        schema: &'a Value,
        pointer: &str,
        required: Option<bool>,
    ) {
        self.read_nested(at, schema, pointer, required, &mut Vec::new());
    }

    fn read_nested(
        &mut self,
        at: &FieldPath,
        schema: &'a Value,
        pointer: &str,
        required: Option<bool>,
        trail: &mut Vec<String>,
    ) {
        let known = trail.len();
        if let Some(gathered) = self.gather(schema, pointer, trail) {
            let field = self.field(at, &gathered, required);
            self.fields.push(field);
            trail.extend(gathered.references.iter().cloned());
            self.read_properties(at, &gathered, trail);
        }
        trail.truncate(known);
    }

    fn read_properties(
        &mut self,
        scope: &FieldPath,
        gathered: &Gathered<'a>,
        trail: &mut Vec<String>,
    ) {
        let object = match &gathered.elements {
            Some(elements) if !elements.properties.is_empty() => elements,
            _ => gathered,
        };
        let nameless = object
            .required
            .iter()
            .filter(|name| !object.properties.iter().any(|(known, ..)| known == *name));
        let mut contradictory = false;
        for name in nameless {
            contradictory = true;
            self.problems.push(Problem::note(
                scope.to_string(),
                format!("`required` names `{name}`, which is not among the properties"),
            ));
        }
        for (name, schema, pointer) in &object.properties {
            let required = match (object.required.contains(name), contradictory) {
                (true, _) => Some(true),
                (false, false) => Some(false),
                // The name that stands nowhere may be meant for any of them.
                (false, true) => None,
            };
            self.read_nested(&scope.child(*name), schema, pointer, required, trail);
        }
    }

    fn field(&mut self, at: &FieldPath, gathered: &Gathered<'a>, required: Option<bool>) -> Field {
        let example = match gathered.example {
            Some(example) => self.example(example),
            None => String::new(),
        };
        let mut text = gathered.text.clone();
        let mut values = gathered.values.clone();
        let mut labels = gathered.labels.clone();
        let mut constraints = gathered.constraints.clone();
        if let Some(elements) = &gathered.elements {
            values.extend(elements.values.iter().cloned());
            labels.extend(elements.labels.clone());
            text.extend(elements.text.clone());
            let of_elements = elements.constraints.iter().map(|(keyword, value)| {
                let name = keyword.name.clone();
                let of_elements = true;
                (Keyword { of_elements, name }, value.clone())
            });
            constraints.extend(of_elements);
        }
        Field {
            at: at.clone(),
            ty: gathered.ty(),
            required,
            values: Some(Values::Listed(values)),
            constraints: Some(constraints),
            deprecated: Some(gathered.deprecated),
            text: Some(text),
            labels: Some(labels),
            example: Some(example),
        }
    }

    /// An example value as JSON. Some published strings hold literal quotes around their text.
    fn example(&mut self, example: &Value) -> String {
        if let Value::String(text) = example
            && let Some(inner) = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'))
        {
            self.quoted_examples += 1;
            return Value::from(inner).to_string();
        }
        example.to_string()
    }

    /// Says once how many examples held literal quotes.
    pub(super) fn finish(self, scope: &str) -> Vec<Field> {
        if self.quoted_examples > 0 {
            self.problems.push(Problem::note(
                scope,
                format!(
                    "{} examples hold literal quotes, which are left out",
                    self.quoted_examples
                ),
            ));
        }
        self.fields
    }

    /// Gathers what is said of a value, or `None` where a reference is recursive or broken.
    fn gather(
        &mut self,
        schema: &'a Value,
        pointer: &str,
        trail: &mut Vec<String>,
    ) -> Option<Gathered<'a>> {
        self.gathered += 1;
        if self.gathered >= MOST_SCHEMAS || trail.len() >= DEEPEST {
            if !self.exceeded {
                self.exceeded = true;
                self.problems.push(Problem::broken(
                    pointer,
                    format!(
                        "over {MOST_SCHEMAS} schemas or {DEEPEST} references deep: the schema repeats itself, or is none; {FETCH_AGAIN}"
                    ),
                ));
            }
            return None;
        }
        let mut gathered = Gathered::default();
        let resolved = match self.document.resolve(schema, pointer) {
            Ok(resolved) => resolved,
            Err(message) => {
                let message = format!("{message}; {FETCH_AGAIN}");
                self.problems.push(Problem::broken(pointer, message));
                return None;
            }
        };
        let referred = schema.get("$ref").is_some();
        if referred {
            if trail.contains(&resolved.pointer) {
                self.problems.push(Problem::note(
                    pointer,
                    format!("recursive: `{}` contains itself", resolved.pointer),
                ));
                return None;
            }
            gathered.references.push(resolved.pointer.clone());
            trail.push(resolved.pointer.clone());
            // OpenAPI 3.0 ignores what stands beside `$ref`, but people read it.
            if let Some(text) = schema.get("description").and_then(Value::as_str) {
                gathered.text.extend(Prose::new(text));
            }
        }
        match resolved.value.as_object() {
            Some(object) => {
                self.gather_keywords(object, &resolved.pointer, &mut gathered);
                self.gather_parts(object, &resolved.pointer, trail, &mut gathered);
            }
            None => self.expected(resolved.pointer.clone(), "a schema, which is an object"),
        }
        if referred {
            trail.pop();
        }
        resolved.value.is_object().then_some(gathered)
    }

    fn gather_parts(
        &mut self,
        object: &'a Map<String, Value>,
        pointer: &str,
        trail: &mut Vec<String>,
        gathered: &mut Gathered<'a>,
    ) {
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let parts = object.get(keyword).and_then(Value::as_array);
            for (index, part) in parts.into_iter().flatten().enumerate() {
                let pointer = format!("{pointer}/{keyword}/{index}");
                if let Some(part) = self.gather(part, &pointer, trail) {
                    gathered.absorb(part);
                }
            }
        }
        if let Some(items) = object.get("items") {
            let pointer = format!("{pointer}/items");
            if let Some(elements) = self.gather(items, &pointer, trail) {
                gathered
                    .references
                    .extend(elements.references.iter().cloned());
                gathered.elements = Some(Box::new(elements));
            }
        }
    }

    fn gather_keywords(
        &mut self,
        object: &'a Map<String, Value>,
        pointer: &str,
        gathered: &mut Gathered<'a>,
    ) {
        match object.get("type") {
            Some(Value::String(name)) => {
                let ty = Alternative::new(name);
                if matches!(ty, Alternative::Other(_)) {
                    self.problems.push(Problem::note(
                        format!("{pointer}/type"),
                        format!("`{name}` is no type of OpenAPI"),
                    ));
                }
                gathered.types.insert(ty);
            }
            // OpenAPI 3.1 lists types.
            Some(Value::Array(names)) => {
                let names = names.iter().filter_map(Value::as_str);
                gathered.types.extend(names.map(Alternative::new));
            }
            Some(_) => self.expected(format!("{pointer}/type"), "the name of a type"),
            None => {}
        }
        let values = self.strings(object, "enum", pointer);
        let documents = object.get("externalDocs");
        let texts = [
            object.get("title"),
            object.get("description"),
            documents.and_then(|documents| documents.get("description")),
        ];
        for text in texts.into_iter().flatten() {
            let Some(text) = text.as_str() else {
                self.expected(format!("{pointer}/description"), "text");
                continue;
            };
            let (labels, rest) = split_labels(text);
            gathered.labels.extend(labels);
            gathered.text.extend(Prose::new(&rest));
        }
        gathered.values.extend(values);
        match object.get("properties") {
            Some(Value::Object(properties)) => {
                gathered
                    .properties
                    .extend(properties.iter().map(|(name, schema)| {
                        let pointer = format!("{pointer}/properties/{}", escape(name));
                        (name.as_str(), schema, pointer)
                    }));
            }
            Some(_) => self.expected(format!("{pointer}/properties"), "an object"),
            None => {}
        }
        match object.get("required") {
            Some(Value::Array(names)) if names.iter().all(Value::is_string) => gathered
                .required
                .extend(names.iter().filter_map(Value::as_str)),
            Some(_) => self.expected(format!("{pointer}/required"), "a list of names"),
            None => {}
        }
        for (keyword, value) in object {
            let is_default = match keyword.as_str() {
                "additionalProperties" => *value == Value::Bool(true),
                _ => *value == Value::Bool(false),
            };
            let is_extension = keyword.starts_with("x-");
            if !is_default && !is_extension && !READ_ELSEWHERE.contains(&keyword.as_str()) {
                let keyword = Keyword {
                    of_elements: false,
                    name: keyword.clone(),
                };
                gathered.constraints.insert(keyword, constraint(value));
            }
        }
        gathered.deprecated |= object.get("deprecated") == Some(&Value::Bool(true));
        gathered.example = gathered.example.or(object.get("example"));
    }

    fn expected(&mut self, pointer: String, what: &str) {
        let message = format!("expected {what}; {FETCH_AGAIN}");
        self.problems.push(Problem::broken(pointer, message));
    }

    fn strings(&mut self, object: &Map<String, Value>, keyword: &str, at: &str) -> Vec<String> {
        match object.get(keyword) {
            Some(Value::Array(values)) => values.iter().map(plain).collect(),
            Some(_) => {
                self.expected(format!("{at}/{keyword}"), "a list of values");
                Vec::new()
            }
            None => Vec::new(),
        }
    }
}

/// The value of a keyword that constrains, as text; words within it are left out.
pub(super) fn constraint(value: &Value) -> String {
    match value {
        Value::Object(_) | Value::Array(_) => without_words(value).to_string(),
        other => plain(other),
    }
}

fn without_words(value: &Value) -> Value {
    match value {
        Value::Object(object) => object
            .iter()
            .filter(|(key, _)| !matches!(key.as_str(), "title" | "description" | "example"))
            .map(|(key, value)| (key.clone(), without_words(value)))
            .collect(),
        Value::Array(values) => values.iter().map(without_words).collect(),
        other => other.clone(),
    }
}
