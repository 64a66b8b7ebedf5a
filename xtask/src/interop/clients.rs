//! Clients that others generate: from the contract, which must work against the sandbox, and from
//! the published file, which must not: if they did, the contract would have no reason to differ.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::servers::{Server, TOKEN};
use super::tools::{Tools, tail};
use super::{Arguments, Table};
use crate::outcome::Failure;
use crate::workspace::Workspace;

const PUBLISHED: &str = "upstream/webex-wholesale-2025-10-16.json";
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
    let (published, which) = published(workspace, arguments);
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
    match (source.is_ours, works, decodes) {
        (true, _, true) => {
            Ok("infoCode 100 from both operations, errorCode 10022 of a refusal".to_owned())
        }
        (false, false, _) if [200, 400].map(Value::from).contains(&said["answered"]) => {
            Ok(format!("does not work, as expected: {}", excerpt(said)))
        }
        (_, false, _) | (true, _, false) => Err(said.to_string()),
        (false, true, _) => Err(format!(
            "works, so that the deviations want another look: {said}"
        )),
    }
}

fn excerpt(said: &Value) -> String {
    let text = match said["error"].as_str() {
        Some(error) => error.to_owned(),
        None => said.to_string(),
    };
    text.chars().take(60).collect::<String>() + " ..."
}

/// The published file, and what it is.
fn published(workspace: &Workspace, arguments: &Arguments) -> (PathBuf, &'static str) {
    let folder = std::env::var_os("PRECHECK_DOCUMENTATION")
        .map_or_else(|| workspace.path("../shared"), PathBuf::from);
    let real = match &arguments.published {
        Some(file) => std::env::current_dir().map_or(file.clone(), |here| here.join(file)),
        None => folder.join(PUBLISHED),
    };
    match real.exists() || arguments.published.is_some() {
        true => (real, "the published file"),
        false => (workspace.path(EXCERPT), "our excerpt of the published file"),
    }
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
