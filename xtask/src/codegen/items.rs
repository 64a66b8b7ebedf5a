//! Our own items, from facts of the contract that progenitor knows nothing of: open enumerations,
//! package dependencies, addresses and scopes of the operations, known info codes.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::outcome::Failure;
use crate::workspace::CONTRACT;

use super::contract::{missing, paths, reaches};
use super::{contract, names, newtypes};

/// What is added to progenitor's output.
pub(super) struct Items {
    /// For the root of the generated module.
    pub(super) operations: TokenStream,
    /// For its module `types`.
    pub(super) types: TokenStream,
}

/// Builds our items from the contract.
pub(super) fn items(contract: &Value) -> Result<Items, Failure> {
    let enums = enumerations(contract)
        .map(|(name, schema)| enumeration(contract, name, schema))
        .collect::<Result<Vec<_>, _>>()?;
    let newtypes = newtypes::definitions(contract);
    Ok(Items {
        operations: operations(contract)?,
        types: quote!(#(#enums)* #newtypes),
    })
}

fn enumerations(contract: &Value) -> impl Iterator<Item = (&String, &Value)> {
    contract::schemas(contract).filter(|(_, schema)| schema.get("enum").is_some())
}

fn operations(contract: &Value) -> Result<TokenStream, Failure> {
    let text = |value: &Value, pointer: &str| -> Result<String, Failure> {
        let found = value.pointer(pointer).and_then(Value::as_str);
        Ok(found.ok_or_else(|| missing(pointer))?.to_owned())
    };
    let mut constants = Vec::new();
    for (path, item) in paths(contract)? {
        let id = text(item, "/post/operationId")?;
        let scope = text(item, "/post/x-webex-scope")?;
        let summary = text(item, "/post/summary")?;
        let name = names::constant(&id);
        let doc = format!(" {summary}: `POST {path}`.");
        constants.push(quote! {
            #[doc = #doc]
            pub const #name: crate::Operation = crate::Operation {
                id: #id,
                path: #path,
                scope: #scope,
            };
        });
    }
    let server = text(contract, "/servers/0/url")?;
    let codes = contract
        .get("x-known-info-codes")
        .and_then(Value::as_object)
        .ok_or_else(|| missing("`x-known-info-codes`"))?;
    let mut known = Vec::new();
    for (code, meaning) in codes {
        let code: i64 = code
            .parse()
            .map_err(|_| missing("a number in `x-known-info-codes`"))?;
        let meaning = meaning.as_str().ok_or_else(|| missing("a meaning"))?;
        let code = proc_macro2::Literal::i64_unsuffixed(code);
        known.push(quote!((#code, #meaning)));
    }
    Ok(quote! {
        /// Address of Webex.
        pub const BASE_URL: &str = #server;
        #(#constants)*
        /// The info codes whose meaning is known, with that meaning in our words.
        pub const KNOWN_INFO_CODES: &[(i64, &str)] = &[#(#known),*];
    })
}

fn enumeration(contract: &Value, name: &str, schema: &Value) -> Result<TokenStream, Failure> {
    let values: Vec<&str> = schema
        .get("enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let ident = format_ident!("{name}");
    let variants: Vec<_> = values.iter().map(|value| names::variant(value)).collect();
    let text = schema.get("description").and_then(Value::as_str);
    let doc = format!(" {}", text.unwrap_or(name));
    let docs = values.iter().map(|value| format!(" `{value}`"));
    let needs = dependencies(contract, name, &values)?;
    let schema_doc = text.unwrap_or(name);
    Ok(quote! {
        #[doc = #doc]
        ///
        /// A value that this release does not know is `Other`, and is sent and received like any.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum #ident {
            #(#[doc = #docs] #variants,)*
            /// A value that this release does not know.
            Other(::std::string::String),
        }

        impl #ident {
            /// The values that Webex documents.
            pub const KNOWN: &'static [Self] = &[#(Self::#variants),*];

            /// The value as it is sent.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #values,)*
                    Self::Other(value) => value,
                }
            }

            /// Whether Webex documents this value.
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Other(_))
            }

            #needs
        }

        impl ::std::fmt::Display for #ident {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl From<&str> for #ident {
            fn from(value: &str) -> Self {
                match value {
                    #(#values => Self::#variants,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl From<::std::string::String> for #ident {
            fn from(value: ::std::string::String) -> Self {
                match Self::from(value.as_str()) {
                    Self::Other(_) => Self::Other(value),
                    known => known,
                }
            }
        }

        impl ::std::str::FromStr for #ident {
            type Err = ::std::convert::Infallible;

            fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }

        impl ::serde::Serialize for #ident {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for #ident {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                <::std::string::String as ::serde::Deserialize>::deserialize(deserializer)
                    .map(Self::from)
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for #ident {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                #name.into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!({
                    "description": #schema_doc,
                    "type": "string",
                    "enum": Self::KNOWN.iter().map(Self::as_str).collect::<Vec<_>>(),
                })
            }
        }
    })
}

/// Whether a request can hold another enumeration with this value.
fn is_sent_by_another(contract: &Value, body: Option<&Value>, name: &str, value: &str) -> bool {
    enumerations(contract).any(|(other, schema)| {
        let reference = format!("#/components/schemas/{other}");
        let values = schema.get("enum").and_then(Value::as_array);
        other != name
            && values.is_some_and(|values| values.iter().any(|known| known == value))
            && body.is_some_and(|body| reaches(contract, body, &reference, 0))
    })
}

/// `needs_one_of`, where an operation that sends this enumeration states dependencies.
fn dependencies(contract: &Value, name: &str, values: &[&str]) -> Result<TokenStream, Failure> {
    let reference = format!("#/components/schemas/{name}");
    let ident = format_ident!("{name}");
    let mut arms = Vec::new();
    for (path, item) in paths(contract)? {
        let body = item.pointer("/post/requestBody");
        if !body.is_some_and(|body| reaches(contract, body, &reference, 0)) {
            continue;
        }
        let table = item.pointer("/post/x-package-dependencies");
        for (package, needed) in table.and_then(Value::as_object).into_iter().flatten() {
            if !values.contains(&package.as_str()) {
                continue;
            }
            let mut alternatives = Vec::new();
            for other in needed
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
            {
                if !values.contains(&other) {
                    if is_sent_by_another(contract, body, name, other) {
                        continue;
                    }
                    return Err(Failure::new(format!(
                        "{CONTRACT}: {path}: `{package}` needs `{other}`, which {name} does not have"
                    )));
                }
                alternatives.push(names::variant(other));
            }
            let package = names::variant(package);
            arms.push(quote! {
                Self::#package => {
                    const NEEDED: &[#ident] = &[#(#ident::#alternatives),*];
                    NEEDED
                }
            });
        }
    }
    Ok(quote! {
        /// The packages of which Webex wants one beside this one; empty where it stands alone.
        pub fn needs_one_of(&self) -> &'static [#ident] {
            match self {
                #(#arms)*
                _ => &[],
            }
        }
    })
}
