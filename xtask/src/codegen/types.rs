//! Refines progenitor's output: what needs HTTP is put behind the feature `client`, and the
//! generated structs get constructors, setters and, on request, JSON Schemas.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use serde_json::Value;
use syn::visit_mut::{self, VisitMut};
use syn::{Fields, ImplItem, Item, ItemImpl, ItemStruct, TypePath, parse_quote};

use crate::outcome::Failure;

use super::{contract, newtypes};

/// Puts everything but the types behind the feature `client`, and refines the types.
pub(super) fn refine(mut file: syn::File, contract: &Value) -> Result<syn::File, Failure> {
    for item in &mut file.items {
        match item {
            Item::Mod(module) if module.ident == "types" => {
                if let Some((_, items)) = &mut module.content {
                    refine_types(items, contract);
                }
            }
            Item::Mod(module) => module.attrs.push(parse_quote!(#[cfg(feature = "client")])),
            Item::Use(item) => item.attrs.push(parse_quote!(#[cfg(feature = "client")])),
            Item::Struct(item) => item.attrs.push(parse_quote!(#[cfg(feature = "client")])),
            Item::Impl(item) => {
                drop_constructor_without_token(item);
                item.attrs.push(parse_quote!(#[cfg(feature = "client")]));
            }
            Item::Fn(item) => item.attrs.push(parse_quote!(#[cfg(feature = "client")])),
            other => {
                return Err(Failure::new(format!(
                    "progenitor wrote an item that codegen does not know: {}",
                    other.to_token_stream()
                )));
            }
        }
    }
    Ok(file)
}

/// Drops `Client::new`: it panics where TLS fails, and its client cannot carry the token without
/// which Webex answers nothing. `new_with_client` takes a client that does.
fn drop_constructor_without_token(item: &mut ItemImpl) {
    if item.trait_.is_none() && item.self_ty.to_token_stream().to_string() == "Client" {
        item.items
            .retain(|item| !matches!(item, ImplItem::Fn(function) if function.sig.ident == "new"));
    }
}

fn refine_types(items: &mut Vec<Item>, contract: &Value) {
    newtypes::apply(items, contract);
    let mut constructors = Vec::new();
    for item in items.iter_mut() {
        if let Item::Struct(item) = item {
            tidy_docs(item, contract);
            Wire.visit_item_struct_mut(item);
            item.attrs.push(parse_quote!(
                #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
            ));
            item.attrs.push(parse_quote!(#[non_exhaustive]));
            // A field of a request that is mistyped must not be left out without a word; Webex may
            // add any to its answers.
            let takes_any = item.fields.iter().any(is_flattened);
            if takes_any && item.fields.iter().all(|field| !is_required(field)) {
                item.attrs.push(parse_quote!(#[derive(Default)]));
            }
            if contract::is_sent(contract, &item.ident.to_string()) && !takes_any {
                item.attrs.push(parse_quote!(#[serde(deny_unknown_fields)]));
            }
            constructors.push(constructor(item, contract));
        }
    }
    // `impl From<&T> for T` clones behind the caller's back; `Clone` says the same.
    items.retain(|item| !is_clone_conversion(item));
    items.extend(constructors);
}

/// Replaces types for what is sent: a number stays as it was given, and keys have an order, so that one
/// request always has one body.
struct Wire;

impl VisitMut for Wire {
    fn visit_field_mut(&mut self, field: &mut syn::Field) {
        if is_flattened(field) {
            let doc = " Values whose keys this release does not know.";
            field.attrs.insert(0, parse_quote!(#[doc = #doc]));
        }
        visit_mut::visit_field_mut(self, field);
    }

    fn visit_type_path_mut(&mut self, path: &mut TypePath) {
        if path.path.is_ident("f64") {
            *path = parse_quote!(crate::Number);
        }
        visit_mut::visit_type_path_mut(self, path);
    }

    fn visit_ident_mut(&mut self, ident: &mut syn::Ident) {
        if ident == "HashMap" {
            *ident = format_ident!("BTreeMap");
        }
    }
}

/// Whether a field holds whatever the other fields do not.
fn is_flattened(field: &syn::Field) -> bool {
    field.attrs.iter().any(|attribute| {
        attribute.path().is_ident("serde")
            && attribute.to_token_stream().to_string().contains("flatten")
    })
}

fn is_required(field: &syn::Field) -> bool {
    Field::read(field).is_some_and(|field| field.kind == Kind::Required)
}

/// Replaces typify's docs, which repeat the JSON Schema, by the description alone.
fn tidy_docs(item: &mut ItemStruct, contract: &Value) {
    let pointer = format!("/components/schemas/{}/description", item.ident);
    let text = contract.pointer(&pointer).and_then(Value::as_str);
    let text = format!(" {}", text.unwrap_or("Generated from the contract."));
    item.attrs
        .retain(|attribute| !attribute.path().is_ident("doc"));
    item.attrs.insert(0, parse_quote!(#[doc = #text]));
}

fn is_clone_conversion(item: &Item) -> bool {
    let Item::Impl(item) = item else {
        return false;
    };
    let Some((path, _)) = &item.trait_ else {
        return false;
    };
    let this = item.self_ty.to_token_stream().to_string();
    let conversion = path.to_token_stream().to_string().replace(' ', "");
    conversion.ends_with(&format!("From<&{this}>"))
}

/// The fields of a struct, in the order of the contract; progenitor sorts them by name.
pub(super) fn fields(item: &ItemStruct, contract: &Value) -> Vec<Field> {
    let mut fields: Vec<Field> = match &item.fields {
        Fields::Named(named) => named.named.iter().filter_map(Field::read).collect(),
        _ => Vec::new(),
    };
    let pointer = format!("/components/schemas/{}/properties", item.ident);
    let properties = contract.pointer(&pointer).and_then(Value::as_object);
    let order = |field: &Field| properties?.keys().position(|known| *known == field.name);
    fields.sort_by_key(|field| order(field).unwrap_or(usize::MAX));
    fields
}

/// `new` with what is required, and a setter for each of the other fields.
fn constructor(item: &ItemStruct, contract: &Value) -> Item {
    let name = &item.ident;
    let fields = fields(item, contract);
    let required: Vec<&Field> = fields.iter().filter(|f| f.kind == Kind::Required).collect();
    let optional: Vec<&Field> = fields.iter().filter(|f| f.kind != Kind::Required).collect();
    let arguments = required.iter().map(|f| {
        let (ident, ty) = (&f.ident, &f.ty);
        quote!(#ident: impl Into<#ty>)
    });
    let given = required.iter().map(|f| {
        let ident = &f.ident;
        quote!(#ident: #ident.into())
    });
    let absent = optional.iter().map(|f| {
        let ident = &f.ident;
        quote!(#ident: Default::default())
    });
    let setters = optional.iter().map(|f| f.setter());
    let doc = match required.is_empty() {
        true => format!(" `{name}` in which nothing is set."),
        false => format!(" `{name}` with what is required, and nothing else set."),
    };
    let default: Option<TokenStream> = required.is_empty().then(|| {
        quote!(#[allow(clippy::new_without_default, reason = "`Default` is derived or implemented beside it")])
    });
    parse_quote! {
        impl #name {
            #[doc = #doc]
            #default
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#given,)* #(#absent,)* }
            }
            #(#setters)*
        }
    }
}

#[derive(PartialEq)]
pub(super) enum Kind {
    Required,
    Optional,
    List,
    /// Whatever the other fields do not hold, by its key.
    Rest,
}

/// A field of a generated struct.
pub(super) struct Field {
    pub(super) ident: syn::Ident,
    /// As it is sent.
    pub(super) name: String,
    /// Type of the value, of the element for a list.
    pub(super) ty: TokenStream,
    pub(super) kind: Kind,
    pub(super) docs: Vec<syn::Attribute>,
}

impl Field {
    fn read(field: &syn::Field) -> Option<Self> {
        let ident = field.ident.clone()?;
        let text = field.ty.to_token_stream().to_string().replace(' ', "");
        let inner = |prefix: &str| -> Option<TokenStream> {
            text.strip_prefix(prefix)?.strip_suffix('>')?.parse().ok()
        };
        let of_kind = |kind, prefix| inner(prefix).map(|ty| (kind, ty));
        let found = of_kind(Kind::Optional, "::std::option::Option<")
            .or_else(|| of_kind(Kind::List, "::std::vec::Vec<"))
            .or_else(|| {
                of_kind(
                    Kind::Rest,
                    "::std::collections::BTreeMap<::std::string::String,",
                )
            });
        let (kind, ty) = found.unwrap_or_else(|| match is_defaulted(field) {
            true => (Kind::Optional, field.ty.to_token_stream()),
            false => (Kind::Required, field.ty.to_token_stream()),
        });
        let docs = field.attrs.iter().filter(|a| a.path().is_ident("doc"));
        Some(Self {
            name: wire_name(field)?,
            ident,
            ty,
            kind,
            docs: docs.cloned().collect(),
        })
    }

    fn setter(&self) -> TokenStream {
        let Self {
            ident, ty, docs, ..
        } = self;
        let doc = format!(" Sets `{}`.", ident.to_string().trim_start_matches("r#"));
        let docs = match docs.is_empty() {
            true => quote!(#[doc = #doc]),
            false => quote!(#(#docs)*),
        };
        match self.kind {
            Kind::List => {
                let values = format_ident!("values");
                quote! {
                    #docs
                    #[must_use]
                    pub fn #ident<T: Into<#ty>>(mut self, #values: impl IntoIterator<Item = T>) -> Self {
                        self.#ident = #values.into_iter().map(Into::into).collect();
                        self
                    }
                }
            }
            Kind::Rest => quote! {
                /// Sets a value whose key this release does not know.
                #[must_use]
                pub fn #ident(
                    mut self,
                    key: impl Into<::std::string::String>,
                    value: impl Into<#ty>,
                ) -> Self {
                    self.#ident.insert(key.into(), value.into());
                    self
                }
            },
            _ => quote! {
                #docs
                #[must_use]
                pub fn #ident(mut self, value: impl Into<#ty>) -> Self {
                    self.#ident = Some(value.into());
                    self
                }
            },
        }
    }
}

fn is_defaulted(field: &syn::Field) -> bool {
    field.attrs.iter().any(|attribute| {
        attribute.path().is_ident("serde")
            && attribute.to_token_stream().to_string().contains("default")
    })
}

/// The name of a field as it is sent: that of `#[serde(rename = "…")]`, else its own.
pub(super) fn wire_name(field: &syn::Field) -> Option<String> {
    let mut name = field.ident.as_ref().map(ToString::to_string);
    for attribute in field.attrs.iter().filter(|a| a.path().is_ident("serde")) {
        let _ = attribute.parse_nested_meta(|meta| {
            let value: Option<syn::LitStr> = match meta.input.peek(syn::Token![=]) {
                true => Some(meta.value()?.parse()?),
                false => None,
            };
            if meta.path.is_ident("rename")
                && let Some(value) = value
            {
                name = Some(value.value());
            }
            Ok(())
        });
    }
    name
}
