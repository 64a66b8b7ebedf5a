//! Where files are in the workspace, and how they are read and written.

use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use similar::TextDiff;
use webex_precheck_contract::capture::Lines;
use webex_precheck_contract::deviations::Deviations;
use webex_precheck_contract::rules::Rules;
use webex_precheck_contract::{Inventory, Problem, capture, openapi};

use crate::outcome::{Failure, note, print};
use crate::replace;
use crate::sources;

/// The root of the workspace.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace at `root`, or else the one that cargo runs this program in. Where it was built is
    /// no guide: checkouts may share a target folder.
    pub(crate) fn find(root: Option<PathBuf>) -> Result<Self, Failure> {
        let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let of_cargo = || package?.parent().map(Path::to_owned);
        let here = std::env::current_dir().unwrap_or_default();
        let is_root = |folder: &&Path| folder.join(CONTRACT).exists();
        let around = || here.ancestors().find(is_root).map(Path::to_owned);
        match root.or_else(of_cargo).or_else(around) {
            Some(root) => Ok(Self { root }),
            None => Err(Failure::usage(
                "no workspace here; run `cargo xtask` in one, or name it with --root",
            )),
        }
    }

    /// A path in the workspace.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Reads a text file of the workspace.
    pub(crate) fn read(&self, relative: &str) -> Result<String, Failure> {
        fs::read_to_string(self.path(relative))
            .map_err(|error| Failure::new(format!("{relative}: {error}")))
    }

    /// Reads a text file of the workspace; empty if it does not exist.
    pub(crate) fn read_or_empty(&self, relative: &str) -> Result<String, Failure> {
        if self.path(relative).exists() {
            self.read(relative)
        } else {
            Ok(String::new())
        }
    }

    /// The documents that the contract is held against.
    pub(crate) fn sources(&self) -> Result<Vec<sources::Entry>, Failure> {
        sources::read(&self.read(sources::SOURCES)?)
    }

    /// The contract as facts, without its prose: its words are its own.
    pub(crate) fn contract(&self) -> Result<Inventory, Failure> {
        read_contract(&self.read(CONTRACT)?)
    }

    /// The rules that rest on wording.
    pub(crate) fn rules(&self) -> Result<Rules, Failure> {
        read_rules(&self.read(RULES)?)
    }

    /// The stored captures by name, in order.
    pub(crate) fn captures(&self) -> Result<Vec<(String, Inventory)>, Failure> {
        let names = self.capture_names()?.into_iter();
        let captures = names.map(|name| Ok(self.capture(&name)?.map(|it| (name, it))));
        captures.filter_map(Result::transpose).collect()
    }

    /// The same, without those that cannot be read.
    pub(crate) fn readable_captures(&self) -> Vec<(String, Inventory)> {
        let names = self.capture_names().unwrap_or_default().into_iter();
        let captures = names.filter_map(|name| Some((self.capture(&name).ok()??, name)));
        captures
            .map(|(inventory, name)| (name, inventory))
            .collect()
    }

    fn capture_names(&self) -> Result<Vec<String>, Failure> {
        let failed = |error| Failure::new(format!("{DOCUMENTED}: {error}"));
        let mut names = Vec::new();
        for entry in fs::read_dir(self.path(DOCUMENTED)).map_err(failed)? {
            let file = entry.map_err(failed)?.file_name();
            let name = file.to_str().and_then(|file| file.strip_suffix(".toml"));
            names.extend(name.map(str::to_owned));
        }
        names.sort();
        Ok(names)
    }

    /// A stored capture, if it exists.
    pub(crate) fn capture(&self, name: &str) -> Result<Option<Inventory>, Failure> {
        let file = capture_file(name);
        if !self.path(&file).exists() {
            return Ok(None);
        }
        let remedy = "`cargo xtask capture SOURCE` writes it anew";
        capture::read(&self.read(&file)?)
            .map(Some)
            .map_err(|error| Failure::new(format!("{file}: {error}; {remedy}")))
    }

    /// Where facts stand in a stored capture; nowhere if there is none.
    pub(crate) fn lines(&self, capture: &str) -> Result<Lines, Failure> {
        let file = capture_file(capture);
        let text = self.read_or_empty(&file)?;
        let read = capture::read_with_lines(&text);
        Ok(read.map(|(_, lines)| lines).unwrap_or_default())
    }

    /// Writes several files, or none of them. Returns whether all contained their texts already.
    pub(crate) fn replace_all(&self, files: &[(String, String)]) -> Result<bool, Failure> {
        let written = replace::all(&self.root, files)?;
        for relative in &written {
            note("Written", relative);
        }
        Ok(written.is_empty())
    }

    /// Shows as a diff how a file would become `text`. Returns whether it is that already.
    pub(crate) fn show_difference(&self, relative: &str, text: &str) -> Result<bool, Failure> {
        let present = fs::read(self.path(relative)).unwrap_or_default();
        let present = String::from_utf8_lossy(&present);
        if present != text {
            let diff = TextDiff::from_lines(&*present, text);
            let (before, after) = (format!("a/{relative}"), format!("b/{relative}"));
            print(&diff.unified_diff().header(&before, &after).to_string())?;
        }
        Ok(present == text)
    }

    /// Makes sure that a file contains `text`. With `check` nothing is written: a difference is
    /// shown, with the `command` that mends it. Returns whether the file contained it already.
    pub(crate) fn ensure_contents(
        &self,
        relative: &str,
        text: &str,
        check: bool,
        command: &str,
    ) -> Result<bool, Failure> {
        let is_missing = !self.path(relative).exists();
        let is_fresh = if check {
            !is_missing && self.show_difference(relative, text)?
        } else {
            self.replace_all(&[(relative.to_owned(), text.to_owned())])?
        };
        if is_fresh {
            note("Fresh", relative);
        } else if check {
            let what = if is_missing { " is missing" } else { "" };
            note("Stale", &format!("{relative}{what}; run `{command}`"));
        }
        Ok(is_fresh)
    }
}

/// The contract.
pub(crate) const CONTRACT: &str = "spec/openapi.json";
/// What changed from release to release.
pub(crate) const CHANGELOG: &str = "CHANGELOG.md";
/// The deliberate deviations from the sources.
pub(crate) const DEVIATIONS: &str = "spec/deviations.toml";
/// The rules that sources state in words only.
pub(crate) const RULES: &str = "spec/rules.toml";
/// What the sources say, side by side.
pub(crate) const EVIDENCE: &str = "spec/EVIDENCE.md";
/// The folder of the captures.
pub(crate) const DOCUMENTED: &str = "spec/documented";

/// The file of a capture.
pub(crate) fn capture_file(name: &str) -> String {
    format!("{DOCUMENTED}/{name}.toml")
}

/// The facts of a contract, without its prose.
pub(crate) fn read_contract(text: &str) -> Result<Inventory, Failure> {
    let (contract, problems) = openapi::read_contract(CONTRACT, text);
    // What is worth a note in a file of others is a mistake in our own.
    if let Some(Problem { place, message, .. }) = problems.first() {
        let what = message.split("; ").next().unwrap_or(message);
        return Err(incorrect(CONTRACT, format!("{place}: {what}")));
    }
    Ok(contract.without_descriptions())
}

/// What a contract says, without its prose.
pub(crate) fn facts(contract: &Value) -> Inventory {
    openapi::read_contract_document(CONTRACT, contract)
        .0
        .without_descriptions()
}

/// The rules in a text.
pub(crate) fn read_rules(text: &str) -> Result<Rules, Failure> {
    Rules::read(text).map_err(|error| incorrect(RULES, error))
}

/// The deviations in a text.
pub(crate) fn read_deviations(text: &str) -> Result<Deviations, Failure> {
    Deviations::read(text).map_err(|error| incorrect(DEVIATIONS, error))
}

fn incorrect(file: &str, what: impl Display) -> Failure {
    Failure::new(format!("{file}: {what}; correct it"))
}
