//! `race`: bulk beside `precheck_many` and beside a loop in Python.

use crate::build;
use crate::interop;
use crate::outcome::{Failure, Outcome};
use crate::workspace::Workspace;

/// Measure bulk, journal and all: rows a second beside `precheck_many`, time and memory of a long run
/// beside a short one, CPU beside a loop in Python; exit with 1 if one is worse than it may be, and
/// with 2 if Python 3.11 or PyPI cannot be had
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Rows of the long run
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(10_000..))]
    rows: u64,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Failure> {
    let python = interop::python(workspace)?;
    let given = [python.display().to_string(), arguments.rows.to_string()];
    build::run_example(workspace, "race", &given)
}
