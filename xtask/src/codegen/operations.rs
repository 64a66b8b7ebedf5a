//! What progenitor does not generate: the table of operations, with the fields of their requests, and
//! the info codes whose meaning is known.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use crate::outcome::Failure;

use super::contract::{Contract, Operation, members, missing, string, strings};
use super::flags::{self, Flag};
use super::{enumerations, names};

/// Name of the parameter that a client sends if it is told for whom to ask.
const ON_BEHALF_OF: &str = "onBehalfOfSubPartnerOrgId";

/// The constants at the root of the generated module.
pub(super) fn operations(contract: &Contract<'_>) -> Result<TokenStream, Failure> {
    let mut operations = Vec::new();
    let mut all = Vec::new();
    for operation in &contract.operations {
        let name = names::constant(operation.id()?);
        let doc = format!(
            " {}: `{} {}`.",
            operation.string("summary")?,
            operation.method,
            operation.path
        );
        let entry = entry(contract, operation)?;
        operations.push(quote! {
            #[doc = #doc]
            pub static #name: crate::Operation = #entry;
        });
        all.push(name);
    }
    let server = contract.document.pointer("/servers/0/url");
    let server = server.and_then(Value::as_str);
    let server = server.ok_or_else(|| missing("`servers/0/url`"))?;
    let codes = info_codes(contract.document)
        .ok_or_else(|| missing("`x-known-info-codes`, numbers with their meanings,"))?;
    Ok(quote! {
        /// Address of Webex.
        pub const BASE_URL: &str = #server;
        /// All operations.
        pub static OPERATIONS: &[&crate::Operation] = &[#(&operations::#all),*];
        /// The operations, each by its name.
        pub mod operations {
            #[cfg(feature = "schemars")]
            use super::types;
            #(#operations)*
        }
        /// The info codes whose meaning is known, with that meaning in our words.
        pub const KNOWN_INFO_CODES: &[(i64, &str)] = &[#(#codes),*];
    })
}

fn entry(contract: &Contract<'_>, operation: &Operation<'_>) -> Result<TokenStream, Failure> {
    let (id, name) = (operation.id()?, operation.name()?);
    let plural = plural(&name);
    let (method, path) = (&operation.method, operation.path);
    let title = operation.string("summary")?;
    let request = contract.schema(operation.request()?.0);
    let description = string(request, "description").unwrap_or_default();
    let scope = option(string(operation.value, "x-webex-scope"));
    let is_safe = operation.value.get("x-safe") == Some(&Value::Bool(true));
    let takes_sub_partner = takes_sub_partner(contract, operation)?;
    let keys = strings(operation.value.get("x-row-keys"));
    let flags = flags::of(contract, operation)?;
    let fields = flags.iter().map(field);
    let dependencies = members(operation.value.get(enumerations::DEPENDENCIES));
    let dependencies = dependencies.map(|(package, needed)| {
        let needed = strings(Some(needed));
        quote!((#package, &[#(#needed),*]))
    });
    let schema = format_ident!("{}", operation.request()?.0);
    Ok(quote! {
        crate::Operation {
            id: #id,
            name: #name,
            plural: #plural,
            title: #title,
            description: #description,
            method: #method,
            path: #path,
            scope: #scope,
            is_safe: #is_safe,
            takes_sub_partner: #takes_sub_partner,
            keys: &[#(#keys),*],
            fields: &[#(#fields),*],
            dependencies: &[#(#dependencies),*],
            #[cfg(feature = "schemars")]
            schema: crate::operation::schema_of::<types::#schema>,
        }
    })
}

fn field(flag: &Flag) -> TokenStream {
    let (name, path) = (&flag.name, flag.field());
    let (help, value, is_required) = (&flag.help, &flag.value, flag.is_required);
    let example = option(flag.example.as_deref());
    let ty = format_ident!("{}", format!("{:?}", flag.ty));
    quote!(crate::RequestField {
        path: #path,
        flag: #name,
        ty: crate::FieldType::#ty,
        is_required: #is_required,
        help: #help,
        value_name: #value,
        example: #example,
    })
}

fn option(text: Option<&str>) -> TokenStream {
    text.map_or(quote!(None), |text| quote!(Some(#text)))
}

/// Whether an operation takes the ID of a sub-partner. What else it requires, no client sends.
fn takes_sub_partner(contract: &Contract<'_>, operation: &Operation<'_>) -> Result<bool, Failure> {
    let parameters = operation.value.get("parameters").and_then(Value::as_array);
    let mut takes = false;
    for parameter in parameters.into_iter().flatten() {
        let parameter = contract.resolved(parameter);
        let name = string(parameter, "name").unwrap_or_default();
        if name == ON_BEHALF_OF {
            takes = true;
        } else if parameter.get("required") == Some(&Value::Bool(true)) {
            let what = format!("it requires the parameter `{name}`, which the client cannot send");
            return Err(operation.invalid(&what));
        }
    }
    if operation.path.contains('{') {
        return Err(operation.invalid("the client cannot send parameters in the path"));
    }
    Ok(takes)
}

/// `customer` -> `customers`
pub(super) fn plural(name: &str) -> String {
    match name.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if name.ends_with('s') => name.to_owned(),
        _ => format!("{name}s"),
    }
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
