//! Rules for the precheck of a subscriber.

use std::fmt::Display;

use webex_precheck_api::types::{
    CustomerPackage, SubscriberPackage, SubscriberPrecheckRequest, SubscriberSinglePackage,
};

use super::{Findings, Path, Rule, known, shown, value};

pub(super) fn check(request: &SubscriberPrecheckRequest, findings: &mut Findings) {
    value::email(&request.email, &Path::root("email"), findings);
    packages(request, findings);
    if let Some(info) = &request.customer_info {
        let at = Path::root("customerInfo");
        value::email(&info.primary_email, &at.child("primaryEmail"), findings);
    }
    findings.require(
        Rule::NoCustomer,
        &Path::root("customerId"),
        || {
            let is_new = request.provisioning_id.is_some() && request.customer_info.is_some();
            request.customer_id.is_some() || is_new
        },
        || {
            "Webex documents customerId, or provisioningId and customerInfo for a customer that \
             does not exist yet"
                .to_owned()
        },
    );
    findings.require(
        Rule::NoNumber,
        &Path::root("provisioningParameters"),
        || !calls(request) || has_number(request),
        || "a calling package wants a primaryPhoneNumber, an extension or both".to_owned(),
    );
}

fn packages(request: &SubscriberPrecheckRequest, findings: &mut Findings) {
    let at = Path::root("packages");
    findings.require(
        Rule::OnePackage,
        &at,
        || request.packages.len() <= 1,
        || {
            format!(
                "{} packages; Webex takes one at most",
                request.packages.len()
            )
        },
    );
    for package in &request.packages {
        let needed = package.needs_one_of();
        let met = || {
            needed
                .iter()
                .any(|needed| request.packages.contains(needed))
        };
        let names = || needed.iter().map(ToString::to_string).collect();
        one(
            package,
            package.is_known(),
            SubscriberPackage::KNOWN,
            &at,
            findings,
        );
        dependency(
            package.as_str(),
            needed.is_empty() || met(),
            names,
            &at,
            findings,
        );
    }
    if let Some(package) = &request.package {
        let at = Path::root("package");
        let needed = package.needs_one_of();
        let names = || needed.iter().map(ToString::to_string).collect();
        one(
            package,
            package.is_known(),
            SubscriberSinglePackage::KNOWN,
            &at,
            findings,
        );
        dependency(package.as_str(), needed.is_empty(), names, &at, findings);
    }
}

fn one<P: Display>(package: &P, is_known: bool, all: &[P], at: &Path<'_>, findings: &mut Findings) {
    findings.require(
        Rule::UnknownPackage,
        at,
        || is_known,
        || {
            format!(
                "this release knows no package `{}`; {}",
                shown(&package.to_string()),
                known(all)
            )
        },
    );
}

fn dependency(
    package: &str,
    met: bool,
    names: impl FnOnce() -> Vec<String>,
    at: &Path<'_>,
    findings: &mut Findings,
) {
    findings.require(
        Rule::PackageDependency,
        at,
        || met,
        || {
            format!(
                "{package} needs one of {} beside it, while Webex takes one package at most: its \
                 documentation contradicts itself",
                names().join(", ")
            )
        },
    );
}

/// Whether a package is one for calling: one to which a calling plan can be added.
fn calls(request: &SubscriberPrecheckRequest) -> bool {
    let single = request.package.iter().map(|package| package.as_str());
    let list = request.packages.iter().map(|package| package.as_str());
    let calling = CustomerPackage::CiscoCallingPlan.needs_one_of();
    single
        .chain(list)
        .any(|package| calling.iter().any(|calling| calling.as_str() == package))
}

fn has_number(request: &SubscriberPrecheckRequest) -> bool {
    let is_set = |value: &Option<String>| {
        let text = value.as_deref().unwrap_or_default();
        !text.trim().is_empty()
    };
    let parameters = request.provisioning_parameters.as_ref();
    parameters.is_some_and(|p| is_set(&p.primary_phone_number) || is_set(&p.extension))
}
