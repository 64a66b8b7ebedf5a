//! Rules for the precheck of a Webex for BroadWorks subscriber.

use webex_precheck_api::types::{BroadworksSubscriberPackage, BroadworksSubscriberPrecheckRequest};

use super::{Findings, Path, Rule, shown, value};

pub(super) fn check(request: &BroadworksSubscriberPrecheckRequest, findings: &mut Findings) {
    value::email(&request.email, &Path::root("email"), findings);
    if let Some(info) = &request.customer_info {
        let at = Path::root("customerInfo");
        value::email(&info.primary_email, &at.child("primaryEmail"), findings);
    }
    if let Some(package) = &request.package {
        value::packages(
            std::slice::from_ref(package),
            BroadworksSubscriberPackage::KNOWN,
            BroadworksSubscriberPackage::needs_one_of,
            "",
            &Path::root("package"),
            findings,
        );
    }
    if let Some(language) = &request.language {
        let is_code = |code: &str| {
            let mut letters = code.bytes();
            code.len() == 2 && letters.all(|letter| letter.is_ascii_lowercase())
        };
        findings.require(
            Rule::LanguageCode,
            &Path::root("language"),
            || language.trim().is_empty() || is_code(language),
            || {
                let language = shown(language);
                format!("`{language}` is not two lower-case letters, such as en")
            },
        );
    }
    if let Some(zone) = &request.timezone {
        value::time_zone(zone, &Path::root("timezone"), findings);
    }
    for (text, name) in [
        (&request.first_name, "firstName"),
        (&request.last_name, "lastName"),
        (&request.primary_phone_number, "primaryPhoneNumber"),
        (&request.mobile_phone_number, "mobilePhoneNumber"),
        (&request.extension, "extension"),
    ] {
        let text = text.as_deref().unwrap_or_default();
        value::quoted(text, &Path::root(name), findings);
    }
}
