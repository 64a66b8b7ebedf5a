//! `mutate`: comparison and adoption under thousands of changes.

use crate::cargo::cargo;
use crate::outcome::{self, Failure, Outcome};
use crate::workspace::Workspace;

/// Change every source in every way that is known, one and two changes at a time, and tell how many
/// are named alone and judged rightly, and whether what `adopt` makes of them holds together;
/// exit with 1 if anything does not
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which pairs are made, and what is compiled
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Compile so many of the adoptions
    #[arg(long, default_value_t = 20)]
    builds: usize,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Failure> {
    let mut cargo = cargo(workspace);
    cargo
        .args(["run", "--quiet", "--release", "--package", "conformance"])
        .args(["--example", "mutations", "--"])
        .args([arguments.seed.to_string(), arguments.builds.to_string()]);
    outcome::run(&mut cargo)
}
