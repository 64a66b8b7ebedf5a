//! Installs the judges, pinned, into `target/interop`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::outcome::Failure;
use crate::packages::{self, must, works};
use crate::workspace::Workspace;

/// Where the judges are installed.
pub(super) struct Tools {
    folder: PathBuf,
    requirements: String,
    package: String,
}

impl Tools {
    /// Installs what is wanted, unless it is there. The error says all that is missing.
    pub(super) fn install(
        workspace: &Workspace,
        python: bool,
        node: bool,
        java: bool,
    ) -> Result<Self, Failure> {
        let tools = Self {
            folder: workspace.path("target/interop"),
            requirements: workspace.read("xtask/interop/requirements.txt")?,
            package: workspace.read("xtask/interop/package-lock.json")?,
        };
        let mut missing = Vec::new();
        if python {
            let check = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";
            if !works("python3", &["-c", check]) {
                missing.push("python3, 3.11 or newer, with venv (Debian: python3-venv)");
            }
        }
        if node {
            missing.extend(packages::missing_node());
        }
        // Java 8 does not know this flag.
        if java && !works("java", &["--version"]) {
            missing.push("java, 11 or newer (Debian: default-jre-headless)");
        }
        if !missing.is_empty() {
            return Err(Failure::usage(format!(
                "interop needs what is not here: {}",
                missing.join("; ")
            )));
        }
        if python {
            let folder = tools.folder.join("python");
            packages::once(&folder, &tools.requirements, || {
                fs::write(folder.join("requirements.txt"), &tools.requirements)
                    .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
                let venv = "Python's venv must work (Debian: python3-venv)";
                must(venv, "python3", &["-m", "venv", "."], &folder)?;
                let install = ["-m", "pip", "install", "--quiet", "--require-hashes"];
                let install = [&install[..], &["-r", "requirements.txt"]].concat();
                must("PyPI must be reachable", "bin/python", &install, &folder)
            })?;
        }
        if node {
            packages::install_node(workspace, "xtask/interop", &tools.folder.join("node"))?;
        }
        Ok(tools)
    }

    /// A program of the Python packages.
    pub(super) fn python(&self, program: &str) -> Command {
        let bin = self.folder.join("python/bin");
        let mut command = Command::new(bin.join(program));
        // Some call others of them by name.
        let path = std::env::var_os("PATH").unwrap_or_default();
        let paths = std::iter::once(bin).chain(std::env::split_paths(&path));
        if let Ok(path) = std::env::join_paths(paths) {
            command.env("PATH", path);
        }
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    /// A program of the Node packages.
    pub(super) fn node(&self, program: &str) -> Command {
        Command::new(self.folder.join("node/node_modules/.bin").join(program))
    }

    /// An empty folder to work in.
    pub(super) fn work(&self, name: &str) -> Result<PathBuf, Failure> {
        let folder = self.folder.join("work").join(name);
        let failed = |error| Failure::new(format!("{}: {error}", folder.display()));
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(failed)?;
        }
        fs::create_dir_all(&folder).map_err(failed)?;
        Ok(folder)
    }

    /// Name and pinned version of a package.
    pub(super) fn named(&self, package: &str) -> String {
        let python = self.requirements.lines().find_map(|line| {
            let version = line.strip_prefix(package)?.strip_prefix("==")?;
            version.split_whitespace().next()
        });
        let node = || {
            let (_, rest) = self.package.split_once(&format!("\"{package}\": \""))?;
            rest.split('"').next()
        };
        format!(
            "{package} {}",
            python.or_else(node).unwrap_or("of no version")
        )
    }
}
