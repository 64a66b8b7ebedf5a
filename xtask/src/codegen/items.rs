//! Our own items, from facts of the contract that progenitor knows nothing of: open enumerations,
//! package dependencies, addresses and scopes of the operations, known info codes.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use crate::outcome::Failure;

use super::contract::{Contract, invalid, members, missing, string, strings};
use super::{duplicates, names, newtypes};

/// What is added to the root of the generated module.
pub(super) fn operations(contract: &Contract<'_>) -> Result<TokenStream, Failure> {
    let mut operations = Vec::new();
    for operation in &contract.operations {
        let path = operation.path;
        let id = operation.string("operationId")?;
        let scope = operation.string("x-webex-scope")?;
        let name = names::constant(id);
        let doc = format!(" {}: `POST {path}`.", operation.string("summary")?);
        operations.push(quote! {
            #[doc = #doc]
            pub const #name: crate::Operation = crate::Operation {
                id: #id,
                path: #path,
                scope: #scope,
            };
        });
    }
    let server = contract.document.pointer("/servers/0/url");
    let server = server.and_then(Value::as_str);
    let server = server.ok_or_else(|| missing("`servers/0/url`"))?;
    let codes = info_codes(contract.document)
        .ok_or_else(|| missing("`x-known-info-codes`, numbers with their meanings,"))?;
    Ok(quote! {
        /// Address of Webex.
        pub const BASE_URL: &str = #server;
        #(#operations)*
        /// The info codes whose meaning is known, with that meaning in our words.
        pub const KNOWN_INFO_CODES: &[(i64, &str)] = &[#(#codes),*];
    })
}

fn info_codes(document: &Value) -> Option<Vec<TokenStream>> {
    let codes = document.get("x-known-info-codes")?.as_object()?;
    let codes = codes.iter().map(|(code, meaning)| {
        let code = Literal::i64_unsuffixed(code.parse().ok()?);
        let meaning = meaning.as_str()?;
        Some(quote!((#code, #meaning)))
    });
    codes.collect()
}

/// What is added to its module `types`.
pub(super) fn types(contract: &Contract<'_>) -> Result<TokenStream, Failure> {
    check_dependencies(contract)?;
    let mut types = Vec::new();
    for (name, schema) in contract.enumerations() {
        types.push(enumeration(contract, name, schema)?);
    }
    types.push(newtypes::newtypes(contract));
    Ok(quote!(#(#types)*))
}

fn enumeration(
    contract: &Contract<'_>,
    name: &str,
    schema: &Value,
) -> Result<TokenStream, Failure> {
    let values: Vec<&str> = strings(schema.get("enum")).collect();
    let variants: Vec<Ident> = values.iter().map(|it| names::upper_camel(it)).collect();
    if duplicates::twice(variants.iter()).is_some() {
        return Err(invalid(&format!(
            "two values of `{name}` have one name in Rust; rename one of them"
        )));
    }
    let ident = format_ident!("{name}");
    let text = string(schema, "description").unwrap_or(name);
    let doc = format!(" {text}");
    let sending = contract.operations.iter().filter(|it| it.sends(name));
    let dependencies = sending.flat_map(|it| members(it.value.get(DEPENDENCIES)));
    let of_this = dependencies.filter(|(package, _)| values.contains(package));
    let arms = of_this.map(|(package, needed)| {
        let package = names::upper_camel(package);
        let needed = strings(Some(needed)).filter(|other| values.contains(other));
        let needed = needed.map(names::upper_camel);
        quote! {
            Self::#package => {
                const NEEDED: &[#ident] = &[#(#ident::#needed),*];
                NEEDED
            }
        }
    });
    Ok(quote! {
        crate::open_enum::open_enum! {
            #[doc = #doc]
            #ident, #text, { #(#values => #variants,)* }
        }

        impl #ident {
            /// The packages of which Webex wants one beside this one; empty where it stands alone.
            pub fn needs_one_of(&self) -> &'static [#ident] {
                match self {
                    #(#arms)*
                    _ => &[],
                }
            }
        }
    })
}

/// Of an operation: packages, each with those of which it needs one.
const DEPENDENCIES: &str = "x-package-dependencies";

/// Refuses a dependency on a package that the request cannot name: it could never be met.
fn check_dependencies(contract: &Contract<'_>) -> Result<(), Failure> {
    for operation in &contract.operations {
        let sent = contract
            .enumerations()
            .filter(|(name, _)| operation.sends(name));
        let known: Vec<&str> = sent
            .flat_map(|(_, schema)| strings(schema.get("enum")))
            .collect();
        for (package, needed) in members(operation.value.get(DEPENDENCIES)) {
            let unknown = strings(Some(needed)).find(|other| !known.contains(other));
            if let Some(other) = unknown.filter(|_| known.contains(&package)) {
                return Err(operation.invalid(&format!(
                    "`{package}` needs `{other}`, which the request does not have"
                )));
            }
        }
    }
    Ok(())
}
