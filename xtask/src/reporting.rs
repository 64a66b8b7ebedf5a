//! How a verb reports what differs: in which forms, what does not count, and what fails the run.

use std::fs;
use std::path::PathBuf;

use clap::ValueEnum;
use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};
use webex_precheck_contract::capture::Lines;
use webex_precheck_contract::diff::{Comparison, Impact, Release};
use webex_precheck_contract::ignore::{self, FindingKind, Ignore, Ignores};
use webex_precheck_contract::report::{self, Format, Report, RulesOf};
use webex_precheck_contract::rules::Rules;

use crate::outcome::{Failure, Outcome, print, print_styled};
use crate::source::Fresh;
use crate::workspace::Workspace;

/// A source, and how it differs from its capture.
pub(crate) struct Compared {
    pub(crate) fresh: Fresh,
    comparison: Comparison,
    release: Option<Release>,
    /// The file of the capture, and where facts stand in it as it is.
    against: String,
    lines: Lines,
    /// The rules that rest on wording.
    rules: Rules,
}

impl Compared {
    pub(crate) fn new(
        workspace: &Workspace,
        fresh: Fresh,
        comparison: Comparison,
        release: Option<Release>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            comparison,
            release,
            against: fresh.capture_file(),
            lines: workspace.lines(&fresh.capture)?,
            rules: workspace.rules()?,
            fresh,
        })
    }

    pub(crate) fn report<'a>(&'a self, ignores: &'a Ignores) -> Report<'a> {
        Report {
            source: &self.fresh.name,
            against: &self.against,
            lines: &self.lines,
            problems: &self.fresh.problems,
            comparison: &self.comparison,
            ignores,
            findings: &[],
            rules: Some(RulesOf {
                rules: &self.rules,
                capture: &self.fresh.capture,
                now: &self.fresh.inventory,
            }),
            release: self.release,
        }
    }
}

/// The flags of a verb that reports differences.
#[derive(clap::Args)]
pub(crate) struct ReportArguments {
    /// Form of the report on stdout
    #[arg(long, value_enum, value_name = "FORM", default_value_t = Format::Text)]
    format: Format,
    /// Write the report in another form to a file as well; repeatable
    #[arg(long, value_name = "FORM=FILE", value_parser = form_and_file)]
    write: Vec<(Format, PathBuf)>,
    /// Mildest difference that makes the exit code 1
    #[arg(long, value_enum, value_name = "IMPACT", default_value_t = Impact::Wording)]
    fail_on: Impact,
    /// Do not count a difference, by its ID, OPERATION:LOCATION:KIND, in which `*` stands for any
    /// characters; repeatable
    #[arg(long, value_name = "ID; REASON[; until YYYY-MM-DD]", value_parser = ignore::read_flag)]
    ignore: Vec<Ignore>,
    /// Do not count the differences of a TOML file of [[ignore]] with id, reason and until; repeatable
    #[arg(long, value_name = "FILE", value_parser = ignore_file)]
    ignore_file: Vec<Vec<Ignore>>,
    /// The day that `until` is held against [default: today in UTC]
    #[arg(long, hide = true, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
}

impl ReportArguments {
    /// Marks what does not count, reports in every form that was asked for, and judges.
    pub(crate) fn report(&self, compared: Vec<Compared>) -> Result<Outcome, Failure> {
        let ignores = [&self.ignore[..], &self.ignore_file.concat()].concat();
        let today = || Timestamp::now().to_zoned(TimeZone::UTC).date();
        let today = self.today.unwrap_or_else(today);
        let ignores = Ignores::new(ignores, today);
        let differences = compared.iter().flat_map(|it| &it.comparison.differences);
        let findings = ignores.findings(differences);
        let mut reports: Vec<_> = compared.iter().map(|it| it.report(&ignores)).collect();
        if let Some(first) = reports.first_mut() {
            // They are about the run as a whole.
            first.findings = &findings;
        }
        for (form, file) in &self.write {
            fs::write(file, report::render(&reports, *form)).map_err(|error| {
                let file = file.display();
                Failure::usage(format!("--write: {file}: {error}; is the path right?"))
            })?;
        }
        match self.format {
            // Without its colours where stdout is no terminal, or the environment wants none.
            Format::Text => print_styled(&report::render(&reports, Format::Terminal))?,
            form => print(&report::render(&reports, form))?,
        }
        let fails = |impact| impact >= self.fail_on;
        let unused = findings.iter().any(|f| f.kind == FindingKind::Unused);
        let mut impacts = reports.iter().filter_map(Report::impact);
        if unused || impacts.any(fails) {
            Ok(Outcome::Differences)
        } else {
            Ok(Outcome::Clean)
        }
    }
}

fn ignore_file(name: &str) -> Result<Vec<Ignore>, Failure> {
    let text = fs::read_to_string(name)
        .map_err(|error| Failure::usage(format!("{error}; is the path right?")))?;
    ignore::read_file(name, &text).map_err(Failure::usage)
}

fn form_and_file(text: &str) -> Result<(Format, PathBuf), Failure> {
    let Some((form, file)) = text.split_once('=').filter(|(_, file)| !file.is_empty()) else {
        let example = "write a form and a file, such as `markdown=report.md`";
        return Err(Failure::usage(example));
    };
    if let Ok(form) = Format::from_str(form, false) {
        return Ok((form, file.into()));
    }
    let forms = Format::value_variants().iter();
    let forms = forms.filter_map(|form| Some(form.to_possible_value()?.get_name().to_owned()));
    let forms = forms.collect::<Vec<_>>().join(", ");
    let message = format!("`{form}` is no form; use one of {forms}");
    Err(Failure::usage(message))
}
