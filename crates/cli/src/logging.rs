//! What the library has to say on the way, on stderr.

use std::io::{self, Write};

use tracing_subscriber::EnvFilter;
use webex_precheck_escape::escape_lines;

use crate::exit::warn;

/// Listens to what `RUST_LOG` asks for. `default` is told without being asked.
pub(crate) fn start(default: &str) {
    let filter = match std::env::var(EnvFilter::DEFAULT_ENV) {
        Ok(asked) if !asked.trim().is_empty() => {
            EnvFilter::try_new(asked).unwrap_or_else(|error| {
                warn(&format!("RUST_LOG: {error}; it is not heeded"));
                EnvFilter::new(default)
            })
        }
        _ => EnvFilter::new(default),
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| EscapedStderr)
        .without_time()
        .with_target(false);
    // Nothing else listens in this process.
    let _ = log.try_init();
}

/// Stderr, where events show text of others.
struct EscapedStderr;

impl Write for EscapedStderr {
    /// Writes an event, which comes in one piece.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        io::stderr().write_all(escape_lines(&text).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
