//! The JSON Schema of a row.

use clap::{ArgMatches, Command};
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::exit::Failure;
use crate::template;

/// The command line as clap sees it.
pub(crate) fn command() -> Command {
    Command::new("schema")
        .about("Print the JSON Schema of a row, for editors and validators")
        .arg(template::kind())
}

pub(crate) fn text(matches: &ArgMatches) -> Result<Vec<u8>, Failure> {
    let operation = template::operation(matches)?;
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = Value::from(operation.request_schema(generator));
    schema["title"] = json!(format!("A row of webex-precheck bulk {}", operation.plural));
    Ok(format!("{schema:#}\n").into_bytes())
}
