//! What the sandbox knows of each operation: where it is, from the contract, and what all sources together
//! document of its request, from the captures. It judges by these facts and not by the contract's schemas,
//! so that a mistake in those fails a test.

use serde_json::{Map, Value, json};
use webex_precheck_contract::inventory::{Field, Inventory, Operation};
use webex_precheck_contract::location::{FieldPath, Section};
use webex_precheck_contract::{OperationId, Type, Values};

use crate::outcome::Failure;

use super::contract::{Contract, string};

/// The text of the file that the sandbox embeds.
pub(super) fn documented(
    contract: &Contract<'_>,
    captures: &[(String, Inventory)],
) -> Result<String, Failure> {
    let mut operations = Vec::new();
    for operation in &contract.operations {
        let name = operation.name()?;
        let id = OperationId::new(&name);
        let sources = captures.iter().filter_map(|(_, it)| it.operation(&id));
        let sources: Vec<&Operation> = sources.collect();
        let answers = examples(&sources, &Section::Response("200".to_owned()));
        operations.push(json!({
            "name": name,
            "plural": super::operations::plural(&name),
            "method": operation.method,
            "path": operation.path,
            "scope": string(operation.value, "x-webex-scope"),
            "fields": fields(&sources, &FieldPath::body()),
            "dependencies": dependencies(&sources),
            "success": answers.first(),
            "examples": examples(&sources, &Section::Body),
        }));
    }
    Ok(format!("{:#}\n", Value::from(operations)))
}

fn examples(sources: &[&Operation], section: &Section) -> Vec<Value> {
    let all = sources.iter().flat_map(|source| &source.examples);
    let ours = all.filter(|example| example.at.section == *section);
    let values = ours.filter_map(|example| serde_json::from_str(&example.json).ok());
    values.collect()
}

/// Packages, each with those of which it needs one.
fn dependencies(sources: &[&Operation]) -> Value {
    let mut all: Map<String, Value> = Map::new();
    let tables = sources
        .iter()
        .filter_map(|source| source.dependencies.as_ref());
    for (package, needed) in tables.flatten() {
        let known = all.entry(package).or_insert(json!([]));
        if let Some(known) = known.as_array_mut() {
            let new = needed
                .iter()
                .filter(|it| !known.iter().any(|known| known == *it));
            let new: Vec<Value> = new.map(|it| it.as_str().into()).collect();
            known.extend(new);
        }
    }
    all.into()
}

/// The fields directly under `scope`, with those under them: what any source documents is true here.
fn fields(sources: &[&Operation], scope: &FieldPath) -> Value {
    let mut names: Vec<&FieldPath> = Vec::new();
    for field in sources.iter().flat_map(|source| source.children(scope)) {
        if !names.contains(&&field.at) {
            names.push(&field.at);
        }
    }
    names.into_iter().map(|at| field(sources, at)).collect()
}

fn field(sources: &[&Operation], at: &FieldPath) -> Value {
    let documented: Vec<&Field> = sources
        .iter()
        .filter_map(|source| source.field(at))
        .collect();
    let types = documented.iter().filter_map(|field| field.ty.as_ref());
    let mut values: Vec<&String> = Vec::new();
    for value in documented
        .iter()
        .filter_map(|it| it.values.as_ref())
        .flat_map(Values::listed)
    {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    let mut field = json!({
        "name": at.name(),
        "type": types.filter(|ty| ty.single().is_some()).map(Type::to_string).next(),
        "required": documented.iter().any(|field| field.required == Some(true)),
        "values": values,
        "fields": fields(sources, at),
    });
    if let Some(members) = field.as_object_mut() {
        members.retain(|_, value| !value.as_array().is_some_and(Vec::is_empty));
    }
    field
}
