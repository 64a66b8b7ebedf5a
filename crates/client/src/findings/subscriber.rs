//! Rules for the precheck of a subscriber.

use webex_precheck_api::types::{
    CustomerPackage, SubscriberPackage, SubscriberPrecheckRequest, SubscriberSinglePackage,
};

use super::{Findings, Path, Rule, value};

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
        || !has_calling(request) || has_number(request),
        || "a calling package needs a primaryPhoneNumber, an extension or both".to_owned(),
    );
}

fn packages(request: &SubscriberPrecheckRequest, findings: &mut Findings) {
    const CONTRADICTION: &str =
        ", while Webex takes one package at most: its documentation contradicts itself";
    let at = Path::root("packages");
    let count = request.packages.len();
    findings.require(
        Rule::OnePackage,
        &at,
        || count <= 1,
        || format!("{count} packages; Webex takes one at most"),
    );
    let (known, needs) = (SubscriberPackage::KNOWN, SubscriberPackage::needs_one_of);
    value::packages(
        &request.packages,
        known,
        needs,
        CONTRADICTION,
        &at,
        findings,
    );
    let (known, needs) = (
        SubscriberSinglePackage::KNOWN,
        SubscriberSinglePackage::needs_one_of,
    );
    let (package, at) = (request.package.as_slice(), Path::root("package"));
    value::packages(package, known, needs, CONTRADICTION, &at, findings);
}

/// Whether a package is for calling: a calling plan can be added to it.
fn has_calling(request: &SubscriberPrecheckRequest) -> bool {
    let single = request.package.iter().map(|package| package.as_str());
    let list = request.packages.iter().map(|package| package.as_str());
    let calling = CustomerPackage::CiscoCallingPlan.needs_one_of();
    let is_calling = |package: &str| calling.iter().any(|calling| calling.as_str() == package);
    single.chain(list).any(is_calling)
}

fn has_number(request: &SubscriberPrecheckRequest) -> bool {
    let parameters = request.provisioning_parameters.as_ref();
    parameters.is_some_and(|parameters| {
        value::is_set(parameters.primary_phone_number.as_ref())
            || value::is_set(parameters.extension.as_ref())
    })
}
