//! Constants for what progenitor does not generate: addresses and scopes of the operations, and the
//! info codes whose meaning is known.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::Value;

use crate::outcome::Failure;

use super::contract::{Contract, missing};
use super::names;

/// The constants at the root of the generated module.
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
