//! The maintainers' verbs. This file only dispatches; each verb has a file of its own.
//!
//! It is a library so that tests can call what the verbs do, thousands of times in one process.

pub mod adopt;
mod capture;
mod cargo;
mod codegen;
mod conform;
mod drift;
mod fetch;
mod interop;
mod mutate;
mod outcome;
mod replace;
mod reporting;
mod source;
mod sources;
mod workspace;

use std::process::ExitCode;

pub use outcome::Failure;

use clap::{Parser, Subcommand};

/// Keeps the client in step with Webex's documentation.
///
/// Exit codes: 0 clean; 1 differences, or an entry to ignore matches nothing; 2 usage, or a tool is
/// missing; 3 a source is unreadable or broken; 4 generated files are stale.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    /// Workspace to work in [default: the one that cargo runs xtask in]
    #[arg(long, global = true, value_name = "FOLDER")]
    root: Option<std::path::PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Adopt(adopt::Arguments),
    Codegen(codegen::Arguments),
    Capture(capture::Arguments),
    Drift(drift::Arguments),
    Conform(conform::Arguments),
    Interop(interop::Arguments),
    Mutate(mutate::Arguments),
}

/// Runs the verb that was typed.
pub fn main() -> ExitCode {
    // Clap exits with 2 on wrong usage, and with 0 after help.
    let arguments = Arguments::parse();
    let workspace = workspace::Workspace::find(arguments.root);
    let outcome = workspace.and_then(|workspace| match arguments.verb {
        Verb::Adopt(arguments) => adopt::run(&workspace, &arguments),
        Verb::Codegen(arguments) => codegen::run(&workspace, &arguments),
        Verb::Capture(arguments) => capture::run(&workspace, &arguments),
        Verb::Drift(arguments) => drift::run(&workspace, &arguments),
        Verb::Conform(arguments) => conform::run(&workspace, &arguments),
        Verb::Interop(arguments) => interop::run(&workspace, &arguments),
        Verb::Mutate(arguments) => mutate::run(&workspace, &arguments),
    });
    outcome::finish(outcome)
}
