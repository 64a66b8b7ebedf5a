//! The flat page of the customer operation.

use super::pages::*;
use super::{Additive, Breaking, Row, Wording, check, row};

const FIXTURE: &str = "customer-page.txt";
const REAL: &str = "docs/precheck-customer.txt";

#[test]
fn every_fact_is_named_alone() {
    check(&rows(), FIXTURE, REAL);
}

#[allow(clippy::too_many_lines, reason = "a table")]
pub(super) fn rows() -> Vec<Row> {
    let title = |l: &str| format!("{l}, at once");
    vec![
        // Names
        row(
            "rename a field",
            rename("externalId", 0, "foreignId"),
            &[("customer:body.externalId:renamed", Breaking)],
        ),
        row(
            "rename a nested field",
            rename("stateOrProvince", 0, "state"),
            &[("customer:body.address.stateOrProvince:renamed", Breaking)],
        ),
        row(
            "rename the last field of an object",
            rename("country", 0, "countryCode"),
            &[("customer:body.address.country:renamed", Breaking)],
        ),
        row(
            "rename a field without a description",
            rename("city", 1, "town"),
            &[(
                "customer:body.provisioningParameters.calling.location.address.city:renamed",
                Breaking,
            )],
        ),
        row(
            "rename an object",
            rename("location", 0, "site"),
            &[(
                "customer:body.provisioningParameters.calling.location:renamed",
                Breaking,
            )],
        ),
        row(
            "rename an object with a description",
            rename("address", 0, "billingAddress"),
            &[("customer:body.address:renamed", Breaking)],
        ),
        row(
            "rename a query parameter",
            rename("onBehalfOfSubPartnerOrgId", 0, "subPartner"),
            &[("customer:query.onBehalfOfSubPartnerOrgId:renamed", Breaking)],
        ),
        row(
            "rename a response field",
            rename("infoCode", 0, "findingCode"),
            &[("customer:responses.200.info.infoCode:renamed", Breaking)],
        ),
        // Fields that go
        row(
            "drop a field",
            drop_fields("externalId", 0, 1),
            &[("customer:body.externalId:removed", Breaking)],
        ),
        row(
            "drop a nested field",
            drop_fields("addressLine2", 0, 1),
            &[("customer:body.address.addressLine2:removed", Breaking)],
        ),
        row(
            "drop its namesake",
            drop_fields("addressLine2", 1, 1),
            &[(
                "customer:body.provisioningParameters.calling.location.address.addressLine2:removed",
                Breaking,
            )],
        ),
        row(
            "drop one of two timezones",
            drop_fields("timezone", 0, 1),
            &[(
                "customer:body.provisioningParameters.calling.location.timezone:removed",
                Breaking,
            )],
        ),
        row(
            "drop the other one",
            drop_fields("timezone", 1, 1),
            &[(
                "customer:body.provisioningParameters.meetings.timezone:removed",
                Breaking,
            )],
        ),
        row(
            "drop an object with all in it",
            drop_fields("address", 1, 7),
            &[(
                "customer:body.provisioningParameters.calling.location.address:removed",
                Breaking,
            )],
        ),
        row(
            "drop a described object with all in it",
            drop_fields("address", 0, 7),
            &[("customer:body.address:removed", Breaking)],
        ),
        row(
            "drop the query parameter",
            drop_fields("onBehalfOfSubPartnerOrgId", 0, 1),
            &[("customer:query.onBehalfOfSubPartnerOrgId:removed", Breaking)],
        ),
        row(
            "drop a response field",
            drop_fields("message", 0, 1),
            &[("customer:responses.200.message:removed", Breaking)],
        ),
        // Fields that come
        row(
            "add an optional field",
            add_after("orgId", 0, &["region", "string", "", "Our own words.", ""]),
            &[("customer:body.region:added", Additive)],
        ),
        row(
            "add a required field",
            add_after("orgId", 0, &["region", "stringrequired"]),
            &[("customer:body.region:added", Breaking)],
        ),
        row(
            "add a nested field",
            add_after("addressLine1", 0, &["addressLine3", "string"]),
            &[("customer:body.address.addressLine3:added", Additive)],
        ),
        row(
            "add a nested field by position",
            add_after("timezone", 0, &["floor", "string"]),
            &[(
                "customer:body.provisioningParameters.calling.location.floor:added",
                Additive,
            )],
        ),
        row(
            "add a field that may stand in two places",
            add_after("country", 0, &["county", "string"]),
            &[("customer:body.?.county:added", Additive)],
        ),
        row(
            "add an object at the end of an object",
            add_after("primaryEmail", 0, &["limits", "object"]),
            &[("customer:body.?.limits:added", Additive)],
        ),
        row(
            "add a response field",
            add_after("message", 0, &["severity", "string"]),
            &[("customer:responses.200.severity:added", Additive)],
        ),
        // Types and requirements
        row(
            "change a type",
            retype("orgId", 0, "number"),
            &[("customer:body.orgId:type", Breaking)],
        ),
        row(
            "change a type to one never seen",
            retype("externalId", 0, "uuid"),
            &[("customer:body.externalId:type", Breaking)],
        ),
        row(
            "change the type of a namesake",
            retype("name", 1, "objectrequired"),
            &[(
                "customer:body.provisioningParameters.calling.location.name:type",
                Breaking,
            )],
        ),
        row(
            "change the elements of a list",
            retype("packages", 0, "array[object]"),
            &[("customer:body.packages:type", Breaking)],
        ),
        row(
            "change the type of a response field",
            retype("infoCode", 0, "integer"),
            &[("customer:responses.200.info.infoCode:type", Additive)],
        ),
        row(
            "require a field",
            retype("stateOrProvince", 0, "stringrequired"),
            &[(
                "customer:body.address.stateOrProvince:requirement",
                Breaking,
            )],
        ),
        row(
            "require it elsewhere",
            retype("stateOrProvince", 1, "stringrequired"),
            &[(
                "customer:body.provisioningParameters.calling.location.address.stateOrProvince:requirement",
                Breaking,
            )],
        ),
        row(
            "no longer require a field",
            retype("city", 0, "string"),
            &[("customer:body.address.city:requirement", Additive)],
        ),
        row(
            "require an object",
            retype("customerInfo", 0, "objectrequired"),
            &[("customer:body.customerInfo:requirement", Breaking)],
        ),
        row(
            "require the query parameter",
            retype("onBehalfOfSubPartnerOrgId", 0, "stringrequired"),
            &[(
                "customer:query.onBehalfOfSubPartnerOrgId:requirement",
                Breaking,
            )],
        ),
        // Enumerated values
        row(
            "add a value",
            replace(
                "webex_voice, cx_essentials, webex_calling_standard, cisco",
                0,
                "webex_voice, fax, cx_essentials, webex_calling_standard, cisco",
            ),
            &[("customer:body.packages[fax]:added", Additive)],
        ),
        row(
            "remove a value",
            replace(
                "Possible values: common_area_calling, ",
                0,
                "Possible values: ",
            ),
            &[(
                "customer:body.packages[common_area_calling]:removed",
                Breaking,
            )],
        ),
        row(
            "rename a value",
            replace(
                "cisco_calling_plan, attendant_console",
                0,
                "cisco_calling_plan, reception",
            ),
            &[(
                "customer:body.packages[attendant_console]:renamed",
                Breaking,
            )],
        ),
        row(
            "list no value",
            without_line_starting("Possible values:"),
            &[("customer:body.packages:enumeration", Additive)],
        ),
        row(
            "list values for the first time",
            add_after("language", 0, &["Possible values: en_us, de_de"]),
            &[(
                "customer:body.provisioningParameters.calling.location.language:enumeration",
                Breaking,
            )],
        ),
        // Dependencies
        row(
            "add an alternative",
            replace(
                "dependent on: webex_calling, webex_suite",
                0,
                "dependent on: webex_calling, webex_voice, webex_suite",
            ),
            &[(
                "customer:dependencies.attendant_console[webex_voice]:added",
                Additive,
            )],
        ),
        row(
            "remove an alternative",
            replace("dependent on: common_area_calling, ", 0, "dependent on: "),
            &[(
                "customer:dependencies.cisco_calling_plan[common_area_calling]:removed",
                Breaking,
            )],
        ),
        row(
            "remove a dependency",
            without_line_starting("  • attendant_console"),
            &[("customer:dependencies.attendant_console:removed", Additive)],
        ),
        row(
            "add a dependency",
            after_line_starting(
                "  • attendant_console",
                &["", "  • webex_voice is dependent on: webex_suite"],
            ),
            &[("customer:dependencies.webex_voice:added", Breaking)],
        ),
        row(
            "rename what depends",
            replace("• attendant_console", 0, "• front_desk"),
            &[("customer:dependencies.attendant_console:renamed", Breaking)],
        ),
        // Statuses
        row(
            "remove a status",
            without_line_starting("410"),
            &[("customer:status.410:removed", Additive)],
        ),
        row(
            "remove a success",
            without_line_starting("204"),
            &[("customer:status.204:removed", Breaking)],
        ),
        row(
            "add a status",
            after_line_starting("410", &["413Payload Too LargeToo much of it."]),
            &[("customer:status.413:added", Additive)],
        ),
        row(
            "renumber a status",
            line_starting("428", |l| l.replacen("428", "427", 1)),
            &[("customer:status.428:renamed", Additive)],
        ),
        row(
            "change a reason phrase",
            line_starting("410", |l| l.replacen("Gone", "Vanished", 1)),
            &[("customer:reason.410:wording", Wording)],
        ),
        row(
            "reword a status",
            line_starting("503", reword),
            &[("customer:status.503:wording", Wording)],
        ),
        row(
            "reword what stands above the statuses",
            reword_after("Response Codes", 0, 0),
            &[("customer:statuses:wording", Wording)],
        ),
        // Examples
        row(
            "change a value of the example request",
            replace("\"Milpitas\"", 0, "\"San Jose\""),
            &[("customer:examples.body/address/city:example", Wording)],
        ),
        row(
            "change a value of the example answer",
            replace("\"infoCode\": 100", 0, "\"infoCode\": 101"),
            &[(
                "customer:examples.responses.200/info/0/infoCode:example",
                Wording,
            )],
        ),
        row(
            "change the example address",
            replace("OrgId=Y2lz", 0, "OrgId=Z2lz"),
            &[(
                "customer:examples.query.onBehalfOfSubPartnerOrgId:example",
                Wording,
            )],
        ),
        row(
            "drop a field of the example",
            replace("        \"city\": \"Milpitas\",\n", 0, ""),
            &[("customer:examples.body/address/city:removed", Wording)],
        ),
        // Wording
        row(
            "reword a field",
            reword_field("orgId", 0),
            &[("customer:body.orgId:wording", Wording)],
        ),
        row(
            "reword a nested field",
            reword_field("language", 0),
            &[(
                "customer:body.provisioningParameters.calling.location.language:wording",
                Wording,
            )],
        ),
        row(
            "reword a namesake",
            reword_field("timezone", 1),
            &[(
                "customer:body.provisioningParameters.meetings.timezone:wording",
                Wording,
            )],
        ),
        row(
            "reword an object",
            reword_field("address", 0),
            &[("customer:body.address:wording", Wording)],
        ),
        row(
            "describe what had no description",
            add_after("city", 1, &["", "The town, in our words.", ""]),
            &[(
                "customer:body.provisioningParameters.calling.location.address.city:wording",
                Wording,
            )],
        ),
        row(
            "reword the query parameter",
            reword_field("onBehalfOfSubPartnerOrgId", 0),
            &[("customer:query.onBehalfOfSubPartnerOrgId:wording", Wording)],
        ),
        row(
            "reword a response field",
            reword_field("description", 0),
            &[("customer:responses.200.info.description:wording", Wording)],
        ),
        row(
            "reword the request form alone",
            reword_after("Body", 0, 2),
            &[("customer:body.orgId:wording", Wording)],
        ),
        row(
            "reword the description",
            reword_before_note,
            &[("customer:description:wording", Wording)],
        ),
        row(
            "reword the note",
            line("packages Note:", 0, &["packages Advice:"]),
            &[("customer:description:wording", Wording)],
        ),
        row(
            "change the title",
            move |text| {
                let own = text
                    .split('\n')
                    .rfind(|l| l.starts_with("Precheck"))
                    .unwrap_or_default()
                    .to_owned();
                text.replace(
                    &format!("\n\n{own}\n\n"),
                    &format!("\n\n{}\n\n", title(&own)),
                )
            },
            &[("customer:title:wording", Wording)],
        ),
        row(
            "drop one of two showings of a sentence",
            remove_after("Body", 0, 2),
            &[("customer:body.orgId:wording", Wording)],
        ),
        row(
            "go on under a status",
            after_line_starting("400", &["And only on Sundays."]),
            &[("customer:status.400:wording", Wording)],
        ),
        row(
            "require all of several packages",
            replace(
                "attendant_console is dependent on:",
                0,
                "attendant_console is dependent on all of:",
            ),
            &[
                ("customer:dependencies.attendant_console:removed", Additive),
                ("customer:description:wording", Wording),
            ],
        ),
        // The operation as such
        row(
            "lose the address of the example",
            without_line_starting("https://webexapis"),
            &[("customer:servers:undocumented", Wording)],
        ),
        row(
            "change the method",
            line(
                "POST/v1/wholesale/customers/validate",
                0,
                &["PUT/v1/wholesale/customers/validate"],
            ),
            &[("customer:method:method", Breaking)],
        ),
        row(
            "change the server",
            replace("https://webexapis.com/v1", 0, "https://api.webex.com/v1"),
            &[("customer:servers[https://webexapis.com]:renamed", Breaking)],
        ),
    ]
}

/// Rewords the paragraph before the note on packages.
fn reword_before_note(text: &str) -> String {
    let index = text
        .find("\n\npackages Note:")
        .unwrap_or_else(|| panic!("no note"));
    format!("{}{}", reword(&text[..index]), &text[index..])
}

#[test]
fn navigation_footer_and_year_are_no_drift() {
    use webex_precheck_contract::diff::diff;
    let texts = [
        Some(conformance::fixture("customer-page.txt")),
        conformance::real("docs/precheck-customer.txt"),
    ];
    for text in texts.into_iter().flatten() {
        let stored = conformance::captured(&text, &conformance::FROZEN.contract());
        let year = text.replace("© 2025", "© 2026");
        let nav =
            format!("New in the menu\nQuick links\n\nSign in\n{year}\nMore Links\n\nCareers\n");
        let (fresh, problems) = conformance::read_source("copy", &nav, &stored);
        assert_eq!(diff(&stored, &fresh).differences, [], "{problems:?}");
    }
}

#[test]
fn a_field_with_two_possible_places_is_reported_with_both() {
    use webex_precheck_contract::diff::diff;
    let text = conformance::fixture("customer-page.txt");
    let stored = conformance::captured(&text, &conformance::FROZEN.contract());
    let changed = add_after("country", 0, &["county", "string"])(&text);
    let (fresh, _) = conformance::read_source("copy", &changed, &stored);
    let comparison = diff(&stored, &fresh);
    assert_eq!(
        comparison.differences[0].change.details(),
        ["may stand at body.address.county or body.county"]
    );
}
