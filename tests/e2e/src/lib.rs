//! Only tests: see `tests/`. Those of the program itself lie beside it, in `crates/cli/tests`.
