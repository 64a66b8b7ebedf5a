//! `drift`: tells what a source documents otherwise than when it was captured.

use clap::ValueEnum;
use webex_precheck_contract::diff::{self, Impact};
use webex_precheck_contract::report::{Format, Report};

use crate::outcome::{Failure, Outcome, print};
use crate::workspace::Workspace;

/// Tell what a source documents otherwise than its capture in `spec/documented/`
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A published OpenAPI file or a documentation page as text: a file, `-`, or an https address
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Form of the report
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    format: ReportFormat,
    /// Mildest difference that makes the exit code 1
    #[arg(long, value_enum, value_name = "IMPACT", default_value_t = Threshold::Wording)]
    fail_on: Threshold,
}

#[derive(Clone, Copy, ValueEnum)]
enum ReportFormat {
    /// Lines for a terminal
    Text,
    /// One JSON object
    Json,
    /// A table for a pull request
    Markdown,
    /// Workflow commands for annotations
    Github,
}

#[derive(Clone, Copy, ValueEnum)]
enum Threshold {
    /// Calls that worked may fail
    Breaking,
    /// Callers go on as before, and the client must follow
    Additive,
    /// Any difference
    Wording,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Failure> {
    let fresh = crate::source::read(workspace, &arguments.source)?;
    let file = fresh.capture_file();
    let Some(stored) = &fresh.stored else {
        return Err(Failure::new(format!(
            "{file} does not exist; `cargo xtask capture {}` writes it",
            fresh.name
        )));
    };
    let comparison = diff::drift(stored, &fresh.inventory);
    let report = Report {
        source: &fresh.name,
        against: &file,
        problems: &fresh.problems,
        comparison: &comparison,
    };
    print(&report.render(match arguments.format {
        ReportFormat::Text => Format::Text,
        ReportFormat::Json => Format::Json,
        ReportFormat::Markdown => Format::Markdown,
        ReportFormat::Github => Format::Github,
    }))?;
    let threshold = match arguments.fail_on {
        Threshold::Breaking => Impact::Breaking,
        Threshold::Additive => Impact::Additive,
        Threshold::Wording => Impact::Wording,
    };
    match comparison.impact() {
        Some(impact) if impact >= threshold => Ok(Outcome::Differences),
        _ => Ok(Outcome::Clean),
    }
}
