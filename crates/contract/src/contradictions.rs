//! Where a source contradicts itself.

use serde_json::Value;

use crate::inventory::Operation;
use crate::location::{FieldPath, List, Location, Section};
use crate::problem::Problem;
use crate::types::{Alternative, Type};

/// Two statements of a source that cannot both be true.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Contradiction {
    /// The fact that something else in the source contradicts.
    pub at: Location,
    /// What contradicts it, such as `examples.body`.
    pub place: Location,
    /// What contradicts what.
    pub message: String,
}

/// Notes each value of an example whose type is not the declared one.
pub(crate) fn find(operation: &Operation) -> Vec<Problem> {
    let found = of_examples(operation).into_iter();
    let notes = found.map(|it| Problem::note(format!("{} {}", operation.id, it.place), it.message));
    notes.collect()
}

/// Values of examples whose type is not the declared one.
pub fn of_examples(operation: &Operation) -> Vec<Contradiction> {
    let mut found = Vec::new();
    for example in &operation.examples {
        if !example.at.section.is_parameter()
            && let Ok(value) = serde_json::from_str(&example.json)
        {
            let scope = FieldPath::from(example.at.section.clone());
            let place = Location::Example(example.at.clone(), Vec::new());
            walk(operation, &scope, &value, &place, &mut found);
        }
    }
    found
}

/// Packages that others need, and that cannot be asked for.
pub(crate) fn of_dependencies(operation: &Operation) -> Vec<Contradiction> {
    let mut found = Vec::new();
    let packages = Section::Body.field("packages");
    let field = operation.field(&packages);
    let listed = field.map_or(&[][..], |it| it.listed_values());
    if listed.is_empty() {
        return found;
    }
    for (package, needed) in operation.dependencies.iter().flatten() {
        let unlisted = needed.iter().filter(|name| !listed.contains(name));
        found.extend(unlisted.map(|name| Contradiction {
            at: Location::Value(packages.clone(), name.clone()),
            place: Location::List(List::Dependency(package.clone())),
            message: format!(
                "`{package}` may stand beside `{name}`, which `{packages}` does not list"
            ),
        }));
    }
    found
}

fn walk(
    operation: &Operation,
    scope: &FieldPath,
    value: &Value,
    place: &Location,
    found: &mut Vec<Contradiction>,
) {
    let elements = match value {
        Value::Array(values) => values.iter().collect(),
        other => vec![other],
    };
    for (name, value) in elements.into_iter().filter_map(Value::as_object).flatten() {
        let at = scope.child(name);
        let declared = operation.field(&at).and_then(|field| field.ty.as_ref());
        if let Some(declared) = declared.filter(|declared| !fits(declared, value)) {
            let shown = kind(value);
            found.push(Contradiction {
                message: format!("`{at}` is declared {declared}, and the example shows {shown}"),
                at: Location::Field(at.clone()),
                place: place.clone(),
            });
        }
        walk(operation, &at, value, place, found);
    }
}

fn fits(ty: &Type, value: &Value) -> bool {
    ty.alternatives().any(|it| match it {
        Alternative::String => value.is_string(),
        Alternative::Number => value.is_number(),
        Alternative::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        Alternative::Boolean => value.is_boolean(),
        Alternative::Object => value.is_object(),
        Alternative::Array(_) => value.is_array(),
        Alternative::Null | Alternative::Other(_) => true,
    })
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
