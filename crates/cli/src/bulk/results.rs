//! A result for every row, in the forms in which they are written.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

use anstream::ColorChoice;
use serde_json::{Map, Value, json};
use unicode_width::UnicodeWidthStr;
use webex_precheck::Report;
use webex_precheck_escape::{escape_json, escape_lines, one_line};

use crate::profile::Output;

use super::answer::Code;
use super::done::{Done, Origin, Outcome, Verdict};
use super::input::cell;
use super::problem::Problem;
use super::rows::Shown;

/// Columns behind those that identify a row.
const COLUMNS: [&str; 9] = [
    "verdict",
    "origin",
    "infoCodes",
    "errorCodes",
    "words",
    "httpStatus",
    "trackingId",
    "attempts",
    "milliseconds",
];

/// The verdict of a single precheck, with the same columns.
pub(crate) fn single(report: &Report) -> String {
    let done = Done {
        shown: Shown::default(),
        origin: Origin::Asked,
        outcome: Outcome::Answer(report.into()),
    };
    let mut out = record(&[COLUMNS.to_vec()]);
    csv(&done, true, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// Writes results in one of the forms.
pub(crate) struct Results {
    output: Output,
    /// Names of the columns that identify a row.
    names: Vec<String>,
    colour: bool,
}

impl Results {
    pub(crate) fn new(output: Output, names: Vec<String>) -> Self {
        let choice = anstream::AutoStream::choice(&io::stdout());
        Self {
            output,
            names,
            colour: choice != ColorChoice::Never,
        }
    }

    /// What is written before the first result.
    pub(crate) fn header(&self) -> Vec<u8> {
        match self.output {
            Output::Json => Vec::new(),
            Output::Csv => {
                let mut cells = vec!["line".to_owned()];
                cells.extend(self.names.iter().map(|name| defused(name).into_owned()));
                cells.extend(COLUMNS.map(str::to_owned));
                record(&[cells])
            }
            Output::Table => {
                b"   line  verdict   row                                       codes, words\n"
                    .to_vec()
            }
        }
    }

    pub(crate) fn write(&self, rows: &[Done]) -> Vec<u8> {
        match self.output {
            Output::Json => {
                let mut out = String::with_capacity(rows.len() * 400);
                for row in rows {
                    out.push_str(&escape_json(&self.json(row).to_string()));
                    out.push('\n');
                }
                out.into_bytes()
            }
            Output::Csv => {
                let mut out = Vec::with_capacity(rows.len() * 160);
                for row in rows {
                    csv(row, false, &mut out);
                }
                out
            }
            Output::Table => {
                let lines: Vec<String> = rows.iter().map(|row| self.line(row)).collect();
                lines.concat().into_bytes()
            }
        }
    }

    /// One JSON object; members are only ever added.
    fn json(&self, row: &Done) -> Value {
        let mut object = Map::new();
        object.insert("line".to_owned(), json!(row.shown.line));
        let named = self.names.iter().zip(&row.shown.values);
        let named = named.map(|(name, value)| (name.clone(), json!(value)));
        object.insert("row".to_owned(), Value::Object(named.collect()));
        object.insert("verdict".to_owned(), json!(row.verdict().as_str()));
        object.insert("origin".to_owned(), json!(row.origin.as_str()));
        let codes = |codes: &[Code]| -> Value {
            let code = |it: &Code| json!({"code": it.code, "description": it.description, "field": it.field});
            codes.iter().map(code).collect()
        };
        match &row.outcome {
            Outcome::Answer(answer) => {
                for (name, value) in [
                    ("infoCodes", codes(&answer.info)),
                    ("errorCodes", codes(&answer.errors)),
                    ("message", json!(answer.message)),
                    ("status", json!(answer.http_status)),
                    ("trackingId", json!(answer.tracking_id)),
                    ("attempts", json!(answer.attempts)),
                    ("milliseconds", json!(answer.milliseconds)),
                ] {
                    object.insert(name.to_owned(), value);
                }
            }
            Outcome::Refused(problems) => {
                let problems = problems.iter().map(problem_json).collect();
                object.insert("problems".to_owned(), problems);
            }
        }
        Value::Object(object)
    }

    /// A line for people.
    fn line(&self, row: &Done) -> String {
        let verdict = row.verdict();
        let values: Vec<_> = row
            .shown
            .values
            .iter()
            .filter(|value| !value.is_empty())
            .map(|value| one_line(value))
            .collect();
        let name = values.join(" ");
        let mut codes = String::new();
        if let (Verdict::Failed, Outcome::Answer(answer)) = (verdict, &row.outcome)
            && let Some(status) = answer.http_status
        {
            let _ = write!(codes, "HTTP {status} ");
        }
        for code in row.codes().iter().filter_map(|code| code.code) {
            let _ = write!(codes, "{code} ");
        }
        let shown = match (self.colour, verdict) {
            (false, _) => format!("{:<8}", verdict.as_str()),
            (true, verdict) => {
                let colour = match verdict {
                    Verdict::Likely => 32,
                    Verdict::Unlikely => 33,
                    Verdict::Failed | Verdict::Refused => 31,
                };
                format!("\x1b[{colour}m{:<8}\x1b[0m", verdict.as_str())
            }
        };
        let words = row.words();
        let words = one_line(&words);
        let line = format!(
            "{:>7}  {shown}  {name}{:pad$}  {codes}{words}",
            row.shown.line,
            "",
            pad = 40_usize.saturating_sub(name.width())
        );
        format!("{}\n", line.trim_end())
    }
}

pub(crate) fn problem_json(problem: &Problem) -> Value {
    json!({
        "rule": problem.rule,
        "severity": problem.severity.as_str(),
        "column": problem.column.as_ref().map(|column| &column.letters).filter(|it| !it.is_empty()),
        "name": problem.column.as_ref().map(|column| &column.name),
        "field": problem.field,
        "reason": problem.reason,
        "remedy": problem.remedy,
    })
}

/// Writes a row of CSV; what comes before the verdict is left out for a single precheck.
fn csv(row: &Done, is_single: bool, out: &mut Vec<u8>) {
    fn codes(codes: &[Code]) -> String {
        let codes: Vec<String> = codes
            .iter()
            .filter_map(|it| it.code)
            .map(|it| it.to_string())
            .collect();
        codes.join(" ")
    }
    let mut cells: Vec<Cow<'_, str>> = Vec::new();
    if !is_single {
        cells.push(row.shown.line.to_string().into());
        cells.extend(row.shown.values.iter().map(|value| defused(value)));
    }
    cells.push(row.verdict().as_str().into());
    cells.push(row.origin.as_str().into());
    let words = row.words();
    let words = defused(&words);
    match &row.outcome {
        Outcome::Answer(answer) => {
            let status = answer.http_status.map(|status| status.to_string());
            cells.extend([
                codes(&answer.info).into(),
                codes(&answer.errors).into(),
                words,
                status.unwrap_or_default().into(),
                defused(answer.tracking_id.as_deref().unwrap_or_default()),
                answer.attempts.to_string().into(),
                answer.milliseconds.to_string().into(),
            ]);
        }
        Outcome::Refused(_) => {
            let empty = || Cow::from("");
            cells.extend([
                empty(),
                empty(),
                words,
                empty(),
                empty(),
                "0".into(),
                empty(),
            ]);
        }
    }
    push_row(&cells, out);
}

/// Rows of CSV.
pub(crate) fn record<S: AsRef<str>>(rows: &[Vec<S>]) -> Vec<u8> {
    let mut out = Vec::new();
    for row in rows {
        push_row(row, &mut out);
    }
    out
}

/// Cells are quoted if something else might be read otherwise: also by a spreadsheet that splits at `;` or
/// tabs, as in countries with a decimal comma, or that drops blanks in front.
fn push_row<S: AsRef<str>>(cells: &[S], out: &mut Vec<u8>) {
    for (place, cell) in cells.iter().enumerate() {
        let cell = cell.as_ref();
        if place > 0 {
            out.push(b',');
        }
        if cell.contains([',', ';', '\t', '"', '\r', '\n']) || cell.starts_with(char::is_whitespace)
        {
            out.push(b'"');
            out.extend(cell.replace('"', "\"\"").bytes());
            out.push(b'"');
        } else {
            out.extend(cell.bytes());
        }
    }
    out.push(b'\n');
}

/// Text that a spreadsheet would take for a formula gets an apostrophe in front, which bulk does
/// not read as a part of it.
pub(crate) fn defused(text: &str) -> Cow<'_, str> {
    let text = escape_lines(text);
    if cell::is_formula(&text) {
        Cow::Owned(format!("'{text}"))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    //! What results look like.
    use super::super::answer::{Answer, Status};
    use super::super::rows::Shown;
    use super::*;

    fn row(value: &str) -> Done {
        Done {
            shown: Shown {
                line: 2,
                values: Box::new([value.to_owned()]),
            },
            origin: Origin::Asked,
            outcome: Outcome::Answer(Answer {
                status: Status::Unlikely,
                info: Vec::new(),
                errors: vec![Code {
                    code: Some(10022),
                    description: Some("=taken".to_owned()),
                    field: None,
                }],
                message: None,
                http_status: Some(400),
                tracking_id: Some("ROUTER_1".to_owned()),
                attempts: 2,
                milliseconds: 31,
            }),
        }
    }

    #[test]
    fn formulas_are_defused_in_csv_alone() {
        for text in [
            "=1+1",
            "+1408",
            "-x",
            "@SUM(1)",
            " =1",
            "\t=1",
            "＝1",
            "\u{200d}+1",
            "\u{ad}=1",
            "\u{200c} \u{ad}@x",
        ] {
            assert_eq!(defused(text), format!("'{text}"));
        }
        assert_eq!(defused("a=b"), "a=b");
        // What is escaped begins no formula any more.
        assert_eq!(defused("\u{200b}=1"), r"\u{200b}=1");
        let results = |output| Results {
            output,
            names: vec!["email".to_owned()],
            colour: false,
        };
        let csv =
            String::from_utf8(results(Output::Csv).write(&[row("=HYPERLINK(\"x\")")])).unwrap();
        assert_eq!(
            csv,
            "2,\"'=HYPERLINK(\"\"x\"\")\",unlikely,asked,,10022,'=taken,400,ROUTER_1,2,31\n"
        );
        let json = results(Output::Json).write(&[row("=1")]);
        let json: Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(json["row"]["email"], "=1");
    }

    #[test]
    fn cells_are_quoted_whatever_a_spreadsheet_splits_at() {
        let cells = vec![
            "a", "b;c", "d\te", " f", "g\"h", "i\nj", "k,l", "\u{a0}m", "",
        ];
        let csv = String::from_utf8(record(&[cells])).unwrap();
        let expected = "a,\"b;c\",\"d\te\",\" f\",\"g\"\"h\",\"i\nj\",\"k,l\",\"\u{a0}m\",\n";
        assert_eq!(csv, expected);
    }

    #[test]
    fn a_line_does_not_steer_the_terminal() {
        let results = Results {
            output: Output::Table,
            names: vec!["email".to_owned()],
            colour: false,
        };
        let line = String::from_utf8(results.write(&[row("a\x1b[2J\n\u{202e}b")])).unwrap();
        assert!(
            line.starts_with("      2  unlikely  a\\u{1b}[2J \\u{202e}b "),
            "{line:?}"
        );
        assert!(line.ends_with("  10022 =taken\n"), "{line:?}");
    }
}
