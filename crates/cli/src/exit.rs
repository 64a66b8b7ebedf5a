//! Exit codes, and what is said where the program fails.

use std::error::Error as _;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use webex_precheck::Error;

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
        let _ = writeln!(io::stderr(), "error: {}", printable(&self.message));
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

/// What was typed or read must not steer the terminal, by control characters or by marks that turn the
/// direction of text. Lines stay lines.
pub(crate) fn printable(text: &str) -> String {
    let steers = |c: char| {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        c.is_control() || turns || matches!(c, '\u{2028}' | '\u{2029}')
    };
    text.chars()
        .map(|c| if c != '\n' && steers(c) { ' ' } else { c })
        .collect()
}

/// The same, in one line.
pub(crate) fn printable_line(text: &str) -> String {
    printable(text).replace('\n', " ")
}

/// Writes a warning to stderr.
pub(crate) fn warn(message: &str) {
    let _ = writeln!(io::stderr(), "warning: {}", printable(message));
}
