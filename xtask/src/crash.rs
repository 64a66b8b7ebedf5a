//! `crash`: a bulk run that is killed again and again.

use crate::build;
use crate::outcome::{Failure, Outcome};
use crate::workspace::Workspace;

/// Kill a bulk run against a throttling, failing sandbox again and again, and let it go on each
/// time; exit with 1 if a row is lost, has two results or another one than in an undisturbed run, or
/// is asked for although its answer was in the journal
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Rows of the input
    #[arg(long, default_value_t = 5000, value_parser = clap::value_parser!(u64).range(20..))]
    rows: u64,
    /// How often it is killed
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    kills: u64,
    /// Decides what fails, and when it is killed
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Failure> {
    let given = [arguments.rows, arguments.kills, arguments.seed];
    build::run_example(workspace, "crash", &given.map(|number| number.to_string()))
}
