//! The program as a server, and other servers beside it.

use std::fs;
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
    /// Starts a server and reads its stdout until a line tells its address; its stderr goes into the
    /// folder `log`.
    pub(super) fn start(
        name: &str,
        log: &Path,
        mut command: Command,
        address: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Failure> {
        let failed = |error| Failure::new(format!("{name}: {error}"));
        let log = log.join(format!("{name}.log"));
        let errors = fs::File::create(&log).map_err(failed)?;
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.stderr(errors).spawn().map_err(failed)?;
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
        said.push_str(&fs::read_to_string(&log).unwrap_or_default());
        Err(Failure::new(format!("{name} did not start:\n{said}")))
    }
}

/// Starts the sandbox as a program of its own.
pub(super) fn sandbox(program: &Path, log: &Path) -> Result<Server, Failure> {
    let mut command = Command::new(program);
    command.args(["sandbox", "--port", "0"]);
    Server::start("sandbox", log, command, |line| {
        line.starts_with("http://").then(|| line.to_owned())
    })
}

/// The token that the sandbox takes.
pub(super) const TOKEN: &str = "sandbox-token";
