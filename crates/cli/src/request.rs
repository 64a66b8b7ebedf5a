//! The request, from a file and from flags.

use std::fs;
use std::io::{self, Read};

use clap::ArgMatches;
use serde_json::{Map, Value};
use webex_precheck::api::{FieldType, Number, Operation, RequestField};
use webex_precheck::{AnyPrecheck, Finding, Precheck as _, Severity};

use crate::decode::{self, NoObject, Wrong, set};
use crate::exit::{Failure, warn};

/// More bytes than any request has.
const MOST_BYTES: u64 = 1024 * 1024;

/// Builds the request from `--from` and the flags, which win over it.
pub(crate) fn build(operation: &Operation, matches: &ArgMatches) -> Result<AnyPrecheck, Failure> {
    let (mut body, origin) = match matches.get_one::<String>("from") {
        Some(file) => (read(file)?, format!("--from {}", shown_name(file))),
        None => (Value::Object(Map::new()), "the command line".to_owned()),
    };
    for field in operation.fields {
        if let Some(value) = flag_value(field, matches) {
            set(&mut body, field.path, value).map_err(|NoObject(at)| {
                Failure::usage(format!("{origin}: `{at}` must be an object"))
            })?;
        }
    }
    let request = decode(body, &origin, operation)?;
    judge(&request.findings())?;
    Ok(request)
}

/// Prints warnings, and refuses the request if there are errors.
fn judge(findings: &[Finding]) -> Result<(), Failure> {
    let of = |severity| findings.iter().filter(move |f| f.severity() == severity);
    for finding in of(Severity::Warning) {
        warn(&finding.to_string());
    }
    let errors: String = of(Severity::Error).map(|f| format!("\n  {f}")).collect();
    if errors.is_empty() {
        return Ok(());
    }
    let message = format!("the request is invalid and was not sent:{errors}");
    Err(Failure::usage(message))
}

fn shown_name(file: &str) -> String {
    match file {
        "-" => "stdin".to_owned(),
        file => file.to_owned(),
    }
}

fn read(file: &str) -> Result<Value, Failure> {
    let name = shown_name(file);
    let failed = |error: io::Error| Failure::usage(format!("--from {name}: {error}"));
    let mut text = String::new();
    let count = match file {
        "-" => io::stdin()
            .lock()
            .take(MOST_BYTES)
            .read_to_string(&mut text),
        file => fs::File::open(file).and_then(|f| f.take(MOST_BYTES).read_to_string(&mut text)),
    };
    if count.map_err(failed)? as u64 == MOST_BYTES {
        return Err(Failure::usage(format!(
            "--from {name}: over 1 MiB; no request is that long"
        )));
    }
    if text.trim().is_empty() {
        return Err(Failure::usage(format!("--from {name}: it is empty")));
    }
    let body: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| Failure::usage(format!("--from {name}: not JSON: {error}")))?;
    match body {
        Value::Object(_) => Ok(body),
        _ => Err(Failure::usage(format!(
            "--from {name}: expected a JSON object with the fields of one request"
        ))),
    }
}

/// A number as JSON; any other text as it is.
pub(crate) fn number(text: &str) -> Value {
    let number = text.trim().parse::<Number>().ok();
    let number = number.and_then(|number| serde_json::to_value(number).ok());
    number.unwrap_or_else(|| Value::from(text))
}

fn flag_value(field: &RequestField, matches: &ArgMatches) -> Option<Value> {
    match field.ty {
        FieldType::String => matches
            .get_one::<String>(field.flag)
            .map(|text| Value::from(text.as_str())),
        // What is no number is a text, which decoding finds to be of the wrong type.
        FieldType::Number => matches
            .get_one::<String>(field.flag)
            .map(|text| number(text)),
        FieldType::StringArray => matches.get_many::<String>(field.flag).map(|values| {
            values
                .map(|value| value.trim())
                .filter(|value| !value.is_empty())
                .collect()
        }),
        // What is no JSON is a text, which decoding finds to be of the wrong type.
        _ => matches
            .get_one::<String>(field.flag)
            .map(|text| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str()))),
    }
}

/// Decodes the request. A wrong type is told with the path of the field, a missing field with the
/// flag that sets it.
fn decode(body: Value, origin: &str, operation: &Operation) -> Result<AnyPrecheck, Failure> {
    decode::decode(body, operation).map_err(|wrong| {
        Failure::usage(match wrong {
            Wrong::Conflict(reason) => format!("{origin}: {reason}"),
            Wrong::Type { field, reason } => format!("{origin}: `{field}`: {reason}"),
            Wrong::Missing(fields) => {
                let named = |path: &String| {
                    let field = operation.field(path);
                    field.map_or(path.clone(), |field| format!("--{} ({path})", field.flag))
                };
                let missing: Vec<String> = fields.iter().map(named).collect();
                format!(
                    "{origin}: required and not set: {}; --from FILE can set them too",
                    missing.join(", ")
                )
            }
        })
    })
}
