//! A header with an example row, to begin a spreadsheet with.

use std::borrow::Cow;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use serde_json::{Map, Value};
use webex_precheck::api::{FieldType, OPERATIONS, Operation, RequestField};

use crate::bulk;
use crate::decode::set;
use crate::exit::Failure;
use crate::request::number;

/// The command line as clap sees it.
pub(crate) fn command() -> Command {
    Command::new("template")
        .about("Print a header with an example row, to begin a spreadsheet with")
        .arg(kind())
        .arg(
            Arg::new("output")
                .long("output")
                .value_name("FORM")
                .value_parser(PossibleValuesParser::new(["csv", "json"]))
                .default_value("csv")
                .help("Form of the row"),
        )
}

/// The argument that says what rows ask.
pub(crate) fn kind() -> Arg {
    Arg::new("kind")
        .value_name("KIND")
        .value_parser(PossibleValuesParser::new(
            OPERATIONS.iter().map(|operation| operation.plural),
        ))
        .required(true)
        .help("What the rows are about")
}

/// What was typed for it.
pub(crate) fn operation(matches: &ArgMatches) -> Result<&'static Operation, Failure> {
    let name = matches.get_one::<String>("kind");
    name.and_then(|name| Operation::named(name))
        .ok_or_else(|| Failure::usage("rows of what? See --help"))
}

pub(crate) fn text(matches: &ArgMatches) -> Result<Vec<u8>, Failure> {
    let fields: Vec<(&RequestField, &str)> = operation(matches)?
        .fields
        .iter()
        .filter_map(|field| Some((field, field.example?)))
        .collect();
    Ok(
        match matches.get_one::<String>("output").map(String::as_str) {
            Some("json") => json(&fields),
            _ => {
                let names = fields
                    .iter()
                    .map(|(field, _)| Cow::Borrowed(field.path))
                    .collect();
                let examples = fields
                    .iter()
                    .map(|(_, example)| bulk::defused(example))
                    .collect();
                bulk::record(&[names, examples])
            }
        },
    )
}

fn json(fields: &[(&RequestField, &str)]) -> Vec<u8> {
    let mut row = Value::Object(Map::new());
    for (field, example) in fields.iter().filter(|(_, example)| !example.is_empty()) {
        let value = match field.ty {
            FieldType::StringArray => example.split(',').collect(),
            FieldType::String => Value::from(*example),
            FieldType::Number => number(example),
            _ => serde_json::from_str(example).unwrap_or_default(),
        };
        // No field is in the way of another.
        let _ = set(&mut row, field.path, value);
    }
    format!("{row}\n").into_bytes()
}
