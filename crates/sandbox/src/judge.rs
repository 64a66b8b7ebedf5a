//! Judges the JSON of a request by the documented facts.

use serde_json::{Map, Value};

use crate::constraints::{self, strings};
use crate::json::quoted;
use crate::operation::{Field, Operation};
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
pub(crate) fn judge(operation: &Operation, body: &Map<String, Value>) -> Judgement {
    let mut walk = Walk::default();
    walk.object(&operation.fields, body);
    walk.path.push("packages");
    if operation.takes_one_package() {
        // A package that needs another one beside it is accepted alone.
        walk.one_package(body);
    } else {
        walk.dependencies(operation, body);
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

    fn dependencies(&mut self, operation: &Operation, body: &Map<String, Value>) {
        let packages = body.get("packages").into_iter().flat_map(strings);
        let packages: Vec<&str> = packages.collect();
        for (package, needed) in &operation.dependencies {
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
            self.error(SEVERAL_PACKAGES, "`packages` takes one package at most.");
        }
    }
}

#[cfg(test)]
mod tests;
