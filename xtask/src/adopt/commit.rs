//! From what was adopted to a commit: the tests, and git.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::Command;

use crate::build::cargo;
use crate::outcome::{Failure, note};
use crate::workspace::Workspace;

use super::plan::{Adoption, Source};

/// Refuses to begin where uncommitted changes would get into the commit.
pub(super) fn check(workspace: &Workspace) -> Result<(), Failure> {
    let status = git(workspace, &["status", "--porcelain"])?;
    if status.trim().is_empty() {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "--commit: there are uncommitted changes; commit or stash them first:\n{}",
        status.trim_end()
    )))
}

/// Runs all tests, and commits if they pass. Returns whether they did.
pub(super) fn run(
    workspace: &Workspace,
    source: &Source<'_>,
    adoption: &Adoption,
) -> Result<bool, Failure> {
    let status = git(workspace, &["status", "--porcelain"])?;
    if status.trim().is_empty() {
        note("Fresh", "there is nothing to commit");
        return Ok(true);
    }
    let failed = test(workspace)?;
    if let Some(failed) = failed {
        for name in &failed {
            note("Failed", name);
        }
        note(
            "Failure",
            "cargo test --workspace failed, so nothing is committed; correct what it names, then \
             commit, or go back with `git checkout .`",
        );
        return Ok(false);
    }
    let class = adoption.impact.map(|impact| impact.release().to_string());
    let class = class.unwrap_or("patch".to_owned());
    let mut message = format!("Follow {}: {class}\n", source.dated());
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

/// Runs all tests, whatever fails. Returns what failed, each once: tests by their file and name, or the
/// last lines of the output if no test was named.
fn test(workspace: &Workspace) -> Result<Option<Vec<String>>, Failure> {
    let arguments = ["test", "--workspace", "--no-fail-fast"];
    note("Running", &format!("cargo {}", arguments.join(" ")));
    let failure = |error: io::Error| Failure::new(format!("cargo test: {error}"));
    let (reader, writer) = io::pipe().map_err(failure)?;
    let mut command = Command::new(cargo());
    command.args(arguments).current_dir(workspace.path("."));
    command
        .stdout(writer.try_clone().map_err(failure)?)
        .stderr(writer);
    let mut child = command.spawn().map_err(failure)?;
    // It holds the other end of the pipe, which must close for reading to end.
    drop(command);
    let (mut lines, mut failed, mut file) = (Vec::new(), Vec::new(), String::new());
    for line in BufReader::new(reader).lines() {
        let line = line.map_err(failure)?;
        let plain = line.trim();
        if let Some(running) = plain.strip_prefix("Running ") {
            running
                .split(" (")
                .next()
                .unwrap_or_default()
                .clone_into(&mut file);
        }
        let named = plain
            .strip_prefix("test ")
            .and_then(|it| it.strip_suffix(" ... FAILED"));
        if let Some(name) = named {
            failed.push(format!("{file}: {name}"));
        }
        // A reader that has gone away keeps no test from running.
        let _ = writeln!(io::stderr(), "{line}");
        lines.push(line);
    }
    if child.wait().map_err(failure)?.success() {
        return Ok(None);
    }
    failed.sort();
    failed.dedup();
    if failed.is_empty() {
        failed = lines.split_off(lines.len().saturating_sub(20));
    }
    Ok(Some(failed))
}

fn git(workspace: &Workspace, arguments: &[&str]) -> Result<String, Failure> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(workspace.path("."))
        .output()
        .map_err(|error| Failure::usage(format!("git: {error}; --commit needs it")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(Failure::usage(format!(
        "git {}: {}",
        arguments.first().unwrap_or(&""),
        String::from_utf8_lossy(&output.stderr).trim_end()
    )))
}
