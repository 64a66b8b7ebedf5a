//! The tools: how each is run, and how what it says is read.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde_json::Value;

/// No comparison takes longer.
const LIMIT: Duration = Duration::from_secs(30);

/// A program that compares two files.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) version: String,
    /// As a person would run it.
    pub(crate) command: &'static str,
    /// Program and arguments, to which the two files are added.
    program: PathBuf,
    arguments: Vec<String>,
    /// Of each difference, whether it is said to break callers, if that is said; nothing if it
    /// cannot be read.
    read: fn(&str) -> Option<Vec<Option<bool>>>,
}

/// What a tool said of two files.
pub(crate) struct Run {
    /// As [`Tool::read`], or why there is none.
    pub(crate) said: Result<Vec<Option<bool>>, String>,
    /// How it ended, if not with success.
    pub(crate) failed: Option<i32>,
}

/// Ours and the others; Node packages are installed in a folder.
pub(crate) fn all(packages: &Path, script: &Path) -> Result<Vec<Tool>, String> {
    let this = std::env::current_exe().map_err(|error| format!("this program: {error}"))?;
    let bin = |name: &str| packages.join("node_modules/.bin").join(name);
    let text = |path: &Path| path.display().to_string();
    Ok(vec![
        Tool {
            name: "ours",
            version: "this revision".to_owned(),
            command: "cargo xtask drift after.json",
            program: this.clone(),
            arguments: vec!["ours".to_owned()],
            read: own,
        },
        Tool {
            name: "@redocly/cli",
            version: installed(packages, "@redocly/cli")?,
            command: "redocly diff before.json after.json --format=json",
            program: bin("redocly"),
            arguments: vec!["diff".to_owned(), "--format=json".to_owned()],
            read: redocly,
        },
        Tool {
            name: "openapi-diff",
            version: installed(packages, "openapi-diff")?,
            command: "openapi-diff before.json after.json",
            program: bin("openapi-diff"),
            arguments: Vec::new(),
            read: openapi_diff,
        },
        Tool {
            name: "api-smart-diff",
            version: installed(packages, "api-smart-diff")?,
            command: "apiCompare(before, after)",
            program: PathBuf::from("node"),
            arguments: vec![text(script), text(packages)],
            read: api_smart_diff,
        },
        Tool {
            name: "drift",
            version: locked("drift")?,
            command: "drift::compare(&before, &after)",
            program: this,
            arguments: vec!["drift".to_owned()],
            read: own,
        },
    ])
}

/// Version of a Node package, as installed.
fn installed(packages: &Path, name: &str) -> Result<String, String> {
    let file = packages
        .join("node_modules")
        .join(name)
        .join("package.json");
    let at = |why: String| format!("{}: {why}; run `cargo xtask compare`", file.display());
    let text = fs::read_to_string(&file).map_err(|error| at(error.to_string()))?;
    let manifest: Value = serde_json::from_str(&text).map_err(|error| at(error.to_string()))?;
    let version = manifest["version"].as_str().map(str::to_owned);
    version.ok_or_else(|| at("says no version".to_owned()))
}

/// Version of a crate, as locked.
fn locked(name: &str) -> Result<String, String> {
    let lock = conformance::read("Cargo.lock");
    let (_, rest) = lock
        .split_once(&format!("name = \"{name}\"\nversion = \""))
        .ok_or_else(|| format!("Cargo.lock: has no {name}; is it a dependency still?"))?;
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}

impl Tool {
    /// Lets it compare two files of a folder.
    pub(crate) fn run(&self, folder: &Path, files: &[String; 2]) -> Run {
        let read = |ended: Ended| {
            // Some begin with an empty line, or a box about something else.
            let is_prose = |line: &&str| line.starts_with(|first: char| first.is_alphanumeric());
            let why = || {
                ended
                    .err
                    .lines()
                    .find(is_prose)
                    .unwrap_or("says nothing")
                    .to_owned()
            };
            Ok(((self.read)(&ended.out).ok_or_else(why)?, ended.code))
        };
        match self.end(folder, files).and_then(read) {
            Ok((said, code)) => Run {
                said: Ok(said),
                failed: Some(code).filter(|code| *code != 0),
            },
            Err(why) => Run {
                said: Err(why),
                failed: None,
            },
        }
    }

    fn end(&self, folder: &Path, files: &[String; 2]) -> Result<Ended, String> {
        let failed = |error| format!("{}: {error}", self.program.display());
        let out = folder.join(self.name.replace('/', "-"));
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .args(files)
            .current_dir(folder)
            // It would tell its makers, and ask whether it is the newest.
            .env("REDOCLY_TELEMETRY", "off")
            .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
            .stdin(Stdio::null())
            // Of what Node writes into a pipe, the end is lost where a program exits by itself.
            .stdout(File::create(&out).map_err(failed)?)
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        // It ends when the program does.
        let Ok(err) = whole(child.stderr.take()).recv_timeout(LIMIT) else {
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!("took more than {} s", LIMIT.as_secs()));
        };
        let code = child.wait().map_err(failed)?.code().unwrap_or(-1);
        let out = fs::read(&out).map_err(failed)?;
        let out = String::from_utf8_lossy(&out).into_owned();
        Ok(Ended { out, err, code })
    }
}

/// How a program ended.
struct Ended {
    out: String,
    err: String,
    code: i32,
}

/// All of a stream, when it has ended.
fn whole(stream: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // A part cannot be read, which is told then.
        let _ = stream.map(|mut stream| stream.read_to_end(&mut bytes));
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

fn own(said: &str) -> Option<Vec<Option<bool>>> {
    let said: Value = serde_json::from_str(said).ok()?;
    Some(
        said["breaking"]
            .as_array()?
            .iter()
            .map(Value::as_bool)
            .collect(),
    )
}

/// The bump of a version that a change asks for.
fn redocly(said: &str) -> Option<Vec<Option<bool>>> {
    let said: Value = serde_json::from_str(said).ok()?;
    let changes = said["changes"].as_array()?.iter();
    Some(
        changes
            .map(|change| Some(change["impact"].as_str()? == "major"))
            .collect(),
    )
}

/// A sentence, and an object if there is something to tell; the list of what breaks is left out
/// where it would be empty.
fn openapi_diff(said: &str) -> Option<Vec<Option<bool>>> {
    if said.starts_with("No changes found") {
        return Some(Vec::new());
    }
    let lists: Value = serde_json::from_str(&said[said.find('{')?..]).ok()?;
    let breaks = lists["breakingDifferencesFound"].as_bool()?;
    let mut classes = Vec::new();
    for (list, class) in [
        ("breakingDifferences", Some(true)),
        ("nonBreakingDifferences", Some(false)),
        ("unclassifiedDifferences", None),
    ] {
        match lists[list].as_array() {
            Some(differences) => classes.extend(differences.iter().map(|_| class)),
            None if class == Some(true) && !breaks => {}
            None => return None,
        }
    }
    Some(classes)
}

fn api_smart_diff(said: &str) -> Option<Vec<Option<bool>>> {
    let said: Value = serde_json::from_str(said).ok()?;
    let class = |difference: &Value| match difference["type"].as_str()? {
        "breaking" => Some(true),
        "unclassified" => None,
        _ => Some(false),
    };
    Some(said["diffs"].as_array()?.iter().map(class).collect())
}
