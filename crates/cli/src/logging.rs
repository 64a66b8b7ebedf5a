//! What the library has to say on the way, on stderr.

use std::io;

use tracing_subscriber::EnvFilter;

use crate::outcome::warn;

/// Told without being asked: that Webex is waited for.
const DEFAULT: &str = "webex_precheck=info";

/// Listens to what `RUST_LOG` asks for.
pub(crate) fn start() {
    let filter = match std::env::var(EnvFilter::DEFAULT_ENV) {
        Ok(asked) if !asked.trim().is_empty() => {
            EnvFilter::try_new(asked).unwrap_or_else(|error| {
                warn(&format!("RUST_LOG: {error}; it is not heeded"));
                EnvFilter::new(DEFAULT)
            })
        }
        _ => EnvFilter::new(DEFAULT),
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .without_time()
        .with_target(false);
    // Nothing else listens in this process.
    let _ = log.try_init();
}
