//! `interop`: the contract and the sandbox, judged by programs that nobody here wrote.
//!
//! `xtask/interop/run.sh` is the table of what is run.

use std::path::PathBuf;
use std::process::Command;

use clap::ValueEnum;
use webex_precheck_contract::inventory::SourceKind;

use crate::cargo::cargo;
use crate::outcome::{self, Failure, Outcome};
use crate::workspace::Workspace;

/// Hold contract and sandbox against Schemathesis, Prism, openapi-generator and openapi-python-client,
/// and print what they say; exit with 1 if one is not content, and with 2 if one cannot
/// be had (it needs Python 3.11, Node.js 20, Java 11 or newer, PyPI and the npm registry)
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run this alone
    #[arg(long, value_enum)]
    only: Option<Judge>,
    /// Cases that Schemathesis invents for each operation and phase
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    examples: u32,
    /// Which cases Schemathesis invents
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Make clients of this published file too, which must not work [default: Webex's own, where it
    /// is in $PRECHECK_DOCUMENTATION or ../shared]
    #[arg(long, value_name = "FILE", value_parser = |file: &str| std::fs::canonicalize(file))]
    published: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Judge {
    Schemathesis,
    Prism,
    Clients,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Failure> {
    let published = match &arguments.published {
        Some(file) => Some(file.clone()),
        None => published(workspace)?,
    };
    let judges = arguments.only.as_ref();
    let judges = judges.map_or(Judge::value_variants(), std::slice::from_ref);
    let judges = judges.iter().filter_map(ValueEnum::to_possible_value);
    // By its path, so that a tool that is missing is what is reported.
    let mut shell = Command::new("/bin/sh");
    shell
        .arg("xtask/interop/run.sh")
        .args(judges.map(|judge| judge.get_name().to_owned()))
        .current_dir(workspace.path("."))
        .env("CARGO", cargo(workspace).get_program())
        .env("EXAMPLES", arguments.examples.to_string())
        .env("PUBLISHED", published.unwrap_or_default())
        .env("SEED", arguments.seed.to_string());
    outcome::run(&mut shell)
}

/// Webex's own file, if it is at hand.
fn published(workspace: &Workspace) -> Result<Option<PathBuf>, Failure> {
    let folder = std::env::var_os("PRECHECK_DOCUMENTATION");
    let folder = folder.map_or_else(|| workspace.path("../shared"), PathBuf::from);
    let sources = workspace.sources()?.into_iter();
    let mut files = sources.filter(|source| source.kind == SourceKind::Openapi);
    let file = files.find_map(|source| source.copy_in(&folder));
    Ok(file.and_then(|file| file.canonicalize().ok()))
}
