//! The program as a server, and other servers beside it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::outcome::Failure;

/// A server that is killed when dropped.
pub(super) struct Server {
    child: Child,
    /// Without a slash at its end.
    pub(super) url: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts a server and reads its stdout until a line tells its address.
    pub(super) fn start(
        name: &str,
        mut command: Command,
        address: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Failure> {
        let failed = |error| Failure::new(format!("{name}: {error}"));
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn().map_err(failed)?;
        let stdout = child.stdout.take();
        let mut server = Self {
            child,
            url: String::new(),
        };
        let mut said = String::new();
        let mut lines = stdout
            .into_iter()
            .flat_map(|out| BufReader::new(out).lines());
        for line in lines.by_ref() {
            let line = line.map_err(failed)?;
            if let Some(url) = address(&line) {
                server.url = url;
                // A pipe that nobody reads would hold it up.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(server);
            }
            said.push_str(&line);
            said.push('\n');
        }
        Err(Failure::new(format!("{name} did not start: {said}")))
    }
}

/// Starts the sandbox as a program of its own.
pub(super) fn sandbox(program: &Path) -> Result<Server, Failure> {
    let mut command = Command::new(program);
    command.args(["sandbox", "--port", "0"]);
    Server::start("the sandbox", command, |line| {
        line.starts_with("http://").then(|| line.to_owned())
    })
}

/// The token that the sandbox takes.
pub(super) const TOKEN: &str = "sandbox-token";
