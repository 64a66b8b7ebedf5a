//! `drift`: tells what a source documents otherwise than when it was captured.

use webex_precheck_contract::diff;

use crate::outcome::{Failure, Outcome};
use crate::reporting::ReportArguments;
use crate::workspace::Workspace;

/// Tell what a source documents otherwise than its capture in `spec/documented/`
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A published OpenAPI file or a documentation page as text: a file, `-`, or an https address
    #[arg(value_name = "SOURCE")]
    source: String,
    #[command(flatten)]
    report: ReportArguments,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Failure> {
    let ignores = arguments.report.ignores()?;
    let fresh = crate::source::read(workspace, &arguments.source)?;
    let Some(stored) = &fresh.stored else {
        return Err(Failure::new(format!(
            "{} does not exist; `cargo xtask capture {}` writes it",
            fresh.capture_file(),
            fresh.name
        )));
    };
    let mut comparison = diff::drift(stored, &fresh.inventory);
    let report = &arguments.report;
    report.report(workspace, &fresh, &mut comparison, &ignores)
}
