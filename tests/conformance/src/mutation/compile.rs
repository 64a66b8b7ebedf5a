//! Builds what follows from changes, in a copy of the workspace.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use webex_precheck_contract::diff::Impact;
use xtask::adopt;

use super::bench::Sample;

/// A copy of the workspace, in which generated files are replaced.
pub struct Copy {
    root: PathBuf,
}

impl Copy {
    /// Copies what is built to a folder.
    pub fn of_workspace(root: PathBuf) -> std::io::Result<Self> {
        let from = crate::root();
        if root.exists() {
            fs::remove_dir_all(&root)?;
        }
        for part in ["Cargo.toml", "Cargo.lock", "README.md"] {
            fs::create_dir_all(&root)?;
            fs::copy(from.join(part), root.join(part))?;
        }
        for part in ["crates", "tests", "xtask"] {
            copy(&from.join(part), &root.join(part))?;
        }
        Ok(Self { root })
    }

    /// Checks the api crate with what was generated; where callers go on as before, the client and the
    /// program as well. The error is what the compiler says.
    pub fn check(&self, sample: &Sample) -> Result<&'static str, String> {
        let files = adopt::generated(&sample.adoption).map_err(|failure| failure.to_string())?;
        for (file, text) in files {
            fs::write(self.root.join(&file), text).map_err(|error| format!("{file}: {error}"))?;
        }
        let package = match sample.adoption.impact {
            Some(Impact::Breaking) => "webex-precheck-api",
            _ => "webex-precheck-cli",
        };
        let output = Command::new(env!("CARGO"))
            .args(["check", "--quiet", "--offline", "--package", package])
            .env("CARGO_TARGET_DIR", crate::root().join("target"))
            .current_dir(&self.root)
            .output()
            .map_err(|error| error.to_string())?;
        match output.status.success() {
            true => Ok(package),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &to)?,
            false => {
                fs::copy(entry.path(), to)?;
            }
        }
    }
    Ok(())
}
