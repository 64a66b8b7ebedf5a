//! All that a schema and its parts say of one value.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::location::Keyword;
use crate::text_digest::TextDigest;
use crate::types::{Alternative, Type};

use super::node::{Node, elements};

/// All that is said of one value, from wherever it is said.
#[derive(Default)]
pub(super) struct Gathered<'a> {
    types: BTreeSet<Alternative>,
    pub(super) elements: Option<Box<Gathered<'a>>>,
    pub(super) object: Properties<'a>,
    pub(super) values: Vec<String>,
    pub(super) text: TextDigest,
    pub(super) labels: BTreeMap<String, TextDigest>,
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
    pub(super) fn absorb(&mut self, part: Self) {
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
        // What stands for a type that is not told.
        let implied = if !self.object.schemas.is_empty() {
            Some(Alternative::Object)
        } else if self.elements.is_some() {
            Some(Alternative::Array(None))
        } else {
            (!self.values.is_empty()).then_some(Alternative::String)
        };
        if types.is_empty() {
            types.extend(implied);
        }
        if let Some(elements) = &self.elements
            && types.remove(&Alternative::Array(None))
        {
            types.insert(Alternative::Array(elements.ty()));
        }
        (!types.is_empty()).then(|| Type::any_of(types))
    }

    pub(super) fn read_keywords(&mut self, schema: &Node<'a>) {
        let is_type = |it: &Value| it.is_string() || it.is_array();
        let types = schema.expect("type", is_type, "the name of a type");
        // OpenAPI 3.1 lists types.
        let names = elements(Some(types.value)).chain([types.value]);
        for name in names.filter_map(Value::as_str) {
            let ty = Alternative::new(name);
            if types.value.is_string() && matches!(ty, Alternative::Other(_)) {
                types.note(format!("`{name}` is no type of OpenAPI"));
            }
            self.types.insert(ty);
        }
        let values = schema.expect("enum", Value::is_array, "a list of values");
        self.values.extend(elements(Some(values.value)).map(plain));
        let texts = ["/title", "/description", "/externalDocs/description"];
        for text in texts.iter().filter_map(|it| schema.value.pointer(it)) {
            let Some(text) = text.as_str() else {
                schema.at("description").broken("expected text");
                continue;
            };
            let (labels, rest) = split_labels(text);
            self.labels.extend(labels);
            self.text.extend(TextDigest::new(&rest));
        }
        let properties = schema.object("properties");
        self.object.schemas.extend(properties.members());
        let is_names = |it: &Value| it.is_array() && elements(Some(it)).all(Value::is_string);
        let required = schema.expect("required", is_names, "a list of names");
        let required = elements(Some(required.value)).filter_map(Value::as_str);
        self.object.required.extend(required);
        for (keyword, value) in schema.value.as_object().into_iter().flatten() {
            if is_constraint(keyword, value) {
                self.constraints.extend([constraint(keyword, value)]);
            }
        }
        self.deprecated |= schema.is_true("deprecated");
        self.example = self.example.or(schema.value.get("example"));
    }
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
fn split_labels(text: &str) -> (BTreeMap<String, TextDigest>, String) {
    let mut labels = BTreeMap::new();
    let mut rest = String::new();
    for line in text.lines() {
        if let Some((value, words)) = label(line) {
            labels.insert(value.to_owned(), TextDigest::new(words));
        } else {
            rest.extend([line, "\n"]);
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
