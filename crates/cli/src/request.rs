//! The request, from a file and from flags.

use std::fs;
use std::io::{self, Read};

use clap::ArgMatches;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use webex_precheck::api::Number;
use webex_precheck::api::types::{CustomerPrecheckRequest, SubscriberPrecheckRequest};
use webex_precheck::{CustomerPrecheck, Finding, Severity, SubscriberPrecheck};

use crate::arguments::Subject;
use crate::decode::{self, Wrong, set};
use crate::fields::{Flag, Shape};
use crate::outcome::{Failure, warn};

/// What to send.
#[derive(Debug)]
pub(crate) enum Request {
    Customer(Box<CustomerPrecheck>),
    Subscriber(Box<SubscriberPrecheck>),
}

/// More bytes than any request has.
const MOST_BYTES: u64 = 1024 * 1024;

/// Builds the request from `--from` and the flags, which win over it.
pub(crate) fn build(
    subject: Subject,
    flags: &[Flag],
    matches: &ArgMatches,
) -> Result<Request, Failure> {
    let (mut body, origin) = match matches.get_one::<String>("from") {
        Some(file) => (read(file)?, format!("--from {}", shown_name(file))),
        None => (Value::Object(Map::new()), "the command line".to_owned()),
    };
    for flag in flags {
        if let Some(value) = flag_value(flag, matches) {
            set(&mut body, flag.field, value)
                .map_err(|at| Failure::usage(format!("{origin}: `{at}` must be an object")))?;
        }
    }
    let (request, findings) = match subject {
        Subject::Customer => {
            let request: CustomerPrecheckRequest = decode(body, &origin, flags)?;
            let request = CustomerPrecheck::from(request);
            let findings = request.findings();
            (Request::Customer(Box::new(request)), findings)
        }
        Subject::Subscriber => {
            let request: SubscriberPrecheckRequest = decode(body, &origin, flags)?;
            let request = SubscriberPrecheck::try_from(request)
                .map_err(|conflict| Failure::usage(format!("{origin}: {conflict}")))?;
            let findings = request.findings();
            (Request::Subscriber(Box::new(request)), findings)
        }
    };
    judge(&findings)?;
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

fn flag_value(flag: &Flag, matches: &ArgMatches) -> Option<Value> {
    match flag.shape {
        Shape::Text => matches
            .get_one::<String>(flag.name)
            .map(|text| Value::from(text.as_str())),
        // What is no number is a text, which decoding finds to be of the wrong type.
        Shape::Number => matches
            .get_one::<String>(flag.name)
            .map(|text| number(text)),
        // What is no JSON is a text, which decoding finds to be of the wrong type.
        Shape::Json => matches
            .get_one::<String>(flag.name)
            .map(|text| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str()))),
        Shape::List => matches.get_many::<String>(flag.name).map(|values| {
            values
                .map(|value| value.trim())
                .filter(|value| !value.is_empty())
                .collect()
        }),
    }
}

/// Decodes the request. A wrong type is told with the path of the field, a missing field with the
/// flag that sets it, and a field that the request does not have is refused.
fn decode<T: DeserializeOwned>(body: Value, origin: &str, flags: &[Flag]) -> Result<T, Failure> {
    decode::decode(body, flags).map_err(|wrong| {
        Failure::usage(match wrong {
            Wrong::Unknown(field) => format!(
                "{origin}: `{field}` is no field of this request; see --help for its fields"
            ),
            Wrong::Type { field, reason } => format!("{origin}: `{field}`: {reason}"),
            Wrong::Missing(fields) => {
                let named = |field: &String| {
                    let flag = flags.iter().find(|flag| flag.field == *field);
                    flag.map_or(field.clone(), |flag| format!("--{} ({field})", flag.name))
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
