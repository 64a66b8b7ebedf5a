//! What the conformance tests share: the workspace's files, the fixtures, and the real sources
//! where they are present.

#![allow(clippy::panic, clippy::expect_used, reason = "only tests use it")]

pub mod mutation;

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use webex_precheck_contract::{Endpoints, Inventory, Problem, capture, openapi, page, source};
use xtask::adopt::State;

/// Root of the workspace: found when it is needed, since checkouts may share a target folder.
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let here = here.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    let mut folders = here.ancestors();
    let root = folders.find(|folder| folder.join("spec/sources.toml").exists());
    root.expect("lies in the workspace").to_owned()
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

/// A state of the files in `spec/`.
pub struct Spec(&'static str);

/// The state that is checked in; what is held against itself.
pub const CHECKED_IN: Spec = Spec("spec");
/// A state of its own for tests of what compares and follows, which no documentation changes.
pub const FROZEN: Spec = Spec("tests/conformance/fixtures/spec");

impl Spec {
    /// Reads one of the files.
    pub fn read(&self, name: &str) -> String {
        read(&format!("{}/{name}", self.0))
    }

    /// The contract as facts, without its prose.
    pub fn contract(&self) -> Inventory {
        let (contract, problems) =
            openapi::read_contract("openapi.json", &self.read("openapi.json"));
        assert!(problems.is_empty(), "{problems:?}");
        contract.without_descriptions()
    }

    /// The stored captures by name.
    pub fn captures(&self) -> Vec<(String, Inventory)> {
        let folder = root().join(self.0).join("documented");
        let files = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let mut captures: Vec<(String, Inventory)> = files
            .map(|file| {
                let name = file.expect("can be listed").file_name();
                let name = name.to_str().expect("is text").to_owned();
                let text = self.read(&format!("documented/{name}"));
                let inventory = capture::read(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
                (name.trim_end_matches(".toml").to_owned(), inventory)
            })
            .collect();
        captures.sort_by(|a, b| a.0.cmp(&b.0));
        captures
    }

    /// What `xtask` adopts from.
    pub fn state(&self) -> State {
        State {
            contract: self.read("openapi.json"),
            deviations: self.read("deviations.toml"),
            rules: self.read("rules.toml"),
            captures: self.captures(),
        }
    }
}

/// The operations of the frozen contract.
pub fn endpoints() -> &'static Endpoints {
    static ENDPOINTS: LazyLock<Endpoints> = LazyLock::new(|| Endpoints::of(&FROZEN.contract()));
    &ENDPOINTS
}

/// Reads a source; `known` is what a page is aligned with.
pub fn read_source(name: &str, text: &str, known: &Inventory) -> (Inventory, Vec<Problem>) {
    source::read(name, text, endpoints(), known)
}

/// Reads a source and stores it, as `capture` does; `known` is what a page is aligned with.
pub fn captured(text: &str, known: &Inventory) -> Inventory {
    let (inventory, problems) = read_source("source", text, known);
    assert!(!source::is_broken(&problems), "{problems:?}");
    capture::read(&capture::write(&inventory).expect("can be stored")).expect("can be read")
}

/// Reads a page against the frozen contract.
pub fn page(text: &str) -> Inventory {
    let (inventory, problems) = page::read("page", text, endpoints(), &FROZEN.contract());
    assert!(!source::is_broken(&problems), "{problems:?}");
    inventory
}

/// The real sources in a folder of the documentation, by name and in order; none where it is not.
pub fn real_files(relative: &str) -> Vec<(String, String)> {
    let folder = documentation().join(relative);
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<(String, String)> = files
        .filter_map(|file| {
            let name = file.file_name().to_str()?.to_owned();
            Some((name.clone(), real(&format!("{relative}/{name}"))?))
        })
        .filter(|(name, _)| name != "README.md")
        .collect();
    files.sort();
    files
}

/// The folder of the documentation, which need not be there.
pub fn documentation() -> PathBuf {
    let folder = std::env::var_os("PRECHECK_DOCUMENTATION");
    folder.map_or_else(|| root().join("../shared"), PathBuf::from)
}

/// A real source by its path in the folder of documentation, where there is one.
///
/// The folder is `$PRECHECK_DOCUMENTATION`, or `../shared` beside the workspace. Without it a test
/// has nothing to do; with `PRECHECK_REQUIRE_DOCUMENTATION=1` its absence is a failure.
pub fn real(relative: &str) -> Option<String> {
    let path = documentation().join(relative);
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
