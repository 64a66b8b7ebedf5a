//! Runs progenitor, which writes the types and the HTTP client.

use std::panic::{self, AssertUnwindSafe};

use progenitor_impl::{Error, GenerationSettings, Generator, TypeImpl};

use crate::outcome::Failure;

use super::contract::{Contract, invalid};
use super::lower::{self, REPLACED};

pub(super) fn generate(contract: &Contract<'_>) -> Result<syn::File, Failure> {
    let lowered = lower::lower(contract)?;
    let mut settings = GenerationSettings::new();
    settings.with_derive("PartialEq");
    // Keys are sorted, so that equal requests have equal bodies.
    settings.with_map_type("::std::collections::BTreeMap");
    for (schema, ours) in REPLACED {
        settings.with_replacement(schema, ours, std::iter::empty());
    }
    for (name, _) in contract.enumerations() {
        let ours = format!("crate::types::{name}");
        let impls = [TypeImpl::Display, TypeImpl::FromStringIrrefutable];
        settings.with_replacement(name, ours, impls.into_iter());
    }
    let tokens = quietly(|| Generator::new(&settings).generate_tokens(&lowered));
    let tokens = tokens
        .map_err(|error| invalid(&format!("progenitor cannot take it: {error}; correct it")))?;
    let file = syn::parse2(tokens);
    let mut file: syn::File =
        file.map_err(|error| Failure::new(format!("progenitor's output: {error}")))?;
    file.attrs.clear();
    Ok(file)
}

/// Turns a panic into an error, without printing it: progenitor panics on some unsupported schemas.
fn quietly<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    panic::set_hook(hook);
    outcome.unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or(payload.downcast_ref::<&str>().copied());
        let text = text.unwrap_or("it panicked").replace('\n', " ");
        Err(Error::InternalError(text))
    })
}
