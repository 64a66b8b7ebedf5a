//! Threads beside the one that asks.

use std::io;
use std::thread;

use crate::exit::Failure;

/// Starts a thread that gives way to the one that asks.
pub(super) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    let thread = thread::Builder::new().name(name.to_owned()).spawn(|| {
        give_way();
        work();
    });
    let told = |error: io::Error| Failure::usage(format!("no thread can be started: {error}"));
    thread.map(drop).map_err(told)
}

/// Lets other threads go first where there are not enough processors: what is asked takes longest.
#[cfg(target_os = "linux")]
fn give_way() {
    // Where it is not allowed, it is only slower.
    let _ = rustix::process::nice(10);
}

#[cfg(not(target_os = "linux"))]
fn give_way() {}
