//! All that a schema and its parts say of one value.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::prose::Prose;
use crate::types::Type;

/// All that is said of one value, from wherever it is said.
#[derive(Default)]
pub(super) struct Gathered<'a> {
    pub(super) types: Vec<String>,
    pub(super) elements: Option<Box<Gathered<'a>>>,
    /// Name, schema and pointer of each property.
    pub(super) properties: Vec<(&'a str, &'a Value, String)>,
    pub(super) required: Vec<&'a str>,
    pub(super) values: Vec<String>,
    pub(super) text: Prose,
    pub(super) labels: BTreeMap<String, Prose>,
    pub(super) constraints: BTreeMap<String, String>,
    pub(super) deprecated: bool,
    pub(super) example: Option<&'a Value>,
    /// Where the references led that this was gathered from.
    pub(super) references: Vec<String>,
}

impl<'a> Gathered<'a> {
    /// Takes over what a part of `allOf`, `anyOf` or `oneOf` says.
    pub(super) fn absorb(&mut self, part: Gathered<'a>) {
        let kind = part.ty().map(|ty| ty.as_str().to_owned());
        self.types
            .extend(kind.filter(|kind| !self.types.contains(kind)));
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
        let implied = || {
            if !self.properties.is_empty() {
                Some("object")
            } else if self.elements.is_some() {
                Some("array")
            } else if !self.values.is_empty() {
                Some("string")
            } else {
                None
            }
        };
        let mut types = self.types.clone();
        if types.is_empty() {
            types.extend(implied().map(str::to_owned));
        }
        let of_elements = |name: String| match (&*name, &self.elements) {
            ("array", Some(elements)) => match elements.ty() {
                Some(of) => format!("array[{of}]"),
                None => name,
            },
            _ => name,
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
