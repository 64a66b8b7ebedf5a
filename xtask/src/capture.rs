//! `capture`: stores what a source documents.

use webex_precheck_contract::{capture, source};

use crate::outcome::{Failure, Outcome, note};
use crate::source::{Dating, read_to_store};
use crate::sources::{self, SOURCES};
use crate::workspace::Workspace;

const NEXT: &str = "`cargo xtask codegen` passes them on, \
                    `cargo xtask conform` holds the contract against them";

/// Store what a source documents, as facts, in `spec/documented/`, and nothing else
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The name of a source in spec/sources.toml, a file, `-`, or an https address
    #[arg(value_name = "SOURCE")]
    source: String,
    #[command(flatten)]
    dating: Dating,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Failure> {
    let fresh = read_to_store(workspace, &arguments.source, &arguments.dating, None)?;
    for problem in &fresh.problems {
        note("Note", &format!("{}: {problem}", fresh.name));
    }
    let text = capture::write(&fresh.inventory)
        .map_err(|error| Failure::new(format!("{}: {error}", fresh.name)))?;
    let dated = workspace.read_or_empty(SOURCES)?;
    let dated = sources::with_date(&dated, &fresh.capture, &fresh.inventory)?;
    workspace.replace_all(&[(fresh.capture_file(), text), (SOURCES.to_owned(), dated)])?;
    let facts = source::facts(&fresh.inventory);
    let message = format!("{facts} facts of {}; {NEXT}", fresh.name);
    note("Captured", &message);
    Ok(Outcome::Clean)
}
