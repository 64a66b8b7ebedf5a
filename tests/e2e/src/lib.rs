//! What the tests in `tests/` share: virtual time, a log, and a server for bad weather. The tests of the
//! program itself lie beside it, in `crates/cli/tests`.

mod clock;
mod log;
mod weather;

pub use clock::{START, VirtualClock};
pub use log::Log;
pub use weather::{Server, Weather, answer};

/// The README's Rust compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
