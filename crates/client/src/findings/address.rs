//! Rules for a postal address.

use webex_precheck_api::types::Address;

use super::{Findings, Path, Rule, value};

/// The customer page states it, in words.
const LINE_LENGTH: usize = 50;

/// Countries whose addresses have a state, province or prefecture.
const WITH_STATE: [&str; 10] = ["AU", "BR", "CA", "CN", "ES", "IN", "IT", "JP", "MX", "US"];

/// Countries whose addresses have a postal code.
const WITH_POSTAL_CODE: [&str; 43] = [
    "AT", "AU", "BE", "BG", "BR", "CA", "CH", "CN", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB",
    "GR", "HR", "HU", "IL", "IN", "IT", "JP", "KR", "LT", "LU", "LV", "MX", "MY", "NL", "NO", "NZ",
    "PL", "PT", "RO", "SE", "SG", "SI", "SK", "TR", "TW", "US", "ZA",
];

pub(super) fn check(address: &Address, at: &Path<'_>, findings: &mut Findings) {
    let line1 = at.child("addressLine1");
    value::required(&address.address_line1, &line1, findings);
    line_length(&address.address_line1, &line1, findings);
    if let Some(line) = &address.address_line2 {
        let line2 = at.child("addressLine2");
        line_length(line, &line2, findings);
        value::quoted(line, &line2, findings);
    }
    value::required(&address.city, &at.child("city"), findings);
    value::country(&address.country, &at.child("country"), findings);
    let country = address.country.as_str();
    let is_set = |value: &Option<String>| {
        let text = value.as_deref().unwrap_or_default();
        !text.trim().is_empty()
    };
    findings.require(
        Rule::NoState,
        &at.child("stateOrProvince"),
        || is_set(&address.state_or_province) || !WITH_STATE.contains(&country),
        || format!("addresses in {country} commonly have one"),
    );
    findings.require(
        Rule::NoPostalCode,
        &at.child("zipOrPostalCode"),
        || is_set(&address.zip_or_postal_code) || !WITH_POSTAL_CODE.contains(&country),
        || format!("addresses in {country} commonly have one"),
    );
    for (value, name) in [
        (&address.state_or_province, "stateOrProvince"),
        (&address.zip_or_postal_code, "zipOrPostalCode"),
    ] {
        value::quoted(
            value.as_deref().unwrap_or_default(),
            &at.child(name),
            findings,
        );
    }
}

fn line_length(line: &str, at: &Path<'_>, findings: &mut Findings) {
    let length = || line.chars().count();
    findings.require(
        Rule::AddressLineLength,
        at,
        // No character is shorter than a byte.
        || line.len() <= LINE_LENGTH || length() <= LINE_LENGTH,
        || format!("{} characters; Webex takes {LINE_LENGTH} at most", length()),
    );
}
