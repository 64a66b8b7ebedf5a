//! What is documented of a single value: its type, its listed values, and constraints in words.

use email_address::{EmailAddress, Options};
use serde_json::Value;

use crate::country;
use crate::operation::Field;
use crate::refusal::{INVALID_COUNTRY, INVALID_EMAIL, UNASSIGNED_COUNTRY, WRONG_SIZE};

/// "50 character limit on each address line".
const MAX_ADDRESS_LINE: usize = 50;

/// The documented type, if `value` has another one.
pub(crate) fn expected_type(field: &Field, value: &Value) -> Option<&'static str> {
    let (fits, expected) = match field.ty.as_deref()? {
        "string" => (value.is_string(), "a string"),
        "number" => (value.is_number(), "a number"),
        "integer" => (is_integer(value), "an integer"),
        "boolean" => (value.is_boolean(), "true or false"),
        "object" => (value.is_object(), "an object"),
        "array" => (value.is_array(), "a list"),
        "array[string]" => {
            let list = value.as_array();
            let fits = list.is_some_and(|values| values.iter().all(Value::is_string));
            (fits, "a list of strings")
        }
        _ => return None,
    };
    (!fits).then_some(expected)
}

/// Whether a number has no fraction, however it is written.
fn is_integer(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// A string, or the strings of a list.
pub(crate) fn strings(value: &Value) -> impl Iterator<Item = &str> {
    let list = value.as_array().into_iter().flatten();
    std::iter::once(value).chain(list).filter_map(Value::as_str)
}

/// The values that are not among the listed ones.
pub(crate) fn unknown_values<'v>(field: &Field, value: &'v Value) -> impl Iterator<Item = &'v str> {
    let listed = &field.values;
    strings(value)
        .filter(|value| !listed.is_empty() && !listed.iter().any(|listed| listed == value))
}

/// The code and description of an error in a string. The documentation describes these fields in
/// words, wherever they occur.
pub(crate) fn violation(name: &str, value: &Value) -> Option<(i64, &'static str)> {
    let text = value.as_str()?;
    match name {
        "country" if text.chars().count() != 2 => {
            Some((WRONG_SIZE, "A country's code has two characters."))
        }
        "country" if !text.bytes().all(|byte| byte.is_ascii_uppercase()) => {
            Some((INVALID_COUNTRY, "A country's code is two capital letters."))
        }
        "country" if !country::is_assigned(text) => {
            Some((UNASSIGNED_COUNTRY, "No country has this code."))
        }
        "addressLine1" | "addressLine2" if text.chars().count() > MAX_ADDRESS_LINE => {
            Some((WRONG_SIZE, "An address line has 50 characters at most."))
        }
        "email" | "primaryEmail" if !is_email(text) => {
            Some((INVALID_EMAIL, "This is not an e-mail address."))
        }
        _ => None,
    }
}

fn is_email(text: &str) -> bool {
    let options = Options::default()
        .without_display_text()
        .without_domain_literal();
    EmailAddress::parse_with_options(text, options).is_ok()
}
