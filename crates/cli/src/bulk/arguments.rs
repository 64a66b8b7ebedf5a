//! The command line of a run.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser};
use clap::{Arg, ArgAction, Command, value_parser};
use encoding_rs::Encoding;
use webex_precheck::api::{OPERATIONS, Operation};

use crate::connect;
use crate::rate::Rate;

const AFTER_HELP: &str = "\
INPUT has a row for each request: CSV with comma, semicolon, tab or bar, in UTF-8 or UTF-16; JSON Lines;
or a workbook (.xlsx). Columns are named as the fields, in any order and case: as
provisioningParameters.firstName, firstName, first-name or First Name. `webex-precheck template`
prints a header with all of them, `webex-precheck schema` describes JSON.

Every answer goes into the journal, INPUT.precheck-journal, before it counts. After an interruption
--resume asks for what has no answer yet; rows are known by their content, so that the input may be
changed in between. Results go to stdout, everything else to stderr.

Exit codes: 0 all likely, 1 some unlikely, 2 some rows refused or bad usage, 3 not authorised,
4 some failed, or Webex is not to be reached, 130 interrupted. The highest of those up to 4 counts.";

/// The command line as clap sees it.
pub(crate) fn command() -> Command {
    Command::new("bulk")
        .about("Ask for every row of a spreadsheet")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(OPERATIONS.iter().map(|operation| of(operation)))
}

fn of(operation: &'static Operation) -> Command {
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
    Command::new(operation.plural)
        .about(format!("{}, for every row", operation.title))
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
        .args(operation.takes_sub_partner.then(connect::sub_partner))
        .arg(flag("dry-run").help("Ask nothing: tell what is wrong with each row, where, and what to do"))
        .arg(
            Arg::new("concurrency")
                .long("concurrency")
                .value_name("NUMBER")
                .value_parser(concurrency)
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
                .help("Stop when so many rows in a row have failed, not counting those under way; 0 never does"),
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
                .help("As --resume, and ask again for the rows that failed"),
        )
        .arg(flag("restart").help("Ask for all rows; the journal of before is kept as JOURNAL.old"))
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
        .arg(path("report").conflicts_with("dry-run").help("Write a page for people, in HTML"))
        .arg(
            flag("quiet")
                .short('q')
                .help("Tell neither progress nor summary"),
        )
}

fn concurrency(text: &str) -> Result<NonZeroUsize, String> {
    text.parse()
        .map_err(|_| "it is a whole number from 1 on".to_owned())
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
