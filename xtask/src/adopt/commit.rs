//! From what was adopted to a commit: the rest of what is generated, the tests, and git.

use std::ffi::OsString;
use std::process::Command;

use webex_precheck_contract::diff::Impact;

use crate::build;
use crate::outcome::{Failure, Outcome, note};
use crate::workspace::Workspace;

use super::plan::{Adoption, Source};

/// Refuses to begin where uncommitted changes would get into the commit.
pub(super) fn check(workspace: &Workspace) -> Result<(), Failure> {
    let status = git(workspace, &["status", "--porcelain"])?;
    match status.trim().is_empty() {
        true => Ok(()),
        false => Err(Failure::usage(format!(
            "--commit: there are uncommitted changes; commit or stash them first:\n{}",
            status.trim_end()
        ))),
    }
}

/// Lists the public API anew, runs all tests, and commits if they pass. Returns whether they did.
pub(super) fn run(
    workspace: &Workspace,
    source: &Source<'_>,
    adoption: &Adoption,
) -> Result<bool, Failure> {
    if git(workspace, &["status", "--porcelain"])?
        .trim()
        .is_empty()
    {
        note("Fresh", "there is nothing to commit");
        return Ok(true);
    }
    for arguments in [&["xtask", "api"][..], &["test", "--workspace"]] {
        note("Running", &format!("cargo {}", arguments.join(" ")));
        let outcome = build::run(
            Command::new(cargo())
                .args(arguments)
                .current_dir(workspace.path(".")),
        );
        if !matches!(outcome, Ok(Outcome::Clean)) {
            let failed = format!(
                "cargo {} failed, so nothing is committed; mend what it tells, then commit, \
                 or go back with `git checkout .`",
                arguments.join(" ")
            );
            note("Failure", &failed);
            return Ok(false);
        }
    }
    let class = match adoption.impact() {
        Some(Impact::Breaking) => "major",
        Some(Impact::Additive) => "minor",
        Some(Impact::Wording) | None => "patch",
    };
    let mut message = format!("Follow {}: {class}\n", source.name);
    if !adoption.left.is_empty() {
        message.push_str("\nLeft for a person:\n");
        for left in &adoption.left {
            let what = left.to_string();
            let first = what.lines().next().unwrap_or_default();
            message.push_str(&format!("- {first}\n"));
        }
    }
    git(workspace, &["add", "--all"])?;
    git(workspace, &["commit", "--quiet", "--message", &message])?;
    let commit = git(workspace, &["log", "--oneline", "-1"])?;
    note("Committed", commit.trim_end());
    Ok(true)
}

/// The cargo that runs this verb.
fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn git(workspace: &Workspace, arguments: &[&str]) -> Result<String, Failure> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(workspace.path("."))
        .output()
        .map_err(|error| Failure::usage(format!("git: {error}; --commit needs it")))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(Failure::usage(format!(
            "git {}: {}",
            arguments.first().unwrap_or(&""),
            String::from_utf8_lossy(&output.stderr).trim_end()
        ))),
    }
}
