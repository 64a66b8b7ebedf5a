//! The request, from a file and from flags.

use std::fs;
use std::io::{self, Read};

use clap::ArgMatches;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use webex_precheck::api::types::{CustomerPrecheckRequest, SubscriberPrecheckRequest};
use webex_precheck::{CustomerPrecheck, Finding, Severity, SubscriberPrecheck};

use crate::arguments::Subject;
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

/// Warns of the soft findings, and refuses the request if there are hard ones.
fn judge(findings: &[Finding]) -> Result<(), Failure> {
    let of = |severity| findings.iter().filter(move |f| f.severity() == severity);
    for finding in of(Severity::Soft) {
        warn(&finding.to_string());
    }
    let hard: Vec<String> = of(Severity::Hard).map(|f| format!("\n  {f}")).collect();
    match hard.is_empty() {
        true => Ok(()),
        false => Err(Failure::usage(format!(
            "Webex would refuse this request, so it is not sent:{}",
            hard.concat()
        ))),
    }
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

fn flag_value(flag: &Flag, matches: &ArgMatches) -> Option<Value> {
    match flag.shape {
        Shape::Text | Shape::Package => matches
            .get_one::<String>(flag.name)
            .map(|text| Value::from(text.as_str())),
        Shape::Packages => matches.get_many::<String>(flag.name).map(|values| {
            values
                .map(|value| value.trim())
                .filter(|value| !value.is_empty())
                .collect()
        }),
    }
}

/// Sets the field at a dotted path. The error is the path of what is in the way.
fn set(body: &mut Value, path: &str, value: Value) -> Result<(), String> {
    let mut at = body;
    let mut walked = String::new();
    for name in path.split('.') {
        let Value::Object(object) = at else {
            return Err(walked);
        };
        if !walked.is_empty() {
            walked.push('.');
        }
        walked.push_str(name);
        at = object
            .entry(name)
            .or_insert_with(|| match walked.len() == path.len() {
                true => Value::Null,
                false => Value::Object(Map::new()),
            });
    }
    *at = value;
    Ok(())
}

/// Decodes the request. A wrong type is told with the path of the field, a missing field with the
/// flag that sets it, and a field that the request does not have is refused.
fn decode<T: DeserializeOwned>(body: Value, origin: &str, flags: &[Flag]) -> Result<T, Failure> {
    if let Some(field) = unknown_field(&body, flags, "") {
        return Err(Failure::usage(format!(
            "{origin}: `{field}` is no field of this request; see --help for its fields"
        )));
    }
    required(body, flags, origin)
}

/// Decodes; where required fields are missing, the error names all of them with their flags.
fn required<T: DeserializeOwned>(
    mut body: Value,
    flags: &[Flag],
    origin: &str,
) -> Result<T, Failure> {
    let mut missing: Vec<String> = Vec::new();
    loop {
        let error = match serde_path_to_error::deserialize::<_, T>(&body) {
            Ok(request) if missing.is_empty() => return Ok(request),
            Ok(_) => break,
            Err(error) => error,
        };
        let path = error.path().to_string();
        let reason = error.into_inner().to_string();
        let Some(name) = missing_field(&reason) else {
            return Err(Failure::usage(format!(
                "{origin}: `{path}`: {}",
                in_json(&reason)
            )));
        };
        let field = match path.as_str() {
            "." => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        // A stand-in lets the next round find what else is missing.
        let flag = flags.iter().find(|flag| flag.field == field);
        let stand_in = match flag {
            Some(flag) => {
                missing.push(format!("--{} ({field})", flag.name));
                Value::from("")
            }
            None => Value::Object(Map::new()),
        };
        if set(&mut body, &field, stand_in).is_err() {
            missing.push(field);
            break;
        }
    }
    Err(Failure::usage(format!(
        "{origin}: required and not set: {}; --from FILE can set them too",
        missing.join(", ")
    )))
}

/// Serde speaks of Rust; the file is JSON.
fn in_json(reason: &str) -> String {
    let (found, expected) = reason.split_once("expected ").unwrap_or((reason, ""));
    let expected = match expected {
        "" => return reason.to_owned(),
        "a sequence" => "a list",
        "a map" => "an object",
        rust if rust.starts_with("struct ") => "an object",
        other => other,
    };
    let found = found
        .replace("sequence", "a list")
        .replace("map", "an object");
    format!("{found}expected {expected}")
}

/// The name in serde's "missing field `name`".
fn missing_field(reason: &str) -> Option<&str> {
    reason.strip_prefix("missing field `")?.split('`').next()
}

/// The first field that no flag sets: it would be left out silently.
fn unknown_field(body: &Value, flags: &[Flag], path: &str) -> Option<String> {
    body.as_object()?.iter().find_map(|(name, value)| {
        let at = match path {
            "" => name.clone(),
            path => format!("{path}.{name}"),
        };
        let prefix = format!("{at}.");
        match flags.iter().any(|flag| flag.field.starts_with(&prefix)) {
            true => unknown_field(value, flags, &at),
            false if flags.iter().any(|flag| flag.field == at) => None,
            false => Some(at),
        }
    })
}
