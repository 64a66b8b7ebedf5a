//! `codegen`: the contract becomes `crates/api/src/generated.rs`, the requests of the client
//! crate, `crates/client/src/request/generated.rs`, and the fields of the program,
//! `crates/cli/src/fields/generated.rs`.
//!
//! Each step is a function of its own: [`parse`], [`lower::lower`] (what progenitor cannot take is
//! rewritten in the copy it gets, so that the contract stays whole), [`generate`], [`types::refine`],
//! [`items::items`] (our own items), [`requests::requests`], [`flags::flags`],
//! [`render`]. Nothing in it asks for the network, the clock
//! or the environment, so that the outcome is the same on every machine.

mod contract;
mod duplicates;
pub(crate) mod flags;
mod items;
pub(crate) mod lower;
mod names;
mod newtypes;
mod requests;
mod types;

use std::panic::{self, AssertUnwindSafe};

use progenitor_impl::{GenerationSettings, Generator, TypeImpl};
use serde_json::Value;
use webex_precheck_contract::{Inventory, capture};

use crate::outcome::{Failure, Outcome};
use crate::workspace::{CONTRACT, Workspace, capture_file, read_contract};

/// Write the generated files: types, client, requests and fields of the program from `spec/openapi.json`, and the
/// sandbox's copies of the captures
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; show what differs, and exit with 4 if anything does
    #[arg(long)]
    check: bool,
}

pub(crate) const API: &str = "crates/api/src/generated.rs";
const REQUESTS: &str = "crates/client/src/request/generated.rs";
const FIELDS: &str = "crates/cli/src/fields/generated.rs";
/// The sandbox judges by what is documented. It is published without `spec/`, so it has copies.
const SANDBOX: &str = "crates/sandbox/documented";

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Failure> {
    let captures = workspace.captures()?;
    for (name, inventory) in &captures {
        // Guards against a capture that was edited by hand.
        let written = capture::write(inventory).map_err(Failure::new)?;
        if written != workspace.read(&capture_file(name))? {
            return Err(Failure::new(format!(
                "{} is not as `cargo xtask capture` wrote it; capture its source again",
                capture_file(name)
            )));
        }
    }
    let mut fresh = true;
    for (file, text) in files(&workspace.read(CONTRACT)?, &captures)? {
        fresh &= workspace.ensure_contents(&file, &text, arguments.check, "cargo xtask codegen")?;
    }
    Ok(match fresh || !arguments.check {
        true => Outcome::Clean,
        false => Outcome::Stale,
    })
}

/// All generated files: their paths, and what they hold.
pub(crate) fn files(
    contract: &str,
    captures: &[(String, Inventory)],
) -> Result<Vec<(String, String)>, Failure> {
    // Refuses what our own reader finds wrong, before anything is generated from it.
    read_contract(contract)?;
    let mut files = generate_all(&parse(contract)?)?;
    for (name, inventory) in captures {
        let copy = capture::write(inventory).map_err(Failure::new)?;
        files.push((format!("{SANDBOX}/{name}.toml"), copy));
    }
    Ok(files)
}

/// The code for a contract: paths of files, and what they hold.
pub(crate) fn generate_all(contract: &Value) -> Result<Vec<(String, String)>, Failure> {
    let lowered = lower::lower(contract)?;
    let client = generate(&lowered)?;
    let refined = types::refine(client, contract)?;
    let requests = requests::requests(&refined, contract)?;
    let items = items::items(contract)?;
    let fields = flags::flags(contract)?;
    let files = [
        (API, with_items(refined, items)?),
        (REQUESTS, ours(requests)?),
        (FIELDS, ours(fields)?),
    ];
    if let Some(what) = files.iter().find_map(|(_, file)| duplicates::find(file)) {
        return Err(Failure::new(format!(
            "{CONTRACT}: {what} in Rust; give one of them another name"
        )));
    }
    let files = files.into_iter();
    Ok(files
        .map(|(name, file)| (name.to_owned(), render(file)))
        .collect())
}

/// Reads the contract, which must be a description that `openapiv3` takes.
pub(crate) fn parse(text: &str) -> Result<Value, Failure> {
    let failed = |error: serde_json::Error| Failure::new(format!("{CONTRACT}: {error}"));
    let contract: Value = serde_json::from_str(text).map_err(failed)?;
    let _: openapiv3::OpenAPI = serde_json::from_str(text).map_err(failed)?;
    Ok(contract)
}

/// Runs progenitor.
fn generate(lowered: &openapiv3::OpenAPI) -> Result<syn::File, Failure> {
    let mut settings = GenerationSettings::new();
    settings.with_derive("PartialEq");
    for (schema, ours) in lower::REPLACED {
        settings.with_replacement(schema, ours, std::iter::empty::<TypeImpl>());
    }
    for name in lower::enumerations(lowered) {
        let ours = format!("crate::types::{name}");
        let impls = [TypeImpl::Display, TypeImpl::FromStringIrrefutable];
        settings.with_replacement(name, ours, impls.into_iter());
    }
    // Progenitor panics on some of what it does not take.
    let generated = quietly(|| Generator::new(&settings).generate_tokens(lowered));
    let tokens = generated
        .unwrap_or_else(|panic| Err(progenitor_impl::Error::InternalError(panic)))
        .map_err(|error| {
            Failure::new(format!(
                "{CONTRACT}: progenitor cannot take it: {error}; correct it"
            ))
        })?;
    syn::parse2(tokens).map_err(|error| Failure::new(format!("progenitor's output: {error}")))
}

/// Runs `work`; a panic becomes an error with its message, and is not printed.
fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    panic::set_hook(hook);
    outcome.map_err(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or(payload.downcast_ref::<&str>().copied());
        text.unwrap_or("it panicked").replace('\n', " ")
    })
}

fn ours(items: proc_macro2::TokenStream) -> Result<syn::File, Failure> {
    syn::parse2(items).map_err(|error| Failure::new(format!("our own items: {error}")))
}

/// Puts progenitor's output and our own items together.
fn with_items(mut file: syn::File, items: items::Items) -> Result<syn::File, Failure> {
    let items::Items { operations, types } = items;
    let types = ours(types)?;
    for item in &mut file.items {
        if let syn::Item::Mod(module) = item
            && module.ident == "types"
            && let Some((_, content)) = &mut module.content
        {
            content.extend(types.items.clone());
        }
    }
    file.items.extend(ours(operations)?.items);
    file.attrs.clear();
    Ok(file)
}

/// Lays a file out.
fn render(file: syn::File) -> String {
    let code = prettyplease::unparse(&file);
    format!(
        "// Generated by `cargo xtask codegen` from {CONTRACT}. Do not edit: change that file and run it again.\n\n{code}"
    )
}
