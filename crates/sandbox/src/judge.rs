//! Judges the JSON of a request by the documented facts.

use serde_json::{Map, Value};

use crate::constraints::{self, strings};
use crate::documented::{self, Field};
use crate::json::quoted;
use crate::operation::{self, Operation};
use crate::refusal::{
    ErrorDetail, MISSING_DEPENDENCY, MISSING_OR_NULL, PACKAGE_AND_PACKAGES, SEVERAL_PACKAGES,
    UNKNOWN_PACKAGE, WRONG_TYPE,
};

/// Maximum number of errors in one answer.
const MAX_ERRORS: usize = 100;

/// The result for one request.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    /// Empty if the request is accepted.
    pub(crate) errors: Vec<ErrorDetail>,
    /// The dotted paths of fields that no source documents.
    pub(crate) unknown_fields: Vec<String>,
}

impl Judgement {
    /// 409 if all values are well formed and only break a rule, otherwise 400.
    pub(crate) fn status(&self) -> u16 {
        if self.errors.iter().all(ErrorDetail::is_conflict) {
            409
        } else {
            400
        }
    }
}

/// Judges a request.
pub(crate) fn judge(
    documented: &documented::Operation,
    operation: Operation,
    body: &Map<String, Value>,
) -> Judgement {
    let mut walk = Walk::default();
    walk.object(&documented.fields, body);
    walk.path.push("packages");
    if operation::takes_one_package(operation) {
        // A package that needs another one beside it is accepted alone.
        walk.one_package(body);
    } else {
        walk.dependencies(documented, body);
    }
    walk.judgement
}

/// A walk through the fields of a body.
#[derive(Default)]
struct Walk<'a> {
    /// The names above the current field, and its own.
    path: Vec<&'a str>,
    judgement: Judgement,
}

impl<'a> Walk<'a> {
    fn error(&mut self, code: i64, description: impl Into<std::borrow::Cow<'static, str>>) {
        if self.judgement.errors.len() < MAX_ERRORS {
            let error = ErrorDetail::new(code, &self.path.join("."), description);
            self.judgement.errors.push(error);
        }
    }

    fn object(&mut self, fields: &'a [Field], object: &'a Map<String, Value>) {
        for (name, value) in object {
            let field = fields.iter().find(|field| field.name == *name);
            self.path.push(name);
            match field {
                None => {
                    let path = quoted(&self.path.join("."));
                    self.judgement.unknown_fields.push(path);
                }
                Some(_) if value.is_null() => self.error(MISSING_OR_NULL, "The value is null."),
                Some(field) => self.value(field, value),
            }
            self.path.pop();
        }
        for field in fields.iter().filter(|field| field.required) {
            if !object.contains_key(&field.name) {
                self.path.push(&field.name);
                self.error(MISSING_OR_NULL, "A required value is missing.");
                self.path.pop();
            }
        }
    }

    fn value(&mut self, field: &'a Field, value: &'a Value) {
        if value.as_array().into_iter().flatten().any(Value::is_null) {
            self.error(MISSING_OR_NULL, "A value in the list is null.");
        } else if let Some(expected) = constraints::expected_type(field, value) {
            self.error(WRONG_TYPE, format!("The value must be {expected}."));
        } else {
            for package in constraints::unknown_values(field, value) {
                let package = quoted(package);
                let description = format!("There is no package `{package}` here.");
                self.error(UNKNOWN_PACKAGE, description);
            }
            if let Some((code, description)) = constraints::violation(&field.name, value) {
                self.error(code, description);
            }
            if let (Some(object), false) = (value.as_object(), field.fields.is_empty()) {
                self.object(&field.fields, object);
            }
        }
    }

    fn dependencies(&mut self, documented: &documented::Operation, body: &Map<String, Value>) {
        let packages = body.get("packages").into_iter().flat_map(strings);
        let packages: Vec<&str> = packages.collect();
        for (package, needed) in &documented.dependencies {
            let has = |package: &String| packages.contains(&package.as_str());
            if has(package) && !needed.iter().any(has) {
                let needed = needed.join(", ");
                let description = format!("`{package}` needs one of these beside it: {needed}.");
                self.error(MISSING_DEPENDENCY, description);
            }
        }
    }

    fn one_package(&mut self, body: &Map<String, Value>) {
        let Some(packages) = body.get("packages") else {
            return;
        };
        if body.contains_key("package") {
            let description = "Send `package` or `packages`, not both.";
            self.error(PACKAGE_AND_PACKAGES, description);
        }
        let count = packages.as_array().map_or(0, Vec::len);
        if count > 1 {
            self.error(SEVERAL_PACKAGES, "A subscriber takes one package at most.");
        }
    }
}

#[cfg(test)]
mod tests {
    //! One request a rule, by hand from the documented facts.
    use serde_json::json;

    use webex_precheck_contract::location::Section;

    use super::*;
    use crate::documented::Documented;

    fn judged(id: Operation, body: &Value) -> Judgement {
        let documented = Documented::load().unwrap();
        judge(documented.operation(id), id, body.as_object().unwrap())
    }

    /// Asserts that the request is refused for this error alone.
    fn refused(id: Operation, body: &Value, code: i64, field: &str) {
        let judgement = judged(id, body);
        let errors = judgement.errors.iter();
        let errors: Vec<_> = errors.map(|r| (r.code, r.field.as_str())).collect();
        assert_eq!(errors, [(code, field)], "{body}");
        let status = if [900_005, 900_008].contains(&code) {
            409
        } else {
            400
        };
        assert_eq!(judgement.status(), status, "{body}");
    }

    fn accepted(id: Operation, body: &Value) {
        assert_eq!(judged(id, body).errors, [], "{body}");
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
        for id in Operation::ALL {
            let sources = [
                include_str!("../documented/openapi.toml"),
                include_str!("../documented/customer-page.toml"),
                include_str!("../documented/subscriber-page.toml"),
            ]
            .map(|text| webex_precheck_contract::capture::read(text).unwrap());
            let operations = sources.iter().filter_map(|source| source.operation(id));
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
            refused(Operation::Customer, &body, code, field);
        }
        accepted(Operation::Customer, &customer("/address", line(50)));
    }

    #[test]
    fn one_malformed_value_makes_it_a_bad_request() {
        let mut body = customer("/address/country", json!("ZZ"));
        assert_eq!(judged(Operation::Customer, &body).status(), 409);
        body["packages"] = json!(["attendant_console"]);
        assert_eq!(judged(Operation::Customer, &body).status(), 409);
        body["orgId"] = json!(5);
        assert_eq!(judged(Operation::Customer, &body).status(), 400);
    }

    #[test]
    fn reasons_are_as_many_and_as_long_as_one_may_read() {
        let many: Vec<String> = (0..500)
            .map(|n| format!("{n}{}", "x".repeat(500)))
            .collect();
        let judgement = judged(Operation::Customer, &customer("/packages", json!(many)));
        assert_eq!(judgement.errors.len(), MAX_ERRORS);
        let texts = judgement.errors.iter().map(|error| error.description.len());
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
            refused(Operation::Subscriber, &body, code, field);
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
            accepted(Operation::Subscriber, &body);
        }
        for packages in [
            json!(["webex_calling_standard", "cisco_calling_plan"]),
            json!(["webex_suite", "cisco_calling_plan", "attendant_console"]),
        ] {
            accepted(Operation::Customer, &customer("/packages", packages));
        }
    }

    #[test]
    fn unknown_fields_go_through_and_are_told() {
        let body = json!({
            "email": "a@b.c",
            "Email": null,
            "provisioningParameters": {"nickname": {"x": 1}},
        });
        let judgement = judged(Operation::Subscriber, &body);
        assert_eq!(judgement.errors, []);
        assert_eq!(
            judgement.unknown_fields,
            ["Email", "provisioningParameters.nickname"]
        );
    }
}
