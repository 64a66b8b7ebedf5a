//! `soak`: the sandbox under connections that ask without a pause.

use crate::build;
use crate::outcome::{Failure, Outcome};
use crate::workspace::Workspace;

/// Ask the sandbox without a pause and tell its rate beside that of a bare handler, errors and
/// memory; exit with 1 if the rate is below 0.8 of the handler's, an answer is not as scripted, or
/// memory grows by more than a tenth after 10 seconds
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// For so long, besides 20 seconds for the rate
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// By so many connections
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=1000))]
    connections: u64,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Failure> {
    let given = [arguments.seconds, arguments.connections];
    build::run_example(workspace, "soak", &given.map(|number| number.to_string()))
}
