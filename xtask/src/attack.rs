//! `attack`: the sandbox against clients that mean harm.

use crate::build;
use crate::outcome::{Failure, Outcome};
use crate::workspace::Workspace;

/// Attack the sandbox by half-open and slow connections, bodies and headers without end, broken
/// JSON and smuggled requests; exit with 1 if an honest request is not served after one
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Connections that are held at a time (`ulimit -n` must allow them)
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    connections: u64,
    /// Bytes of the largest body
    #[arg(long, default_value_t = 1 << 30, value_parser = clap::value_parser!(u64).range(64 << 20..))]
    body: u64,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Failure> {
    let given = [arguments.connections, arguments.body];
    build::run_example(workspace, "attack", &given.map(|number| number.to_string()))
}
