//! From what was adopted to a commit: the tests, and git.

use std::io;
use std::process::Command;

use webex_precheck_contract::diff::Release;

use crate::cargo::cargo;
use crate::outcome::{Failure, note};
use crate::workspace::Workspace;

use super::state::{Adoption, Source};

/// Refuses to begin where uncommitted changes would get into the commit.
pub(super) fn check(workspace: &Workspace) -> Result<(), Failure> {
    let status = git(workspace, &["status", "--porcelain"])?;
    if status.is_empty() {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "--commit: there are uncommitted changes; commit or stash them first:\n{status}"
    )))
}

/// Runs all tests, and commits if they pass. Returns whether they did.
pub(super) fn run(
    workspace: &Workspace,
    source: &Source<'_>,
    adoption: &Adoption,
) -> Result<bool, Failure> {
    if git(workspace, &["status", "--porcelain"])?.is_empty() {
        note("Fresh", "there is nothing to commit");
        return Ok(true);
    }
    let arguments = ["test", "--workspace", "--no-fail-fast"];
    note("Running", &format!("cargo {}", arguments.join(" ")));
    // Stdout is for the report.
    let mut tests = cargo(workspace);
    let tests = tests.args(arguments).stdout(io::stderr()).status();
    let tests = tests.map_err(|error| Failure::new(format!("cargo test: {error}")))?;
    if !tests.success() {
        note(
            "Failure",
            "cargo test --workspace failed, so nothing is committed; correct what it names, then \
             commit, or go back with `git checkout .`",
        );
        return Ok(false);
    }
    let release = adoption.release().unwrap_or(Release::Patch);
    let mut message = format!("Follow {}: {release}\n", source.dated());
    if !adoption.left.is_empty() {
        message.push_str("\nLeft for a person:\n");
    }
    for left in &adoption.left {
        let left = left.to_string();
        let first = left.lines().next().unwrap_or_default();
        message.push_str(&format!("- {first}\n"));
    }
    git(workspace, &["add", "--all"])?;
    git(workspace, &["commit", "--quiet", "--message", &message])?;
    note("Committed", &git(workspace, &["log", "--oneline", "-1"])?);
    Ok(true)
}

fn git(workspace: &Workspace, arguments: &[&str]) -> Result<String, Failure> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(workspace.path("."))
        .output()
        .map_err(|error| Failure::usage(format!("git: {error}; --commit needs it")))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let (command, stderr) = (arguments[0], text(&output.stderr));
    Err(Failure::usage(format!("git {command}: {stderr}")))
}
