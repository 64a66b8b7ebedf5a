//! Only tests: see `tests/`. Those of the program itself lie beside it, in `crates/cli/tests`.

/// The README's Rust compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
