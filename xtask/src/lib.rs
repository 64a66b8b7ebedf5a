//! The maintainers' verbs. This file only dispatches; each verb has a file of its own.
//!
//! It is a library so that tests can call what the verbs do, thousands of times in one process.

pub mod adopt;
mod api;
mod attack;
mod build;
mod capture;
mod codegen;
mod compare;
mod conform;
mod crash;
mod drift;
mod evidence;
mod fetch;
mod interop;
mod mutate;
mod outcome;
mod packages;
mod race;
pub mod rehearse;
mod replace;
mod reporting;
mod soak;
mod source;
mod weigh;
mod workspace;

use std::process::ExitCode;

pub use outcome::Failure;

use clap::{Parser, Subcommand};

/// Keeps the client true to Webex's documentation.
///
/// Exit codes: 0 clean; 1 differences, or something is to be ignored that is not there; 2 usage, or
/// a tool is missing; 3 a source is unreadable or broken; 4 generated files are stale.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    /// Workspace to work in [default: the one that xtask was built from]
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
    Evidence(evidence::Arguments),
    Api(api::Arguments),
    Weigh(weigh::Arguments),
    Interop(interop::Arguments),
    Compare(compare::Arguments),
    Soak(soak::Arguments),
    Attack(attack::Arguments),
    Crash(crash::Arguments),
    Race(race::Arguments),
    Mutate(mutate::Arguments),
    Rehearse(rehearse::Arguments),
    #[command(hide = true)]
    RehearsedGh(rehearse::GhArguments),
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
        Verb::Evidence(arguments) => evidence::run(&workspace, &arguments),
        Verb::Api(arguments) => api::run(&workspace, &arguments),
        Verb::Weigh(arguments) => weigh::run(&workspace, &arguments),
        Verb::Interop(arguments) => interop::run(&workspace, &arguments),
        Verb::Compare(arguments) => compare::run(&workspace, &arguments),
        Verb::Soak(arguments) => soak::run(&workspace, &arguments),
        Verb::Crash(arguments) => crash::run(&workspace, &arguments),
        Verb::Mutate(arguments) => mutate::run(&workspace, &arguments),
        Verb::Race(arguments) => race::run(&workspace, &arguments),
        Verb::Rehearse(arguments) => rehearse::run(&workspace, &arguments),
        Verb::RehearsedGh(arguments) => rehearse::gh(&arguments),
        Verb::Attack(arguments) => attack::run(&workspace, &arguments),
    });
    outcome::finish(outcome)
}
