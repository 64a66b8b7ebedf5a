//! Where an action is rehearsed: a remote of its own, and tools in place of those that reach out.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::pull_requests::{self, FILE, PullRequest};
use super::runner::{Job, Run};
use crate::outcome::Failure;

/// The branch that everything is based on.
const MAIN: &str = "main";
const ACTION: &str = ".github/actions/drift";

/// A remote that holds a workspace, and the pull requests that were made to it.
pub struct Stage {
    folder: TempDir,
    /// The variables of all processes.
    variables: BTreeMap<String, String>,
}

impl Stage {
    /// A stage for the workspace at `root`, as its files are now, committed or not. `xtask` is the
    /// program that stands in for `cargo xtask`.
    ///
    /// # Errors
    ///
    /// If a tool is missing, or a file cannot be written.
    pub fn new(root: &Path, xtask: &Path) -> Result<Self, Failure> {
        for tool in ["git", "bash", "jq"] {
            let found = Command::new(tool).arg("--version").output();
            found.map_err(|error| {
                Failure::usage(format!(
                    "{tool}: {error}; the rehearsal needs it: install it"
                ))
            })?;
        }
        let folder = TempDir::new().map_err(|error| failed("a temporary folder", error))?;
        let variables = variables(folder.path(), xtask)?;
        let stage = Self { folder, variables };
        stage.write_tools()?;
        // The files are added to the stage's own repository, and the workspace's is not touched.
        let remote = stage.path("remote.git");
        let mut files = stage.git(
            root,
            &["init", "--quiet", "--bare", "--initial-branch", MAIN],
        );
        run(files.arg(&remote))?;
        let tree = |arguments: &[&str]| {
            let mut git = stage.git(root, arguments);
            run(git
                .env("GIT_DIR", &remote)
                .env("GIT_WORK_TREE", root)
                .env("GIT_INDEX_FILE", stage.path("index")))
        };
        tree(&["-c", "core.bare=false", "add", "--all"])?;
        tree(&[
            "-c",
            "core.bare=false",
            "commit",
            "--quiet",
            "--message",
            "The workspace as it is",
        ])?;
        Ok(stage)
    }

    /// Puts files into the base, as merging them would.
    ///
    /// # Errors
    ///
    /// If git fails.
    pub fn commit(&self, change: impl FnOnce(&Path) -> Result<(), Failure>) -> Result<(), Failure> {
        self.commit_to(MAIN, "Change the base", change)
    }

    /// Starts a branch at the base.
    ///
    /// # Errors
    ///
    /// If git fails.
    pub fn branch(&self, name: &str) -> Result<(), Failure> {
        self.remote(&["branch", name, MAIN]).map(drop)
    }

    /// Commits a change to a branch, as a person does.
    ///
    /// # Errors
    ///
    /// If git fails.
    pub fn commit_to(
        &self,
        branch: &str,
        message: &str,
        change: impl FnOnce(&Path) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let checkout = self.checkout(branch)?;
        change(checkout.path())?;
        run(&mut self.git(checkout.path(), &["add", "--all"]))?;
        run(&mut self.git(
            checkout.path(),
            &["commit", "--quiet", "--message", message],
        ))?;
        run(&mut self.git(checkout.path(), &["push", "--quiet", "origin", branch]))?;
        Ok(())
    }

    /// Stores what a source documents as the base's capture, so that there is no drift.
    ///
    /// # Errors
    ///
    /// If the source cannot be captured.
    pub fn capture(&self, source: &str) -> Result<(), Failure> {
        self.commit(|checkout| {
            let mut cargo = self.command("cargo", checkout);
            run(cargo
                .args(["xtask", "--root"])
                .arg(checkout)
                .args(["capture", "--", source]))?;
            Ok(())
        })
    }

    /// Runs the action in a fresh checkout of the base.
    ///
    /// # Errors
    ///
    /// If the action holds what the rehearsal does not know. A step that fails is told by the run.
    pub fn run(&self, inputs: &[(&str, &str)]) -> Result<Run, Failure> {
        let checkout = self.checkout(MAIN)?;
        let temporary = self.temporary()?;
        let job = Job {
            action_folder: checkout.path().join(ACTION),
            workspace: checkout.path().to_owned(),
            temporary: temporary.path().to_owned(),
            variables: self.variables.clone(),
        };
        job.run(inputs).map_err(Failure::new)
    }

    /// The pull requests, the oldest first.
    ///
    /// # Errors
    ///
    /// If they cannot be read.
    pub fn pull_requests(&self) -> Result<Vec<PullRequest>, Failure> {
        pull_requests::read(&self.path("pull-requests.json"))
    }

    /// Replaces the pull requests, as people do who close them.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub fn set_pull_requests(&self, all: &[PullRequest]) -> Result<(), Failure> {
        pull_requests::write(&self.path("pull-requests.json"), all)
    }

    /// The branches beside the base.
    ///
    /// # Errors
    ///
    /// If git fails.
    pub fn branches(&self) -> Result<Vec<String>, Failure> {
        let format = "--format=%(refname:short)";
        let branches = self.remote(&["for-each-ref", format, "refs/heads"])?;
        let branches = branches.lines().filter(|branch| *branch != MAIN);
        Ok(branches.map(str::to_owned).collect())
    }

    /// The commits of a branch that the base has not, the newest first: hash, author, title.
    ///
    /// # Errors
    ///
    /// If git fails.
    pub fn commits(&self, branch: &str) -> Result<Vec<String>, Failure> {
        let range = format!("{MAIN}..{branch}");
        let commits = self.remote(&["log", "--format=%h %an: %s", &range, "--"])?;
        Ok(commits.lines().map(str::to_owned).collect())
    }

    /// The files in which a branch differs from the base.
    ///
    /// # Errors
    ///
    /// If git fails.
    pub fn changed_files(&self, branch: &str) -> Result<Vec<String>, Failure> {
        let files = self.remote(&["diff", "--name-only", MAIN, branch, "--"])?;
        Ok(files.lines().map(str::to_owned).collect())
    }

    /// A path of the stage's own.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    fn remote(&self, arguments: &[&str]) -> Result<String, Failure> {
        run(&mut self.git(&self.path("remote.git"), arguments))
    }

    /// A checkout with the newest commit alone, as GitHub's own step makes it.
    fn checkout(&self, branch: &str) -> Result<TempDir, Failure> {
        let folder = self.temporary()?;
        let remote = format!("file://{}", self.path("remote.git").display());
        let clone = [
            "clone", "--quiet", "--depth", "1", "--branch", branch, &remote,
        ];
        run(self.git(self.folder.path(), &clone).arg(folder.path()))?;
        Ok(folder)
    }

    fn temporary(&self) -> Result<TempDir, Failure> {
        TempDir::new_in(self.folder.path()).map_err(|error| failed("a temporary folder", error))
    }

    fn git(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut git = self.command("git", folder);
        git.args(arguments);
        for who in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{who}_NAME"), "A person");
            git.env(format!("GIT_{who}_EMAIL"), "person@example.com");
        }
        git
    }

    fn command(&self, program: &str, folder: &Path) -> Command {
        let tool = self.path("bin").join(program);
        let mut command = match tool.exists() {
            true => Command::new(tool),
            false => Command::new(program),
        };
        command
            .current_dir(folder)
            .env_clear()
            .envs(&self.variables);
        command
    }

    fn write_tools(&self) -> Result<(), Failure> {
        let bin = self.path("bin");
        fs::create_dir_all(&bin).map_err(|error| failed("bin", error))?;
        for (name, script) in [("cargo", CARGO), ("gh", GH)] {
            let file = bin.join(name);
            fs::write(&file, script).map_err(|error| failed(name, error))?;
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let executable = fs::Permissions::from_mode(0o755);
                fs::set_permissions(&file, executable).map_err(|error| failed(name, error))?;
            }
        }
        Ok(())
    }
}

/// `cargo xtask` is the program that is built already; all else is cargo's.
const CARGO: &str = r#"#!/usr/bin/env bash
set -euo pipefail
if [ "${1:-}" != xtask ]; then
  PATH="${PATH#*:}" exec cargo "$@"
fi
shift
case " $* " in
  *" --root "*) exec "$PRECHECK_REHEARSAL_XTASK" "$@" ;;
esac
exec "$PRECHECK_REHEARSAL_XTASK" --root "$PWD" "$@"
"#;

const GH: &str = r#"#!/usr/bin/env bash
exec "$PRECHECK_REHEARSAL_XTASK" rehearsed-gh -- "$@"
"#;

/// What a job on GitHub has, and what git and the tools here need. Nothing of the person who
/// rehearses: neither a configuration of git nor a token.
fn variables(folder: &Path, xtask: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let path = env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", folder.join("bin").display());
    let file = folder.join("pull-requests.json").display().to_string();
    let mut variables: BTreeMap<_, _> = [
        ("PATH", path.as_str()),
        ("CI", "true"),
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_REF_NAME", MAIN),
        ("GITHUB_REPOSITORY", "rehearsed/rehearsed"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("PRECHECK_REHEARSAL_XTASK", &xtask.display().to_string()),
        (FILE, &file),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    for name in ["HOME", "CARGO_HOME", "RUSTUP_HOME", "TMPDIR"] {
        if let Ok(value) = env::var(name) {
            variables.insert(name.to_owned(), value);
        }
    }
    Ok(variables)
}

/// Runs a command that must succeed, and returns what it writes.
fn run(command: &mut Command) -> Result<String, Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| failed(&program, error))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => {
            let arguments: Vec<_> = command
                .get_args()
                .map(|word| word.to_string_lossy())
                .collect();
            let said = String::from_utf8_lossy(&output.stderr);
            let arguments = arguments.join(" ");
            Err(Failure::new(format!(
                "{program} {arguments}: {}",
                said.trim()
            )))
        }
    }
}

fn failed(what: &str, error: impl std::fmt::Display) -> Failure {
    Failure::new(format!("{what}: {error}"))
}
