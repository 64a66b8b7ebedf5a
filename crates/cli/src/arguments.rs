//! The command line: what may be typed, and what it means.

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser};
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::fields::{CUSTOMER, Flag, SUBSCRIBER, Shape};
use crate::outcome::Failure;
use crate::request;
use crate::sandbox;

const AFTER_HELP: &str = "\
Exit codes:
  0    likely; of sandbox: stopped
  1    unlikely; of sandbox: its scenario did not come true
  2    bad usage or input
  3    no access token, or one that Webex does not accept for this
  4    Webex is unreachable, failing, limiting, or gives no verdict
  130  interrupted

Environment:
  WEBEX_ACCESS_TOKEN  access token; needed without --sandbox
  WEBEX_BASE_URL      address to ask, unless --base-url or --sandbox says otherwise
  RUST_LOG            what to tell on the way, such as webex_precheck=debug
  HTTPS_PROXY, ALL_PROXY, NO_PROXY
                      proxies, but for addresses on this machine";

const AFTER_PRECHECK_HELP: &str = "\
Each flag of a field is followed by the field's name in the documentation and in --from.
An existing customer's subscriber takes --customer-id; that of a customer that does not exist yet
takes --provisioning-id and --customer-email. Which combinations go through is Webex's decision.
The verdict goes to stdout, everything else to stderr.";

/// What to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Customer,
    Subscriber,
}

/// Where to ask.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A sandbox of our own.
    Sandbox,
    /// This address, or Webex itself.
    Webex(Option<Address>),
}

/// An address to ask, and who said so.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) url: String,
    pub(crate) origin: &'static str,
}

/// The form of the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Table,
    Json,
}

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Task {
    Precheck(Plan),
    Sandbox(sandbox::Settings),
}

/// One precheck.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) request: request::Request,
    pub(crate) target: Target,
    pub(crate) on_behalf_of: Option<String>,
    pub(crate) format: Format,
}

/// The command line as clap sees it.
pub(crate) fn command() -> Command {
    Command::new("webex-precheck")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Asks Webex whether a wholesale customer or subscriber could be provisioned")
        .after_help(AFTER_HELP)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(precheck(
            "customer",
            "Ask whether a customer could be provisioned",
            CUSTOMER,
        ))
        .subcommand(precheck(
            "subscriber",
            "Ask whether a subscriber could be provisioned",
            SUBSCRIBER,
        ))
        .subcommand(sandbox::command())
}

fn precheck(name: &'static str, about: &'static str, flags: &[Flag]) -> Command {
    let mut command = Command::new(name)
        .about(about)
        .after_help(AFTER_PRECHECK_HELP)
        .next_help_heading("Where and how");
    for arg in [
        Arg::new("sandbox")
            .long("sandbox")
            .action(ArgAction::SetTrue)
            .conflicts_with("base-url")
            .help("Ask a sandbox in this program; needs no token and no network"),
        Arg::new("base-url")
            .long("base-url")
            .value_parser(NonEmptyStringValueParser::new())
            .value_name("URL")
            .help("Ask this address [env: WEBEX_BASE_URL] [default: https://webexapis.com]"),
        Arg::new("on-behalf-of")
            .long("on-behalf-of")
            .value_parser(NonEmptyStringValueParser::new())
            .value_name("ORG_ID")
            .help("Ask on behalf of this sub-partner (onBehalfOfSubPartnerOrgId)"),
        Arg::new("from")
            .long("from")
            .value_parser(NonEmptyStringValueParser::new())
            .value_name("FILE")
            .help("Take the request from a JSON file, or from stdin with `-`; flags win over it"),
        Arg::new("output")
            .long("output")
            .value_name("FORM")
            .value_parser(PossibleValuesParser::new(["table", "json"]))
            .default_value("table")
            .help("Form of the verdict"),
    ] {
        command = command.arg(arg);
    }
    command = command.next_help_heading("Fields of the request");
    for flag in flags {
        let arg = Arg::new(flag.name)
            .long(flag.name)
            .value_name(match flag.shape {
                Shape::Text => "TEXT",
                Shape::Package => "PACKAGE",
                Shape::Packages => "PACKAGE,…",
            })
            .value_parser(NonEmptyStringValueParser::new())
            // A text may begin with a hyphen, as IDs do.
            .allow_hyphen_values(flag.shape == Shape::Text)
            .help(format!("{} ({})", flag.help, flag.field));
        command = command.arg(match flag.shape {
            Shape::Packages => arg.value_delimiter(',').action(ArgAction::Append),
            _ => arg,
        });
    }
    command
}

/// The address in `WEBEX_BASE_URL`; an empty one is none.
fn address_from_environment() -> Result<Option<Address>, Failure> {
    let origin = "WEBEX_BASE_URL";
    match std::env::var(origin) {
        Ok(url) if !url.is_empty() => Ok(Some(Address { url, origin })),
        Err(std::env::VarError::NotUnicode(_)) => Err(Failure::usage(format!(
            "{origin} is not UTF-8; set it to an address such as https://webexapis.com"
        ))),
        _ => Ok(None),
    }
}

/// Makes sense of what was typed.
pub(crate) fn interpret(matches: &ArgMatches) -> Result<Task, Failure> {
    match matches.subcommand() {
        Some(("customer", matches)) => plan(Subject::Customer, matches, CUSTOMER),
        Some(("subscriber", matches)) => plan(Subject::Subscriber, matches, SUBSCRIBER),
        Some(("sandbox", matches)) => sandbox::Settings::of(matches).map(Task::Sandbox),
        _ => Err(Failure::usage("what to ask? See --help")),
    }
}

fn plan(subject: Subject, matches: &ArgMatches, flags: &[Flag]) -> Result<Task, Failure> {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let target = match matches.get_flag("sandbox") {
        true => Target::Sandbox,
        false => Target::Webex(match text("base-url") {
            Some(url) => Some(Address {
                url,
                origin: "--base-url",
            }),
            None => address_from_environment()?,
        }),
    };
    Ok(Task::Precheck(Plan {
        request: request::build(subject, flags, matches)?,
        target,
        on_behalf_of: text("on-behalf-of"),
        format: match text("output").as_deref() {
            Some("json") => Format::Json,
            _ => Format::Table,
        },
    }))
}

#[cfg(test)]
mod tests {
    //! The command line holds together.

    #[test]
    fn clap_finds_no_fault() {
        super::command().debug_assert();
    }
}
