//! The requests of the client crate: a type around each generated request, whose setters keep
//! fields apart that exclude each other.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::Item;

use crate::outcome::Failure;
use crate::workspace::CONTRACT;

use super::types::{Field, Kind, fields};
use super::{contract, newtypes};

/// The generated part of the client crate, from the refined types.
pub(super) fn requests(refined: &syn::File, contract: &Value) -> Result<TokenStream, Failure> {
    let mut requests = Vec::new();
    for (path, item) in contract::paths(contract)? {
        let schema = contract::body_schema(item).ok_or_else(|| {
            contract::missing(&format!("the named schema of the request of `{path}`"))
        })?;
        requests.push(request(refined, contract, schema)?);
    }
    let parts = parts(contract)?;
    let parts = parts.iter().map(|name| format_ident!("{name}"));
    Ok(quote! {
        use webex_precheck_api::types;
        #(#requests)*

        /// The types that requests are made of.
        pub(crate) mod parts {
            pub use webex_precheck_api::types::{#(#parts),*};
        }
    })
}

/// Names of the types that requests are made of: schemas, and strings with types of their own.
fn parts(contract: &Value) -> Result<BTreeSet<String>, Failure> {
    let requests = contract::paths(contract)?;
    let requests: Vec<&str> = requests
        .values()
        .filter_map(contract::body_schema)
        .collect();
    let has_type = |schema: &Value| schema.get("properties").or(schema.get("enum")).is_some();
    let schemas = contract::schemas(contract).filter(|(name, schema)| {
        has_type(schema) && contract::is_sent(contract, name) && !requests.contains(&name.as_str())
    });
    let mut parts: BTreeSet<String> = schemas.map(|(name, _)| name.clone()).collect();
    parts.extend(newtypes::names(contract));
    Ok(parts)
}

fn request(file: &syn::File, contract: &Value, schema: &str) -> Result<TokenStream, Failure> {
    let item = types(file)
        .find_map(|item| match item {
            Item::Struct(item) if item.ident == schema => Some(item),
            _ => None,
        })
        .ok_or_else(|| Failure::new(format!("progenitor wrote no type for {schema}")))?;
    let name = schema.strip_suffix("Request").ok_or_else(|| {
        Failure::new(format!(
            "{CONTRACT}: the schema `{schema}` of a request must be called …Request"
        ))
    })?;
    let docs = item.attrs.iter().filter(|a| a.path().is_ident("doc"));
    let docs: Vec<_> = docs.collect();
    let wire = format_ident!("{schema}");
    let name = format_ident!("{name}");
    let fields = fields(item, contract);
    let excluded = excluded(contract, schema)?;
    if let Some(field) = fields
        .iter()
        .find(|f| METHODS.iter().any(|name| f.ident == name))
    {
        return Err(Failure::new(format!(
            "{CONTRACT}: {schema}: requests have a method of the name of the field `{}` already",
            field.name
        )));
    }
    let (required, optional): (Vec<&Field>, Vec<&Field>) =
        fields.iter().partition(|f| f.kind == Kind::Required);
    let arguments = required.iter().map(|field| {
        let (ident, ty) = (&field.ident, from_outside(&field.ty));
        quote!(#ident: impl Into<#ty>)
    });
    let given = required.iter().map(|field| &field.ident);
    let setters = optional.iter().map(|field| {
        let rivals = excluded.iter().filter(|set| set.contains(&field.name));
        let rivals = rivals.flatten().filter(|name| **name != field.name);
        let rivals: Vec<&Field> = rivals
            .filter_map(|name| fields.iter().find(|field| field.name == *name))
            .collect();
        setter(field, &rivals)
    });
    let serde_name = format!("types::{wire}");
    let conversion = match excluded.is_empty() {
        true => quote!(#[serde(from = #serde_name)]),
        false => quote!(#[serde(try_from = #serde_name)]),
    };
    let from = match excluded.is_empty() {
        true => quote! {
            impl From<types::#wire> for #name {
                fn from(request: types::#wire) -> Self {
                    Self(request)
                }
            }
        },
        false => {
            let sets = excluded.iter().map(|set| {
                let present = fields.iter().filter(|field| set.contains(&field.name));
                let present = present.map(|field| {
                    let ident = &field.ident;
                    match field.kind {
                        Kind::List => quote!(!request.#ident.is_empty()),
                        _ => quote!(request.#ident.is_some()),
                    }
                });
                quote! {
                    if #(#present)&&* {
                        return Err(super::Conflict(&[#(#set),*]));
                    }
                }
            });
            quote! {
                impl TryFrom<types::#wire> for #name {
                    type Error = super::Conflict;

                    /// Refuses a request in which fields are set that exclude each other.
                    fn try_from(
                        request: types::#wire,
                    ) -> ::std::result::Result<Self, Self::Error> {
                        #(#sets)*
                        Ok(Self(request))
                    }
                }
            }
        }
    };
    Ok(quote! {
        #(#docs)*
        #[derive(Clone, Debug, PartialEq, ::serde::Deserialize)]
        #conversion
        pub struct #name(types::#wire);

        impl #name {
            /// A request with what is required, and nothing else set.
            pub fn new(#(#arguments),*) -> Self {
                Self(types::#wire::new(#(#given),*))
            }

            #(#setters)*
        }

        #from

        impl ::serde::Serialize for #name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl From<#name> for types::#wire {
            fn from(request: #name) -> Self {
                request.0
            }
        }

        impl AsRef<types::#wire> for #name {
            fn as_ref(&self) -> &types::#wire {
                &self.0
            }
        }
    })
}

/// Methods of requests that are written by hand.
const METHODS: [&str; 2] = ["findings", "prepare"];

fn setter(field: &Field, rivals: &[&Field]) -> TokenStream {
    let Field { ident, docs, .. } = field;
    let ty = from_outside(&field.ty);
    let note = rivals.iter().map(|rival| {
        let text = format!(
            " Takes the place of `{}`: Webex takes one of them.",
            rival.name
        );
        quote! {
            ///
            #[doc = #text]
        }
    });
    let clear = rivals.iter().map(|rival| {
        let rival = &rival.ident;
        quote!(self.0.#rival = Default::default();)
    });
    let clear: Vec<_> = clear.collect();
    // An empty list is none.
    let clear_if_any = (!clear.is_empty()).then(|| {
        quote! {
            if !self.0.#ident.is_empty() {
                #(#clear)*
            }
        }
    });
    let head = quote! {
        #(#docs)*
        #(#note)*
        #[must_use]
    };
    match field.kind {
        Kind::List => quote! {
            #head
            pub fn #ident<T: Into<#ty>>(mut self, values: impl IntoIterator<Item = T>) -> Self {
                self.0.#ident = values.into_iter().map(Into::into).collect();
                #clear_if_any
                self
            }
        },
        _ => quote! {
            #head
            pub fn #ident(mut self, value: impl Into<#ty>) -> Self {
                #(#clear)*
                self.0.#ident = Some(value.into());
                self
            }
        },
    }
}

/// The sets of properties that exclude each other: `not: {required: […]}`. Nothing else may be under
/// `not`, lest it be lost.
fn excluded(contract: &Value, schema: &str) -> Result<Vec<Vec<String>>, Failure> {
    let Some(not) = contract.pointer(&format!("/components/schemas/{schema}/not")) else {
        return Ok(Vec::new());
    };
    let required = not.as_object().filter(|not| not.len() == 1);
    let names = required.and_then(|not| not.get("required")?.as_array());
    let names = names.ok_or_else(|| {
        Failure::new(format!(
            "{CONTRACT}: {schema}: codegen knows no other `not` than `{{\"required\": […]}}`"
        ))
    })?;
    let names = names.iter().filter_map(Value::as_str);
    Ok(vec![names.map(str::to_owned).collect()])
}

/// The items of the module `types`.
fn types(file: &syn::File) -> impl Iterator<Item = &Item> {
    let modules = file.items.iter().filter_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content.as_ref(),
        _ => None,
    });
    modules.flat_map(|(_, items)| items)
}

/// What progenitor makes of numbers and truth values.
const PRIMITIVES: [&str; 10] = [
    "bool", "f32", "f64", "i8", "i16", "i32", "i64", "u8", "u32", "u64",
];

/// A type of the api crate, as another crate names it.
fn from_outside(ty: &TokenStream) -> TokenStream {
    let text = ty.to_string().replace(' ', "");
    let path = match text.strip_prefix("crate::") {
        Some(path) => format!("webex_precheck_api::{path}"),
        None if text.starts_with("::") || PRIMITIVES.contains(&&*text) => text,
        None => format!("types::{text}"),
    };
    path.parse().unwrap_or_else(|_| ty.clone())
}
