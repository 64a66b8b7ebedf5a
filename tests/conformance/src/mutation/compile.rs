//! Builds what follows from changes, in a copy of the workspace.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A copy of the workspace, in which generated files are replaced.
pub struct Copy {
    root: PathBuf,
}

impl Copy {
    /// Copies what git knows of, or would know of, to a folder `workspace` in this one.
    pub fn of_workspace(folder: PathBuf) -> std::io::Result<Self> {
        let from = crate::root();
        let root = folder.join("workspace");
        if root.exists() {
            fs::remove_dir_all(&root)?;
        }
        let listed = Command::new("git")
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .current_dir(&from)
            .output()?;
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        for name in listed.split('\0').filter(|name| from.join(name).is_file()) {
            let to = root.join(name);
            fs::create_dir_all(to.parent().unwrap_or(&root))?;
            fs::copy(from.join(name), to)?;
        }
        Ok(Self { root })
    }

    /// Where the copy is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo in the copy, with a target folder of its own beside it: checkouts that share one take each
    /// other's builds for theirs.
    pub fn cargo(&self) -> Command {
        let mut command = Command::new(env!("CARGO"));
        command
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", self.root.with_file_name("target"))
            .env_remove("CARGO_MANIFEST_DIR");
        command
    }

    /// Gives the copy what cargo built already, without the programs, which are large and linked anew.
    pub fn seed(&self) -> std::io::Result<()> {
        let from = crate::root().join("target/debug");
        let to = self.root.with_file_name("target").join("debug");
        if to.exists() || !from.exists() {
            return Ok(());
        }
        for part in ["build", ".fingerprint"] {
            fs::create_dir_all(&to)?;
            let mut copy = Command::new("cp");
            copy.arg("-a").args([from.join(part), to.join(part)]);
            copy.status()?;
        }
        let deps = to.join("deps");
        fs::create_dir(&deps)?;
        for file in fs::read_dir(from.join("deps"))? {
            let file = file?;
            let (path, to) = (file.path(), deps.join(file.file_name()));
            match path.extension().and_then(|extension| extension.to_str()) {
                // Never written in place.
                Some("rlib" | "rmeta" | "so") => fs::hard_link(&path, &to)?,
                Some("d") => drop(fs::copy(&path, &to)?),
                _ => {}
            }
        }
        Ok(())
    }

    /// Checks a package with these generated files. The error is what the compiler says.
    pub fn check(&self, files: &[(String, String)], package: &str) -> Result<(), String> {
        for (file, text) in files {
            fs::write(self.root.join(file), text).map_err(|error| format!("{file}: {error}"))?;
        }
        let check = ["check", "--quiet", "--offline", "--package", package];
        let output = self.cargo().args(check).output();
        let output = output.map_err(|error| error.to_string())?;
        if output.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }
}

/// Runs a program; whether it succeeded, and all that it printed.
pub fn run(command: &mut Command) -> (bool, String) {
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => return (false, error.to_string()),
    };
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed).into_owned();
    (output.status.success(), printed)
}
