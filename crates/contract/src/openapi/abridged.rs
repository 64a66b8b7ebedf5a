//! A file without what its two operations do not refer to, most of which is never even parsed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::inventory::OperationId;

/// A file of the usual form. Anything else is an error.
#[derive(Deserialize)]
struct File<'a> {
    paths: Value,
    /// By kind and name.
    #[serde(borrow)]
    components: BTreeMap<&'a str, BTreeMap<&'a str, &'a RawValue>>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// Parses the paths and the components that the two operations refer to, or `None` where the whole
/// file has to be parsed to know what they refer to, or what is wrong with it.
pub(super) fn parse(text: &str) -> Option<Value> {
    let file: File<'_> = serde_json::from_str(text).ok()?;
    let mut root = file.others;
    let schemes = file.components.get("securitySchemes").into_iter().flatten();
    let mut needed: Vec<String> = schemes
        .map(|(name, _)| format!("#/components/securitySchemes/{name}"))
        .collect();
    for (path, item) in file.paths.as_object()? {
        if OperationId::of_path(path).is_some() {
            find_references(item, &mut needed);
        }
    }
    let mut components: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    while let Some(reference) = needed.pop() {
        let (kind, name) = name_of_component(&reference)?;
        let (kind, raw) = file.components.get_key_value(kind)?;
        let raw = raw.get(name)?;
        let kept = components.entry(kind).or_default();
        if !kept.contains_key(name) {
            let component = serde_json::from_str(raw.get()).ok()?;
            find_references(&component, &mut needed);
            kept.insert(name.to_owned(), component);
        }
    }
    let components = components.into_iter();
    let components = components.map(|(kind, kept)| (kind.to_owned(), Value::Object(kept)));
    root.insert("components".to_owned(), components.collect());
    root.insert("paths".to_owned(), file.paths);
    Some(Value::Object(root))
}

/// Kind and name of the component that a reference leads to or into, if written as usual.
fn name_of_component(reference: &str) -> Option<(&str, &str)> {
    let (kind, rest) = reference.strip_prefix("#/components/")?.split_once('/')?;
    let name = rest.split('/').next()?;
    let is_usual = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    name.chars().all(is_usual).then_some((kind, name))
}

fn find_references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(values) => values.iter().for_each(|it| find_references(it, found)),
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(target) if key == "$ref" => found.push(target.clone()),
                    _ => find_references(value, found),
                }
            }
        }
        _ => {}
    }
}
