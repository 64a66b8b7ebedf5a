//! What the command line says of a run.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use encoding_rs::Encoding;

use crate::connect::{self, Destination};
use crate::fields::{CUSTOMER, Flag, SUBSCRIBER};
use crate::outcome::{Exit, Failure};
use crate::profile::{Output, Profile};
use crate::rate::Rate;

use super::columns::{self, Mapping, NoField};
use super::input::{Dialect, Form, Input};
use super::journal::Earlier;
use super::rows::Rows;
use super::subject::Subject;

const AFTER_HELP: &str = "\
INPUT has a row for each request: CSV with comma, semicolon or tab, in UTF-8 or UTF-16; JSON Lines;
or a workbook (.xlsx). Columns are named as the fields, in any order and case: as
provisioningParameters.firstName, firstName, first-name or First Name. `webex-precheck template`
prints a header, `webex-precheck schema` describes JSON.

Every answer goes into the journal, INPUT.precheck-journal, before it counts. After an interruption
--resume asks for what has no answer yet; rows are known by their content, so that the input may be
changed in between. Results go to stdout, everything else to stderr.

Exit codes: 0 all likely, 1 some unlikely, 2 some rows refused or bad usage, 3 not authorised,
4 some failed, or Webex is not to be reached, 130 interrupted. The highest of those up to 4 counts.";

/// A run.
pub(crate) struct Plan {
    pub(crate) subject: Kind,
    pub(crate) input: PathBuf,
    pub(crate) dialect: Dialect,
    pub(crate) mapping: Mapping,
    pub(crate) defaults: Vec<(&'static Flag, String)>,
    pub(crate) destination: Destination,
    pub(crate) is_dry_run: bool,
    pub(crate) earlier: Earlier,
    journal: Option<PathBuf>,
    pub(crate) concurrency: Option<NonZeroUsize>,
    pub(crate) rate: Option<Rate>,
    /// Rows that fail in a row, after which a run is stopped; 0 is never.
    pub(crate) stop_after: u32,
    pub(crate) output: Option<Output>,
    pub(crate) is_ordered: bool,
    pub(crate) report: Option<PathBuf>,
    pub(crate) is_quiet: bool,
}

/// What rows ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Customers,
    Subscribers,
}

impl Kind {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "customers" => Some(Self::Customers),
            "subscribers" => Some(Self::Subscribers),
            _ => None,
        }
    }

    pub(crate) fn fields(self) -> &'static [Flag] {
        match self {
            Self::Customers => CUSTOMER,
            Self::Subscribers => SUBSCRIBER,
        }
    }
}

/// The command line as clap sees it.
pub(crate) fn command() -> Command {
    Command::new("bulk")
        .about("Ask for every row of a spreadsheet")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(of(
            "customers",
            "Ask whether customers could be provisioned",
        ))
        .subcommand(of(
            "subscribers",
            "Ask whether subscribers could be provisioned",
        ))
}

fn of(name: &'static str, about: &'static str) -> Command {
    let text = |name: &'static str, value: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .value_parser(NonEmptyStringValueParser::new())
    };
    let flag = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    let path = |name: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
    };
    Command::new(name)
        .about(about)
        .after_help(AFTER_HELP)
        .arg(
            Arg::new("input")
                .value_name("INPUT")
                .value_parser(value_parser!(PathBuf))
                .required(true)
                .help("File to read, or `-` for stdin"),
        )
        .next_help_heading("Where and how")
        .args(connect::flags())
        .arg(flag("dry-run").help("Ask nothing: tell what is wrong with each row, where, and what to do"))
        .arg(
            Arg::new("concurrency")
                .long("concurrency")
                .value_name("NUMBER")
                .value_parser(value_parser!(NonZeroUsize))
                .help("Have so many requests under way at most [default: 16]"),
        )
        .arg(
            Arg::new("rate")
                .long("rate")
                .value_name("RATE")
                .value_parser(Rate::read)
                .help("Ask no faster than this, such as 5/s or 300/min [default: as fast as Webex was seen to allow]"),
        )
        .arg(
            Arg::new("stop-after")
                .long("stop-after")
                .value_name("NUMBER")
                .value_parser(value_parser!(u32))
                .default_value("50")
                .help("Stop when so many rows in a row have failed; 0 never does"),
        )
        .next_help_heading("Journal")
        .arg(
            flag("resume")
                .conflicts_with("restart")
                .help("Go on: ask for the rows that have no answer in the journal"),
        )
        .arg(
            flag("retry-failed")
                .conflicts_with("restart")
                .help("Go on, and ask again for the rows that failed"),
        )
        .arg(flag("restart").help("Remove the answers in the journal, and ask for all rows"))
        .arg(path("journal").help("Keep the journal in this file [default: INPUT.precheck-journal]"))
        .next_help_heading("Input")
        .arg(
            text("map", "COLUMN=FIELD")
                .action(ArgAction::Append)
                .help("Take the column for this field; may be repeated"),
        )
        .arg(
            text("default", "FIELD=VALUE")
                .action(ArgAction::Append)
                .help("Set the field of all rows that do not; may be repeated"),
        )
        .arg(
            text("ignore", "COLUMN")
                .action(ArgAction::Append)
                .help("Leave a column out that is no field, or `*` for all of them; may be repeated"),
        )
        .arg(
            text("keep", "COLUMN")
                .action(ArgAction::Append)
                .help("Copy a column to the results; may be repeated"),
        )
        .arg(
            text("input-format", "FORMAT")
                .value_parser(PossibleValuesParser::new(["csv", "jsonl", "xlsx"]))
                .help("Take the input for this [default: what it looks like]"),
        )
        .arg(
            Arg::new("delimiter")
                .long("delimiter")
                .value_name("CHARACTER")
                .value_parser(delimiter)
                .help("What separates the cells of CSV, or `tab` [default: what the header has most often]"),
        )
        .arg(
            Arg::new("encoding")
                .long("encoding")
                .value_name("NAME")
                .value_parser(encoding)
                .help("Encoding of the text, such as windows-1252 [default: UTF-8, or UTF-16 where it looks like it]"),
        )
        .arg(text("sheet", "NAME").help("Sheet of the workbook [default: the first]"))
        .next_help_heading("Output")
        .arg(
            text("output", "FORM")
                .value_parser(PossibleValuesParser::new(["table", "json", "csv"]))
                .help("Form of the results; json is an object a line [default: table]"),
        )
        .arg(flag("ordered").help("Write the results in the order of the rows"))
        .arg(path("report").help("Write a page for people, in HTML"))
        .arg(
            flag("quiet")
                .short('q')
                .help("Tell neither progress nor summary"),
        )
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [b'"' | b'\r' | b'\n'] => Err("it cannot separate cells".to_owned()),
        [byte] if byte.is_ascii() => Ok(*byte),
        _ => Err("it is one character of ASCII, or `tab`".to_owned()),
    }
}

fn encoding(name: &str) -> Result<&'static Encoding, String> {
    Encoding::for_label(name.as_bytes()).ok_or_else(|| {
        "it is no encoding; take utf-8, utf-16le, windows-1252 or the like".to_owned()
    })
}

/// The field of a flag's value.
fn field(flag: &str, name: &str, fields: &'static [Flag]) -> Result<&'static Flag, Failure> {
    columns::field(name, fields).map_err(|reason| {
        let reason = match reason {
            NoField::Unknown => "is no field; `webex-precheck template` names them".to_owned(),
            NoField::Ambiguous(several) => format!("may be any of {}", several.join(", ")),
        };
        Failure::usage(format!("{flag}: `{name}` {reason}"))
    })
}

/// The two sides of `one=other`.
fn sides<'a>(flag: &str, text: &'a str) -> Result<(&'a str, &'a str), Failure> {
    let sides = text
        .rsplit_once('=')
        .filter(|(one, _)| !one.trim().is_empty());
    sides.ok_or_else(|| {
        Failure::usage(format!(
            "{flag}: `{text}` is no pair; write {flag} ONE=OTHER"
        ))
    })
}

impl Plan {
    pub(crate) fn of(matches: &ArgMatches, profile: &Profile) -> Result<Self, Failure> {
        let (subject, matches) = match matches.subcommand() {
            Some((name, matches)) => (Kind::named(name), matches),
            None => (None, matches),
        };
        let Some(subject) = subject else {
            return Err(Failure::usage("bulk of what? See --help"));
        };
        let fields = subject.fields();
        let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
        let many = |name: &str| matches.get_many::<String>(name).into_iter().flatten();
        let mut map = Vec::new();
        for pair in many("map") {
            let (column, name) = sides("--map", pair)?;
            map.push((column.to_owned(), field("--map", name, fields)?));
        }
        let mut defaults: Vec<(&'static Flag, String)> = Vec::new();
        for pair in many("default") {
            let split = pair
                .split_once('=')
                .filter(|(name, _)| !name.trim().is_empty());
            let (name, value) = split.ok_or_else(|| {
                Failure::usage(format!(
                    "--default: `{pair}` is no pair; write --default FIELD=VALUE"
                ))
            })?;
            let field = field("--default", name, fields)?;
            if defaults.iter().any(|(known, _)| known.field == field.field) {
                return Err(Failure::usage(format!(
                    "--default: {} is set twice",
                    field.field
                )));
            }
            if value.trim().is_empty() {
                return Err(Failure::usage(format!(
                    "--default: {} is empty",
                    field.field
                )));
            }
            defaults.push((field, value.trim().to_owned()));
        }
        let earlier = match ["retry-failed", "resume", "restart"].map(|name| matches.get_flag(name))
        {
            [true, ..] => Earlier::CountVerdicts,
            [_, true, _] => Earlier::Count,
            [_, _, true] => Earlier::Remove,
            _ => Earlier::None,
        };
        let path = |name: &str| matches.get_one::<PathBuf>(name).cloned();
        let plan = Self {
            subject,
            input: path("input").unwrap_or_default(),
            dialect: Dialect {
                form: match text("input-format") {
                    Some("csv") => Some(Form::Csv),
                    Some("jsonl") => Some(Form::Jsonl),
                    Some("xlsx") => Some(Form::Xlsx),
                    _ => None,
                },
                delimiter: matches.get_one("delimiter").copied(),
                encoding: matches.get_one("encoding").copied(),
                sheet: text("sheet").map(str::to_owned),
            },
            mapping: Mapping {
                map,
                ignore: many("ignore").cloned().collect(),
                keep: many("keep").cloned().collect(),
            },
            defaults,
            destination: Destination::of(matches, profile)?,
            is_dry_run: matches.get_flag("dry-run"),
            earlier,
            journal: path("journal"),
            concurrency: matches
                .get_one("concurrency")
                .copied()
                .or(profile.concurrency),
            rate: matches.get_one("rate").copied().or(profile.rate),
            stop_after: matches.get_one("stop-after").copied().unwrap_or_default(),
            output: text("output").and_then(Output::named).or(profile.output),
            is_ordered: matches.get_flag("ordered"),
            report: path("report"),
            is_quiet: matches.get_flag("quiet"),
        };
        plan.check()?;
        Ok(plan)
    }

    /// What would overwrite what.
    fn check(&self) -> Result<(), Failure> {
        let is_input = |path: &Path| is_same_file(path, &self.input);
        if self.report.as_deref().is_some_and(is_input) {
            return Err(Failure::usage("--report is the input; name another file"));
        }
        if self.journal.as_deref().is_some_and(is_input) {
            return Err(Failure::usage("--journal is the input; name another file"));
        }
        if let (Some(report), Some(journal)) = (&self.report, self.journal())
            && is_same_file(report, &journal)
        {
            return Err(Failure::usage("--report is the journal; name another file"));
        }
        if self.journal().is_none()
            && matches!(self.earlier, Earlier::Count | Earlier::CountVerdicts)
        {
            return Err(Failure::usage(
                "stdin has no journal to go on from; name the one of the earlier run with --journal",
            ));
        }
        Ok(())
    }

    /// Where the journal is to be; nowhere for stdin, unless it is named.
    pub(crate) fn journal(&self) -> Option<PathBuf> {
        if self.journal.is_some() {
            return self.journal.clone();
        }
        if self.is_stdin() {
            return None;
        }
        let mut name = self.input.clone().into_os_string();
        name.push(".precheck-journal");
        Some(name.into())
    }

    fn is_stdin(&self) -> bool {
        self.input.as_os_str() == "-"
    }

    /// What to call the input.
    pub(crate) fn input_name(&self) -> String {
        match self.is_stdin() {
            true => "stdin".to_owned(),
            false => self.input.display().to_string(),
        }
    }

    /// The rows of the input.
    pub(crate) fn rows<S: Subject>(&self) -> Result<Rows<S>, Failure> {
        let name = self.input_name();
        let input = Input::open(&self.input, &self.dialect)
            .map_err(|error| Failure::usage(format!("{name}: {error}")))?;
        Rows::new(input, self.mapping.clone(), self.defaults.clone()).map_err(|wrong| {
            let wrong: Vec<String> = wrong.iter().map(|wrong| format!("\n  {wrong}")).collect();
            Failure::new(
                Exit::Usage,
                format!("{name}: the header cannot be read:{}", wrong.concat()),
            )
        })
    }
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    whole(one) == whole(other)
}
