//! The requests of the client crate: a type around each generated request, whose setters keep
//! fields apart that exclude each other.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::{Value, json};
use syn::visit_mut::{self, VisitMut};
use syn::{Ident, Item, ItemStruct, Path, parse_quote};

use crate::outcome::Failure;

use super::contract::{Contract, Operation, exclusive, invalid};
use super::fields::{Field, Kind, fields};
use super::{names, newtypes};

/// The generated part of the client crate, from the refined types.
pub(super) fn requests(types: &[Item], contract: &Contract<'_>) -> Result<TokenStream, Failure> {
    let mut requests = Vec::new();
    let (mut variants, mut names, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for operation in &contract.operations {
        let (schema, name) = operation.request()?;
        let item = types.iter().find_map(|item| match item {
            Item::Struct(item) if item.ident == schema => Some(item),
            _ => None,
        });
        let item =
            item.ok_or_else(|| Failure::new(format!("progenitor wrote no type for {schema}")))?;
        requests.push(request(item, operation, contract)?);
        variants.push(format_ident!(
            "{}",
            name.strip_suffix("Precheck").unwrap_or(name)
        ));
        names.push(format_ident!("{name}"));
        ids.push(operation.id()?);
    }
    let parts = parts(contract);
    Ok(quote! {
        use bytes::Bytes;
        use webex_precheck_api::{Operation, operations, types};

        use crate::findings::{self, Finding};
        use super::precheck::{Precheck, sealed::Sealed};

        #(#requests)*

        /// A request of any operation, for programs that learn at run time which one it is.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum AnyPrecheck {
            #(#[doc = concat!("See [`", stringify!(#names), "`].")] #variants(Box<#names>),)*
        }

        impl AnyPrecheck {
            /// Reads a request of this operation.
            ///
            /// # Errors
            ///
            /// If it is none.
            pub fn deserialize<'de, D: ::serde::Deserializer<'de>>(
                operation: &Operation,
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                match operation.id {
                    #(#ids => ::serde::Deserialize::deserialize(deserializer).map(Self::#variants),)*
                    other => Err(::serde::de::Error::custom(format_args!("no operation `{other}`"))),
                }
            }

            fn inner(&self) -> &dyn Precheck {
                match self {
                    #(Self::#variants(request) => &**request,)*
                }
            }
        }

        impl ::serde::Serialize for AnyPrecheck {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                match self {
                    #(Self::#variants(request) => request.serialize(serializer),)*
                }
            }
        }

        impl Precheck for AnyPrecheck {
            fn operation(&self) -> &'static Operation {
                self.inner().operation()
            }

            fn findings(&self) -> Vec<Finding> {
                self.inner().findings()
            }
        }

        impl Sealed for AnyPrecheck {
            fn body(&self) -> ::std::result::Result<Bytes, ::serde_json::Error> {
                self.inner().body()
            }

            fn errors(&self) -> Vec<Finding> {
                self.inner().errors()
            }
        }

        #(impl From<#names> for AnyPrecheck {
            fn from(request: #names) -> Self {
                Self::#variants(Box::new(request))
            }
        })*

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
const METHODS: [&str; 2] = ["findings", "operation"];

fn request(
    item: &ItemStruct,
    operation: &Operation<'_>,
    contract: &Contract<'_>,
) -> Result<TokenStream, Failure> {
    let (schema, name) = operation.request()?;
    let constant = names::constant(operation.id()?);
    let docs = item.attrs.iter().filter(|it| it.path().is_ident("doc"));
    let wire = &item.ident;
    let name = format_ident!("{name}");
    let (mut required, mut optional) = fields(item, contract);
    for field in required.iter_mut().chain(&mut optional) {
        FromOutside.visit_type_mut(&mut field.ty);
        if METHODS.iter().any(|method| field.ident == method) {
            return Err(invalid(&format!(
                "{schema}: requests have a method of the name of the field `{}` already",
                field.name
            )));
        }
    }
    let excluded = excluded(contract, schema, &optional)?;
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

            /// The errors and warnings about this request, found without asking Webex.
            pub fn findings(&self) -> Vec<Finding> {
                findings::of(&self.0, &operations::#constant)
            }
        }

        impl Precheck for #name {
            fn operation(&self) -> &'static Operation {
                &operations::#constant
            }

            fn findings(&self) -> Vec<Finding> {
                self.findings()
            }
        }

        impl Sealed for #name {
            fn body(&self) -> ::std::result::Result<Bytes, ::serde_json::Error> {
                ::serde_json::to_vec(&self.0).map(Bytes::from)
            }

            fn errors(&self) -> Vec<Finding> {
                findings::errors_of(&self.0)
            }
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

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for #name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                types::#wire::schema_name()
            }

            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                types::#wire::schema_id()
            }

            fn json_schema(generator: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                types::#wire::json_schema(generator)
            }
        }

        impl AsRef<types::#wire> for #name {
            fn as_ref(&self) -> &types::#wire {
                &self.0
            }
        }
    })
}

/// The conversion from the generated type: the name of serde's attribute, and the `impl`.
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
            type Error = super::precheck::Conflict;

            /// Refuses a request in which fields are set that exclude each other.
            fn try_from(
                request: types::#wire,
            ) -> ::std::result::Result<Self, Self::Error> {
                if #(#present)&&* {
                    return Err(super::precheck::Conflict(&[#(#names),*]));
                }
                Ok(Self(request))
            }
        }
    };
    (quote!(try_from), try_from)
}

/// The fields that exclude each other. Anything else under `not` is refused: it would be ignored.
fn excluded<'a>(
    contract: &Contract<'_>,
    name: &str,
    fields: &'a [Field],
) -> Result<Vec<&'a Field>, Failure> {
    let schema = contract.schema(name);
    let excluded = exclusive(schema);
    if let Some(not) = schema.get("not")
        && (excluded.is_empty() || *not != json!({ "required": excluded }))
    {
        return Err(invalid(&format!(
            "{name}: codegen knows no other `not` than `{{\"required\": […]}}`"
        )));
    }
    let field = |name: &&str| fields.iter().find(|field| field.name == *name);
    Ok(excluded.iter().filter_map(field).collect())
}

/// Names types of the api crate as other crates do.
struct FromOutside;

impl VisitMut for FromOutside {
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        if path.leading_colon.is_some() {
            return;
        }
        let first = &mut path.segments[0].ident;
        if first == "crate" {
            *first = format_ident!("webex_precheck_api");
        } else if first.to_string().starts_with(char::is_uppercase) {
            // A generated type; the primitive types, which need no path, are in lower case.
            *path = parse_quote!(types::#path);
        }
    }
}

#[cfg(test)]
mod tests {
    //! Types of the api crate under the names that the client crate has for them.
    use quote::quote;
    use syn::Type;

    use super::*;

    #[test]
    fn types_are_named_from_outside() {
        for (ty, expected) in [
            (quote!(crate::Code), quote!(webex_precheck_api::Code)),
            (quote!(Address), quote!(types::Address)),
            (quote!(bool), quote!(bool)),
            (quote!(::std::string::String), quote!(::std::string::String)),
            (
                quote!(::std::vec::Vec<crate::Code>),
                quote!(::std::vec::Vec<webex_precheck_api::Code>),
            ),
        ] {
            let mut found: Type = parse_quote!(#ty);
            FromOutside.visit_type_mut(&mut found);
            assert!(found == parse_quote!(#expected), "{ty}");
        }
    }
}
