//! Rules for a postal address.

use webex_precheck_api::types::Address;

use super::{Findings, Path, Rule, value};

/// Stated by the page of the customer precheck.
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
    for (rule, value, name, countries) in [
        (
            Rule::NoState,
            &address.state_or_province,
            "stateOrProvince",
            &WITH_STATE[..],
        ),
        (
            Rule::NoPostalCode,
            &address.zip_or_postal_code,
            "zipOrPostalCode",
            &WITH_POSTAL_CODE[..],
        ),
    ] {
        let at = at.child(name);
        findings.require(
            rule,
            &at,
            || value::is_set(value.as_ref()) || !countries.contains(&country),
            || format!("addresses in {country} commonly have one"),
        );
        value::quoted(value.as_deref().unwrap_or_default(), &at, findings);
    }
}

fn line_length(line: &str, at: &Path<'_>, findings: &mut Findings) {
    let length = || line.chars().count();
    findings.require(
        Rule::AddressLineLength,
        at,
        // A character has at least one byte.
        || line.len() <= LINE_LENGTH || length() <= LINE_LENGTH,
        || format!("{} characters; Webex takes {LINE_LENGTH} at most", length()),
    );
}
