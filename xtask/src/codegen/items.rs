//! Our own items, from facts of the contract that progenitor knows nothing of: open enumerations,
//! package dependencies, addresses and scopes of the operations, known info codes.

use std::collections::BTreeSet;

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
    let names: BTreeSet<String> = variants.iter().map(ToString::to_string).collect();
    if names.len() < variants.len() {
        return Err(Failure::new(format!(
            "{CONTRACT}: two values of `{name}` have one name in Rust; rename one of them"
        )));
    }
    let text = text.unwrap_or(name);
    let doc = format!(" {text}");
    let needs = dependencies(contract, name, &values)?;
    Ok(quote! {
        crate::open_enum::open_enum! {
            #[doc = #doc]
            #ident, #text, { #(#values => #variants,)* }
        }

        impl #ident {
            #needs
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
