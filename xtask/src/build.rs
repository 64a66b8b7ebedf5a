//! Builds programs of the workspace, for verbs that run them.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::outcome::{Failure, Outcome};
use crate::workspace::Workspace;

/// Builds one program, as these arguments of `cargo build` say, and tells where it is.
pub(crate) fn build(workspace: &Workspace, arguments: &[&str]) -> Result<PathBuf, Failure> {
    let build = Command::new(cargo())
        .current_dir(workspace.path("."))
        .args(["build", "--quiet"])
        .args(["--message-format", "json-render-diagnostics"])
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Failure::new(format!("cargo: {error}")))?;
    let told = String::from_utf8_lossy(&build.stdout);
    let messages = told
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    messages
        .rev()
        .find_map(|message: Value| Some(PathBuf::from(message["executable"].as_str()?)))
        .ok_or_else(|| Failure::new(format!("cargo build {} failed", arguments.join(" "))))
}

/// The cargo that runs this program.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Runs a program to its end: its exit code is that of the verb.
pub(crate) fn run(command: &mut Command) -> Result<Outcome, Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .map_err(|error| Failure::new(format!("{name}: {error}")))?;
    match status.code() {
        Some(0) => Ok(Outcome::Clean),
        Some(1) => Ok(Outcome::Differences),
        _ => Err(Failure::new(format!("{name}: {status}"))),
    }
}
