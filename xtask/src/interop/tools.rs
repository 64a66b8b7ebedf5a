//! The judges, at the versions that `xtask/interop/` pins, installed into `target/interop`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::outcome::{Failure, note};
use crate::workspace::Workspace;

/// What all of it takes.
const NEEDED: &str = "interop needs Python 3.11 with venv, Node.js 20 with npm, Java 11, or newer, and the package registries";

/// Where the judges are installed.
pub(super) struct Tools {
    folder: PathBuf,
    /// The text that pins the packages of Python and Node.js.
    pins: String,
}

impl Tools {
    /// Installs what is wanted, unless it is there.
    pub(super) fn install(
        workspace: &Workspace,
        python: bool,
        node: bool,
        java: bool,
    ) -> Result<Self, Failure> {
        let folder = workspace.path("target/interop");
        let from = workspace.path("xtask/interop");
        if java {
            needed(Command::new("java").arg("--version"))?;
        }
        if python {
            let install = [
                "-m",
                "pip",
                "install",
                "--quiet",
                "--require-hashes",
                "-r",
                "requirements.txt",
            ];
            let steps: [(&str, &[&str]); 2] =
                [("python3", &["-m", "venv", "."]), ("bin/python", &install)];
            once(&folder.join("python"), &from, &["requirements.txt"], &steps)?;
        }
        if node {
            // Without the last three it waits for minutes before it says that there is no network.
            let install = [
                "ci",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                "--prefer-offline",
                "--fetch-retries",
                "1",
            ];
            let pins = ["package-lock.json", "package.json"];
            once(&folder.join("node"), &from, &pins, &[("npm", &install)])?;
        }
        let pins = ["requirements.txt", "package-lock.json"];
        let pins = pins.map(|name| workspace.read(&format!("xtask/interop/{name}")));
        let [python, node] = pins;
        Ok(Self {
            folder,
            pins: python? + &node?,
        })
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
        empty(&folder)?;
        Ok(folder)
    }

    /// Name and pinned version of a package: `name==version` of Python, `"name": "version"` of Node.js.
    pub(super) fn named(&self, package: &str) -> String {
        let python = self.pins.split_once(&format!("{package}=="));
        let found = python.or_else(|| self.pins.split_once(&format!("\"{package}\": \"")));
        let version = found.and_then(|(_, rest)| rest.split([' ', '"', '\n']).next());
        format!("{package} {}", version.unwrap_or_default())
    }
}

/// Copies the pins into an empty folder and runs the steps in it, once for each text of the pins.
fn once(
    folder: &Path,
    from: &Path,
    pins: &[&str],
    steps: &[(&str, &[&str])],
) -> Result<(), Failure> {
    let failed = |error| Failure::new(format!("{}: {error}", folder.display()));
    let text = fs::read_to_string(from.join(pins[0])).map_err(failed)?;
    let installed = folder.join("installed");
    if fs::read_to_string(&installed).is_ok_and(|known| known == text) {
        return Ok(());
    }
    note("Installing", &format!("packages into {}", folder.display()));
    empty(folder)?;
    for name in pins {
        fs::copy(from.join(name), folder.join(name)).map_err(failed)?;
    }
    for (program, arguments) in steps {
        let program = if program.contains('/') {
            folder.join(program)
        } else {
            program.into()
        };
        needed(Command::new(program).args(*arguments).current_dir(folder))?;
    }
    fs::write(installed, text).map_err(failed)
}

fn needed(command: &mut Command) -> Result<String, Failure> {
    output(command, 6).map_err(|said| Failure::usage(format!("{NEEDED}\n{said}")))
}

fn empty(folder: &Path) -> Result<(), Failure> {
    let failed = |error| Failure::new(format!("{}: {error}", folder.display()));
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(failed)?;
    }
    fs::create_dir_all(folder).map_err(failed)
}

/// What a command writes to stdout, or how it failed and the last lines of what it said.
pub(super) fn output(command: &mut Command, lines: usize) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| format!("{name}: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let said = text(&output.stdout) + &text(&output.stderr);
    let said: Vec<&str> = said
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let last = said[said.len().saturating_sub(lines)..].join("\n");
    Err(format!("{name}: {}\n{last}", output.status))
}
