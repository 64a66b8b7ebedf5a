//! Rust names and flags for the names of the contract.

use proc_macro2::Ident;
use quote::format_ident;

/// `webex_calling` -> `WebexCalling`
pub(super) fn upper_camel(value: &str) -> Ident {
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

/// `stateOrProvince` -> `state-or-province`
pub(crate) fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for c in name.chars() {
        let goes_on = c.is_ascii_lowercase() || c.is_ascii_digit();
        if !goes_on && !kebab.is_empty() && !kebab.ends_with('-') {
            kebab.push('-');
        }
        if c.is_ascii_alphanumeric() {
            kebab.push(c.to_ascii_lowercase());
        }
    }
    kebab.trim_end_matches('-').to_owned()
}

/// `precheckCustomer` -> `PRECHECK_CUSTOMER`
pub(super) fn constant(operation: &str) -> Ident {
    let name = kebab(operation).replace('-', "_");
    format_ident!("{}", name.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    //! Values that make poor names still make names.
    use super::*;

    #[test]
    fn values_make_identifiers() {
        for (value, expected) in [
            ("webex_calling", "WebexCalling"),
            ("cx_essentials", "CxEssentials"),
            ("3g-voice", "Value3gVoice"),
            ("other", "ValueOther"),
            ("", "Value"),
            ("customerId", "CustomerId"),
        ] {
            assert_eq!(upper_camel(value), expected, "{value}");
        }
        assert_eq!(constant("precheckCustomer"), "PRECHECK_CUSTOMER");
    }

    #[test]
    fn names_of_fields_make_names_of_flags() {
        for (field, expected) in [
            ("addressLine1", "address-line1"),
            ("provisioningId", "provisioning-id"),
            ("email", "email"),
            ("SIPAddress", "s-i-p-address"),
            ("a_b.c", "a-b-c"),
            ("_x_", "x"),
        ] {
            assert_eq!(kebab(field), expected, "{field}");
        }
    }
}
