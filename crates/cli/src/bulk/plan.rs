//! What the command line says of a run.

use std::collections::HashSet;
use std::io::Read as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use webex_precheck::api::{Operation, RequestField};

use crate::connect::Destination;
use crate::exit::{Exit, Failure};
use crate::profile::{Output, Profile};
use crate::rate::Rate;

use super::columns::{self, Mapping, NoField};
use super::input::{Dialect, Form, Input, cell};
use super::journal::{Earlier, MAGIC};
use super::rows::Rows;

/// A run.
pub(crate) struct Plan {
    pub(crate) operation: &'static Operation,
    pub(crate) input: PathBuf,
    pub(crate) dialect: Dialect,
    pub(crate) mapping: Mapping,
    pub(crate) defaults: Vec<(&'static RequestField, String)>,
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

/// The field of a flag's value.
fn field(
    flag: &str,
    name: &str,
    fields: &'static [RequestField],
) -> Result<&'static RequestField, Failure> {
    columns::field(name, fields).map_err(|reason| {
        let reason = match reason {
            NoField::Unknown => {
                let names: Vec<&str> = fields.iter().map(|field| field.path).collect();
                format!("is no field; fields are {}", names.join(", "))
            }
            NoField::Ambiguous(several) => format!("may be any of {}", several.join(", ")),
        };
        Failure::usage(format!("{flag}: `{name}` {reason}"))
    })
}

/// Refuses a column that is named twice.
fn once<'a>(flag: &str, columns: impl Iterator<Item = &'a str>) -> Result<(), Failure> {
    let mut seen = HashSet::new();
    for column in columns {
        if !seen.insert(column.trim().to_lowercase()) {
            return Err(Failure::usage(format!("{flag}: `{column}` is there twice")));
        }
    }
    Ok(())
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
        let (operation, matches) = match matches.subcommand() {
            Some((name, matches)) => (Operation::named(name), matches),
            None => (None, matches),
        };
        let Some(operation) = operation else {
            return Err(Failure::usage("bulk of what? See --help"));
        };
        let fields = operation.fields;
        let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
        let many = |name: &str| matches.get_many::<String>(name).into_iter().flatten();
        let mut map = Vec::new();
        for pair in many("map") {
            let (column, name) = sides("--map", pair)?;
            map.push((column.to_owned(), field("--map", name, fields)?));
        }
        once("--map", map.iter().map(|(column, _)| column.as_str()))?;
        once("--keep", many("keep").map(String::as_str))?;
        let mut defaults: Vec<(&'static RequestField, String)> = Vec::new();
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
            if defaults.iter().any(|(known, _)| known.path == field.path) {
                return Err(Failure::usage(format!(
                    "--default: {} is set twice",
                    field.path
                )));
            }
            if let Some(damage) = cell::damage(value) {
                let reason = damage.reason();
                return Err(Failure::usage(format!(
                    "--default: {}: {reason}",
                    field.path
                )));
            }
            if value.trim().is_empty() {
                return Err(Failure::usage(format!(
                    "--default: {} is empty",
                    field.path
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
            operation,
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
            destination: Destination::of(matches, profile)?.for_operation(operation)?,
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
        if let Some(report) = &self.report
            && is_journal(report)
        {
            return Err(Failure::usage("--report is a journal; name another file"));
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
        if self.is_stdin() {
            "stdin".to_owned()
        } else {
            self.input.display().to_string()
        }
    }

    /// The rows of the input.
    pub(crate) fn rows(&self) -> Result<Rows, Failure> {
        let name = self.input_name();
        let input = Input::open(&self.input, &self.dialect)
            .map_err(|error| Failure::usage(format!("{name}: {error}")))?;
        let fields: Vec<&str> = self
            .operation
            .fields
            .iter()
            .map(|field| field.path)
            .collect();
        Rows::new(
            self.operation,
            input,
            self.mapping.clone(),
            self.defaults.clone(),
        )
        .map_err(|wrong| {
            let wrong: Vec<String> = wrong.iter().map(|wrong| format!("\n  {wrong}")).collect();
            Failure::new(
                Exit::Usage,
                format!(
                    "{name}: the header cannot be read:{}\n  Fields are {}",
                    wrong.concat(),
                    fields.join(", ")
                ),
            )
        })
    }
}

/// Whether a file is a journal, whoever's it is.
fn is_journal(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = std::fs::File::open(path)
        .and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut start));
    read.is_ok() && start == MAGIC
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    whole(one) == whole(other)
}
