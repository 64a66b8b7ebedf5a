//! Clients that others generate: from the contract, which must work against the sandbox, and from
//! the published file, which must not: if they did, the contract would have no reason to differ.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use webex_precheck_contract::inventory::SourceKind;

use super::servers::{Server, TOKEN};
use super::tools::{Tools, output};
use super::{Arguments, Table};
use crate::outcome::Failure;
use crate::workspace::Workspace;

const GENERATOR: &str = "openapi-generator-cli";
const PYTHON_CLIENT: &str = "openapi-python-client";

/// Generates a package of Python into a folder.
fn generate(tools: &Tools, program: &str, source: &Source, folder: &Path) -> Command {
    let mut command = tools.python(program);
    match program {
        GENERATOR => command
            .args(["generate", "--generator-name", "python"])
            .args(["--package-name", source.package, "--input-spec"])
            .arg(&source.file)
            .arg("--output")
            .arg(folder),
        _ => command
            .args(["generate", "--meta", "none", "--overwrite", "--path"])
            .arg(&source.file)
            .arg("--output-path")
            .arg(folder.join(source.package)),
    };
    command
}

/// A description that clients are made from.
struct Source {
    package: &'static str,
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
    let mut sources = vec![Source {
        package: "contract",
        file: contract.clone(),
        prefix: "",
        is_ours: true,
    }];
    sources.extend(published(workspace, arguments)?.map(|file| Source {
        package: "published",
        file,
        prefix: "/v1",
        is_ours: false,
    }));
    for program in [GENERATOR, PYTHON_CLIENT] {
        let kind = program.trim_end_matches("-cli");
        for source in &sources {
            let folder = tools.work(&format!("{kind}-{}", source.package))?;
            let what = match source.is_ours {
                true => "client of the contract",
                false => "client of the published file",
            };
            table.row(&tools.named(program), what, || {
                output(&mut generate(tools, program, source, &folder), 20)?;
                let mut ask = tools.python("python");
                ask.current_dir(&folder)
                    .arg(workspace.path("xtask/interop/foreign_client.py"))
                    .args([kind, source.package])
                    .arg(format!("{}{}", sandbox.url, source.prefix))
                    .arg(TOKEN)
                    .arg(&contract);
                let said = output(&mut ask, 20)?;
                let said: Value = serde_json::from_str(&said)
                    .map_err(|error| format!("foreign_client.py: {error}: {said}"))?;
                verdict(source, &said)
            })?;
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

/// The published file, where one is at hand.
fn published(workspace: &Workspace, arguments: &Arguments) -> Result<Option<PathBuf>, Failure> {
    let file = match &arguments.published {
        Some(file) if !file.exists() => {
            let file = file.display();
            return Err(Failure::usage(format!(
                "--published {file}: there is no such file"
            )));
        }
        Some(file) => Some(file.clone()),
        None => {
            let folder = std::env::var_os("PRECHECK_DOCUMENTATION")
                .map_or_else(|| workspace.path("../shared"), PathBuf::from);
            let sources = workspace.sources()?.into_iter();
            let mut files = sources.filter(|source| source.kind == SourceKind::Openapi);
            files.find_map(|source| source.copy_in(&folder))
        }
    };
    Ok(file.map(|file| std::path::absolute(&file).unwrap_or(file)))
}
