//! Enumerations of strings that stay open to values that this release does not know, with the
//! packages that each package needs beside it.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::outcome::Failure;

use super::contract::{Contract, exclusive, invalid, members, reference, string, strings};
use super::{duplicates, names};

/// The enumerations, for the module `types`.
pub(super) fn enumerations(contract: &Contract<'_>) -> Result<TokenStream, Failure> {
    check_dependencies(contract)?;
    let enumerations = contract.enumerations();
    let enumerations = enumerations.map(|(name, _)| enumeration(contract, name));
    let enumerations: Vec<TokenStream> = enumerations.collect::<Result<_, _>>()?;
    let conversions = conversions(contract);
    Ok(quote!(#(#enumerations)* #(#conversions)*))
}

/// Conversions between the enumerations of fields that exclude each other: they name the same things,
/// and either type does for both fields.
fn conversions(contract: &Contract<'_>) -> Vec<TokenStream> {
    let mut pairs = BTreeSet::new();
    for (_, schema) in contract.schemas() {
        let properties = exclusive(schema)
            .into_iter()
            .filter_map(|name| schema.get("properties")?.get(name));
        let names =
            properties.filter_map(|it| reference(it).or_else(|| reference(it.get("items")?)));
        let rivals: Vec<&str> = names
            .filter(|name| contract.enumerations().any(|(other, _)| other == *name))
            .collect();
        for from in &rivals {
            pairs.extend(
                rivals
                    .iter()
                    .filter(|to| *to != from)
                    .map(|to| (*from, *to)),
            );
        }
    }
    let conversions = pairs.into_iter().map(|(from, to)| {
        let (from, to) = (format_ident!("{from}"), format_ident!("{to}"));
        quote! {
            impl From<#from> for #to {
                fn from(value: #from) -> Self {
                    Self::from(value.as_str())
                }
            }
        }
    });
    conversions.collect()
}

fn enumeration(contract: &Contract<'_>, name: &str) -> Result<TokenStream, Failure> {
    let schema = contract.schema(name);
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
pub(super) const DEPENDENCIES: &str = "x-package-dependencies";

/// Refuses a dependency on a package that the request cannot name: it could never be met.
fn check_dependencies(contract: &Contract<'_>) -> Result<(), Failure> {
    for operation in &contract.operations {
        let enumerations = contract.enumerations();
        let sent = enumerations.filter(|(name, _)| operation.sends(name));
        let known = sent.flat_map(|(_, schema)| strings(schema.get("enum")));
        let known: Vec<&str> = known.collect();
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
