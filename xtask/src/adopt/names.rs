//! Names for what an adoption adds to the contract.

use serde_json::Value;

use crate::codegen::names::kebab;

/// The name, or with the lowest number behind it that makes it a free one.
pub(super) fn free(name: &str, separator: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number: usize| format!("{name}{separator}{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !is_taken(name)).unwrap_or_default()
}

/// A name that no component of a folder has yet.
pub(super) fn free_name(contract: &Value, folder: &str, wanted: &str) -> String {
    let is_taken = |name: &str| contract.pointer(&format!("{folder}/{name}")).is_some();
    free(wanted, "", is_taken)
}

/// `stateOrProvince`, `webex_calling` -> `state or province`, `webex calling`
pub(super) fn spoken(name: &str) -> String {
    kebab(name).replace('-', " ")
}

/// `packages` -> `package`
pub(super) fn singular(name: &str) -> &str {
    match name.strip_suffix('s') {
        Some(one) if one.len() > 2 && !one.ends_with('s') => one,
        _ => name,
    }
}
