//! What the JSON Schemas of the generated types say besides types: the constraints of the contract.
//!
//! The types take values that break them, since what a value may be is Webex's judgement.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use serde_json::{Map, Value, json};
use syn::{ItemStruct, parse_quote};

use super::contract::{Contract, exclusive};
use super::fields::{Field, Kind, wire_name};
use super::lower::is_constraint;

/// Adds the constraints of the contract to the schemas of a generated struct and of its fields.
pub(super) fn constrain(item: &mut ItemStruct, optional: &[Field], contract: &Contract<'_>) {
    let schema = contract.schema(&item.ident.to_string());
    let mut own = constraints(schema);
    own.extend(conflict(schema, optional));
    if !own.is_empty() {
        item.attrs.push(extension(&own));
    }
    for field in &mut item.fields {
        let property = wire_name(field).and_then(|name| schema.get("properties")?.get(name));
        let constraints = property.map(constraints).unwrap_or_default();
        if !constraints.is_empty() {
            field.attrs.push(extension(&constraints));
        }
    }
}

/// The keywords that constrain the values of a schema, as JSON Schema has them.
fn constraints(schema: &Value) -> Map<String, Value> {
    let members = schema.as_object().into_iter().flatten();
    let constraints = members.filter(|(keyword, _)| is_constraint(keyword));
    let mut constraints: Map<String, Value> = constraints
        .map(|(keyword, value)| (keyword.clone(), value.clone()))
        .collect();
    // OpenAPI 3.0 says beside a bound whether it is exclusive, and JSON Schema has two bounds.
    for (exclusive, bound) in [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ] {
        match constraints.get(exclusive) {
            Some(Value::Bool(true)) => {
                let value = constraints.remove(bound).unwrap_or_default();
                constraints.insert(exclusive.to_owned(), value);
            }
            Some(Value::Bool(false)) => drop(constraints.remove(exclusive)),
            _ => {}
        }
    }
    constraints
}

/// That fields exclude each other. One that is null or an empty list is not set.
fn conflict(schema: &Value, optional: &[Field]) -> Option<(String, Value)> {
    let names = exclusive(schema);
    let rivals = optional
        .iter()
        .filter(|it| names.contains(&it.name.as_str()));
    let set: Map<String, Value> = rivals
        .map(|field| {
            let set = match field.kind {
                Kind::List => json!({ "minItems": 1 }),
                Kind::Map => json!({ "minProperties": 1 }),
                Kind::Required | Kind::Optional => json!({ "not": { "type": "null" } }),
            };
            (field.name.clone(), set)
        })
        .collect();
    let not = json!({ "required": names, "properties": set });
    (!names.is_empty()).then(|| ("not".to_owned(), not))
}

fn extension(keywords: &Map<String, Value>) -> syn::Attribute {
    let keywords = keywords.iter().map(|(keyword, value)| {
        let value = json_literal(value);
        quote!(#keyword = #value)
    });
    parse_quote!(#[cfg_attr(feature = "schemars", schemars(extend(#(#keywords),*)))])
}

/// A value as `serde_json::json!` takes it.
fn json_literal(value: &Value) -> TokenStream {
    match value {
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| {
                let value = json_literal(value);
                quote!(#name: #value)
            });
            quote!({ #(#members),* })
        }
        Value::Array(values) => {
            let values = values.iter().map(json_literal);
            quote!([#(#values),*])
        }
        Value::String(text) => text.to_token_stream(),
        // Numbers, truth values and null are written alike; a minus needs no care either.
        other => other.to_string().parse().unwrap_or_default(),
    }
}
