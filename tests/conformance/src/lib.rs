//! What the conformance tests share: the workspace's files, the fixtures, and the real sources
//! where they are present.

#![allow(clippy::panic, clippy::expect_used, reason = "only tests use it")]

pub mod mutation;

use std::fs;
use std::path::{Path, PathBuf};

use webex_precheck_contract::{Inventory, capture, openapi, page, source};

/// Root of the workspace.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors()
        .nth(2)
        .expect("lies two folders deep")
        .to_owned()
}

/// Reads a file of the workspace.
pub fn read(relative: &str) -> String {
    let path = root().join(relative);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Reads a fixture.
pub fn fixture(name: &str) -> String {
    read(&format!("tests/conformance/fixtures/{name}"))
}

/// The contract as facts, without its prose.
pub fn contract() -> Inventory {
    let (contract, problems) = openapi::read("openapi.json", &read("spec/openapi.json"));
    assert!(problems.is_empty(), "{problems:?}");
    contract.without_prose()
}

/// The stored captures by name.
pub fn captures() -> Vec<(String, Inventory)> {
    ["customer-page", "openapi", "subscriber-page"]
        .into_iter()
        .map(|name| {
            let text = read(&format!("spec/documented/{name}.toml"));
            let inventory = capture::read(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
            (name.to_owned(), inventory)
        })
        .collect()
}

/// Reads a source and stores it, as `capture` does; `known` is what a page is aligned with.
pub fn captured(text: &str, known: &Inventory) -> Inventory {
    let (inventory, problems) = source::read("source", text, known);
    assert!(!source::is_broken(&problems), "{problems:?}");
    capture::read(&capture::write(&inventory).expect("can be stored")).expect("can be read")
}

/// Reads a page against the contract.
pub fn page(text: &str) -> Inventory {
    let (inventory, problems) = page::read("page", text, &contract());
    assert!(!source::is_broken(&problems), "{problems:?}");
    inventory
}

/// A real source by its path in the folder of documentation, where there is one.
///
/// The folder is `$PRECHECK_DOCUMENTATION`, or `../shared` beside the workspace. Without it a test
/// has nothing to do; with `PRECHECK_REQUIRE_DOCUMENTATION=1` its absence is a failure.
pub fn real(relative: &str) -> Option<String> {
    let folder = std::env::var_os("PRECHECK_DOCUMENTATION")
        .map_or_else(|| root().join("../shared"), PathBuf::from);
    let path = folder.join(relative);
    match fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) => {
            let required = std::env::var("PRECHECK_REQUIRE_DOCUMENTATION");
            assert!(
                required.as_deref() != Ok("1"),
                "{}: {error}, and PRECHECK_REQUIRE_DOCUMENTATION is set",
                path.display()
            );
            None
        }
    }
}
