//! Requests: what can be set, what they are sent as, and what is found wrong with them.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use serde_json::{Value, json};
use webex_precheck::api::types::{CustomerPrecheckRequest, SubscriberPrecheckRequest};
use webex_precheck::{
    Address, CallingParameters, Client, Country, CustomerId, CustomerInfo, CustomerPackage,
    CustomerPrecheck, CustomerProvisioningParameters, Error, Finding, Location, MeetingsParameters,
    Precheck, Rule, Severity, SubscriberCustomerInfo, SubscriberPackage, SubscriberPrecheck,
    SubscriberProvisioningParameters, SubscriberSinglePackage, TimeZone, Token,
};
use webex_precheck_sandbox::Sandbox;

fn address() -> Address {
    Address::new("771 Alder Drive", "Milpitas", Country::US)
        .state_or_province("CA")
        .zip_or_postal_code("95035")
}

fn location() -> Location {
    Location::new(
        "Head Office",
        address(),
        TimeZone::new("America/Los_Angeles"),
        "en_us",
    )
}

fn subscriber() -> SubscriberPrecheck {
    SubscriberPrecheck::new("alice.anderson@acme.com").customer_id("ZjVi")
}

#[test]
fn a_customer_is_sent_as_documented() {
    let request = CustomerPrecheck::new(address().address_line2("Site 5"))
        .provisioning_id("p")
        .packages([CustomerPackage::WebexCalling])
        .org_id("o")
        .external_id("e")
        .customer_info(CustomerInfo::new("john@acme.com").name("Acme"))
        .provisioning_parameters(
            CustomerProvisioningParameters::new()
                .calling(CallingParameters::new(
                    location().emergency_location_identifier("911"),
                ))
                .meetings(MeetingsParameters::new().timezone(TimeZone::new("Asia/Tokyo"))),
        );
    let expected = json!({
        "provisioningId": "p",
        "packages": ["webex_calling"],
        "orgId": "o",
        "externalId": "e",
        "address": {
            "addressLine1": "771 Alder Drive", "addressLine2": "Site 5", "city": "Milpitas",
            "stateOrProvince": "CA", "zipOrPostalCode": "95035", "country": "US",
        },
        "customerInfo": {"name": "Acme", "primaryEmail": "john@acme.com"},
        "provisioningParameters": {
            "calling": {"location": {
                "name": "Head Office",
                "address": {
                    "addressLine1": "771 Alder Drive", "city": "Milpitas",
                    "stateOrProvince": "CA", "zipOrPostalCode": "95035", "country": "US",
                },
                "timezone": "America/Los_Angeles",
                "language": "en_us",
                "emergencyLocationIdentifier": "911",
            }},
            "meetings": {"timezone": "Asia/Tokyo"},
        },
    });
    assert_eq!(serde_json::to_value(&request).unwrap(), expected);
    let read: CustomerPrecheck = serde_json::from_value(expected).unwrap();
    assert_eq!(read, request);
    let generated: CustomerPrecheckRequest = request.clone().into();
    assert_eq!(CustomerPrecheck::from(generated), request);
    assert_eq!(request.findings(), []);
}

#[test]
fn package_and_packages_take_each_others_place() {
    let sent = |request: &SubscriberPrecheck| {
        let mut sent = serde_json::to_value(request).unwrap();
        sent.as_object_mut()
            .unwrap()
            .retain(|key, _| key.starts_with("package"));
        sent
    };
    let one = subscriber().package(SubscriberSinglePackage::WebexCalling);
    assert_eq!(sent(&one), json!({"package": "webex_calling"}));
    let list = one.packages([SubscriberPackage::WebexSuite]);
    assert_eq!(sent(&list), json!({"packages": ["webex_suite"]}));
    let one = list.package("webex_voice");
    assert_eq!(sent(&one), json!({"package": "webex_voice"}));
    // No package takes no place.
    let one = one.packages([] as [SubscriberPackage; 0]);
    assert_eq!(sent(&one), json!({"package": "webex_voice"}));
}

#[test]
fn both_packages_are_refused_from_wherever_they_come() {
    let both = json!({"email": "a@b.co", "package": "webex_calling", "packages": ["webex_suite"]});
    let error = serde_json::from_value::<SubscriberPrecheck>(both.clone()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`package` and `packages` are set; Webex takes one of them"
    );
    let generated: SubscriberPrecheckRequest = serde_json::from_value(both).unwrap();
    assert!(SubscriberPrecheck::try_from(generated).is_err());
    // An empty list is none.
    let one = json!({"email": "a@b.co", "package": "webex_calling", "packages": []});
    assert!(serde_json::from_value::<SubscriberPrecheck>(one).is_ok());
    let missing = serde_json::from_value::<SubscriberPrecheck>(json!({})).unwrap_err();
    assert!(missing.to_string().contains("missing field `email`"));
}

#[test]
fn unknown_fields_are_kept_at_every_level_and_are_warnings_with_the_nearest_field() {
    let json = json!({
        "email": "a@b.co",
        "customerId": "c",
        "custmer_id": "d",
        "firstName": "Ann",
        "zzz": null,
        "provisioningParameters.firstName": "Ann",
        "provisioningParameters": {"extention": {"a": [1, 0.5, "x"]}, "extension": "1"},
    });
    let request: SubscriberPrecheck = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&request).unwrap(), json);
    let findings = request.findings();
    let said: Vec<(&str, &str)> = findings.iter().map(|f| (f.field(), f.reason())).collect();
    assert_eq!(
        said,
        [
            (
                "custmer_id",
                "this release does not know this field; do you mean customerId?"
            ),
            (
                "firstName",
                "this release does not know this field; do you mean provisioningParameters.firstName?"
            ),
            (
                "provisioningParameters.extention",
                "this release does not know this field; do you mean provisioningParameters.extension?"
            ),
            (
                "provisioningParameters.firstName",
                "this release does not know this field; a dot in a name makes no nested object: write one"
            ),
            ("zzz", "this release does not know this field"),
        ]
    );
    let is_warning =
        |f: &Finding| f.rule() == Rule::UnknownField && f.severity() == Severity::Warning;
    assert!(findings.iter().all(is_warning));
    let address = json!({"addressLine1": "x", "city": "y", "country": "AE", "planet": "Earth"});
    let request: CustomerPrecheck = serde_json::from_value(json!({"address": address})).unwrap();
    assert_eq!(request.as_ref().address.extra["planet"], "Earth".into());
    assert_eq!(
        rules(&request.findings()),
        [(Rule::UnknownField, "address.planet")]
    );
}

#[test]
fn objects_in_which_nothing_is_set_are_not_sent() {
    let sent = |request: &CustomerPrecheck| serde_json::to_value(request).unwrap();
    let bare = CustomerPrecheck::new(address());
    let parameters = CustomerProvisioningParameters::new().meetings(MeetingsParameters::new());
    assert!(parameters.is_empty());
    let empty = bare.clone().provisioning_parameters(parameters);
    assert_eq!(sent(&empty), sent(&bare));
    let zone = MeetingsParameters::new().timezone(TimeZone::new("Asia/Tokyo"));
    let set = CustomerProvisioningParameters::new().meetings(zone);
    assert_eq!(
        sent(&bare.provisioning_parameters(set))["provisioningParameters"],
        json!({"meetings": {"timezone": "Asia/Tokyo"}})
    );
}

#[test]
fn empty_ids_and_lines_of_addresses_are_findings() {
    let empty = subscriber().customer_id(" ");
    let findings = empty.findings();
    assert_eq!(rules(&findings), [(Rule::EmptyValue, "customerId")]);
    assert_eq!(
        findings[0].rule().remedy(),
        "fill it in, or leave the field out"
    );
    let empty = CustomerPrecheck::new(address().address_line2("").state_or_province("")).org_id("");
    let found = empty.findings();
    for field in ["orgId", "address.addressLine2"] {
        assert!(
            rules(&found).contains(&(Rule::EmptyValue, field)),
            "{field}: {found:?}"
        );
    }
    // Its own rule speaks of it.
    let state = found
        .iter()
        .filter(|f| f.field() == "address.stateOrProvince");
    assert_eq!(state.count(), 1);
}

#[test]
fn options_are_set_or_cleared() {
    let row: (Option<String>, Option<&str>, Option<Vec<&str>>) = (Some("c".to_owned()), None, None);
    let request = SubscriberPrecheck::new("a@b.co")
        .provisioning_id("p")
        .package("webex_calling")
        .set_customer_id(row.0)
        .set_provisioning_id(row.1)
        .set_packages(row.2);
    let json = json!({"email": "a@b.co", "customerId": "c", "package": "webex_calling"});
    assert_eq!(serde_json::to_value(&request).unwrap(), json);
    // What is set clears its rival, and either type of package does for both fields.
    let request = request.set_packages(Some([SubscriberPackage::WebexSuite]));
    assert!(request.as_ref().package.is_none());
    let request = request.package(SubscriberPackage::WebexCalling);
    assert_eq!(serde_json::to_value(&request).unwrap(), json);
}

fn rules(findings: &[Finding]) -> Vec<(Rule, &str)> {
    findings.iter().map(|f| (f.rule(), f.field())).collect()
}

#[test]
fn every_rule_finds_what_it_is_for_in_a_customer() {
    let with = |change: fn(Address) -> Address| CustomerPrecheck::new(change(address()));
    let line = |length: usize| "ä".repeat(length);
    let at = |country: Country| Address::new("1 Elm Road", "Springfield", country);
    let long = CustomerPrecheck::new(Address::new(line(51), "x", Country::AE));
    let cases: Vec<(CustomerPrecheck, Vec<(Rule, &str)>)> = vec![
        (with(|a| a), vec![]),
        (
            CustomerPrecheck::new(Address::new(line(50), "x", Country::AE)),
            vec![],
        ),
        (
            long,
            vec![(Rule::AddressLineLength, "address.addressLine1")],
        ),
        (
            with(|a| a.address_line2("x".repeat(51))),
            vec![(Rule::AddressLineLength, "address.addressLine2")],
        ),
        (
            CustomerPrecheck::new(Address::new(" ", "", Country::AE)),
            vec![
                (Rule::RequiredEmpty, "address.addressLine1"),
                (Rule::RequiredEmpty, "address.city"),
            ],
        ),
        (
            CustomerPrecheck::new(at(Country::new("USA"))),
            vec![(Rule::CountrySize, "address.country")],
        ),
        (
            CustomerPrecheck::new(at(Country::new(""))),
            vec![(Rule::RequiredEmpty, "address.country")],
        ),
        (
            CustomerPrecheck::new(at(Country::new("XX"))),
            vec![(Rule::UnknownCountry, "address.country")],
        ),
        (
            CustomerPrecheck::new(at(Country::new("us"))),
            vec![(Rule::UnknownCountry, "address.country")],
        ),
        (
            CustomerPrecheck::new(at(Country::US)),
            vec![
                (Rule::NoState, "address.stateOrProvince"),
                (Rule::NoPostalCode, "address.zipOrPostalCode"),
            ],
        ),
        (
            CustomerPrecheck::new(at(Country::DE)),
            vec![(Rule::NoPostalCode, "address.zipOrPostalCode")],
        ),
        // As in a published example.
        (
            CustomerPrecheck::new(Address::new("\"771 Alder Drive\"", "x", Country::AE)),
            vec![(Rule::Quoted, "address.addressLine1")],
        ),
        (
            with(|a| a).customer_info(CustomerInfo::new("John <john@acme.com>")),
            vec![(Rule::NoEmail, "customerInfo.primaryEmail")],
        ),
        (
            with(|a| a).packages([CustomerPackage::CiscoCallingPlan]),
            vec![(Rule::PackageDependency, "packages")],
        ),
        (
            with(|a| a).packages([
                CustomerPackage::CiscoCallingPlan,
                CustomerPackage::WebexVoice,
            ]),
            vec![],
        ),
        (
            with(|a| a).packages([
                CustomerPackage::AttendantConsole,
                CustomerPackage::WebexVoice,
            ]),
            vec![(Rule::PackageDependency, "packages")],
        ),
        (
            with(|a| a).packages(["fax"]),
            vec![(Rule::UnknownPackage, "packages")],
        ),
        (
            with(|a| a).provisioning_parameters(
                CustomerProvisioningParameters::new()
                    .calling(CallingParameters::new(Location::new(
                        "",
                        at(Country::AE).address_line2(line(60)),
                        TimeZone::new("america/los angeles"),
                        "en_us",
                    )))
                    .meetings(MeetingsParameters::new().timezone(TimeZone::new("Pacific"))),
            ),
            vec![
                (
                    Rule::RequiredEmpty,
                    "provisioningParameters.calling.location.name",
                ),
                (
                    Rule::AddressLineLength,
                    "provisioningParameters.calling.location.address.addressLine2",
                ),
                (
                    Rule::UnknownTimeZone,
                    "provisioningParameters.calling.location.timezone",
                ),
                (
                    Rule::UnknownTimeZone,
                    "provisioningParameters.meetings.timezone",
                ),
            ],
        ),
    ];
    for (request, expected) in cases {
        let findings = request.findings();
        assert_eq!(
            rules(&findings),
            expected,
            "{}",
            serde_json::to_string(&request).unwrap()
        );
    }
}

#[test]
fn every_rule_finds_what_it_is_for_in_a_subscriber() {
    let number = SubscriberProvisioningParameters::new().primary_phone_number("+14085550100");
    let extension = SubscriberProvisioningParameters::new().extension("4711");
    let cases: Vec<(SubscriberPrecheck, Vec<(Rule, &str)>)> = vec![
        (subscriber(), vec![]),
        (
            SubscriberPrecheck::new("a@b.co"),
            vec![(Rule::NoCustomer, "customerId")],
        ),
        (
            SubscriberPrecheck::new("a@b.co").provisioning_id("p"),
            vec![(Rule::NoCustomer, "customerId")],
        ),
        (
            SubscriberPrecheck::new("a@b.co")
                .provisioning_id("p")
                .customer_info(SubscriberCustomerInfo::new("c@b.co")),
            vec![],
        ),
        (
            SubscriberPrecheck::new("").customer_id("c"),
            vec![(Rule::RequiredEmpty, "email")],
        ),
        (
            SubscriberPrecheck::new("a.b.co").customer_id("c"),
            vec![(Rule::NoEmail, "email")],
        ),
        (
            subscriber().packages([SubscriberPackage::WebexMeetings]),
            vec![],
        ),
        (
            subscriber().packages([SubscriberPackage::WebexCalling]),
            vec![(Rule::NoNumber, "provisioningParameters")],
        ),
        (
            subscriber().package(SubscriberSinglePackage::WebexCalling),
            vec![(Rule::NoNumber, "provisioningParameters")],
        ),
        (
            subscriber()
                .packages([SubscriberPackage::WebexCalling])
                .provisioning_parameters(number),
            vec![],
        ),
        (
            subscriber()
                .packages([SubscriberPackage::WebexCalling])
                .provisioning_parameters(extension),
            vec![],
        ),
        (
            subscriber().packages([
                SubscriberPackage::WebexMeetings,
                SubscriberPackage::WebexMeetings,
            ]),
            vec![(Rule::OnePackage, "packages")],
        ),
        (
            subscriber().packages(["fax"]),
            vec![(Rule::UnknownPackage, "packages")],
        ),
        (
            subscriber().package("fax"),
            vec![(Rule::UnknownPackage, "package")],
        ),
        (
            subscriber().packages([SubscriberPackage::AttendantConsole]),
            vec![(Rule::PackageDependency, "packages")],
        ),
    ];
    for (request, expected) in cases {
        let findings = request.findings();
        assert_eq!(
            rules(&findings),
            expected,
            "{}",
            serde_json::to_string(&request).unwrap()
        );
    }
}

#[test]
fn a_finding_says_what_is_wrong_what_would_be_right_and_who_says_so() {
    let request = CustomerPrecheck::new(Address::new("x", "y", Country::new("de")));
    let finding = &request.findings()[0];
    assert_eq!(
        finding.to_string(),
        "address.country: `de` is written DE (ISO 3166-1 alpha-2)"
    );
    assert_eq!(finding.severity(), Severity::Warning);
    let mut ids: Vec<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), Rule::ALL.len());
}

#[tokio::test]
async fn requests_with_errors_are_not_sent_and_those_with_warnings_are() {
    let sandbox = Sandbox::start().await.unwrap();
    let builder = Client::builder(Token::new(sandbox.token()).unwrap()).base_url(sandbox.url());
    let client = builder.clone().build().unwrap();
    let invalid = subscriber().packages(["webex_calling", "webex_suite"]);
    let error = client.precheck_subscriber(&invalid).await.unwrap_err();
    assert!(error.is_invalid_request() && !error.is_retryable());
    assert_eq!(rules(error.findings()), [(Rule::OnePackage, "packages")]);
    assert!(
        error
            .to_string()
            .contains("packages: 2 packages; Webex takes one at most"),
        "{error}"
    );
    let path = "/v1/wholesale/subscribers/validate";
    assert!(sandbox.answered(path).is_empty());

    let doubtful = SubscriberPrecheck::new("nobody").packages([SubscriberPackage::WebexCalling]);
    assert!(Precheck::findings(&doubtful).len() > 1);
    client.precheck_subscriber(&doubtful).await.unwrap();

    let client = builder.validate_before_send(false).build().unwrap();
    let report = client.precheck_subscriber(&invalid).await.unwrap();
    // The sandbox's own code for more than one package.
    assert_eq!(report.errors()[0].code.0, 900_004);
}

#[test]
fn ids_are_types_of_their_own() {
    let id = CustomerId::new("c");
    let request = SubscriberPrecheck::new("a@b.co").customer_id(id.clone());
    assert_eq!(request.as_ref().customer_id.as_ref(), Some(&id));
    assert_eq!(serde_json::to_value(&id).unwrap(), Value::from("c"));
}

#[test]
fn fields_that_exclude_each_other_are_an_invalid_request() {
    let json =
        r#"{"email": "a@acme.com", "package": "webex_calling", "packages": ["webex_suite"]}"#;
    let generated: SubscriberPrecheckRequest = serde_json::from_str(json).unwrap();
    let error = Error::from(SubscriberPrecheck::try_from(generated).unwrap_err());
    assert!(error.is_invalid_request());
    assert_eq!(rules(error.findings()), [(Rule::OnePackage, "packages")]);
}
