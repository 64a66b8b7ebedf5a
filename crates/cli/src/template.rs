//! A header with an example row, to begin a spreadsheet with.

use std::borrow::Cow;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use serde_json::{Map, Value};

use crate::bulk::{self, Kind};
use crate::decode::set;
use crate::fields::{Flag, Shape};
use crate::outcome::Failure;
use crate::request::number;

/// The command line as clap sees it.
pub(crate) fn command() -> Command {
    Command::new("template")
        .about("Print a header with an example row, to begin a spreadsheet with")
        .arg(subject())
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
pub(crate) fn subject() -> Arg {
    Arg::new("subject")
        .value_name("OF")
        .value_parser(PossibleValuesParser::new(["customers", "subscribers"]))
        .required(true)
        .help("What the rows are about")
}

/// What was typed for it.
pub(crate) fn kind(matches: &ArgMatches) -> Result<Kind, Failure> {
    let name = matches.get_one::<String>("subject");
    name.and_then(|name| Kind::named(name))
        .ok_or_else(|| Failure::usage("of customers or of subscribers?"))
}

pub(crate) fn text(matches: &ArgMatches) -> Result<Vec<u8>, Failure> {
    let fields: Vec<(&Flag, &str)> = kind(matches)?
        .fields()
        .iter()
        .filter_map(|field| Some((field, field.example?)))
        .collect();
    Ok(
        match matches.get_one::<String>("output").map(String::as_str) {
            Some("json") => json(&fields),
            _ => {
                let names = fields
                    .iter()
                    .map(|(field, _)| Cow::Borrowed(field.field))
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

fn json(fields: &[(&Flag, &str)]) -> Vec<u8> {
    let mut row = Value::Object(Map::new());
    for (field, example) in fields.iter().filter(|(_, example)| !example.is_empty()) {
        let value = match field.shape {
            Shape::List => example.split(',').collect(),
            Shape::Text => Value::from(*example),
            Shape::Number => number(example),
            Shape::Json => serde_json::from_str(example).unwrap_or_default(),
        };
        // No field is in the way of another.
        let _ = set(&mut row, field.field, value);
    }
    format!("{row}\n").into_bytes()
}
