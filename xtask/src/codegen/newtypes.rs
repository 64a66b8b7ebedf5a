//! Strings of the requests that get a type of their own, so that they are not mixed up.
//!
//! The rule goes by the name of the property, so that an ID which Webex adds gets its type without
//! handwork: `customerId` becomes `CustomerId`. E-mail addresses, countries and time zones have
//! handwritten types in the api crate.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Ident, ItemStruct, parse_quote};

use super::contract::{Contract, members, string};
use super::fields::{wire_name, wrapped};
use super::names;

/// The type for a property, at the root of the api crate.
fn handwritten(property: &str) -> Option<Ident> {
    match property {
        "country" => Some(format_ident!("Country")),
        "timezone" => Some(format_ident!("TimeZone")),
        name if name == "email" || name.ends_with("Email") => Some(format_ident!("Email")),
        _ => None,
    }
}

/// The type for a property, in the module `types`.
fn generated(property: &str) -> Option<Ident> {
    (property.ends_with("Id")).then(|| names::upper_camel(property))
}

/// The string properties of a schema, if a request can hold it.
fn string_properties<'a>(
    contract: &Contract<'a>,
    schema: &str,
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let properties = contract.schema(schema).get("properties");
    members(properties.filter(|_| contract.is_sent(schema))).filter(|(_, property)| {
        string(property, "type") == Some("string") && property.get("enum").is_none()
    })
}

/// Gives the fields of a generated struct their types.
pub(super) fn apply(item: &mut ItemStruct, contract: &Contract<'_>) {
    for (property, _) in string_properties(contract, &item.ident.to_string()) {
        let mut fields = item.fields.iter_mut();
        let field = fields.find(|field| wire_name(field).as_deref() == Some(property));
        let handwritten = handwritten(property).map(|name| quote!(crate::#name));
        let generated = || generated(property).map(|name| quote!(crate::types::#name));
        if let (Some(field), Some(ours)) = (field, handwritten.or_else(generated)) {
            field.ty = match wrapped(&field.ty) {
                Some(_) => parse_quote!(::std::option::Option<#ours>),
                None => parse_quote!(#ours),
            };
        }
    }
}

/// The generated types by name, each with the first property of that type and its description.
pub(super) fn definitions<'a>(contract: &Contract<'a>) -> BTreeMap<Ident, (&'a str, &'a str)> {
    let mut definitions = BTreeMap::new();
    for (name, _) in contract.schemas() {
        for (property, value) in string_properties(contract, name) {
            if let Some(name) = generated(property) {
                let description = string(value, "description").unwrap_or_default();
                definitions.entry(name).or_insert((property, description));
            }
        }
    }
    definitions
}

/// The generated types, for the module `types`.
pub(super) fn newtypes(contract: &Contract<'_>) -> TokenStream {
    let definitions = definitions(contract).into_iter();
    let definitions = definitions.map(|(name, (property, description))| {
        let doc = format!(" What `{property}` takes. {description}");
        quote! {
            crate::text::named_text! {
                #[doc = #doc]
                #name
            }
        }
    });
    quote!(#(#definitions)*)
}
