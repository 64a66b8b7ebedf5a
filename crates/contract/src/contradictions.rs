//! Where the examples of a source contradict its own declarations.

use serde_json::Value;

use crate::inventory::Operation;
use crate::problem::Problem;

/// Notes each value of an example whose type is not the declared one.
pub(crate) fn find(operation: &Operation) -> Vec<Problem> {
    let mut problems = Vec::new();
    for example in &operation.examples {
        let scope = match example.at.as_str() {
            "request" => "body",
            parameter if parameter.starts_with("query.") => continue,
            other => other,
        };
        if let Ok(value) = serde_json::from_str(&example.json) {
            let place = format!("{} examples.{}", operation.id, example.at);
            walk(operation, scope, &value, &place, &mut problems);
        }
    }
    problems
}

fn walk(
    operation: &Operation,
    scope: &str,
    value: &Value,
    place: &str,
    problems: &mut Vec<Problem>,
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
            problems.push(Problem::note(
                place,
                format!("`{at}` is declared {declared}, and the example shows {shown}"),
            ));
        }
        walk(operation, &at, value, place, problems);
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
