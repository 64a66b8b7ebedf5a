//! `evidence`: shows side by side what every source says of every fact.

use webex_precheck_contract::evidence::Evidence;

use crate::outcome::{Failure, Outcome};
use crate::workspace::{EVIDENCE, Workspace};

/// Write what every source says of every fact, side by side, to `spec/EVIDENCE.md`
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; exit with 4 if the file is not what would be written
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Failure> {
    let evidence = Evidence {
        captures: &workspace.captures()?,
        contract: &workspace.contract()?,
        deviations: &workspace.deviations()?,
        rules: &workspace.rules()?,
    };
    let text = evidence.to_markdown();
    let fresh =
        workspace.ensure_contents(EVIDENCE, &text, arguments.check, "cargo xtask evidence")?;
    match fresh || !arguments.check {
        true => Ok(Outcome::Clean),
        false => Ok(Outcome::Stale),
    }
}
