//! `capture`: stores what a source documents.

use webex_precheck_contract::{capture, source};

use crate::outcome::{Failure, Outcome, note};
use crate::workspace::Workspace;

/// Store what a source documents, as facts, in `spec/documented/`
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A published OpenAPI file or a documentation page as text: a file, `-`, or an https address
    #[arg(value_name = "SOURCE")]
    source: String,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Failure> {
    let fresh = crate::source::read_to_replace(workspace, &arguments.source)?;
    for problem in &fresh.problems {
        note("Note", &format!("{}: {problem}", fresh.name));
    }
    let text = capture::write(&fresh.inventory)
        .map_err(|error| Failure::new(format!("{}: {error}", fresh.name)))?;
    let file = fresh.capture_file();
    workspace.ensure_contents(&file, &text, false, "cargo xtask capture SOURCE")?;
    note(
        "Captured",
        &format!(
            "{} facts of {}; `cargo xtask codegen` hands them on, `cargo xtask conform` holds the contract against them",
            source::facts(&fresh.inventory),
            fresh.name
        ),
    );
    Ok(Outcome::Clean)
}
