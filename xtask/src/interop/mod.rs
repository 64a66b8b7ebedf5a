//! `interop`: the contract and the sandbox, judged by programs that nobody here wrote.

mod clients;
mod prism;
mod schemathesis;
mod servers;
mod tools;

use std::fmt::Write as _;
use std::time::Instant;

use crate::build;
use crate::outcome::{Failure, Outcome, note, print};
use crate::workspace::Workspace;

/// Hold contract and sandbox against Schemathesis, Prism, openapi-generator and openapi-python-client,
/// and print what they say as a table; exit with 1 if one is not content, and with 2 if one cannot
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
    /// Make clients of this published file too, which must not work [default: Webex's own in
    /// $PRECHECK_DOCUMENTATION or ../shared, or else our excerpt]
    #[arg(long, value_name = "FILE")]
    published: Option<std::path::PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Judge {
    Schemathesis,
    Prism,
    Clients,
}

/// What one of them says.
struct Row {
    tool: String,
    what: String,
    /// What was seen; the error is why it is not content.
    said: Result<String, String>,
    seconds: f64,
}

/// Rows as they come.
#[derive(Default)]
struct Table(Vec<Row>);

impl Table {
    /// Does the work of a row and adds it.
    fn row(&mut self, tool: &str, what: &str, work: impl FnOnce() -> Result<String, String>) {
        note("Asking", &format!("{tool}: {what}"));
        let start = Instant::now();
        let said = work();
        self.0.push(Row {
            tool: tool.to_owned(),
            what: what.to_owned(),
            said,
            seconds: start.elapsed().as_secs_f64(),
        });
    }

    fn is_green(&self) -> bool {
        self.0.iter().all(|row| row.said.is_ok())
    }

    fn render(&self) -> String {
        let width = |text: fn(&Row) -> &str, title: &str| {
            let widths = self.0.iter().map(|row| text(row).chars().count());
            widths.max().unwrap_or_default().max(title.len())
        };
        let tools = width(|row| &row.tool, "judge");
        let whats = width(|row| &row.what, "what");
        let mut text = format!("{:tools$}  {:whats$}  {:5}  said\n", "judge", "what", "");
        for row in &self.0 {
            let (mark, said) = match &row.said {
                Ok(said) => ("green", said),
                Err(said) => ("RED", said),
            };
            let first = said.lines().next().unwrap_or_default();
            let _ = writeln!(
                text,
                "{:tools$}  {:whats$}  {mark:5}  {first} ({:.1} s)",
                row.tool, row.what, row.seconds
            );
        }
        for row in self.0.iter().filter(|row| row.said.is_err()) {
            if let Err(said) = &row.said {
                let _ = writeln!(text, "\n{}, {}:\n{said}", row.tool, row.what);
            }
        }
        text
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
    print(&table.render())?;
    Ok(match table.is_green() {
        true => Outcome::Clean,
        false => Outcome::Differences,
    })
}

#[cfg(test)]
mod tests {
    //! The table, with a judge that is not content.
    use super::*;

    #[test]
    fn a_row_that_is_red_is_told_whole_below() {
        let mut table = Table::default();
        table.row("a 1", "first", || Ok("fine".to_owned()));
        assert!(table.is_green());
        table.row("a 1", "second", || Err("bad\nworse".to_owned()));
        for row in &mut table.0 {
            row.seconds = 0.0;
        }
        assert!(!table.is_green());
        assert_eq!(
            table.render(),
            "judge  what           said\n\
             a 1    first   green  fine (0.0 s)\n\
             a 1    second  RED    bad (0.0 s)\n\
             \n\
             a 1, second:\n\
             bad\nworse\n"
        );
    }
}
