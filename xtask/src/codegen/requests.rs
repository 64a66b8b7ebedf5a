//! The requests of the client crate: a type around each generated request, whose setters keep
//! fields apart that exclude each other.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::visit_mut::{self, VisitMut};
use syn::{Ident, Item, ItemStruct, Path, parse_quote};

use crate::outcome::Failure;

use super::contract::{Contract, exclusive, missing, wrong};
use super::fields::{Field, Kind, fields};
use super::newtypes;

/// The generated part of the client crate, from the refined types.
pub(super) fn requests(types: &[Item], contract: &Contract<'_>) -> Result<TokenStream, Failure> {
    let mut requests = Vec::new();
    for operation in &contract.operations {
        let path = operation.path;
        let missing = || missing(&format!("the named schema of the request of `{path}`"));
        let schema = operation.body.ok_or_else(missing)?;
        let item = types.iter().find_map(|item| match item {
            Item::Struct(item) if item.ident == schema => Some(item),
            _ => None,
        });
        let item =
            item.ok_or_else(|| Failure::new(format!("progenitor wrote no type for {schema}")))?;
        requests.push(request(item, contract, schema)?);
    }
    let parts = parts(contract);
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
fn parts(contract: &Contract<'_>) -> BTreeSet<Ident> {
    let is_request = |name| contract.operations.iter().any(|it| it.body == Some(name));
    let has_type = |schema: &Value| schema.get("properties").or(schema.get("enum")).is_some();
    let schemas = contract
        .schemas()
        .filter(|(name, schema)| has_type(schema) && contract.is_sent(name) && !is_request(*name));
    let mut parts: BTreeSet<Ident> = schemas.map(|(name, _)| format_ident!("{name}")).collect();
    parts.extend(newtypes::definitions(contract).into_keys());
    parts
}

/// Methods of requests that are written by hand.
const METHODS: [&str; 2] = ["findings", "prepare"];

fn request(
    item: &ItemStruct,
    contract: &Contract<'_>,
    schema: &str,
) -> Result<TokenStream, Failure> {
    let name = schema.strip_suffix("Request").ok_or_else(|| {
        wrong(&format!(
            "the schema `{schema}` of a request must be called …Request"
        ))
    })?;
    let docs = item.attrs.iter().filter(|it| it.path().is_ident("doc"));
    let wire = &item.ident;
    let name = format_ident!("{name}");
    let mut fields = fields(item, contract);
    for field in &mut fields {
        FromOutside.visit_type_mut(&mut field.ty);
        if METHODS.iter().any(|method| field.ident == method) {
            return Err(wrong(&format!(
                "{schema}: requests have a method of the name of the field `{}` already",
                field.name
            )));
        }
    }
    let excluded = excluded(contract, schema)?;
    let excluded: Vec<&Field> = excluded
        .iter()
        .filter_map(|name| fields.iter().find(|field| field.name == *name))
        .collect();
    let (required, optional): (Vec<&Field>, Vec<&Field>) = fields
        .iter()
        .partition(|field| field.kind == Kind::Required);
    let parameters = required.iter().map(|field| field.parameter());
    let given = required.iter().map(|field| &field.ident);
    let setters = optional.iter().map(|field| {
        let others = excluded.iter().filter(|it| it.name != field.name);
        let is_excluded = excluded.iter().any(|it| it.name == field.name);
        let rivals: Vec<&Field> = others.filter(|_| is_excluded).copied().collect();
        field.setter(&quote!(self.0), &rivals)
    });
    let serde_name = format!("types::{wire}");
    let (conversion, from) = conversion(wire, &name, &excluded);
    Ok(quote! {
        #(#docs)*
        #[derive(Clone, Debug, PartialEq, ::serde::Deserialize)]
        #[serde(#conversion = #serde_name)]
        pub struct #name(types::#wire);

        impl #name {
            /// A request with what is required, and nothing else set.
            pub fn new(#(#parameters),*) -> Self {
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

/// How the generated type becomes ours: serde's word for it, and the code.
fn conversion(wire: &Ident, name: &Ident, excluded: &[&Field]) -> (TokenStream, TokenStream) {
    if excluded.is_empty() {
        let from = quote! {
            impl From<types::#wire> for #name {
                fn from(request: types::#wire) -> Self {
                    Self(request)
                }
            }
        };
        return (quote!(from), from);
    }
    let present = excluded.iter().map(|field| {
        let ident = &field.ident;
        match field.kind {
            Kind::List | Kind::Map => quote!(!request.#ident.is_empty()),
            Kind::Required | Kind::Optional => quote!(request.#ident.is_some()),
        }
    });
    let names = excluded.iter().map(|field| &field.name);
    let try_from = quote! {
        impl TryFrom<types::#wire> for #name {
            type Error = super::Conflict;

            /// Refuses a request in which fields are set that exclude each other.
            fn try_from(
                request: types::#wire,
            ) -> ::std::result::Result<Self, Self::Error> {
                if #(#present)&&* {
                    return Err(super::Conflict(&[#(#names),*]));
                }
                Ok(Self(request))
            }
        }
    };
    (quote!(try_from), try_from)
}

/// The properties that exclude each other. Nothing else may be under `not`, lest it be lost.
fn excluded<'a>(contract: &Contract<'a>, name: &str) -> Result<Vec<&'a str>, Failure> {
    let schema = contract.schema(name);
    let excluded = exclusive(schema);
    let is_known = |not: &Value| {
        let members = not.as_object().map_or(0, |not| not.len());
        members == 1 && !excluded.is_empty()
    };
    if schema.get("not").is_some_and(|not| !is_known(not)) {
        return Err(wrong(&format!(
            "{name}: codegen knows no other `not` than `{{\"required\": […]}}`"
        )));
    }
    Ok(excluded)
}

/// Names types of the api crate as another crate does.
struct FromOutside;

impl VisitMut for FromOutside {
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        let Some(first) = path
            .segments
            .first_mut()
            .filter(|_| path.leading_colon.is_none())
        else {
            return;
        };
        if first.ident == "crate" {
            first.ident = format_ident!("webex_precheck_api");
        } else if first.ident.to_string().starts_with(char::is_uppercase) {
            // A generated type; those of Rust that have no path are in lower case, as `bool` is.
            *path = parse_quote!(types::#path);
        }
    }
}
