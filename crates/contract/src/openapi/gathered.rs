//! All that a schema says of a value, with what its `$ref`, `allOf`, `anyOf`, `oneOf` and `items` say.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::location::Keyword;
use crate::prose::Prose;
use crate::types::{Alternative, Type};

use super::node::Node;

/// More schemas than any operation has: beyond them the schema multiplies itself.
const MOST_SCHEMAS: usize = 5_000;
/// Deeper than any body nests.
const DEEPEST: usize = 64;

/// All that is said of one value, from wherever it is said.
#[derive(Default)]
pub(super) struct Gathered<'a> {
    types: BTreeSet<Alternative>,
    pub(super) elements: Option<Box<Gathered<'a>>>,
    pub(super) object: Properties<'a>,
    pub(super) values: Vec<String>,
    pub(super) text: Prose,
    pub(super) labels: BTreeMap<String, Prose>,
    pub(super) constraints: BTreeMap<Keyword, String>,
    pub(super) deprecated: bool,
    pub(super) example: Option<&'a Value>,
    /// Where the references led that this was gathered from.
    pub(super) references: Vec<String>,
}

/// The properties of an object, and the names of the required ones.
#[derive(Default)]
pub(super) struct Properties<'a> {
    pub(super) schemas: Vec<(&'a str, Node<'a>)>,
    pub(super) required: Vec<&'a str>,
}

impl<'a> Properties<'a> {
    pub(super) fn has(&self, name: &str) -> bool {
        self.schemas.iter().any(|(known, _)| *known == name)
    }

    fn absorb(&mut self, part: Self) {
        for (name, schema) in part.schemas {
            if !self.has(name) {
                self.schemas.push((name, schema));
            }
        }
        self.required.extend(part.required);
    }
}

impl<'a> Gathered<'a> {
    /// Takes over what a part of `allOf`, `anyOf` or `oneOf` says.
    fn absorb(&mut self, part: Self) {
        if let Some(ty) = part.ty() {
            self.types.extend(ty.alternatives().cloned());
        }
        // The properties of an element stand for those of the value.
        if let (Some(elements), None) = (part.elements, &self.elements) {
            self.object.absorb(elements.object);
        }
        self.object.absorb(part.object);
        for value in part.values {
            if !self.values.contains(&value) {
                self.values.push(value);
            }
        }
        self.text.extend(part.text);
        self.labels.extend(part.labels);
        self.constraints.extend(part.constraints);
        self.deprecated |= part.deprecated;
        self.example = self.example.or(part.example);
        self.references.extend(part.references);
    }

    pub(super) fn ty(&self) -> Option<Type> {
        let mut types = self.types.clone();
        if types.is_empty() {
            // What stands for a type that is not told.
            types.extend(if !self.object.schemas.is_empty() {
                Some(Alternative::Object)
            } else if self.elements.is_some() {
                Some(Alternative::Array(None))
            } else {
                (!self.values.is_empty()).then_some(Alternative::String)
            });
        }
        let of_elements = |it: Alternative| match (&it, &self.elements) {
            (Alternative::Array(None), Some(elements)) => Alternative::Array(elements.ty()),
            _ => it,
        };
        (!types.is_empty()).then(|| Type::any_of(types.into_iter().map(of_elements)))
    }

    fn read_keywords(&mut self, schema: &Node<'a>) {
        match schema.value.get("type") {
            Some(Value::String(name)) => {
                let ty = Alternative::new(name);
                if matches!(ty, Alternative::Other(_)) {
                    let place = schema.at("type");
                    place.note(format!("`{name}` is no type of OpenAPI"));
                }
                self.types.insert(ty);
            }
            // OpenAPI 3.1 lists types.
            Some(Value::Array(names)) => {
                let names = names.iter().filter_map(Value::as_str);
                self.types.extend(names.map(Alternative::new));
            }
            Some(_) => schema.at("type").broken("expected the name of a type"),
            None => {}
        }
        let values = schema.expect("enum", Value::is_array, "a list of values");
        let values = values.value.as_array().into_iter().flatten();
        self.values.extend(values.map(plain));
        let texts = ["/title", "/description", "/externalDocs/description"];
        for text in texts.iter().filter_map(|it| schema.value.pointer(it)) {
            let Some(text) = text.as_str() else {
                schema.at("description").broken("expected text");
                continue;
            };
            let (labels, rest) = split_labels(text);
            self.labels.extend(labels);
            self.text.extend(Prose::new(&rest));
        }
        let properties = schema.object("properties");
        self.object.schemas.extend(properties.members());
        let required = schema.expect("required", is_names, "a list of names").value;
        let names = required.as_array().into_iter().flatten();
        self.object.required.extend(names.filter_map(Value::as_str));
        for (keyword, value) in schema.value.as_object().into_iter().flatten() {
            if is_constraint(keyword, value) {
                let (keyword, value) = constraint(keyword, value);
                self.constraints.insert(keyword, value);
            }
        }
        self.deprecated |= schema.is_true("deprecated");
        self.example = self.example.or(schema.value.get("example"));
    }
}

/// Gathers schemas, within bounds.
#[derive(Default)]
pub(super) struct Gatherer {
    /// The references that led to the schema at hand.
    pub(super) trail: Vec<String>,
    /// How many schemas were gathered so far.
    schemas: usize,
    exceeded: bool,
}

impl Gatherer {
    /// Gathers what is said of a value, or `None` where a reference is recursive or broken.
    pub(super) fn gather<'a>(&mut self, schema: &Node<'a>) -> Option<Gathered<'a>> {
        self.schemas += 1;
        if self.schemas >= MOST_SCHEMAS || self.trail.len() >= DEEPEST {
            if !std::mem::replace(&mut self.exceeded, true) {
                schema.broken(&format!(
                    "over {MOST_SCHEMAS} schemas or {DEEPEST} references deep: the schema repeats itself, or is none"
                ));
            }
            return None;
        }
        let target = schema.follow()?;
        let mut gathered = Gathered::default();
        let known = self.trail.len();
        if schema.value.get("$ref").is_some() {
            if self.trail.contains(&target.pointer) {
                schema.note(format!("recursive: `{}` contains itself", target.pointer));
                return None;
            }
            gathered.references.push(target.pointer.clone());
            self.trail.push(target.pointer.clone());
            // OpenAPI 3.0 ignores what stands beside `$ref`, but people read it.
            let text = schema.value.get("description").and_then(Value::as_str);
            gathered
                .text
                .extend(text.map(Prose::new).unwrap_or_default());
        }
        if target.value.is_object() {
            gathered.read_keywords(&target);
            self.gather_parts(&target, &mut gathered);
        } else {
            target.broken("expected a schema, which is an object");
        }
        self.trail.truncate(known);
        target.value.is_object().then_some(gathered)
    }

    fn gather_parts<'a>(&mut self, schema: &Node<'a>, gathered: &mut Gathered<'a>) {
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for part in schema.at(keyword).elements() {
                if let Some(part) = self.gather(&part) {
                    gathered.absorb(part);
                }
            }
        }
        if schema.value.get("items").is_some()
            && let Some(elements) = self.gather(&schema.at("items"))
        {
            gathered.references.extend(elements.references.clone());
            gathered.elements = Some(Box::new(elements));
        }
    }
}

fn is_names(value: &Value) -> bool {
    let names = value.as_array();
    names.is_some_and(|names| names.iter().all(Value::is_string))
}

/// Whether a keyword of a schema constrains its values.
fn is_constraint(keyword: &str, value: &Value) -> bool {
    match keyword {
        // Read as something else, or not at all.
        "$ref" | "type" | "title" | "description" | "properties" | "required" | "items"
        | "allOf" | "anyOf" | "oneOf" | "enum" | "deprecated" | "example" | "examples"
        | "externalDocs" | "definitions" | "$defs" | "$schema" | "$comment" => false,
        "additionalProperties" => *value != Value::Bool(true),
        _ => *value != Value::Bool(false) && !keyword.starts_with("x-"),
    }
}

/// A keyword that constrains, and its value as text; words within it are left out.
pub(super) fn constraint(keyword: &str, value: &Value) -> (Keyword, String) {
    let keyword = Keyword {
        of_elements: false,
        name: keyword.to_owned(),
    };
    (keyword, bare(value))
}

/// A JSON value without the words in it, and without the quotes of a string.
pub(super) fn bare(value: &Value) -> String {
    plain(&without_words(value))
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

/// A JSON value without the quotes of a string.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Takes the lines of the form ``* `value` - words`` out of the description of an enumeration.
fn split_labels(text: &str) -> (BTreeMap<String, Prose>, String) {
    let mut labels = BTreeMap::new();
    let mut rest = String::new();
    for line in text.lines() {
        match label(line) {
            Some((value, words)) => {
                labels.insert(value.to_owned(), Prose::new(words));
            }
            None => {
                rest.push_str(line);
                rest.push('\n');
            }
        }
    }
    (labels, rest)
}

fn label(line: &str) -> Option<(&str, &str)> {
    let item = line.trim_start().strip_prefix(['*', '-'])?.trim_start();
    let (value, words) = item.strip_prefix('`')?.split_once('`')?;
    let words = words
        .trim_start()
        .trim_start_matches(['-', ':', '\u{2013}']);
    Some((value, words.trim()))
}
