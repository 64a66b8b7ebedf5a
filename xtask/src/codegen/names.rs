//! Rust names and flags for the names of the contract.

use proc_macro2::Ident;
use quote::format_ident;

/// `webex_calling` -> `WebexCalling`; a variant of a generated enumeration, of which `Other` is one already.
pub(super) fn upper_camel(value: &str) -> Ident {
    match pascal(value).as_str() {
        "Other" => format_ident!("ValueOther"),
        name => format_ident!("{name}"),
    }
}

/// `address_line` -> `AddressLine`; always a name that Rust takes.
pub(crate) fn pascal(name: &str) -> String {
    let parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    let mut name: String = parts.map(capitalised).collect();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || name == "Self" {
        name.insert_str(0, "Value");
    }
    name
}

/// `address` -> `Address`
pub(crate) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
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
    format_ident!("{}", snake(operation).to_string().to_ascii_uppercase())
}

/// `precheckCustomer` -> `precheck_customer`
pub(super) fn snake(operation: &str) -> Ident {
    format_ident!("{}", kebab(operation).replace('-', "_"))
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
