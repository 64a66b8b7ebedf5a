//! Schemathesis: requests made up from the contract, valid and not, against the sandbox.

use super::servers::{Server, TOKEN};
use super::tools::{Tools, output};
use super::{Arguments, Table};
use crate::outcome::Failure;
use crate::workspace::Workspace;

pub(super) fn judge(
    workspace: &Workspace,
    tools: &Tools,
    sandbox: &Server,
    arguments: &Arguments,
    table: &mut Table,
) -> Result<(), Failure> {
    let work = tools.work("schemathesis")?;
    let mut command = tools.python("schemathesis");
    command
        .current_dir(&work)
        .arg("run")
        .arg(workspace.path("spec/openapi.json"))
        .args(["--url", &sandbox.url])
        .args(["--header", &format!("Authorization: Bearer {TOKEN}")])
        .args(["--checks", "all"])
        .args(["--phases", "examples,coverage,fuzzing,stateful"])
        .args(["--mode", "all", "--continue-on-failure", "--no-color"])
        .args(["--max-examples", &arguments.examples.to_string()])
        .args(["--seed", &arguments.seed.to_string()]);
    let name = tools.named("schemathesis");
    table.row(&name, "sandbox, all checks and phases", || {
        let said = output(&mut command, 60)?;
        let cases = said.lines().find(|line| line.contains(" generated, "));
        let cases = cases.unwrap_or_default().trim();
        let links = said.lines().find(|line| line.contains("API Links:"));
        let links = links.unwrap_or_default().split_whitespace();
        let links = links.skip(2).take(2).collect::<Vec<_>>().join(" ");
        // A phase that did not run is no success.
        let phases = ["Examples", "Coverage", "Fuzzing", "Stateful"];
        let ran = phases
            .iter()
            .all(|phase| said.contains(&format!("✅ {phase}\n")));
        match ran {
            true => Ok(format!("{cases}; links: {links}")),
            false => Err(said),
        }
    })
}
