//! What is known of a code, a status or a rule.

use std::fmt::Write as _;

use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgMatches, Command};
use webex_precheck::{Code, Rule};

use crate::exit::Failure;

/// The command line as clap sees it.
pub(crate) fn command() -> Command {
    Command::new("explain")
        .about("Tell what is known of a code, a status or a rule")
        .after_help(
            "CODE is an info or error code of Webex (100, 1001), an HTTP status (429), or the rule of a\n\
             finding (country-size). Of most error codes Webex documents nothing.",
        )
        .arg(
            Arg::new("code")
                .value_name("CODE")
                .value_parser(NonEmptyStringValueParser::new())
                .required(true)
                .help("What to explain"),
        )
}

/// Error codes that are known from Webex's provisioning APIs, and what to do.
const ERRORS: &[(i64, &str, &str)] = &[
    (
        1001,
        "A value that is required is missing or null.",
        "Fill the field in that the answer names.",
    ),
    (
        1002,
        "A value has the wrong size.",
        "Shorten or lengthen the field that the answer names: a country code has two characters.",
    ),
];

/// Statuses that Webex documents for prechecks, and what to do.
const STATUSES: &[(u16, &str, &str)] = &[
    (200, "Webex has answered.", "Its verdict is in the answer."),
    (
        201,
        "A success that holds no verdict.",
        "Ask again; if it stays, tell Webex support the tracking ID.",
    ),
    (
        202,
        "A success that holds no verdict.",
        "Ask again; if it stays, tell Webex support the tracking ID.",
    ),
    (
        204,
        "A success that holds no verdict.",
        "Ask again; if it stays, tell Webex support the tracking ID.",
    ),
    (
        400,
        "The request is wrong, or Webex says no.",
        "The error codes of the answer say why.",
    ),
    (
        401,
        "Webex does not accept the access token: it has expired, was revoked, or is none.",
        "Get a new token; `webex-precheck doctor` tells more.",
    ),
    (
        403,
        "The token may not do this: a scope, a role or the wholesale entitlement is missing.",
        "`webex-precheck doctor` tells which, as far as Webex lets it.",
    ),
    (
        404,
        "What is asked about, or the address, is not there.",
        "Look at the IDs, and at WEBEX_BASE_URL.",
    ),
    (
        405,
        "The address takes no such request.",
        "Look at WEBEX_BASE_URL: something else answers there.",
    ),
    (
        409,
        "The request is at odds with what there is.",
        "The error codes of the answer say why.",
    ),
    (
        410,
        "What is asked about is no longer there.",
        "Look at the IDs.",
    ),
    (
        415,
        "The address takes no JSON.",
        "Look at WEBEX_BASE_URL: something else answers there.",
    ),
    (
        423,
        "What is asked about is locked for now.",
        "It is asked again after a while; --retry-failed asks once more.",
    ),
    (
        428,
        "Webex wants a condition that prechecks have not.",
        "Tell Webex support the tracking ID.",
    ),
    (
        429,
        "Webex limits how often this token may ask for this operation.",
        "It is waited for; --rate asks more slowly.",
    ),
    (
        500,
        "Webex has failed.",
        "It is asked once more; --retry-failed asks again, and Webex support knows more by the tracking ID.",
    ),
    (
        502,
        "Something before Webex has failed.",
        "It is asked again; --retry-failed asks once more.",
    ),
    (
        503,
        "Webex is not available for now.",
        "It is asked again; --retry-failed asks once more.",
    ),
    (
        504,
        "Webex was too slow for what is before it.",
        "It is asked again; --retry-failed asks once more.",
    ),
];

/// Rules of `bulk` for rows that cannot be made a request, beside those of the library.
const ROWS: &[(&str, &str)] = &[
    (
        "required",
        "A field that the request must have is empty or has no column.",
    ),
    ("conflict", "Two fields are set that exclude each other."),
    (
        "wrong-type",
        "A member of a JSON object is no text, or for packages no list of texts.",
    ),
    (
        "unknown-member",
        "A member of a JSON object is not a field of the request.",
    ),
    ("duplicate-field", "A field is there twice."),
    ("json", "A line is no JSON object."),
    (
        "ragged-row",
        "A row has more or fewer cells than the header.",
    ),
    (
        "quotation-mark",
        "A quotation mark is never closed, or closes a cell in its middle.",
    ),
    ("no-header", "A cell has a value, and its column no name."),
    (
        "encoding",
        "Characters were lost: the text is in another encoding.",
    ),
    ("control-character", "A cell holds a control character."),
    (
        "spreadsheet-error",
        "A cell holds an error value of a spreadsheet, such as #REF!.",
    ),
    (
        "shortened-number",
        "A spreadsheet has kept the first digits of a number alone, as in 1.4E+10.",
    ),
    (
        "no-text",
        "A cell of a workbook is no text, and which digits it shows cannot be told.",
    ),
];

pub(crate) fn text(matches: &ArgMatches) -> Result<Vec<u8>, Failure> {
    let asked = matches
        .get_one::<String>("code")
        .map_or("", |code| code.trim());
    let mut out = String::new();
    if let Ok(code) = asked.parse::<i64>() {
        if let Some(meaning) = Code(code).meaning() {
            let _ = writeln!(out, "infoCode {code}: {meaning}");
        }
        if let Some((_, meaning, remedy)) = ERRORS.iter().find(|(known, ..)| *known == code) {
            let _ = writeln!(
                out,
                "errorCode {code}: {meaning}\n  {remedy}\n  Seen in Webex's provisioning APIs."
            );
        }
        let status = STATUSES
            .iter()
            .find(|(known, ..)| i64::from(*known) == code);
        if let Some((_, meaning, remedy)) = status {
            let _ = writeln!(out, "HTTP {code}: {meaning}\n  {remedy}");
        }
        if (900_001..=900_999).contains(&code) {
            let _ = writeln!(
                out,
                "errorCode {code}: one of the sandbox, where Webex documents none\n  The README of webex-precheck-sandbox lists them."
            );
        }
    }
    if let Some(rule) = Rule::ALL.iter().find(|rule| rule.id() == asked) {
        let effect = match rule.severity() {
            webex_precheck::Severity::Error => "a request that breaks it is not sent",
            webex_precheck::Severity::Warning => "a request that breaks it is sent all the same",
        };
        let _ = writeln!(
            out,
            "{rule}: {}; {effect}\n  {}\n  Who says so: {}",
            rule.severity(),
            capital(rule.remedy()),
            rule.source()
        );
    }
    if let Some((rule, meaning)) = ROWS.iter().find(|(rule, _)| *rule == asked) {
        let _ = writeln!(
            out,
            "{rule}: {meaning}\n  The row is refused; --dry-run tells where and what to do."
        );
    }
    if !out.is_empty() {
        Ok(out.into_bytes())
    } else {
        Err(Failure::usage(format!(
            "nothing is documented about `{asked}`\n  Of a code, the description beside it is all that Webex says; its support knows more by the tracking ID.\n  \
         Rules are {}",
            Rule::ALL
                .iter()
                .map(|rule| rule.id())
                .collect::<Vec<_>>()
                .join(", ")
        )))
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), chars.as_str())
}
