//! Exit codes, and what is said where the program fails.

use std::borrow::Cow;
use std::error::Error as _;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use webex_precheck::Error;
use webex_precheck_escape::escape_lines;

/// The documented exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Likely = 0,
    Unlikely = 1,
    /// Bad usage or input.
    Usage = 2,
    /// No token, or one that Webex does not accept for this.
    Unauthorized = 3,
    /// Webex is unreachable, failing, limiting, or gives no verdict.
    Unavailable = 4,
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        // The codes fit a byte.
        Self::from(exit as u8)
    }
}

/// Why the program has no verdict.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
        }
    }

    /// The same failure, with what was asked or what to do about it.
    pub(crate) fn with(mut self, more: &str) -> Self {
        self.message.push_str("\n  ");
        self.message.push_str(more);
        self
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Writes the message to stderr.
    pub(crate) fn report(self) -> ExitCode {
        let _ = writeln!(io::stderr(), "error: {}", escape_lines(&self.message));
        self.exit.into()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit = if error.is_builder() || error.is_invalid_request() {
            Exit::Usage
        } else if error.is_unauthorized() || error.is_forbidden() {
            Exit::Unauthorized
        } else {
            Exit::Unavailable
        };
        let mut message = with_causes(error.to_string(), &error);
        if let Some(wait) = error.retry_after() {
            let _ = write!(message, "\n  try again in {} s", wait.as_secs_f64().ceil());
        }
        for reason in error.details() {
            let _ = write!(message, "\n  errorCode {reason}");
        }
        if let Some(said) = error.message().or(error.body_excerpt()) {
            let _ = write!(message, "\n  Webex said: {said}");
        }
        Self::new(exit, message)
    }
}

/// Writes to stdout. Whoever does not want all of it, as `head`, is no failure.
pub(crate) fn print(text: &[u8]) -> Result<Exit, Failure> {
    match io::stdout()
        .write_all(text)
        .and_then(|()| io::stdout().flush())
    {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::usage(format!("stdout: {error}")))
        }
        _ => Ok(Exit::Likely),
    }
}

/// What happened, and behind it why.
pub(crate) fn with_causes(what: String, error: &Error) -> String {
    let mut message = what;
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(message, ": {cause}");
        source = cause.source();
    }
    message
}

/// Writes a warning to stderr.
pub(crate) fn warn(message: &str) {
    let _ = writeln!(io::stderr(), "warning: {}", escape_lines(message));
}

/// Prints what clap has to say, its help or what is wrong. What was typed does not steer the terminal.
pub(crate) fn print_usage(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    let _ = match escape_lines(&text) {
        Cow::Borrowed(_) => error.print(),
        Cow::Owned(text) => io::stderr().write_all(text.as_bytes()),
    };
    u8::try_from(error.exit_code()).map_or(Exit::Usage.into(), ExitCode::from)
}
