//! The methods of the clients: one for each operation.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use crate::outcome::Failure;

use super::contract::{Contract, Operation};
use super::names;

/// The methods of both clients.
pub(super) fn methods(contract: &Contract<'_>) -> Result<TokenStream, Failure> {
    let (mut methods, mut blocking_methods, mut requests) = (Vec::new(), Vec::new(), Vec::new());
    for operation in &contract.operations {
        let (method, blocking) = client_methods(operation)?;
        methods.push(method);
        blocking_methods.push(blocking);
        requests.push(format_ident!("{}", operation.request()?.1));
    }
    Ok(quote! {
        use crate::error::Error;
        use crate::report::Report;
        use crate::request::{#(#requests),*};

        impl crate::client::Client {
            #(#methods)*
        }

        #[cfg(feature = "blocking")]
        impl crate::blocking::Client {
            #(#blocking_methods)*
        }
    })
}

/// Methods of clients that are written by hand.
const CLIENT_METHODS: [&str; 8] = [
    "ask",
    "builder",
    "from_env",
    "new",
    "on_behalf_of",
    "precheck",
    "precheck_many",
    "rate_status",
];

/// The method of a client that asks an operation, and that of a blocking client.
fn client_methods(operation: &Operation<'_>) -> Result<(TokenStream, TokenStream), Failure> {
    let name = names::snake(operation.id()?);
    if syn::parse_str::<Ident>(&name.to_string()).is_err() {
        let what = format!("`{name}` cannot name a method; give it another `operationId`");
        return Err(operation.invalid(&what));
    }
    if CLIENT_METHODS.iter().any(|method| name == method) {
        let what = format!("clients have a method `{name}` already; give it another `operationId`");
        return Err(operation.invalid(&what));
    }
    let request = format_ident!("{}", operation.request()?.1);
    let doc = format!(
        " {}: `{} {}`.",
        operation.string("summary")?,
        operation.method,
        operation.path
    );
    let see = format!(" See [`Client::{name}`](crate::Client::{name}).");
    let method = quote! {
        #[doc = #doc]
        ///
        /// # Errors
        ///
        /// If there is no verdict; see [`Error`].
        pub async fn #name(&self, request: &#request) -> ::std::result::Result<Report, Error> {
            self.precheck(request).await
        }
    };
    let blocking = quote! {
        #[doc = #see]
        ///
        /// # Errors
        ///
        /// As there.
        pub fn #name(&self, request: &#request) -> ::std::result::Result<Report, Error> {
            self.precheck(request)
        }
    };
    Ok((method, blocking))
}
