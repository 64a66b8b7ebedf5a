//! Cargo, for the verbs that run or test what is in the workspace.

use std::process::Command;

use crate::workspace::Workspace;

/// The cargo that runs this program, in the root of the workspace.
pub(crate) fn cargo(workspace: &Workspace) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(workspace.path("."));
    command
}
