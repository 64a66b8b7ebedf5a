//! How a verb ends: its exit code, and the message of a failure.

use std::fmt;
use std::io::{self, Write};
use std::process::{Command, ExitCode};

use webex_precheck_escape::escape;

/// The exit code of a verb that did its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing to report.
    Clean = 0,
    /// There are differences, or an entry to ignore matches nothing.
    Differences = 1,
    /// Generated files are not what codegen would write.
    Stale = 4,
}

/// Why a verb could not do its work.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// A source is unreadable or broken.
    pub(crate) fn new(message: impl fmt::Display) -> Self {
        let message = message.to_string();
        Self { code: 3, message }
    }

    /// The command line is invalid, or a tool is missing.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        let message = message.to_string();
        Self { code: 2, message }
    }
}

/// Prints why a verb failed, and turns its end into an exit code.
pub(crate) fn finish(outcome: Result<Outcome, Failure>) -> ExitCode {
    match outcome {
        Ok(outcome) => ExitCode::from(outcome as u8),
        Err(failure) => {
            note("Failure", &failure.to_string());
            ExitCode::from(failure.code)
        }
    }
}

/// Runs a program whose exit codes are those of the verb.
pub(crate) fn run(command: &mut Command) -> Result<Outcome, Failure> {
    let name = command.get_program().display().to_string();
    let status = command
        .status()
        .map_err(|error| Failure::new(format!("{name}: {error}")))?;
    match status.code() {
        Some(0) => Ok(Outcome::Clean),
        Some(1) => Ok(Outcome::Differences),
        Some(2) => Err(Failure::usage(format!("{name}: {status}"))),
        _ => Err(Failure::new(format!("{name}: {status}"))),
    }
}

/// Writes a line to stderr, its verb aligned as Cargo does it.
pub(crate) fn note(verb: &str, message: &str) {
    // A message may quote a source, which may contain anything: no line of it may look like a
    // workflow command of GitHub to whoever reads the output.
    let lines: Vec<_> = message.lines().map(escape).collect();
    let _ = writeln!(io::stderr(), "{verb:>10} {}", lines.join("\n           | "));
}

/// Writes data to stdout. A reader that is gone (`| head`) is no failure.
pub(crate) fn print(data: &str) -> Result<(), Failure> {
    write(io::stdout(), data)
}

/// Writes styled text to stdout, without the styles if it is no terminal or the environment wants none.
pub(crate) fn print_styled(text: &str) -> Result<(), Failure> {
    write(anstream::stdout(), text)
}

fn write(mut out: impl Write, data: &str) -> Result<(), Failure> {
    match out.write_all(data.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("stdout: {error}")))
        }
        _ => Ok(()),
    }
}
