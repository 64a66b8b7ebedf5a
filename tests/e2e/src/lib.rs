//! What the tests in `tests/` share: virtual time, a log, TLS, and a server for bad weather. The tests of the
//! program itself lie beside it, in `crates/cli/tests`.

pub mod attack;
mod clock;
pub mod crash;
pub mod echo;
pub mod load;
mod log;
mod raw;
pub mod tls;
mod weather;

pub use clock::{START, VirtualClock};
pub use log::Log;
pub use raw::Raw;
pub use weather::{Server, Weather, answer};

/// Lets everything else go on until `condition` holds.
///
/// # Panics
///
/// If it does not within a minute: a test that waits for what will not come must fail.
#[allow(clippy::panic, reason = "for tests")]
#[track_caller]
pub fn until(mut condition: impl FnMut() -> bool) -> impl Future<Output = ()> {
    let caller = std::panic::Location::caller();
    async move {
        let waiting = async {
            while !condition() {
                tokio::task::yield_now().await;
            }
        };
        let timeout = std::time::Duration::from_secs(60);
        if tokio::time::timeout(timeout, waiting).await.is_err() {
            panic!("{caller}: it is not so after a minute");
        }
    }
}

/// The README's Rust compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// The examples of the sandbox's README, one of which uses the client.
#[cfg(doctest)]
#[doc = include_str!("../../../crates/sandbox/README.md")]
struct SandboxReadme;
