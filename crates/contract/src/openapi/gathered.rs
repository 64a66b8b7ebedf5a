//! All that a schema and its parts say of one value.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::location::Keyword;
use crate::prose::Prose;
use crate::types::{Alternative, Type};

/// All that is said of one value, from wherever it is said.
#[derive(Default)]
pub(super) struct Gathered<'a> {
    pub(super) types: BTreeSet<Alternative>,
    pub(super) elements: Option<Box<Gathered<'a>>>,
    /// Name, schema and pointer of each property.
    pub(super) properties: Vec<(&'a str, &'a Value, String)>,
    pub(super) required: Vec<&'a str>,
    pub(super) values: Vec<String>,
    pub(super) text: Prose,
    pub(super) labels: BTreeMap<String, Prose>,
    pub(super) constraints: BTreeMap<Keyword, String>,
    pub(super) deprecated: bool,
    pub(super) example: Option<&'a Value>,
    /// Where the references led that this was gathered from.
    pub(super) references: Vec<String>,
}

impl<'a> Gathered<'a> {
    /// Takes over what a part of `allOf`, `anyOf` or `oneOf` says.
    pub(super) fn absorb(&mut self, part: Gathered<'a>) {
        if let Some(ty) = part.ty() {
            self.types.extend(ty.alternatives().cloned());
        }
        match part.elements {
            // The properties of an element stand for those of the value.
            Some(elements) if self.elements.is_none() => {
                let Gathered {
                    properties,
                    required,
                    ..
                } = *elements;
                self.absorb_properties(properties, required);
            }
            _ => {}
        }
        self.absorb_properties(part.properties, part.required);
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

    fn absorb_properties(
        &mut self,
        properties: Vec<(&'a str, &'a Value, String)>,
        required: Vec<&'a str>,
    ) {
        for property in properties {
            if !self.properties.iter().any(|(name, ..)| *name == property.0) {
                self.properties.push(property);
            }
        }
        self.required.extend(required);
    }

    pub(super) fn ty(&self) -> Option<Type> {
        let mut types = self.types.clone();
        if types.is_empty() {
            // What stands for a type that is not told.
            types.extend(if !self.properties.is_empty() {
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
}

/// Takes the lines of the form ``* `value` - words`` out of the description of an enumeration.
pub(super) fn split_labels(text: &str) -> (BTreeMap<String, Prose>, String) {
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

/// A JSON value without the quotes of a string.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
