//! A copy of the workspace's own files, in which verbs run as processes.

#![allow(dead_code, reason = "each test uses a part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap().to_owned()
}

/// A workspace with the files that the verbs read and write.
pub(crate) struct Workspace(TempDir);

impl Workspace {
    pub(crate) fn new() -> Self {
        let workspace = Self(TempDir::new().unwrap());
        for folder in [
            "spec",
            "spec/documented",
            "crates/api/src",
            "crates/client/src/request",
            "crates/cli/src/fields",
            "crates/sandbox/documented",
            "xtask/interop",
        ] {
            fs::create_dir_all(workspace.path(folder)).unwrap();
            for entry in fs::read_dir(root().join(folder)).unwrap() {
                let entry = entry.unwrap();
                if entry.file_type().unwrap().is_file() {
                    fs::copy(entry.path(), workspace.path(folder).join(entry.file_name())).unwrap();
                }
            }
        }
        let changelog = "CHANGELOG.md";
        fs::copy(root().join(changelog), workspace.path(changelog)).unwrap();
        workspace
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.0.path().join(relative)
    }

    pub(crate) fn read(&self, relative: &str) -> Vec<u8> {
        fs::read(self.path(relative)).unwrap()
    }

    pub(crate) fn write(&self, relative: &str, contents: impl AsRef<[u8]>) -> String {
        let path = self.path(relative);
        fs::write(&path, contents).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(arguments).arg("--root").arg(self.0.path());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.command(arguments).output().unwrap().into()
    }

    /// Everything in the workspace, to see that nothing was written.
    pub(crate) fn snapshot(&self) -> Vec<(PathBuf, Vec<u8>)> {
        fn walk(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
            let mut entries: Vec<_> = fs::read_dir(folder)
                .unwrap()
                .map(|e| e.unwrap().path())
                .collect();
            entries.sort();
            for path in entries {
                match path.is_dir() {
                    true => walk(&path, files),
                    false => files.push((path.clone(), fs::read(&path).unwrap())),
                }
            }
        }
        let mut files = Vec::new();
        walk(self.0.path(), &mut files);
        files
    }
}

pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

pub(crate) fn fixture(name: &str) -> String {
    let path = root().join("tests/conformance/fixtures").join(name);
    fs::read_to_string(path).unwrap()
}
