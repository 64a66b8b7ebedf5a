//! How a verb ends: its exit code, and what is said where it fails.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use webex_precheck_contract::report::visible;

/// How a verb ended that did its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// 0: nothing to tell.
    Clean,
    /// 1: there are differences, or something to ignore is not there.
    Differences,
    /// 4: generated files are not what codegen would write.
    Stale,
}

/// Why a verb could not do its work.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// A source is unreadable or broken.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code: 3, message }
    }

    /// What was typed makes no sense.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code: 2, message }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Says why a verb failed, and turns its end into an exit code.
pub(crate) fn finish(outcome: Result<Outcome, Failure>) -> ExitCode {
    match outcome {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Differences) => ExitCode::from(1),
        Ok(Outcome::Stale) => ExitCode::from(4),
        Err(failure) => {
            note("Failure", &failure.to_string());
            ExitCode::from(failure.code)
        }
    }
}

/// Writes a line to stderr, its verb aligned as Cargo does it.
pub(crate) fn note(verb: &str, message: &str) {
    // A message may quote a source, which may hold anything: what begins a line of its own must not
    // become a command of whoever reads the output.
    let lines: Vec<String> = message.lines().map(visible).collect();
    let _ = writeln!(io::stderr(), "{verb:>10} {}", lines.join("\n           | "));
}

/// Writes data to stdout. A reader that has gone away (`| head`) is no failure.
pub(crate) fn print(data: &str) -> Result<(), Failure> {
    write(io::stdout(), data)
}

/// Writes text with styles to stdout, without them where nobody sees them or wants them.
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
