//! `compare`: other programs that compare OpenAPI files, on changes that are known.

use std::process::{Command, Stdio};

use crate::build;
use crate::outcome::{Failure, Outcome};
use crate::packages;
use crate::workspace::Workspace;

const PAGE: &str = "docs/other-tools.md";

/// Change the published file in every way that the tests know, let other programs compare it with
/// what it was, and write what they notice to docs/other-tools.md; exit with 2 if they cannot be had
/// (it needs Node.js 20 and the npm registry)
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Changes of each kind: the first, the last, and some between them
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    samples: u64,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Failure> {
    let missing = packages::missing_node();
    if !missing.is_empty() {
        let missing = missing.join("; ");
        return Err(Failure::usage(format!(
            "compare needs what is not here: {missing}"
        )));
    }
    let installed = workspace.path("target/compare/node");
    packages::install_node(workspace, "xtask/compare", &installed)?;
    let example = ["--package", "conformance", "--example", "compare"];
    let example = build::build(workspace, &example)?;
    let failed = |why: String| Failure::new(format!("{}: {why}", example.display()));
    let run = Command::new(&example)
        .arg("all")
        .arg(&installed)
        .arg(workspace.path("xtask/compare/api-smart-diff.cjs"))
        .arg(arguments.samples.to_string())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if !run.status.success() {
        return Err(failed(run.status.to_string()));
    }
    let page = String::from_utf8(run.stdout).map_err(|error| failed(error.to_string()))?;
    workspace.ensure_contents(PAGE, &page, false, "cargo xtask compare")?;
    Ok(Outcome::Clean)
}
