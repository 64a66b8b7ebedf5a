//! The JSON Schema of a row.

use clap::{ArgMatches, Command};
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};
use webex_precheck::api::types::{CustomerPrecheckRequest, SubscriberPrecheckRequest};

use crate::bulk::Kind;
use crate::outcome::Failure;
use crate::template;

/// The command line as clap sees it.
pub(crate) fn command() -> Command {
    Command::new("schema")
        .about("Print the JSON Schema of a row, for editors and validators")
        .arg(template::subject())
}

pub(crate) fn text(matches: &ArgMatches) -> Result<Vec<u8>, Failure> {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let (schema, title) = match template::kind(matches)? {
        Kind::Customers => (
            generator.into_root_schema_for::<CustomerPrecheckRequest>(),
            "A row of webex-precheck bulk customers",
        ),
        Kind::Subscribers => (
            generator.into_root_schema_for::<SubscriberPrecheckRequest>(),
            "A row of webex-precheck bulk subscribers",
        ),
    };
    let mut schema = Value::from(schema);
    schema["title"] = json!(title);
    Ok(format!("{schema:#}\n").into_bytes())
}
