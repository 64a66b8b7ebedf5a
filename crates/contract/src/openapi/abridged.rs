//! A file without what the operations that are read do not refer to, most of which is never even parsed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::endpoints::Endpoints;

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

/// Parses the paths and the components that the operations refer to, or `None` where the whole
/// file has to be parsed to know what they refer to, or what is wrong with it.
pub(super) fn parse(text: &str, endpoints: &Endpoints) -> Option<Value> {
    let file: File<'_> = serde_json::from_str(text).ok()?;
    let schemes = file.components.get("securitySchemes").into_iter().flatten();
    let schemes = schemes.map(|(name, _)| format!("#/components/securitySchemes/{name}"));
    let mut needed: Vec<String> = schemes.collect();
    for (path, item) in file.paths.as_object()? {
        if endpoints.at(path).next().is_some() {
            needed.extend(references(item));
        }
    }
    let mut root = Value::Object(file.others);
    while let Some(reference) = needed.pop() {
        let mut keys = reference.strip_prefix("#/components/")?.split('/');
        let (kind, name) = (keys.next()?, keys.next()?);
        let raw = file.components.get(kind)?.get(name)?;
        // An encoded name may be the name of something else.
        if reference.contains(['%', '~']) {
            return None;
        }
        let component = &mut root["components"][kind][name];
        if component.is_null() {
            *component = serde_json::from_str(raw.get()).ok()?;
            needed.extend(references(component));
        }
    }
    root["paths"] = file.paths;
    Some(root)
}

/// The targets of all `$ref`s in a value.
fn references(value: &Value) -> Vec<String> {
    let json = value.to_string();
    let targets = json.split(r#""$ref":""#).skip(1);
    let targets = targets.filter_map(|rest| rest.split('"').next());
    targets.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    //! What is kept, what is not, and when the whole file has to be read.
    use super::*;
    use crate::{Endpoint, OperationId};

    fn parse(text: &str) -> Option<Value> {
        let endpoint = Endpoint {
            id: OperationId::new("a"),
            method: "POST".to_owned(),
            path: "/a".to_owned(),
        };
        super::parse(text, &[endpoint].into_iter().collect())
    }

    fn file(reference: &str) -> String {
        format!(
            r##"{{"openapi": "3.0.3", "paths": {{"/v1/a": {{"$ref": "{reference}"}}}}, "components": {{
                "securitySchemes": {{"s": {{"type": "http"}}}},
                "schemas": {{"a": {{"$ref": "#/components/schemas/b/x"}}, "b": {{"x": 1}}, "c": [1e999]}}}}}}"##
        )
    }

    #[test]
    fn components_are_kept_if_something_leads_to_them() {
        let root = parse(&file("#/components/schemas/a")).unwrap();
        let names = |kind: &str| -> Vec<&String> {
            let kind = root["components"][kind].as_object();
            kind.unwrap().keys().collect()
        };
        assert_eq!(names("schemas"), ["a", "b"]);
        assert_eq!(names("securitySchemes"), ["s"]);
        assert_eq!(root["openapi"], "3.0.3");
    }

    #[test]
    fn unusual_files_are_read_as_a_whole() {
        for reference in [
            "#",
            "#/paths",
            "#/components/schemas",
            "#/components/schemas/d",
            "#/components/schemas/%61",
            "other.json#/a",
        ] {
            assert_eq!(parse(&file(reference)), None, "{reference}");
        }
        // It is broken, and the place has to be told.
        assert_eq!(parse(&file("#/components/schemas/c")), None);
        let twice = file("#/components/schemas/a").replace("\"openapi\"", "\"paths\"");
        assert_eq!(parse(&twice), None);
    }
}
