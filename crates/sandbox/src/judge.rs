//! Judges the raw JSON of a request by the documented facts.

use email_address::{EmailAddress, Options};
use serde_json::{Map, Value};
use webex_precheck_contract::Alternative;

use crate::operation::Operation as OperationId;

use crate::country;
use crate::documented::{Field, Operation};
use crate::json::{self, At};
use crate::reason::{
    ALONE, BOTH, COUNTRY, EMAIL, LETTERS, MORE_THAN_ONE, NULL, PACKAGE, Reason, SIZE, TYPE,
};

/// What is to be said of a request.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    /// Why it would be refused; nothing where it would go through.
    pub(crate) reasons: Vec<Reason>,
    /// Fields that no source documents, by their dotted paths.
    pub(crate) unknown: Vec<String>,
}

impl Judgement {
    /// The status that goes with the reasons: 409 where all values are well formed and only break
    /// a rule, and else 400.
    pub(crate) fn status(&self) -> u16 {
        if self.reasons.iter().all(Reason::is_conflict) {
            409
        } else {
            400
        }
    }
}

/// The field whose values depend on each other.
const PACKAGES: At<'_> = At::In(&At::Body, "packages");

/// Reasons that are given for one request at most.
const MOST_REASONS: usize = 100;

/// Characters that an address line may have: "50 character limit on each address line".
const LONGEST_LINE: usize = 50;

/// Judges a request.
pub(crate) fn judge(
    documented: &Operation,
    id: OperationId,
    body: &Map<String, Value>,
) -> Judgement {
    let mut judgement = Judgement::default();
    judgement.object(&documented.fields, &At::Body, body);
    match id {
        OperationId::Customer => judgement.dependencies(documented, body),
        // What needs another package could never be asked for: only one may be.
        OperationId::Subscriber => judgement.one_package(body),
    }
    judgement
}

impl Judgement {
    fn refuse(&mut self, code: i64, at: &At<'_>, description: impl Into<String>) {
        if self.reasons.len() < MOST_REASONS {
            self.reasons
                .push(Reason::new(code, &at.told(), description));
        }
    }

    fn object(&mut self, fields: &[Field], at: &At<'_>, object: &Map<String, Value>) {
        let names = object.keys();
        let unknown = names.filter(|name| !fields.iter().any(|field| field.name == **name));
        let unknown = unknown.map(|name| At::In(at, name).told());
        self.unknown.extend(unknown);
        for field in fields {
            let at = At::In(at, &field.name);
            match json::get(object, &field.name) {
                None if !field.required => {}
                None => self.refuse(NULL, &at, "A required value is missing."),
                Some(Value::Null) => self.refuse(NULL, &at, "The value is null."),
                Some(value) => self.value(field, &at, value),
            }
        }
    }

    fn value(&mut self, field: &Field, at: &At<'_>, value: &Value) {
        let values = value.as_array().into_iter().flatten();
        if values.clone().any(Value::is_null) {
            self.refuse(NULL, at, "A value in the list is null.");
            return;
        }
        if let Some(expected) = wrong_type(field, value) {
            self.refuse(TYPE, at, format!("The value must be {expected}."));
            return;
        }
        for unknown in unknown_values(field, value) {
            self.refuse(
                PACKAGE,
                at,
                format!("There is no package `{}` here.", json::told(unknown)),
            );
        }
        if let Some(text) = value.as_str() {
            self.text(&field.name, at, text);
        }
        if let (Some(object), false) = (value.as_object(), field.fields.is_empty()) {
            self.object(&field.fields, at, object);
        }
    }

    /// What is documented in words about fields of one name.
    fn text(&mut self, name: &str, at: &At<'_>, text: &str) {
        match name {
            "country" if text.chars().count() != 2 => {
                self.refuse(SIZE, at, "A country's code has two characters.");
            }
            "country" if !text.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                self.refuse(LETTERS, at, "A country's code is two capital letters.");
            }
            "country" if !country::is_assigned(text) => {
                self.refuse(COUNTRY, at, "No country has this code.");
            }
            "addressLine1" | "addressLine2" if text.chars().count() > LONGEST_LINE => {
                self.refuse(SIZE, at, "An address line has 50 characters at most.");
            }
            "email" | "primaryEmail" if !is_email(text) => {
                self.refuse(EMAIL, at, "This is no e-mail address.");
            }
            _ => {}
        }
    }

    fn dependencies(&mut self, documented: &Operation, body: &Map<String, Value>) {
        let packages: Vec<&str> = strings(body.get("packages")).collect();
        for (package, needed) in &documented.dependencies {
            let is_asked = packages.contains(&package.as_str());
            if is_asked && !needed.iter().any(|n| packages.contains(&n.as_str())) {
                let needed = needed.join(", ");
                let description = format!("`{package}` needs one of these beside it: {needed}.");
                self.refuse(ALONE, &PACKAGES, description);
            }
        }
    }

    fn one_package(&mut self, body: &Map<String, Value>) {
        if body.contains_key("package") && body.contains_key("packages") {
            self.refuse(BOTH, &PACKAGES, "Send `package` or `packages`, not both.");
        }
        let packages = body.get("packages").and_then(Value::as_array);
        if packages.is_some_and(|packages| packages.len() > 1) {
            self.refuse(
                MORE_THAN_ONE,
                &PACKAGES,
                "A subscriber takes one package at most.",
            );
        }
    }
}

fn is_email(text: &str) -> bool {
    let options = Options::default()
        .without_display_text()
        .without_domain_literal();
    EmailAddress::parse_with_options(text, options).is_ok()
}

/// A text, or the texts of a list.
fn strings(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    value.into_iter().chain(list).filter_map(Value::as_str)
}

/// What was expected instead of `value`, unless it has the documented type.
fn wrong_type(field: &Field, value: &Value) -> Option<&'static str> {
    let (fits, expected) = match field.ty.as_ref()?.single()? {
        Alternative::String => (value.is_string(), "a string"),
        Alternative::Number => (value.is_number(), "a number"),
        Alternative::Integer => (is_integer(value), "an integer"),
        Alternative::Boolean => (value.is_boolean(), "true or false"),
        Alternative::Object => (value.is_object(), "an object"),
        Alternative::Array(None) => (value.is_array(), "a list"),
        Alternative::Array(Some(of)) if of.single() == Some(&Alternative::String) => {
            let list = value.as_array();
            let fits = list.is_some_and(|values| values.iter().all(Value::is_string));
            (fits, "a list of strings")
        }
        Alternative::Array(Some(_)) | Alternative::Null | Alternative::Other(_) => return None,
    };
    (!fits).then_some(expected)
}

/// Whether a number has no fraction, however it is written.
fn is_integer(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

fn unknown_values<'v>(field: &Field, value: &'v Value) -> impl Iterator<Item = &'v str> {
    strings(Some(value)).filter(|value| {
        !field.values.is_empty() && !field.values.iter().any(|known| known == value)
    })
}

#[cfg(test)]
mod tests {
    //! One request a rule, by hand from the documented facts.
    use serde_json::json;

    use webex_precheck_contract::location::Section;

    use super::*;
    use crate::documented::Documented;

    fn judged(id: OperationId, body: &Value) -> Judgement {
        let documented = Documented::load().unwrap();
        judge(documented.operation(id), id, body.as_object().unwrap())
    }

    /// Asserts that the request is refused for this reason alone.
    fn refused(id: OperationId, body: &Value, code: i64, field: &str) {
        let judgement = judged(id, body);
        let reasons = judgement.reasons.iter();
        let reasons: Vec<_> = reasons.map(|r| (r.code, r.field.as_str())).collect();
        assert_eq!(reasons, [(code, field)], "{body}");
        let status = if [ALONE, COUNTRY].contains(&code) {
            409
        } else {
            400
        };
        assert_eq!(judgement.status(), status, "{body}");
    }

    fn accepted(id: OperationId, body: &Value) {
        assert_eq!(judged(id, body).reasons, [], "{body}");
    }

    /// A customer, with this value at a pointer.
    fn customer(pointer: &str, value: Value) -> Value {
        let mut body = json!({
            "address": {"addressLine1": "1 Elm Road", "city": "Milpitas", "country": "US"},
            "customerInfo": {"primaryEmail": "a@b.c"},
            "packages": [],
        });
        *body.pointer_mut(pointer).unwrap() = value;
        body
    }

    #[test]
    fn documented_examples_go_through() {
        for id in OperationId::ALL {
            let sources = [
                include_str!("../documented/openapi.toml"),
                include_str!("../documented/customer-page.toml"),
                include_str!("../documented/subscriber-page.toml"),
            ]
            .map(|text| webex_precheck_contract::capture::read(text).unwrap());
            let operations = sources.iter().filter_map(|source| {
                source.operation(&webex_precheck_contract::OperationId::new(id.as_str()))
            });
            let examples = operations.flat_map(|operation| &operation.examples);
            let mut count = 0;
            for example in examples.filter(|example| example.at.section == Section::Body) {
                accepted(id, &serde_json::from_str(&example.json).unwrap());
                count += 1;
            }
            assert!(count > 0);
        }
    }

    #[test]
    fn customers_are_refused_for_each_broken_rule() {
        let line =
            |length| json!({"addressLine1": "é".repeat(length), "city": "x", "country": "US"});
        let location = json!({"calling": {"location": {
            "name": "HQ", "timezone": "America/Los_Angeles", "language": "en_us",
            "address": {"addressLine1": "1 Elm Road", "city": "Milpitas", "country": "USA"},
        }}});
        let mut with_location = customer("/packages", json!([]));
        with_location["provisioningParameters"] = location;
        let mut without_location = customer("/packages", json!([]));
        without_location["provisioningParameters"] = json!({"calling": {}});
        let mut number = customer("/packages", json!([]));
        number["orgId"] = json!(5);
        let mut null = customer("/packages", json!([]));
        null["orgId"] = Value::Null;
        for (body, code, field) in [
            (json!({}), 1001, "address"),
            (
                customer("/address", json!({"addressLine1": "x", "country": "US"})),
                1001,
                "address.city",
            ),
            (customer("/address", Value::Null), 1001, "address"),
            (null, 1001, "orgId"),
            (
                customer("/customerInfo", json!({})),
                1001,
                "customerInfo.primaryEmail",
            ),
            (
                without_location,
                1001,
                "provisioningParameters.calling.location",
            ),
            (
                customer("/address/country", json!("USA")),
                1002,
                "address.country",
            ),
            (
                with_location,
                1002,
                "provisioningParameters.calling.location.address.country",
            ),
            (customer("/address", line(51)), 1002, "address.addressLine1"),
            (number, 900_001, "orgId"),
            (
                customer("/address", json!("1 Elm Road")),
                900_001,
                "address",
            ),
            (
                customer("/packages", json!("webex_suite")),
                900_001,
                "packages",
            ),
            (
                customer("/packages", json!(["webex_suite", 1])),
                900_001,
                "packages",
            ),
            (
                customer("/packages", json!(["webex_suite", "fax"])),
                900_002,
                "packages",
            ),
            (
                customer("/packages", json!(["attendant_console"])),
                900_005,
                "packages",
            ),
            (
                customer("/packages", json!(["webex_voice", "attendant_console"])),
                900_005,
                "packages",
            ),
            (
                customer("/packages", json!(["webex_meetings", "cisco_calling_plan"])),
                900_005,
                "packages",
            ),
            (
                customer("/customerInfo/primaryEmail", json!("a.b.c")),
                900_006,
                "customerInfo.primaryEmail",
            ),
            (
                customer("/address/country", json!("us")),
                900_007,
                "address.country",
            ),
            (
                customer("/address/country", json!("ZZ")),
                900_008,
                "address.country",
            ),
        ] {
            refused(OperationId::Customer, &body, code, field);
        }
        accepted(OperationId::Customer, &customer("/address", line(50)));
    }

    #[test]
    fn one_malformed_value_makes_it_a_bad_request() {
        let mut body = customer("/address/country", json!("ZZ"));
        assert_eq!(judged(OperationId::Customer, &body).status(), 409);
        body["packages"] = json!(["attendant_console"]);
        assert_eq!(judged(OperationId::Customer, &body).status(), 409);
        body["orgId"] = json!(5);
        assert_eq!(judged(OperationId::Customer, &body).status(), 400);
    }

    #[test]
    fn reasons_are_as_many_and_as_long_as_one_may_read() {
        let many: Vec<String> = (0..500)
            .map(|n| format!("{n}{}", "x".repeat(500)))
            .collect();
        let judgement = judged(OperationId::Customer, &customer("/packages", json!(many)));
        assert_eq!(judgement.reasons.len(), MOST_REASONS);
        let texts = judgement
            .reasons
            .iter()
            .map(|reason| reason.description.len());
        assert!(texts.max().unwrap() < 300);
    }

    #[test]
    fn subscribers_are_refused_for_each_broken_rule() {
        for (body, code, field) in [
            (json!({}), 1001, "email"),
            (json!({"email": null}), 1001, "email"),
            (json!({"email": "a@b.c", "package": null}), 1001, "package"),
            (
                json!({"email": "a@b.c", "package": "fax"}),
                900_002,
                "package",
            ),
            (
                json!({"email": "a@b.c", "package": "webex_calling", "packages": ["webex_calling"]}),
                900_003,
                "packages",
            ),
            (
                json!({"email": "a@b.c", "packages": ["webex_calling", "webex_suite"]}),
                900_004,
                "packages",
            ),
            (json!({"email": ""}), 900_006, "email"),
            (
                json!({"email": "a@b.c", "provisioningParameters": {"extension": 12}}),
                900_001,
                "provisioningParameters.extension",
            ),
        ] {
            refused(OperationId::Subscriber, &body, code, field);
        }
    }

    #[test]
    fn what_is_documented_goes_through() {
        for body in [
            json!({"email": "a@b.c"}),
            json!({"email": "a@b.c", "package": "webex_calling_standard"}),
            // It needs another beside it, and a subscriber takes one package only.
            json!({"email": "a@b.c", "packages": ["attendant_console"]}),
        ] {
            accepted(OperationId::Subscriber, &body);
        }
        for packages in [
            json!(["webex_calling_standard", "cisco_calling_plan"]),
            json!(["webex_suite", "cisco_calling_plan", "attendant_console"]),
        ] {
            accepted(OperationId::Customer, &customer("/packages", packages));
        }
    }

    #[test]
    fn unknown_fields_go_through_and_are_told() {
        let body = json!({
            "email": "a@b.c",
            "Email": null,
            "provisioningParameters": {"nickname": {"x": 1}},
        });
        let judgement = judged(OperationId::Subscriber, &body);
        assert_eq!(judgement.reasons, []);
        assert_eq!(
            judgement.unknown,
            ["Email", "provisioningParameters.nickname"]
        );
    }
}
