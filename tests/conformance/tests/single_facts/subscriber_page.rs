//! The page of the subscriber operation in reader mode, which has lost the names of nested fields.

use super::pages::*;
use super::{Additive, Breaking, Row, Wording, check, row};

const FIXTURE: &str = "subscriber-page.txt";
const REAL: &str = "docs/precheck-subscriber.txt";

#[test]
fn every_fact_is_named_alone() {
    check(&rows(), FIXTURE, REAL);
}

#[allow(clippy::too_many_lines, reason = "a table")]
pub(super) fn rows() -> Vec<Row> {
    vec![
        // Names, which only the request form has
        row(
            "rename a field",
            line_starting("- customerId", |l| l.replacen("customerId", "clientId", 1)),
            &[("subscriber:body.customerId:renamed", Breaking)],
        ),
        row(
            "rename a required field",
            line_starting("- email", |l| l.replacen("email", "mail", 1)),
            &[("subscriber:body.email:renamed", Breaking)],
        ),
        row(
            "rename an object",
            line_starting("- customerInfo", |l| {
                l.replacen("customerInfo", "clientInfo", 1)
            }),
            &[("subscriber:body.customerInfo:renamed", Breaking)],
        ),
        row(
            "rename the query parameter",
            line_starting("- onBehalfOf", |l| {
                l.replacen("onBehalfOfSubPartnerOrgId", "subPartner", 1)
            }),
            &[(
                "subscriber:query.onBehalfOfSubPartnerOrgId:renamed",
                Breaking,
            )],
        ),
        row(
            "drop a field from the form",
            without_line_starting("- customerId"),
            &[("subscriber:body.customerId:removed", Breaking)],
        ),
        row(
            "drop an enumeration from the form",
            without_line_starting("- packageenum"),
            &[("subscriber:body.package:removed", Breaking)],
        ),
        row(
            "drop an object from the form",
            without_line_starting("- provisioningParameters"),
            &[("subscriber:body.provisioningParameters:removed", Breaking)],
        ),
        row(
            "drop the query parameter",
            without_line_starting("- onBehalfOf"),
            &[(
                "subscriber:query.onBehalfOfSubPartnerOrgId:removed",
                Breaking,
            )],
        ),
        row(
            "add a field",
            after_line_starting("- customerId", &["- regionstringOur own words."]),
            &[("subscriber:body.region:added", Additive)],
        ),
        row(
            "add a required field",
            after_line_starting("- customerId", &["- regionstringRequiredOur own words."]),
            &[("subscriber:body.region:added", Breaking)],
        ),
        row(
            "add an object",
            after_line_starting("- customerInfo", &["- limitsobject"]),
            &[("subscriber:body.limits:added", Additive)],
        ),
        row(
            "add a query parameter",
            after_line_starting("- onBehalfOf", &["- dryRunbooleanOur own words."]),
            &[("subscriber:query.dryRun:added", Additive)],
        ),
        // Types and requirements
        row(
            "change a type",
            line_starting("- customerId", |l| l.replacen("string", "number", 1)),
            &[("subscriber:body.customerId:type", Breaking)],
        ),
        row(
            "change a type to one never seen",
            line_starting("- customerId", |l| l.replacen("string", "uuid", 1)),
            &[("subscriber:body.customerId:type", Breaking)],
        ),
        row(
            "change the type of the query parameter",
            line_starting("- onBehalfOf", |l| l.replacen("string", "integer", 1)),
            &[("subscriber:query.onBehalfOfSubPartnerOrgId:type", Breaking)],
        ),
        row(
            "change a list to a string",
            line_starting("- packagesarray", |l| l.replacen("array", "object", 1)),
            &[("subscriber:body.packages:type", Breaking)],
        ),
        row(
            "change an object to a string",
            line_starting("- customerInfo", |l| l.replacen("object", "string", 1)),
            &[("subscriber:body.customerInfo:type", Breaking)],
        ),
        row(
            "open an enumeration",
            line_starting("- packageenum", |l| l.replacen("enum", "string", 1)),
            &[("subscriber:body.package:enumeration", Additive)],
        ),
        row(
            "close a string",
            line_starting("- customerIdstring", |l| l.replacen("string", "enum", 1)),
            &[("subscriber:body.customerId:enumeration", Breaking)],
        ),
        row(
            "require a field",
            line_starting("- customerId", |l| {
                l.replacen("string", "stringRequired", 1)
            }),
            &[("subscriber:body.customerId:requirement", Breaking)],
        ),
        row(
            "require an object",
            line_starting("- customerInfo", |l| {
                l.replacen("object", "objectRequired", 1)
            }),
            &[("subscriber:body.customerInfo:requirement", Breaking)],
        ),
        row(
            "require a list",
            line_starting("- packagesarray", |l| {
                l.replacen("array", "arrayRequired", 1)
            }),
            &[("subscriber:body.packages:requirement", Breaking)],
        ),
        row(
            "no longer require a field",
            line_starting("- email", |l| l.replacen("Required", "", 1)),
            &[("subscriber:body.email:requirement", Additive)],
        ),
        row(
            "require the query parameter",
            line_starting("- onBehalfOf", |l| {
                l.replacen("string", "stringRequired", 1)
            }),
            &[(
                "subscriber:query.onBehalfOfSubPartnerOrgId:requirement",
                Breaking,
            )],
        ),
        // Enumerated values and nested fields are descriptions without names
        row(
            "drop the description of a value",
            remove_after("Body Parameters", 0, 7),
            &[("subscriber:unnamed.body[1]:removed", Breaking)],
        ),
        row(
            "reword the description of a value",
            reword_after("Body Parameters", 0, 8),
            &[("subscriber:unnamed.body[2]:wording", Wording)],
        ),
        row(
            "describe one more value",
            insert_after("Body Parameters", 0, 9, "For facsimiles."),
            &[("subscriber:unnamed.body[3]:added", Additive)],
        ),
        row(
            "drop a nested field",
            remove_after("Body Parameters", 0, 13),
            &[("subscriber:unnamed.body[6]:removed", Breaking)],
        ),
        row(
            "reword a nested field",
            reword_after("Body Parameters", 0, 13),
            &[("subscriber:unnamed.body[6]:wording", Wording)],
        ),
        row(
            "reword the rule of the extension",
            reword_after("Body Parameters", 0, 16),
            &[("subscriber:unnamed.body[9]:wording", Wording)],
        ),
        row(
            "reword the last nested field",
            reword_after("Body Parameters", 0, 18),
            &[("subscriber:unnamed.body[11]:wording", Wording)],
        ),
        row(
            "describe one more nested field",
            insert_after("Body Parameters", 0, 14, "The middle name of them all."),
            &[("subscriber:unnamed.body[7]:added", Additive)],
        ),
        row(
            "reword a response field",
            reword_after("Response Properties", 0, 3),
            &[("subscriber:unnamed.responses.200[2]:wording", Wording)],
        ),
        row(
            "describe one more response field",
            insert_after("Response Properties", 0, 3, "How bad it is."),
            &[("subscriber:unnamed.responses.200[2]:added", Additive)],
        ),
        // Dependencies
        row(
            "state a dependency",
            state_dependency,
            &[("subscriber:dependencies.attendant_console:added", Breaking)],
        ),
        // Statuses
        row(
            "remove a status",
            without_line_starting("410 |"),
            &[("subscriber:status.410:removed", Additive)],
        ),
        row(
            "remove a success",
            without_line_starting("202 |"),
            &[("subscriber:status.202:removed", Breaking)],
        ),
        row(
            "add a status",
            after_line_starting("410 |", &["413 | Payload Too Large | Too much of it. |"]),
            &[("subscriber:status.413:added", Additive)],
        ),
        row(
            "renumber a status",
            line_starting("428", |l| l.replacen("428", "427", 1)),
            &[("subscriber:status.428:renamed", Additive)],
        ),
        row(
            "change a reason phrase",
            line_starting("410", |l| l.replacen("Gone", "Vanished", 1)),
            &[("subscriber:reason.410:wording", Wording)],
        ),
        row(
            "reword a status",
            line_starting("423", reword),
            &[("subscriber:status.423:wording", Wording)],
        ),
        row(
            "reword what stands above the statuses",
            reword_after("Response Codes", 0, 0),
            &[("subscriber:statuses:wording", Wording)],
        ),
        // Examples
        row(
            "change a value of the example request",
            replace("\"alice.anderson@acme.com\"", 0, "\"bob@acme.com\""),
            &[("subscriber:examples.body/email:example", Wording)],
        ),
        row(
            "change another value of it",
            replace("\"ZjViMzYx", 0, "\"AjViMzYx"),
            &[("subscriber:examples.body/customerId:example", Wording)],
        ),
        row(
            "add a field to the example request",
            replace(
                "{ \"customerId\"",
                0,
                "{ \"package\": \"webex_suite\", \"customerId\"",
            ),
            &[("subscriber:examples.body/package:added", Wording)],
        ),
        row(
            "rename a field of the example request",
            replace("\"email\":", 0, "\"mail\":"),
            &[("subscriber:examples.body/email:renamed", Wording)],
        ),
        row(
            "change a value of the example answer",
            replace("\"infoCode\": 100", 0, "\"infoCode\": 101"),
            &[(
                "subscriber:examples.responses.200/info/0/infoCode:example",
                Wording,
            )],
        ),
        row(
            "change the message of the example answer",
            replace("\"success\"", 0, "\"fine\""),
            &[("subscriber:examples.responses.200/message:example", Wording)],
        ),
        // Wording
        row(
            "reword a field in the list",
            reword_after("Body Parameters", 0, 2),
            &[("subscriber:body.customerId:wording", Wording)],
        ),
        row(
            "reword a field in the form",
            line_starting("- customerId", reword),
            &[("subscriber:body.customerId:wording", Wording)],
        ),
        row(
            "reword a field of several sentences in the form",
            line_starting("- provisioningId", reword),
            &[("subscriber:body.provisioningId:wording", Wording)],
        ),
        row(
            "reword a field of several sentences in the list",
            reword_after("Body Parameters", 0, 1),
            &[("subscriber:body.provisioningId:wording", Wording)],
        ),
        row(
            "reword the deprecated field in the form",
            line_starting("- packageenum", reword),
            &[("subscriber:body.package:wording", Wording)],
        ),
        row(
            "reword the rule on the list of packages",
            line_starting("- packagesarray", reword),
            &[("subscriber:body.packages:wording", Wording)],
        ),
        row(
            "reword a field in both places",
            |text| {
                let once = reword_after("Body Parameters", 0, 3)(text);
                line_starting("- email", reword)(&once)
            },
            &[("subscriber:body.email:wording", Wording)],
        ),
        row(
            "drop a description from the list",
            remove_after("Body Parameters", 0, 2),
            &[("subscriber:body.customerId:wording", Wording)],
        ),
        row(
            "reword the query parameter",
            line_starting("- onBehalfOf", reword),
            &[(
                "subscriber:query.onBehalfOfSubPartnerOrgId:wording",
                Wording,
            )],
        ),
        row(
            "reword the description",
            |text| {
                let (title, rest) = text.split_once('\n').unwrap_or_default();
                let (first, rest) = rest.split_once('\n').unwrap_or_default();
                format!("{title}\n{}\n{rest}", reword(first))
            },
            &[("subscriber:description:wording", Wording)],
        ),
        row(
            "reword the rule on package and packages",
            |text| {
                let index = text.find("\nQuery Parameters").unwrap_or_default();
                format!("{}{}", reword(&text[..index]), &text[index..])
            },
            &[("subscriber:description:wording", Wording)],
        ),
        row(
            "drop the first of two lines of a description",
            remove_after("Body Parameters", 0, 0),
            &[("subscriber:body.provisioningId:wording", Wording)],
        ),
        row(
            "reword the first of two lines of a description",
            reword_after("Body Parameters", 0, 0),
            &[("subscriber:body.provisioningId:wording", Wording)],
        ),
        row(
            "say something else altogether in the list",
            replace_after("Body Parameters", 0, 2, "Zebras are black and white."),
            &[("subscriber:body.customerId:wording", Wording)],
        ),
        row(
            "forget a full stop",
            without_stop_after("Body Parameters", 0, 8),
            &[("subscriber:unnamed.body[2]:wording", Wording)],
        ),
        row(
            "name a header in the form",
            line_starting("Header", |_| {
                "Header\n- traceIdstringOur own words.".to_owned()
            }),
            &[("subscriber:header.traceId:added", Additive)],
        ),
        row(
            "change the title",
            |text| text.replacen("Precheck", "A Precheck", 1),
            &[("subscriber:title:wording", Wording)],
        ),
    ]
}

fn state_dependency(text: &str) -> String {
    let line = "\n- attendant_console is dependent on: webex_calling, webex_suite";
    let index = text.find("\nQuery Parameters").unwrap_or_default();
    format!("{}{line}{}", &text[..index], &text[index..])
}

#[test]
fn a_row_of_the_table_run_together_says_the_same() {
    use webex_precheck_contract::diff::diff;
    let text = conformance::fixture("subscriber-page.txt");
    let stored = conformance::captured(&text, &conformance::FROZEN.contract());
    let changed = line_starting("410 |", |l| l.replace(" | ", "").replace(" |", ""))(&text);
    assert_ne!(changed, text);
    let (fresh, _) = conformance::read_source("copy", &changed, &stored);
    assert_eq!(diff(&stored, &fresh).differences, []);
}
