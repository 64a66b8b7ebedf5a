//! The published OpenAPI file.

use serde_json::{Map, Value, json};

use super::{Additive, Breaking, Row, Wording, check, row};

const CUSTOMER: &str = "/paths/~1wholesale~1customers~1validate/post";
const SUBSCRIBER: &str = "/paths/~1wholesale~1subscribers~1validate/post";
const BODY: &str = "/requestBody/content/application~1json/schema";

fn change(text: &str, pointer: &str, edit: impl Fn(&mut Value)) -> String {
    let mut document: Value = serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}"));
    let target = document.pointer_mut(pointer);
    edit(target.unwrap_or_else(|| panic!("nothing at {pointer}")));
    document.to_string()
}

fn at(parts: [&'static str; 3], edit: impl Fn(&mut Value) + 'static) -> impl Fn(&str) -> String {
    move |text| change(text, &parts.concat(), &edit)
}

fn object(value: &mut Value) -> &mut Map<String, Value> {
    value.as_object_mut().unwrap_or_else(|| panic!("no object"))
}

/// Replaces a key and keeps its place.
fn rename(value: &mut Value, from: &str, to: &str) {
    let renamed = std::mem::take(object(value)).into_iter();
    *value = renamed
        .map(|(key, value)| (if key == from { to.to_owned() } else { key }, value))
        .collect::<Map<_, _>>()
        .into();
}

fn remove(value: &mut Value, name: &str) {
    object(value)
        .shift_remove(name)
        .unwrap_or_else(|| panic!("no {name}"));
}

/// Renames a property, and the entry of `required` with it.
fn rename_property(schema: &mut Value, from: &str, to: &str) {
    rename(&mut schema["properties"], from, to);
    let required = schema.get_mut("required").and_then(Value::as_array_mut);
    for name in required.into_iter().flatten() {
        if name == from {
            *name = json!(to);
        }
    }
}

fn remove_property(schema: &mut Value, name: &str) {
    remove(&mut schema["properties"], name);
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|required| required != name);
    }
}

fn reword(value: &mut Value) {
    let text = value.as_str().unwrap_or_else(|| panic!("no text"));
    let end = text.trim_end().len() - usize::from(text.trim_end().ends_with(['.', ')']));
    *value = json!(format!("{} nowadays{}", &text[..end], &text[end..]));
}

fn replace(value: &mut Value, from: &str, to: &str) {
    let text = value.as_str().unwrap_or_else(|| panic!("no text"));
    assert!(text.contains(from), "no {from}");
    *value = json!(text.replacen(from, to, 1));
}

const FIXTURE: &str = "published.json";
const REAL: &str = "upstream/webex-wholesale-2025-10-16.json";

#[test]
fn every_fact_is_named_alone() {
    check(&rows(), FIXTURE, REAL);
}

#[allow(clippy::too_many_lines, reason = "a table")]
pub(super) fn rows() -> Vec<Row> {
    vec![
        // Names
        row(
            "rename a field",
            at([CUSTOMER, BODY, ""], |s| {
                rename_property(s, "externalId", "foreignId")
            }),
            &[("customer:body.externalId:renamed", Breaking)],
        ),
        row(
            "rename a required field",
            at([SUBSCRIBER, BODY, ""], |s| {
                rename_property(s, "email", "mail")
            }),
            &[("subscriber:body.email:renamed", Breaking)],
        ),
        row(
            "rename a required field, and forget `required`",
            at([SUBSCRIBER, BODY, "/properties"], |p| {
                rename(p, "email", "mail")
            }),
            &[("subscriber:body.email:renamed", Breaking)],
        ),
        row(
            "rename an object",
            at([CUSTOMER, BODY, ""], |s| {
                rename_property(s, "address", "billingAddress")
            }),
            &[("customer:body.address:renamed", Breaking)],
        ),
        row(
            "rename a nested object",
            at(
                [
                    CUSTOMER,
                    BODY,
                    "/properties/provisioningParameters/properties/calling",
                ],
                |s| rename_property(s, "location", "site"),
            ),
            &[(
                "customer:body.provisioningParameters.calling.location:renamed",
                Breaking,
            )],
        ),
        row(
            "rename a nested field",
            at(
                [SUBSCRIBER, BODY, "/properties/provisioningParameters"],
                |s| rename_property(s, "extension", "shortNumber"),
            ),
            &[(
                "subscriber:body.provisioningParameters.extension:renamed",
                Breaking,
            )],
        ),
        row(
            "rename the query parameter",
            at([CUSTOMER, "/parameters/0/name", ""], |v| {
                *v = json!("subPartner")
            }),
            &[("customer:query.onBehalfOfSubPartnerOrgId:renamed", Breaking)],
        ),
        row(
            "rename a response field",
            at(
                [
                    "/components/schemas/CustomerProvisioningPrecheckResponse",
                    "",
                    "",
                ],
                |s| rename_property(s, "message", "note"),
            ),
            &[("customer:responses.200.message:renamed", Breaking)],
        ),
        // Fields that go
        row(
            "drop a field",
            at([CUSTOMER, BODY, ""], |s| remove_property(s, "orgId")),
            &[("customer:body.orgId:removed", Breaking)],
        ),
        row(
            "drop a required field",
            at([SUBSCRIBER, BODY, ""], |s| remove_property(s, "email")),
            &[("subscriber:body.email:removed", Breaking)],
        ),
        row(
            "drop a nested field",
            at([CUSTOMER, BODY, "/properties/address"], |s| {
                remove_property(s, "addressLine2")
            }),
            &[("customer:body.address.addressLine2:removed", Breaking)],
        ),
        row(
            "drop an object with all in it",
            at(
                [CUSTOMER, BODY, "/properties/provisioningParameters"],
                |s| remove_property(s, "calling"),
            ),
            &[(
                "customer:body.provisioningParameters.calling:removed",
                Breaking,
            )],
        ),
        row(
            "drop the query parameter",
            at([SUBSCRIBER, "/parameters", ""], |v| *v = json!([])),
            &[(
                "subscriber:query.onBehalfOfSubPartnerOrgId:removed",
                Breaking,
            )],
        ),
        row(
            "drop a nested response field",
            at(
                [
                    "/components/schemas/SubscriberProvisioningPrecheckResponse",
                    "/properties/info",
                    "",
                ],
                |s| remove_property(s, "description"),
            ),
            &[(
                "subscriber:responses.200.info.description:removed",
                Breaking,
            )],
        ),
        // Fields that come
        row(
            "add an optional field",
            at([CUSTOMER, BODY, "/properties"], |p| {
                p["region"] = json!({"type": "string"})
            }),
            &[("customer:body.region:added", Additive)],
        ),
        row(
            "add a required field",
            at([SUBSCRIBER, BODY, ""], |s| {
                s["properties"]["region"] = json!({"type": "string"});
                s["required"] = json!(["email", "region"]);
            }),
            &[("subscriber:body.region:added", Breaking)],
        ),
        row(
            "add an object of optional numbers",
            at(
                [
                    CUSTOMER,
                    BODY,
                    "/properties/provisioningParameters/properties",
                ],
                |p| {
                    p["limits"] = json!({"type": "object", "properties": {"users": {"type": "number"}, "lines": {"type": "number"}}});
                },
            ),
            &[(
                "customer:body.provisioningParameters.limits:added",
                Additive,
            )],
        ),
        row(
            "add a query parameter",
            at([CUSTOMER, "/parameters", ""], |v| {
                let all = v.as_array_mut().unwrap_or_else(|| panic!("no list"));
                all.push(json!({"name": "dryRun", "in": "query", "schema": {"type": "boolean"}}));
            }),
            &[("customer:query.dryRun:added", Additive)],
        ),
        row(
            "add a response field",
            at(
                [
                    "/components/schemas/CustomerProvisioningPrecheckResponse",
                    "/properties",
                    "",
                ],
                |p| p["severity"] = json!({"type": "string"}),
            ),
            &[("customer:responses.200.severity:added", Additive)],
        ),
        // Types
        row(
            "change a type",
            at([CUSTOMER, BODY, "/properties/orgId/type"], |v| {
                *v = json!("number")
            }),
            &[("customer:body.orgId:type", Breaking)],
        ),
        row(
            "change the type of a nested field",
            at(
                [
                    SUBSCRIBER,
                    BODY,
                    "/properties/provisioningParameters/properties/extension/type",
                ],
                |v| *v = json!("integer"),
            ),
            &[(
                "subscriber:body.provisioningParameters.extension:type",
                Breaking,
            )],
        ),
        row(
            "change the type of the query parameter",
            at([CUSTOMER, "/parameters/0/schema/type", ""], |v| {
                *v = json!("integer")
            }),
            &[("customer:query.onBehalfOfSubPartnerOrgId:type", Breaking)],
        ),
        row(
            "declare info as the list it is",
            at(
                [
                    "/components/schemas/CustomerProvisioningPrecheckResponse",
                    "/properties/info",
                    "",
                ],
                |v| {
                    let element = v.clone();
                    let text = v["description"].clone();
                    let mut element = element;
                    remove(&mut element, "description");
                    *v = json!({"type": "array", "items": element, "description": text});
                },
            ),
            &[("customer:responses.200.info:type", Breaking)],
        ),
        row(
            "promise an integer",
            at(
                [
                    "/components/schemas/SubscriberProvisioningPrecheckResponse",
                    "/properties/info/properties/infoCode/type",
                    "",
                ],
                |v| *v = json!("integer"),
            ),
            &[("subscriber:responses.200.info.infoCode:type", Additive)],
        ),
        // Requirements
        row(
            "require a field",
            at([CUSTOMER, BODY, "/required"], |v| {
                *v = json!(["address", "orgId"])
            }),
            &[("customer:body.orgId:requirement", Breaking)],
        ),
        row(
            "no longer require a field",
            at([CUSTOMER, BODY, "/properties/address/required"], |v| {
                *v = json!(["addressLine1", "country"])
            }),
            &[("customer:body.address.city:requirement", Additive)],
        ),
        row(
            "require nothing",
            at([SUBSCRIBER, BODY, ""], |v| remove(v, "required")),
            &[("subscriber:body.email:requirement", Additive)],
        ),
        row(
            "require the query parameter",
            at([SUBSCRIBER, "/parameters/0", ""], |v| {
                v["required"] = json!(true)
            }),
            &[(
                "subscriber:query.onBehalfOfSubPartnerOrgId:requirement",
                Breaking,
            )],
        ),
        row(
            "require the body",
            at([SUBSCRIBER, "/requestBody", ""], |v| {
                v["required"] = json!(true)
            }),
            &[("subscriber:body:requirement", Breaking)],
        ),
        row(
            "promise a response field",
            at(
                [
                    "/components/schemas/CustomerProvisioningPrecheckResponse",
                    "",
                    "",
                ],
                |v| v["required"] = json!(["message"]),
            ),
            &[("customer:responses.200.message:requirement", Additive)],
        ),
        // Enumerated values
        row(
            "add a value",
            at(
                ["/components/schemas/WholesalePackagesCustomer", "/enum", ""],
                |v| {
                    v.as_array_mut()
                        .unwrap_or_else(|| panic!("no list"))
                        .push(json!("fax"))
                },
            ),
            &[("customer:body.packages[fax]:added", Additive)],
        ),
        row(
            "add a value with its label",
            at(
                ["/components/schemas/WholesalePackagesSubscriber", "", ""],
                |v| {
                    v["enum"]
                        .as_array_mut()
                        .unwrap_or_else(|| panic!("no list"))
                        .push(json!("fax"));
                    let text = format!(
                        "{} * `fax` - For facsimiles.\n",
                        v["description"].as_str().unwrap_or_default()
                    );
                    v["description"] = json!(text);
                },
            ),
            &[("subscriber:body.packages[fax]:added", Additive)],
        ),
        row(
            "remove a value",
            at([SUBSCRIBER, BODY, "/properties/package/enum"], |v| {
                v.as_array_mut()
                    .unwrap_or_else(|| panic!("no list"))
                    .retain(|x| x != "webex_voice")
            }),
            &[("subscriber:body.package[webex_voice]:removed", Breaking)],
        ),
        row(
            "rename a value",
            at(
                [
                    "/components/schemas/WholesalePackagesCustomer",
                    "/enum/4",
                    "",
                ],
                |v| *v = json!("webex_voices"),
            ),
            &[("customer:body.packages[webex_voice]:renamed", Breaking)],
        ),
        row(
            "open an enumeration",
            at([SUBSCRIBER, BODY, "/properties/package"], |v| {
                remove(v, "enum")
            }),
            &[("subscriber:body.package:enumeration", Additive)],
        ),
        row(
            "reword a label",
            at(
                [
                    "/components/schemas/WholesalePackagesCustomer",
                    "/description",
                    "",
                ],
                |v| {
                    let text = v
                        .as_str()
                        .unwrap_or_default()
                        .replacen(".\n", " nowadays.\n", 1);
                    *v = json!(text);
                },
            ),
            &[(
                "customer:body.packages[common_area_calling]:wording",
                Wording,
            )],
        ),
        // Constraints and deprecation
        row(
            "limit a length",
            at(
                [
                    CUSTOMER,
                    BODY,
                    "/properties/address/properties/addressLine1",
                ],
                |v| v["maxLength"] = json!(50),
            ),
            &[(
                "customer:body.address.addressLine1#maxLength:constraint",
                Breaking,
            )],
        ),
        row(
            "deprecate a field",
            at([SUBSCRIBER, BODY, "/properties/package"], |v| {
                v["deprecated"] = json!(true)
            }),
            &[("subscriber:body.package:deprecation", Additive)],
        ),
        row(
            "deprecate the operation",
            at([SUBSCRIBER, "", ""], |v| v["deprecated"] = json!(true)),
            &[("subscriber:operation:deprecation", Additive)],
        ),
        row(
            "limit what is sent by a keyword that is seldom used",
            at([CUSTOMER, BODY, ""], |v| v["maxProperties"] = json!(3)),
            &[("customer:body#maxProperties:constraint", Breaking)],
        ),
        row(
            "describe the body",
            at([CUSTOMER, "/requestBody", ""], |v| {
                v["description"] = json!("Our own words.")
            }),
            &[("customer:body:wording", Wording)],
        ),
        row(
            "drop a type",
            at([CUSTOMER, BODY, "/properties/orgId"], |v| remove(v, "type")),
            &[("customer:body.orgId:undocumented", Wording)],
        ),
        row(
            "allow another type",
            at([CUSTOMER, BODY, "/properties/orgId/type"], |v| {
                *v = json!(["string", "integer"])
            }),
            &[("customer:body.orgId:type", Additive)],
        ),
        row(
            "name a field with a dot",
            at([CUSTOMER, BODY, "/properties"], |v| {
                v["a.b"] = json!({"type": "string"})
            }),
            &[("customer:body.a%2Eb:added", Additive)],
        ),
        row(
            "offer another media type",
            at([SUBSCRIBER, "/requestBody/content", ""], |v| {
                v["text/csv"] = json!({})
            }),
            &[("subscriber:mediaTypes.body[text/csv]:added", Additive)],
        ),
        // Dependencies
        row(
            "add an alternative",
            at([CUSTOMER, "/description", ""], |v| {
                replace(
                    v,
                    "on: `webex_calling`, ",
                    "on: `webex_calling`, `webex_voice`, ",
                )
            }),
            &[(
                "customer:dependencies.attendant_console[webex_voice]:added",
                Additive,
            )],
        ),
        row(
            "remove an alternative",
            at([SUBSCRIBER, "/description", ""], |v| {
                replace(v, "on: `webex_calling`, ", "on: ")
            }),
            &[(
                "subscriber:dependencies.attendant_console[webex_calling]:removed",
                Breaking,
            )],
        ),
        row(
            "remove a dependency",
            at([SUBSCRIBER, "/description", ""], |v| {
                replace(
                    v,
                    "* `attendant_console` is dependent on: `webex_calling`, `webex_suite`, `cx_essentials`",
                    "",
                );
            }),
            &[(
                "subscriber:dependencies.attendant_console:removed",
                Additive,
            )],
        ),
        row(
            "add a dependency",
            at([SUBSCRIBER, "/description", ""], |v| {
                replace(
                    v,
                    "* `attendant",
                    "* `webex_voice` is dependent on: `webex_suite`\n\n* `attendant",
                )
            }),
            &[("subscriber:dependencies.webex_voice:added", Breaking)],
        ),
        // Statuses
        row(
            "remove a status",
            at([CUSTOMER, "/responses", ""], |v| remove(v, "410")),
            &[("customer:status.410:removed", Additive)],
        ),
        row(
            "remove the success",
            at([SUBSCRIBER, "/responses", ""], |v| remove(v, "200")),
            &[("subscriber:status.200:removed", Breaking)],
        ),
        row(
            "add a status",
            at(
                [CUSTOMER, "/responses", ""],
                |v| v["413"] = json!({"description": "Payload Too Large: Too much of it."}),
            ),
            &[("customer:status.413:added", Additive)],
        ),
        row(
            "renumber a status",
            at([SUBSCRIBER, "/responses", ""], |v| rename(v, "428", "427")),
            &[("subscriber:status.428:renamed", Additive)],
        ),
        row(
            "describe the body of an error",
            at([CUSTOMER, "/responses/400", ""], |v| {
                v["content"] = json!({"application/json": {"schema": {"type": "object", "properties": {"errorCode": {"type": "number"}}}}});
            }),
            &[("customer:responses.400:body", Additive)],
        ),
        row(
            "declare a header",
            at([CUSTOMER, "/responses/429", ""], |v| {
                v["headers"] = json!({"Retry-After": {"schema": {"type": "integer"}}})
            }),
            &[("customer:headers.429[Retry-After]:added", Additive)],
        ),
        row(
            "reword a status",
            at([SUBSCRIBER, "/responses/429/description", ""], reword),
            &[("subscriber:status.429:wording", Wording)],
        ),
        row(
            "change a reason phrase",
            at([CUSTOMER, "/responses/410/description", ""], |v| {
                replace(v, "Gone", "Vanished")
            }),
            &[("customer:reason.410:wording", Wording)],
        ),
        // Examples
        row(
            "change a value of the example request",
            at(
                [
                    CUSTOMER,
                    "/requestBody/content/application~1json/example/address/city",
                    "",
                ],
                |v| *v = json!("San Jose"),
            ),
            &[("customer:examples.body/address/city:example", Wording)],
        ),
        row(
            "change a value of the example answer",
            at(
                [
                    SUBSCRIBER,
                    "/responses/200/content/application~1json/example/info/0/infoCode",
                    "",
                ],
                |v| *v = json!(101),
            ),
            &[(
                "subscriber:examples.responses.200/info/0/infoCode:example",
                Wording,
            )],
        ),
        row(
            "change the example of a field",
            at(
                [
                    CUSTOMER,
                    BODY,
                    "/properties/customerInfo/properties/name/example",
                ],
                |v| *v = json!("\"Jane's Pizza\""),
            ),
            &[("customer:body.customerInfo.name:example", Wording)],
        ),
        row(
            "change the example of the query parameter",
            at([SUBSCRIBER, "/parameters/0/example", ""], |v| {
                *v = json!("abc")
            }),
            &[(
                "subscriber:examples.query.onBehalfOfSubPartnerOrgId:example",
                Wording,
            )],
        ),
        // Wording
        row(
            "reword a field",
            at([CUSTOMER, BODY, "/properties/orgId/description"], reword),
            &[("customer:body.orgId:wording", Wording)],
        ),
        row(
            "reword a rule that only prose states",
            at([CUSTOMER, BODY, "/properties/address/description"], |v| {
                replace(v, "50", "40")
            }),
            &[("customer:body.address:wording", Wording)],
        ),
        row(
            "reword a nested field",
            at(
                [
                    SUBSCRIBER,
                    BODY,
                    "/properties/provisioningParameters/properties/extension/description",
                ],
                reword,
            ),
            &[(
                "subscriber:body.provisioningParameters.extension:wording",
                Wording,
            )],
        ),
        row(
            "reword a response field",
            at(
                [
                    "/components/schemas/CustomerProvisioningPrecheckResponse",
                    "/properties/message/description",
                    "",
                ],
                reword,
            ),
            &[("customer:responses.200.message:wording", Wording)],
        ),
        row(
            "reword the query parameter",
            at([CUSTOMER, "/parameters/0/description", ""], reword),
            &[("customer:query.onBehalfOfSubPartnerOrgId:wording", Wording)],
        ),
        row(
            "reword the description",
            at([SUBSCRIBER, "/description", ""], |v| {
                replace(v, "three", "four")
            }),
            &[("subscriber:description:wording", Wording)],
        ),
        row(
            "change the summary",
            at([CUSTOMER, "/summary", ""], reword),
            &[("customer:title:wording", Wording)],
        ),
        // The operation as such
        row(
            "require authentication",
            at([CUSTOMER, "", ""], |v| {
                v["security"] = json!([{"bearer-key": []}])
            }),
            &[("customer:security:security", Wording)],
        ),
        row(
            "change the method",
            at(["/paths/~1wholesale~1customers~1validate", "", ""], |v| {
                rename(v, "post", "put")
            }),
            &[("customer:method:method", Breaking)],
        ),
        row(
            "change the path",
            |text| {
                text.replacen(
                    "\"/wholesale/customers/validate\"",
                    "\"/v2/wholesale/customers/validate\"",
                    1,
                )
            },
            &[("customer:path:path", Breaking)],
        ),
        row(
            "change the media type",
            at([SUBSCRIBER, "/requestBody/content", ""], |v| {
                rename(v, "application/json", "application/merge-patch+json")
            }),
            &[(
                "subscriber:mediaTypes.body[application/json]:renamed",
                Breaking,
            )],
        ),
    ]
}

#[test]
fn other_paths_and_unused_schemas_do_not_count() {
    use webex_precheck_contract::{diff::diff, openapi};
    let text = conformance::fixture("published.json");
    let changed = change(&text, "/paths", |v| {
        remove(v, "/wholesale/subPartners");
        v["/wholesale/customers"] = json!({"get": "nonsense"});
    });
    let changed = change(&changed, "/components/schemas", |v| {
        remove(v, "Location");
        v["Loop"] = json!({"$ref": "#/components/schemas/Loop"});
    });
    let endpoints = conformance::endpoints();
    let comparison = diff(
        &openapi::read("a", &text, endpoints).0,
        &openapi::read("b", &changed, endpoints).0,
    );
    assert_eq!(comparison.differences, []);
}
