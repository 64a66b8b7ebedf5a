//! Strings of the requests that get a type of their own, so that they are not mixed up.
//!
//! The rule goes by the name of the property, so that an ID which Webex adds gets its type without
//! handwork: `customerId` becomes `CustomerId`. E-mail addresses, countries and time zones have
//! handwritten types in the api crate.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Fields, Item};

use super::contract;

/// The type of a string property.
enum Newtype {
    /// A handwritten type at the root of the api crate.
    Handwritten(&'static str),
    /// A type that is generated.
    Id(String),
}

fn newtype(property: &str) -> Option<Newtype> {
    match property {
        "country" => Some(Newtype::Handwritten("Country")),
        "timezone" => Some(Newtype::Handwritten("TimeZone")),
        name if name == "email" || name.ends_with("Email") => Some(Newtype::Handwritten("Email")),
        name if name.ends_with("Id") => {
            let (first, rest) = name.split_at_checked(1)?;
            Some(Newtype::Id(first.to_uppercase() + rest))
        }
        _ => None,
    }
}

/// The schemas that a request can hold, with their string properties that get a type.
fn properties(contract: &Value) -> impl Iterator<Item = (&str, &str, &Value, Newtype)> {
    let schemas = contract::schemas(contract);
    let sent = schemas.filter(|(name, _)| contract::is_sent(contract, name));
    sent.flat_map(|(name, schema)| {
        let properties = schema.get("properties").and_then(Value::as_object);
        properties
            .into_iter()
            .flatten()
            .filter(|(_, property)| {
                property.get("type").and_then(Value::as_str) == Some("string")
                    && property.get("enum").is_none()
            })
            .filter_map(move |(property, value)| {
                Some((name.as_str(), property.as_str(), value, newtype(property)?))
            })
    })
}

/// Gives the fields of progenitor's structs their types.
pub(super) fn apply(items: &mut [Item], contract: &Value) {
    for (schema, property, _, newtype) in properties(contract) {
        let structs = items.iter_mut().filter_map(|item| match item {
            Item::Struct(item) if item.ident == schema => Some(item),
            _ => None,
        });
        let fields = structs.flat_map(|item| match &mut item.fields {
            Fields::Named(fields) => fields.named.iter_mut().collect(),
            _ => Vec::new(),
        });
        for field in fields {
            if super::types::wire_name(field).as_deref() == Some(property) {
                field.ty = retyped(&field.ty, &newtype);
            }
        }
    }
}

/// `String` or `Option<String>`, with the newtype for the string.
fn retyped(ty: &syn::Type, newtype: &Newtype) -> syn::Type {
    let ours: syn::Type = match newtype {
        Newtype::Handwritten(name) => {
            let name = format_ident!("{name}");
            syn::parse_quote!(crate::#name)
        }
        Newtype::Id(name) => {
            let name = format_ident!("{name}");
            syn::parse_quote!(crate::types::#name)
        }
    };
    let is_optional = quote!(#ty).to_string().contains("Option");
    match is_optional {
        true => syn::parse_quote!(::std::option::Option<#ours>),
        false => ours,
    }
}

/// Names of the generated types.
pub(super) fn names(contract: &Value) -> impl Iterator<Item = String> {
    properties(contract).filter_map(|(.., newtype)| match newtype {
        Newtype::Id(name) => Some(name),
        Newtype::Handwritten(_) => None,
    })
}

/// The definitions of the generated types, for the module `types`.
pub(super) fn definitions(contract: &Value) -> TokenStream {
    let mut ids: BTreeMap<String, (String, String)> = BTreeMap::new();
    for (_, property, value, newtype) in properties(contract) {
        if let Newtype::Id(name) = newtype {
            let text = value.get("description").and_then(Value::as_str);
            let text = text.unwrap_or_default().to_owned();
            ids.entry(name).or_insert((property.to_owned(), text));
        }
    }
    let definitions = ids.iter().map(|(name, (property, text))| {
        let name = format_ident!("{name}");
        let doc = format!(" What `{property}` takes. {text}");
        quote! {
            crate::text::named_text! {
                #[doc = #doc]
                #name
            }
        }
    });
    quote!(#(#definitions)*)
}
