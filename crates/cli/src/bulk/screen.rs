//! stdout and stderr, of which both may be the same terminal.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError, TryLockError};

/// Writes results to stdout and progress to stderr, so that neither disturbs the other.
pub(crate) struct Screen {
    /// Whether a line of progress is on the terminal.
    has_line: Mutex<bool>,
    progress: Progress,
}

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    None,
    /// Every so often in a line of its own.
    Lines,
    /// In one line of the terminal, over and over.
    Line,
}

/// Back to the beginning of the line, which is emptied.
const CLEAR: &str = "\r\x1b[K";

impl Screen {
    pub(crate) fn new(is_quiet: bool) -> Self {
        let progress = match (is_quiet, io::stderr().is_terminal()) {
            (true, _) => Progress::None,
            (false, true) => Progress::Line,
            (false, false) => Progress::Lines,
        };
        Self {
            has_line: Mutex::new(false),
            progress,
        }
    }

    pub(crate) fn progress(&self) -> Progress {
        self.progress
    }

    /// Writes results.
    pub(crate) fn results(&self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let mut has_line = self.has_line.lock().unwrap_or_else(PoisonError::into_inner);
        let mut stdout = io::stdout().lock();
        if *has_line && stdout.is_terminal() {
            let _ = io::stderr().write_all(CLEAR.as_bytes());
            *has_line = false;
        }
        stdout.write_all(bytes)?;
        stdout.flush()
    }

    /// Shows how far it is, unless results are being written.
    pub(crate) fn show(&self, line: &str) {
        let mut has_line = match self.has_line.try_lock() {
            Ok(has_line) => has_line,
            Err(TryLockError::WouldBlock) => return,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        };
        let mut stderr = io::stderr().lock();
        let _ = match self.progress {
            Progress::None => Ok(()),
            Progress::Lines => writeln!(stderr, "{line}"),
            Progress::Line => write!(stderr, "{CLEAR}{line}").and_then(|()| stderr.flush()),
        };
        *has_line = self.progress == Progress::Line;
    }

    /// Removes the line of progress.
    pub(crate) fn clear(&self) {
        if let Ok(mut has_line) = self.has_line.try_lock()
            && std::mem::take(&mut *has_line)
        {
            let _ = io::stderr().write_all(CLEAR.as_bytes());
        }
    }
}
