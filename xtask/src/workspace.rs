//! Where things lie in the workspace, and how its files are written.

use std::fs;
use std::path::{Path, PathBuf};

use similar::TextDiff;
use webex_precheck_contract::deviations::Deviations;
use webex_precheck_contract::rules::Rules;
use webex_precheck_contract::{Inventory, Problem, Severity, capture, openapi};

use crate::outcome::{Failure, note, print};
use crate::sources;

/// The root of the workspace.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace at `root`, or else the one that cargo runs this program in. Where it was built is
    /// no guide: checkouts may share a target folder.
    pub(crate) fn find(root: Option<PathBuf>) -> Result<Self, Failure> {
        let of_cargo = || {
            let package = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR")?);
            package.parent().map(Path::to_owned)
        };
        let around = || {
            let here = std::env::current_dir().ok()?;
            let is_root = |folder: &&Path| folder.join(CONTRACT).exists();
            here.ancestors().find(is_root).map(Path::to_owned)
        };
        let root = root.or_else(of_cargo).or_else(around);
        let root = root.ok_or_else(|| {
            Failure::usage("no workspace here; run `cargo xtask` in one, or name it with --root")
        })?;
        Ok(Self { root })
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

    /// Reads a text file of the workspace; nothing where there is none.
    pub(crate) fn read_or_empty(&self, relative: &str) -> Result<String, Failure> {
        match self.path(relative).exists() {
            true => self.read(relative),
            false => Ok(String::new()),
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

    /// Where the contract leaves the captures on purpose.
    pub(crate) fn deviations(&self) -> Result<Deviations, Failure> {
        read_deviations(&self.read(DEVIATIONS)?)
    }

    /// The rules that rest on wording.
    pub(crate) fn rules(&self) -> Result<Rules, Failure> {
        read_rules(&self.read(RULES)?)
    }

    /// The stored captures by name, in order.
    pub(crate) fn captures(&self) -> Result<Vec<(String, Inventory)>, Failure> {
        let folder = self.path(DOCUMENTED);
        let read = |error| Failure::new(format!("{DOCUMENTED}: {error}"));
        let mut names = Vec::new();
        for entry in fs::read_dir(folder).map_err(read)? {
            let file = entry.map_err(read)?.file_name();
            if let Some(name) = file.to_str().and_then(|file| file.strip_suffix(".toml")) {
                names.push(name.to_owned());
            }
        }
        names.sort();
        let mut captures = Vec::new();
        for name in names {
            if let Some(inventory) = self.capture(&name)? {
                captures.push((name, inventory));
            }
        }
        Ok(captures)
    }

    /// One stored capture, where there is one.
    pub(crate) fn capture(&self, name: &str) -> Result<Option<Inventory>, Failure> {
        let file = capture_file(name);
        if !self.path(&file).exists() {
            return Ok(None);
        }
        let inventory = capture::read(&self.read(&file)?).map_err(|error| {
            Failure::new(format!(
                "{file}: {error}; `cargo xtask capture SOURCE` writes it anew"
            ))
        })?;
        Ok(Some(inventory))
    }

    /// Writes several files, or none of them. Returns whether all held their texts already.
    pub(crate) fn replace_all(&self, files: &[(String, String)]) -> Result<bool, Failure> {
        let files = files
            .iter()
            .map(|(relative, text)| (relative.as_str(), self.path(relative), text.as_str()));
        let written = crate::replace::all(files).map_err(|(relative, error)| {
            Failure::new(format!("{relative}: {error}; nothing was changed"))
        })?;
        for relative in &written {
            note("Written", relative);
        }
        Ok(written.is_empty())
    }

    /// Shows as a diff how a file would become `text`. Returns whether it is that already.
    pub(crate) fn show_difference(&self, relative: &str, text: &str) -> Result<bool, Failure> {
        let present = fs::read(self.path(relative)).unwrap_or_default();
        let present = String::from_utf8_lossy(&present);
        if present == text {
            return Ok(true);
        }
        let diff = TextDiff::from_lines(&*present, text);
        let (before, after) = (format!("a/{relative}"), format!("b/{relative}"));
        print(&diff.unified_diff().header(&before, &after).to_string())?;
        Ok(false)
    }

    /// Makes sure that a file holds `text`. With `check` nothing is written, and a difference is
    /// shown instead, with the `command` that mends it. Returns whether the file held it already.
    pub(crate) fn ensure_contents(
        &self,
        relative: &str,
        text: &str,
        check: bool,
        command: &str,
    ) -> Result<bool, Failure> {
        if fs::read(self.path(relative)).is_ok_and(|present| present == text.as_bytes()) {
            note("Fresh", relative);
            return Ok(true);
        }
        if check && self.path(relative).exists() {
            self.show_difference(relative, text)?;
            note("Stale", &format!("{relative}; run `{command}`"));
        } else if check {
            note("Stale", &format!("{relative} is missing; run `{command}`"));
        } else {
            self.replace_all(&[(relative.to_owned(), text.to_owned())])?;
        }
        Ok(false)
    }
}

/// The facts of a contract, without its prose.
pub(crate) fn read_contract(text: &str) -> Result<Inventory, Failure> {
    let (contract, problems) = openapi::read(CONTRACT, text);
    // What is worth a note in a file of others is a mistake in our own.
    if let Some(Problem { place, message, .. }) = problems.first() {
        let what = message.split("; ").next().unwrap_or(message);
        return Err(Failure::new(format!(
            "{CONTRACT}: {place}: {what}; correct it"
        )));
    }
    Ok(contract.without_prose())
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
/// The captures.
pub(crate) const DOCUMENTED: &str = "spec/documented";

/// The file of a capture.
pub(crate) fn capture_file(name: &str) -> String {
    format!("{DOCUMENTED}/{name}.toml")
}

/// One sentence for a broken source: the first thing that is wrong with it.
pub(crate) fn broken(name: &str, problems: &[Problem]) -> Failure {
    let first = problems.iter().find(|p| p.severity == Severity::Broken);
    match first {
        Some(problem) => Failure::new(format!("{name}: {problem}")),
        None => Failure::new(name),
    }
}

/// The rules in a text.
pub(crate) fn read_rules(text: &str) -> Result<Rules, Failure> {
    Rules::read(text).map_err(|error| Failure::new(format!("{RULES}: {error}; correct it")))
}

/// The deviations in a text.
pub(crate) fn read_deviations(text: &str) -> Result<Deviations, Failure> {
    Deviations::read(text)
        .map_err(|error| Failure::new(format!("{DEVIATIONS}: {error}; correct it")))
}
