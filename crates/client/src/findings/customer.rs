//! Rules for the precheck of a customer.

use webex_precheck_api::types::{CustomerPackage, CustomerPrecheckRequest, Location};

use super::{Findings, Path, address, value};

pub(super) fn check(request: &CustomerPrecheckRequest, findings: &mut Findings) {
    address::check(&request.address, &Path::root("address"), findings);
    let (known, needs) = (CustomerPackage::KNOWN, CustomerPackage::needs_one_of);
    let at = Path::root("packages");
    value::packages(&request.packages, known, needs, "", &at, findings);
    if let Some(info) = &request.customer_info {
        let at = Path::root("customerInfo");
        value::email(&info.primary_email, &at.child("primaryEmail"), findings);
        let name = info.name.as_deref().unwrap_or_default();
        value::quoted(name, &at.child("name"), findings);
    }
    if let Some(parameters) = &request.provisioning_parameters {
        let at = Path::root("provisioningParameters");
        if let Some(calling) = &parameters.calling {
            let at = at.child("calling");
            location(&calling.location, &at.child("location"), findings);
        }
        if let Some(zone) = parameters
            .meetings
            .as_ref()
            .and_then(|m| m.timezone.as_ref())
        {
            let at = at.child("meetings");
            value::time_zone(zone, &at.child("timezone"), findings);
        }
    }
}

fn location(location: &Location, at: &Path<'_>, findings: &mut Findings) {
    value::required(&location.name, &at.child("name"), findings);
    address::check(&location.address, &at.child("address"), findings);
    let zone = at.child("timezone");
    value::required(location.timezone.as_str(), &zone, findings);
    value::time_zone(&location.timezone, &zone, findings);
    value::required(&location.language, &at.child("language"), findings);
}
