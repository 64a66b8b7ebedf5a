//! Rust names for the names of the contract.

use proc_macro2::Ident;
use quote::format_ident;

/// `webex_calling` -> `WebexCalling`
pub(super) fn variant(value: &str) -> Ident {
    let mut name = String::new();
    for part in value.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut chars = part.chars();
        name.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        name.extend(chars);
    }
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || name == "Other" || name == "Self" {
        name.insert_str(0, "Value");
    }
    format_ident!("{name}")
}

/// `precheckCustomer` -> `PRECHECK_CUSTOMER`
pub(super) fn constant(operation: &str) -> Ident {
    let mut name = String::new();
    for c in operation.chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(c.to_ascii_uppercase());
    }
    format_ident!("{name}")
}

#[cfg(test)]
mod tests {
    //! Values that make poor names still make names.
    use super::*;

    #[test]
    fn variants_are_identifiers() {
        for (value, expected) in [
            ("webex_calling", "WebexCalling"),
            ("cx_essentials", "CxEssentials"),
            ("3g-voice", "Value3gVoice"),
            ("other", "ValueOther"),
            ("", "Value"),
        ] {
            assert_eq!(variant(value), expected, "{value}");
        }
        assert_eq!(constant("precheckCustomer"), "PRECHECK_CUSTOMER");
    }
}
