//! Schemathesis: requests made up from the contract, valid and not, against the sandbox.

use std::fs;

use super::servers::{Server, TOKEN};
use super::tools::{Tools, tail};
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
    let log = work.join("log.txt");
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
        let run = command.output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&run.stdout).into_owned();
        fs::write(&log, &said).map_err(|error| format!("{}: {error}", log.display()))?;
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
        match run.status.success() && ran {
            true => Ok(format!("{cases}; links: {links}")),
            false => Err(format!(
                "{cases}\n{}\nall of it: {}",
                tail(
                    &format!("{said}{}", String::from_utf8_lossy(&run.stderr)),
                    60
                ),
                log.display()
            )),
        }
    });
    Ok(())
}
