//! `interop`: the contract and the sandbox, judged by programs that nobody here wrote.

mod clients;
mod prism;
mod schemathesis;
mod servers;
mod tools;

use std::time::Instant;

use crate::build;
use crate::outcome::{Failure, Outcome, print};
use crate::workspace::Workspace;

/// Hold contract and sandbox against Schemathesis, Prism, openapi-generator and openapi-python-client,
/// and print what they say; exit with 1 if one is not content, and with 2 if one cannot
/// be had (it needs Python 3.11, Node.js 20, Java 11 or newer, PyPI and the npm registry)
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run this alone
    #[arg(long, value_enum)]
    only: Option<Judge>,
    /// Cases that Schemathesis invents for each operation and phase
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    examples: u32,
    /// Which cases Schemathesis invents
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Make clients of this published file too, which must not work [default: Webex's own, where it
    /// is in $PRECHECK_DOCUMENTATION or ../shared]
    #[arg(long, value_name = "FILE")]
    published: Option<std::path::PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Judge {
    Schemathesis,
    Prism,
    Clients,
}

/// What they say, printed as they say it.
#[derive(Default)]
struct Table {
    is_red: bool,
}

impl Table {
    /// Does the work of a row, which gives what was seen, or why the judge is not content.
    fn row(
        &mut self,
        tool: &str,
        what: &str,
        work: impl FnOnce() -> Result<String, String>,
    ) -> Result<(), Failure> {
        let start = Instant::now();
        let said = work();
        self.is_red |= said.is_err();
        let mark = if said.is_ok() { "green" } else { "RED" };
        let said = said.unwrap_or_else(|said| said);
        let seconds = start.elapsed().as_secs_f64();
        print(&format!(
            "{mark:5}  {tool}, {what} ({seconds:.1} s): {said}\n"
        ))
    }
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Failure> {
    let wants = |judge| arguments.only.is_none_or(|only| only == judge);
    let tools = tools::Tools::install(
        workspace,
        wants(Judge::Schemathesis) || wants(Judge::Clients),
        wants(Judge::Prism),
        wants(Judge::Clients),
    )?;
    let program = build::build(workspace, &["--package", "webex-precheck-cli"])?;
    let mut table = Table::default();
    if wants(Judge::Schemathesis) || wants(Judge::Clients) {
        let sandbox = servers::sandbox(&program, &tools.work("sandbox")?)?;
        if wants(Judge::Schemathesis) {
            schemathesis::judge(workspace, &tools, &sandbox, arguments, &mut table)?;
        }
        if wants(Judge::Clients) {
            clients::judge(workspace, &tools, &sandbox, arguments, &mut table)?;
        }
    }
    if wants(Judge::Prism) {
        prism::judge(workspace, &tools, &program, &mut table)?;
    }
    Ok(match table.is_red {
        false => Outcome::Clean,
        true => Outcome::Differences,
    })
}
