//! Clients that others generate: from the contract, which must work against the sandbox, and from
//! the published file, which must not: if they did, the contract would have no reason to differ.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use webex_precheck_contract::inventory::SourceKind;

use super::servers::{Server, TOKEN};
use super::tools::{Tools, tail};
use super::{Arguments, Table};
use crate::outcome::Failure;
use crate::workspace::Workspace;

/// Ours, of the same structure in other words.
const EXCERPT: &str = "tests/conformance/fixtures/published.json";

#[derive(Clone, Copy)]
enum Generator {
    OpenApiGenerator,
    OpenApiPythonClient,
}

impl Generator {
    /// Its name, and that of its package.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::OpenApiGenerator => ("openapi-generator", "openapi-generator-cli"),
            Self::OpenApiPythonClient => ("openapi-python-client", "openapi-python-client"),
        }
    }

    /// Generates a package of a name into a folder.
    fn command(self, tools: &Tools, file: &Path, folder: &Path, package: &str) -> Command {
        let mut command = tools.python(self.names().1);
        match self {
            Self::OpenApiGenerator => command
                .args([
                    "generate",
                    "--generator-name",
                    "python",
                    "--package-name",
                    package,
                ])
                .arg("--input-spec")
                .arg(file)
                .arg("--output")
                .arg(folder),
            Self::OpenApiPythonClient => command
                .args(["generate", "--meta", "none", "--overwrite", "--path"])
                .arg(file)
                .arg("--output-path")
                .arg(folder.join(package)),
        };
        command
    }
}

/// A description that clients are made from.
struct Source {
    package: &'static str,
    what: String,
    file: PathBuf,
    /// What its paths lack.
    prefix: &'static str,
    is_ours: bool,
}

pub(super) fn judge(
    workspace: &Workspace,
    tools: &Tools,
    sandbox: &Server,
    arguments: &Arguments,
    table: &mut Table,
) -> Result<(), Failure> {
    let contract = workspace.path("spec/openapi.json");
    let (published, which) = published(workspace, tools, arguments)?;
    let sources = [
        Source {
            package: "contract",
            what: "client of the contract".to_owned(),
            file: contract.clone(),
            prefix: "",
            is_ours: true,
        },
        Source {
            package: "published",
            what: format!("client of {which}"),
            file: published,
            prefix: "/v1",
            is_ours: false,
        },
    ];
    for generator in [Generator::OpenApiGenerator, Generator::OpenApiPythonClient] {
        let (kind, package) = generator.names();
        for source in &sources {
            let folder = tools.work(&format!("{kind}-{}", source.package))?;
            table.row(&tools.named(package), &source.what, || {
                let mut generate = generator.command(tools, &source.file, &folder, source.package);
                run(&mut generate)?;
                let mut ask = tools.python("python");
                ask.current_dir(&folder)
                    .arg(workspace.path("xtask/interop/foreign_client.py"))
                    .args([kind, source.package])
                    .arg(format!("{}{}", sandbox.url, source.prefix))
                    .arg(TOKEN)
                    .arg(&contract);
                let said = run(&mut ask)?;
                let said: Value = serde_json::from_str(&said)
                    .map_err(|error| format!("foreign_client.py: {error}: {said}"))?;
                verdict(source, &said)
            });
        }
    }
    Ok(())
}

/// What a client of a source is to give, and gave.
fn verdict(source: &Source, said: &Value) -> Result<String, String> {
    let works = ["customer", "subscriber"]
        .iter()
        .all(|operation| said[*operation] == json!([100]));
    let decodes = works && said["refusal"] == json!([10_022]);
    let answered = said["answered"].as_array().into_iter().flatten();
    let answered: Vec<u64> = answered.filter_map(Value::as_u64).collect();
    match (source.is_ours, works, decodes) {
        (true, _, true) if answered == [200, 200, 400] => {
            Ok("infoCode 100 from both operations, errorCode 10022 of a refusal".to_owned())
        }
        // It must fail on the answer, and not before it has asked.
        (false, false, _) if answered.contains(&200) => {
            Ok(format!("does not work, as expected: {}", excerpt(said)))
        }
        (false, true, _) => Err(format!(
            "works, so that the deviations want another look: {said}"
        )),
        _ => Err(said.to_string()),
    }
}

fn excerpt(said: &Value) -> String {
    let text = match said["error"].as_str() {
        Some(error) => error.to_owned(),
        None => said.to_string(),
    };
    text.chars().take(60).collect::<String>() + " ..."
}

/// The published file, and what it is: the newest one at hand, or else our excerpt.
fn published(
    workspace: &Workspace,
    tools: &Tools,
    arguments: &Arguments,
) -> Result<(PathBuf, &'static str), Failure> {
    let folder = std::env::var_os("PRECHECK_DOCUMENTATION")
        .map_or_else(|| workspace.path("../shared"), PathBuf::from);
    let sources = workspace.sources()?.into_iter();
    let mut files = sources.filter(|source| source.kind == SourceKind::Openapi);
    let newest = files.find_map(|source| source.copy_in(&folder));
    match arguments.published.clone().or(newest) {
        Some(file) if file.exists() => Ok((absolute(file), "the published file")),
        Some(file) => Err(Failure::usage(format!(
            "--published {}: there is no such file",
            file.display()
        ))),
        None => Ok((
            excerpt_of_prechecks(workspace, tools)?,
            "our excerpt of the published file",
        )),
    }
}

fn absolute(file: PathBuf) -> PathBuf {
    std::path::absolute(&file).unwrap_or(file)
}

/// Our excerpt holds faults that readers are tested with, outside of the two operations: without
/// them, others read it too.
fn excerpt_of_prechecks(workspace: &Workspace, tools: &Tools) -> Result<PathBuf, Failure> {
    let mut document: Value = serde_json::from_str(&workspace.read(EXCERPT)?)
        .map_err(|error| Failure::new(format!("{EXCERPT}: {error}")))?;
    if let Some(paths) = document["paths"].as_object_mut() {
        paths.retain(|path, _| path.ends_with("/validate"));
    }
    let file = tools.work("excerpt")?.join("published.json");
    fs::write(&file, document.to_string())
        .map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
    Ok(file)
}

/// Runs a command and gives its stdout.
fn run(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| format!("{name}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    match output.status.success() {
        true => Ok(said),
        false => Err(format!(
            "{name}: {}\n{}",
            output.status,
            tail(
                &format!("{said}{}", String::from_utf8_lossy(&output.stderr)),
                20
            )
        )),
    }
}
