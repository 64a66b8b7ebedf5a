//! Prism: the contract served by a mock server, asked by the library and the program.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;

use super::Table;
use super::servers::Server;
use super::tools::{Tools, output};
use crate::outcome::Failure;
use crate::workspace::Workspace;

/// The tests of `tests/e2e/tests/prism.rs`, and what they are for.
const TESTS: [(&str, &str); 5] = [
    ("library_both_operations", "library: both operations"),
    ("library_error_examples", "library: error examples"),
    (
        "library_every_status_of_the_contract",
        "library: all statuses",
    ),
    ("program_both_operations", "program: both operations"),
    ("program_error_examples", "program: error examples"),
];

pub(super) fn judge(
    workspace: &Workspace,
    tools: &Tools,
    program: &Path,
    table: &mut Table,
) -> Result<(), Failure> {
    // Prism takes no port of its own choice.
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|port| port.local_addr());
    let address = free.map_err(|error| Failure::new(format!("no free port: {error}")))?;
    let mut command = tools.node("prism");
    command
        .args(["mock", "--host", "127.0.0.1", "--port"])
        .arg(address.port().to_string())
        .arg(workspace.path("spec/openapi.json"));
    let prism = Server::start("Prism", &tools.work("prism")?, command, |line| {
        let (_, url) = line.split_once("Prism is listening on ")?;
        Some(url.trim().to_owned())
    })?;
    let name = tools.named("@stoplight/prism-cli");
    for (test, what) in TESTS {
        table.row(&name, what, || {
            let mut command = Command::new(crate::build::cargo());
            command
                .current_dir(workspace.path("."))
                // With all packages, so that what was built for the tests is taken.
                .args(["test", "--quiet", "--workspace", "--test", "prism"])
                .args(["--", "--ignored", "--exact", test])
                .env("PRISM", prism.url.trim_start_matches("http://"))
                .env("PRECHECK", program)
                .env("RUST_BACKTRACE", "0");
            let said = output(&mut command, 20)?;
            match said.contains("1 passed") {
                true => Ok("as the contract says".to_owned()),
                false => Err(said),
            }
        })?;
    }
    Ok(())
}
