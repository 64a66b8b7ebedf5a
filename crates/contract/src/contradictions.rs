//! Where a source contradicts itself.

use serde_json::Value;

use crate::inventory::Operation;
use crate::problem::Problem;

/// Two things that a source says and that cannot both be true.
pub(crate) struct Contradiction {
    /// The fact that something else in the source belies.
    pub(crate) at: String,
    /// What belies it, such as `examples.request`.
    pub(crate) place: String,
    /// Both, in words.
    pub(crate) message: String,
}

/// Notes each value of an example whose type is not the declared one.
pub(crate) fn find(operation: &Operation) -> Vec<Problem> {
    let found = of_examples(operation).into_iter();
    found
        .map(|Contradiction { place, message, .. }| {
            Problem::note(format!("{} {place}", operation.id), message)
        })
        .collect()
}

/// Values of examples whose type is not the declared one.
pub(crate) fn of_examples(operation: &Operation) -> Vec<Contradiction> {
    let mut found = Vec::new();
    for example in &operation.examples {
        let scope = match example.at.as_str() {
            "request" => "body",
            parameter if parameter.starts_with("query.") => continue,
            other => other,
        };
        if let Ok(value) = serde_json::from_str(&example.json) {
            let place = format!("examples.{}", example.at);
            walk(operation, scope, &value, &place, &mut found);
        }
    }
    found
}

/// Packages that others need, and that cannot be asked for.
pub(crate) fn of_dependencies(operation: &Operation) -> Vec<Contradiction> {
    let mut found = Vec::new();
    let packages = operation.field("body.packages");
    let listed = packages.and_then(|field| field.values.as_ref());
    let Some(listed) = listed
        .map(|values| values.listed())
        .filter(|l| !l.is_empty())
    else {
        return found;
    };
    for (package, needed) in operation.dependencies.iter().flatten() {
        for name in needed.iter().filter(|name| !listed.contains(name)) {
            found.push(Contradiction {
                at: format!("body.packages[{name}]"),
                place: format!("dependencies.{package}"),
                message: format!(
                    "`{package}` may stand beside `{name}`, which `body.packages` does not list"
                ),
            });
        }
    }
    found
}

fn walk(
    operation: &Operation,
    scope: &str,
    value: &Value,
    place: &str,
    found: &mut Vec<Contradiction>,
) {
    let elements = match value {
        Value::Array(values) => values.iter().collect(),
        other => vec![other],
    };
    for (name, value) in elements.into_iter().filter_map(Value::as_object).flatten() {
        let at = format!("{scope}.{name}");
        let declared = operation.field(&at).and_then(|field| field.ty.as_ref());
        let shown = kind(value);
        if let Some(declared) = declared
            && !declared.as_str().split('|').any(|ty| fits(ty, value))
        {
            found.push(Contradiction {
                at: at.clone(),
                place: place.to_owned(),
                message: format!("`{at}` is declared {declared}, and the example shows {shown}"),
            });
        }
        walk(operation, &at, value, place, found);
    }
}

fn fits(ty: &str, value: &Value) -> bool {
    match ty.split('[').next().unwrap_or(ty) {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        _ => true,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
