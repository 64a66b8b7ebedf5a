//! Refines progenitor's output: what needs HTTP is put behind the feature `client`, and the
//! generated structs get constructors, setters and, on request, JSON Schemas.

use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::visit_mut::{self, VisitMut};
use syn::{Ident, ImplItem, Item, ItemImpl, ItemStruct, Path, TypePath, parse_quote};

use crate::outcome::Failure;

use super::contract::{self, Contract};
use super::fields::{Field, fields, is_flattened, wire_name};
use super::{empty, newtypes, schemas};

/// The items of the module `types`.
pub(super) fn items(file: &mut syn::File) -> Result<&mut Vec<Item>, Failure> {
    let types = file.items.iter_mut().find_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => Some(&mut module.content.as_mut()?.1),
        _ => None,
    });
    types.ok_or_else(|| Failure::new("progenitor wrote no module `types`"))
}

/// Puts everything but the types behind the feature `client`, and refines the types.
pub(super) fn refine(file: &mut syn::File, contract: &Contract<'_>) -> Result<(), Failure> {
    refine_types(items(file)?, contract);
    for item in &mut file.items {
        let attributes = match item {
            Item::Mod(module) if module.ident == "types" => continue,
            Item::Mod(module) => &mut module.attrs,
            Item::Use(item) => &mut item.attrs,
            Item::Struct(item) => &mut item.attrs,
            Item::Fn(item) => &mut item.attrs,
            Item::Impl(item) => {
                drop_constructor_without_token(item);
                &mut item.attrs
            }
            other => {
                return Err(Failure::new(format!(
                    "progenitor wrote an item that codegen does not know: {}",
                    other.to_token_stream()
                )));
            }
        };
        attributes.push(parse_quote!(#[cfg(feature = "client")]));
    }
    Ok(())
}

/// Drops `Client::new`: it panics where TLS fails, and its client cannot carry the token without
/// which Webex answers nothing. `new_with_client` takes a client that does.
fn drop_constructor_without_token(item: &mut ItemImpl) {
    if item.trait_.is_none() && *item.self_ty == parse_quote!(Client) {
        item.items
            .retain(|item| !matches!(item, ImplItem::Fn(function) if function.sig.ident == "new"));
    }
}

fn refine_types(items: &mut Vec<Item>, contract: &Contract<'_>) {
    let mut constructors = Vec::new();
    for item in items.iter_mut() {
        if let Item::Struct(item) = item {
            newtypes::apply(item, contract);
            tidy_docs(item, contract);
            Wire.visit_item_struct_mut(item);
            item.attrs.push(parse_quote!(
                #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
            ));
            item.attrs.push(parse_quote!(#[non_exhaustive]));
            let (required, optional) = fields(item, contract);
            schemas::constrain(item, &optional, contract);
            let takes_any = item.fields.iter().any(is_flattened);
            if takes_any && required.is_empty() {
                item.attrs.push(parse_quote!(#[derive(Default)]));
            }
            constructors.push(constructor(&item.ident, &required, &optional));
        }
    }
    constructors.extend(empty::leave_out(items, contract));
    // `impl From<&T> for T` clones behind the caller's back; `Clone` says the same.
    items.retain(|item| !is_clone_conversion(item));
    items.extend(constructors);
}

/// Replaces types for JSON: a number is sent as it was given, and any value is of our own type, so
/// that the types need serde alone. Each field says its name in JSON.
struct Wire;

/// Typify's map of any values, as it stands in `skip_serializing_if`.
const JSON_MAP: &str = "::serde_json::Map";

impl VisitMut for Wire {
    fn visit_field_mut(&mut self, field: &mut syn::Field) {
        if is_flattened(field) {
            let doc = parse_quote!(#[doc = " Values whose keys this release does not know."]);
            field.attrs.insert(0, doc);
        } else if let Some(name) = wire_name(field) {
            let end = field.attrs.iter().rposition(|it| it.path().is_ident("doc"));
            let end = end.map_or(0, |last| last + 1);
            let text = format!(" JSON: `{name}`.");
            field.attrs.splice(
                end..end,
                [parse_quote!(#[doc = ""]), parse_quote!(#[doc = #text])],
            );
        }
        for attribute in &mut field.attrs {
            let text = attribute.to_token_stream().to_string();
            if text.contains(JSON_MAP) {
                let ours = text.replace(JSON_MAP, "::std::collections::BTreeMap");
                let parsed = syn::Attribute::parse_outer.parse_str(&ours);
                // A path for a path: what was an attribute still is one.
                *attribute = parsed.map_or_else(|_| attribute.clone(), |mut it| it.remove(0));
            }
        }
        visit_mut::visit_field_mut(self, field);
    }

    fn visit_type_path_mut(&mut self, path: &mut TypePath) {
        if path.path.is_ident("f64") {
            *path = parse_quote!(crate::Number);
        } else if *path == parse_quote!(::serde_json::Value) {
            *path = parse_quote!(crate::Json);
        } else if *path
            == parse_quote!(::serde_json::Map<::std::string::String, ::serde_json::Value>)
        {
            *path = parse_quote!(::std::collections::BTreeMap<::std::string::String, crate::Json>);
        }
        visit_mut::visit_type_path_mut(self, path);
    }
}

/// Replaces typify's docs, which repeat the JSON Schema, by the description alone.
fn tidy_docs(item: &mut ItemStruct, contract: &Contract<'_>) {
    let text = contract::string(contract.schema(&item.ident.to_string()), "description");
    let text = format!(" {}", text.unwrap_or("Generated from the contract."));
    item.attrs.retain(|it| !it.path().is_ident("doc"));
    item.attrs.insert(0, parse_quote!(#[doc = #text]));
}

fn is_clone_conversion(item: &Item) -> bool {
    let Item::Impl(item) = item else {
        return false;
    };
    let this = &item.self_ty;
    let conversion: Path = parse_quote!(::std::convert::From<&#this>);
    let implemented = item.trait_.as_ref().map(|(path, _)| path);
    implemented == Some(&conversion)
}

/// `new` with what is required, and a setter for each of the other fields.
fn constructor(name: &Ident, required: &[Field], optional: &[Field]) -> Item {
    let parameters = required.iter().map(|field| field.parameter());
    let given = required.iter().map(|field| &field.ident);
    let absent = optional.iter().map(|field| &field.ident);
    let owner = quote!(self);
    let setters = optional.iter().map(|field| field.setter(&owner, &[]));
    let (doc, allow) = if required.is_empty() {
        let allow = quote!(#[allow(clippy::new_without_default, reason = "`Default` is derived or implemented beside it")]);
        (format!(" `{name}` in which nothing is set."), Some(allow))
    } else {
        let doc = format!(" `{name}` with what is required, and nothing else set.");
        (doc, None)
    };
    parse_quote! {
        impl #name {
            #[doc = #doc]
            #allow
            pub fn new(#(#parameters),*) -> Self {
                Self { #(#given: #given.into(),)* #(#absent: Default::default(),)* }
            }
            #(#setters)*
        }
    }
}
