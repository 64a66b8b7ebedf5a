//! Installs packages of others, pinned, below `target`, for verbs that run them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::outcome::{Failure, note};
use crate::workspace::Workspace;

/// Installs into a folder, once for each text of what is to be installed.
pub(crate) fn once(
    folder: &Path,
    pinned: &str,
    install: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let installed = folder.join("installed");
    if fs::read_to_string(&installed).is_ok_and(|text| text == pinned) {
        return Ok(());
    }
    note("Installing", &format!("packages into {}", folder.display()));
    let failed = |error| Failure::new(format!("{}: {error}", folder.display()));
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(failed)?;
    }
    fs::create_dir_all(folder).map_err(failed)?;
    install()?;
    fs::write(installed, pinned).map_err(failed)
}

/// What of Node.js is not here.
pub(crate) fn missing_node() -> Vec<&'static str> {
    let mut missing = Vec::new();
    let recent = "process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)";
    if !works("node", &["-e", recent]) {
        missing.push("node, 20 or newer (Debian: nodejs)");
    }
    if !works("npm", &["--version"]) {
        missing.push("npm (Debian: npm)");
    }
    missing
}

/// Installs the Node packages that a folder of the workspace pins.
pub(crate) fn install_node(
    workspace: &Workspace,
    pins: &str,
    folder: &Path,
) -> Result<(), Failure> {
    let manifest = workspace.read(&format!("{pins}/package.json"))?;
    let lock = workspace.read(&format!("{pins}/package-lock.json"))?;
    once(folder, &lock, || {
        fs::write(folder.join("package.json"), &manifest)
            .and_then(|()| fs::write(folder.join("package-lock.json"), &lock))
            .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
        let quiet = ["ci", "--no-audit", "--no-fund", "--ignore-scripts"];
        // Without them it waits for minutes before it says that there is no network.
        let soon = ["--prefer-offline", "--fetch-retries", "1"];
        let install = [&quiet[..], &soon].concat();
        let needed = "the npm registry must be reachable";
        must(needed, "npm", &install, folder)
    })
}

/// Whether a program can be run.
pub(crate) fn works(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments);
    command.stdin(Stdio::null());
    command.output().is_ok_and(|output| output.status.success())
}

/// Runs an installer; says what is needed where it fails.
pub(crate) fn must(
    needed: &str,
    program: &str,
    arguments: &[&str],
    folder: &Path,
) -> Result<(), Failure> {
    let told = match program.contains('/') {
        true => folder.join(program),
        false => PathBuf::from(program),
    };
    let mut command = Command::new(told);
    let run = command.args(arguments).current_dir(folder).output();
    let said = match run {
        Ok(output) if output.status.success() => return Ok(()),
        Ok(output) => tail(&String::from_utf8_lossy(&output.stderr), 6),
        Err(error) => error.to_string(),
    };
    Err(Failure::usage(format!(
        "`{program} {}` failed; {needed}\n{said}",
        arguments.join(" ")
    )))
}

/// The last lines of a text.
pub(crate) fn tail(text: &str, most: usize) -> String {
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    lines[lines.len().saturating_sub(most)..].join("\n")
}
