//! The command line: what may be typed, and what it means.

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser};
use clap::{Arg, ArgAction, ArgMatches, Command};
use webex_precheck::AnyPrecheck;
use webex_precheck::api::{FieldType, OPERATIONS, Operation};

use crate::connect::{self, Destination};
use crate::exit::Failure;
use crate::profile::{self, Output, Profile};
use crate::{bulk, doctor, explain, request, sandbox, schema, shell, template};

const AFTER_HELP: &str = "\
Exit codes:
  0    likely, of bulk all rows; of other commands: done
  1    unlikely, of bulk some rows; of sandbox: its scenario did not come true
  2    bad usage or input; of bulk, some rows were refused
  3    no access token, or one that Webex does not accept for this
  4    Webex is unreachable, failing, limiting, or gives no verdict; of bulk, for some rows
  130  interrupted

Environment:
  WEBEX_ACCESS_TOKEN  access token; needed without --sandbox, unless the profile has one
  WEBEX_BASE_URL      address to ask, unless --base-url or --sandbox says otherwise
  RUST_LOG            what to tell on the way, such as webex_precheck=debug
  NO_COLOR, CLICOLOR_FORCE
                      no colours, or colours even where there is no terminal
  HTTPS_PROXY, ALL_PROXY, NO_PROXY
                      proxies, but for addresses on this machine";

const AFTER_PRECHECK_HELP: &str = "\
Each flag of a field is followed by the field's name in the documentation and in --from.
The verdict goes to stdout, everything else to stderr.";

/// What the command line asks for.
pub(crate) enum Task {
    Precheck(Box<Plan>),
    Bulk(Box<bulk::Plan>),
    Sandbox(sandbox::Settings),
    Doctor(Destination),
    /// Nothing to ask: text that is written to stdout.
    Text(Vec<u8>),
}

/// One precheck.
pub(crate) struct Plan {
    pub(crate) request: AnyPrecheck,
    pub(crate) destination: Destination,
    pub(crate) output: Output,
}

/// The command line as clap sees it.
pub(crate) fn command() -> Command {
    Command::new("webex-precheck")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Asks Webex whether a provisioning would go through, without provisioning anything")
        .after_help(AFTER_HELP)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(OPERATIONS.iter().map(|operation| precheck(operation)))
        .subcommand(bulk::command())
        .subcommand(template::command())
        .subcommand(schema::command())
        .subcommand(explain::command())
        .subcommand(doctor::command())
        .subcommand(sandbox::command())
        .subcommand(shell::completions())
        .subcommand(shell::man())
        .args(profile::flags())
}

fn precheck(operation: &'static Operation) -> Command {
    let mut command = Command::new(operation.name)
        .about(operation.title)
        .after_help(format!(
            "{}\n\n{AFTER_PRECHECK_HELP}",
            operation.description
        ))
        .next_help_heading("Where and how");
    command = command
        .args(connect::flags())
        .args(operation.takes_sub_partner.then(connect::sub_partner));
    for arg in [
        Arg::new("from")
            .long("from")
            .value_parser(NonEmptyStringValueParser::new())
            .value_name("FILE")
            .help("Take the request from a JSON file, or from stdin with `-`; flags win over it"),
        Arg::new("output")
            .long("output")
            .value_name("FORM")
            .value_parser(PossibleValuesParser::new(["table", "json", "csv"]))
            .help("Form of the verdict [default: table]"),
    ] {
        command = command.arg(arg);
    }
    command = command.next_help_heading("Fields of the request");
    for field in operation.fields {
        let arg = Arg::new(field.flag)
            .long(field.flag)
            .value_name(field.value_name)
            .value_parser(NonEmptyStringValueParser::new())
            // A text may begin with a hyphen, as IDs do, and a number as well.
            .allow_hyphen_values(field.ty != FieldType::StringArray)
            .help(format!("{} ({})", field.help, field.path));
        command = command.arg(match field.ty {
            FieldType::StringArray => arg.value_delimiter(',').action(ArgAction::Append),
            _ => arg,
        });
    }
    command
}

/// Makes sense of what was typed.
pub(crate) fn interpret(matches: &ArgMatches) -> Result<Task, Failure> {
    let Some((name, of_task)) = matches.subcommand() else {
        return Err(Failure::usage("what to ask? See --help"));
    };
    let profile = || Profile::of(matches);
    match name {
        "bulk" => bulk::Plan::of(of_task, &profile()?).map(|plan| Task::Bulk(Box::new(plan))),
        "sandbox" => sandbox::Settings::of(of_task).map(Task::Sandbox),
        "doctor" => Destination::of(of_task, &profile()?).map(Task::Doctor),
        "template" => template::text(of_task).map(Task::Text),
        "schema" => schema::text(of_task).map(Task::Text),
        "explain" => explain::text(of_task).map(Task::Text),
        "completions" => Ok(Task::Text(shell::completions_text(of_task, command()))),
        "man" => shell::man_text(command()).map(Task::Text),
        name => match Operation::named(name) {
            Some(operation) => plan(operation, of_task, &profile()?),
            None => Err(Failure::usage(format!("no command `{name}`; see --help"))),
        },
    }
}

fn plan(operation: &Operation, matches: &ArgMatches, profile: &Profile) -> Result<Task, Failure> {
    let output = matches.get_one::<String>("output");
    Ok(Task::Precheck(Box::new(Plan {
        request: request::build(operation, matches)?,
        destination: Destination::of(matches, profile)?.for_operation(operation)?,
        output: output
            .and_then(|name| Output::named(name))
            .or(profile.output)
            .unwrap_or(Output::Table),
    })))
}

#[cfg(test)]
mod tests {
    //! The command line holds together.

    #[test]
    fn clap_finds_no_fault() {
        super::command().debug_assert();
    }
}
