//! Names for what an adoption adds to the contract.

use serde_json::Value;

use crate::codegen::flags::kebab;

/// A name that no component of a folder has yet.
pub(super) fn free_name(contract: &Value, folder: &str, wanted: &str) -> String {
    let is_taken = |name: &str| contract.pointer(&format!("{folder}/{name}")).is_some();
    let numbered = (2..).map(|number: usize| format!("{wanted}{number}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    names.find(|name| !is_taken(name)).unwrap_or_default()
}

/// `address_line` -> `AddressLine`; always a name that Rust takes.
pub(super) fn pascal(name: &str) -> String {
    let parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    let mut out: String = parts.map(capitalised).collect();
    if !out.starts_with(|c: char| c.is_ascii_alphabetic()) || out == "Self" {
        out.insert_str(0, "Value");
    }
    out
}

/// `stateOrProvince`, `webex_calling` -> `state or province`, `webex calling`
pub(super) fn spoken(name: &str) -> String {
    kebab(name).replace('-', " ")
}

pub(super) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// `packages` -> `package`
pub(super) fn singular(name: &str) -> &str {
    match name.strip_suffix('s') {
        Some(one) if one.len() > 2 && !one.ends_with('s') => one,
        _ => name,
    }
}
