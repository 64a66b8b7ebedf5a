//! `spec/sources.toml`: the documents that the contract is compared with, and when each was captured.

use std::collections::HashSet;
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use toml_edit::{Array, DocumentMut, Item, Table, value};
use webex_precheck_contract::capture::undated;
use webex_precheck_contract::inventory::SourceKind;
use webex_precheck_contract::{Date, Inventory, OperationId};

use crate::outcome::Failure;

/// The file.
pub(crate) const SOURCES: &str = "spec/sources.toml";

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "source")]
    sources: Vec<Entry>,
}

/// A document.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// Name of its capture.
    pub(crate) name: String,
    pub(crate) kind: SourceKind,
    /// Where it is published.
    pub(crate) address: Option<String>,
    /// How the name of a saved copy begins.
    file: Option<String>,
    /// Of the captured revision.
    pub(crate) date: Option<Date>,
    pub(crate) operations: Vec<OperationId>,
}

/// Reads the text of the file.
pub(crate) fn read(text: &str) -> Result<Vec<Entry>, Failure> {
    let file: Result<File, _> = toml_edit::de::from_str(text);
    let file = file.map_err(|error| incorrect(error.to_string().replace('\n', " ")))?;
    let mut names = HashSet::new();
    if let Some(second) = file.sources.iter().find(|it| !names.insert(&it.name)) {
        let name = &second.name;
        return Err(incorrect(format!("two sources are called `{name}`")));
    }
    Ok(file.sources)
}

fn incorrect(what: impl Display) -> Failure {
    Failure::new(format!("{SOURCES}: {what}; correct it"))
}

impl Entry {
    /// In what the entry differs from the capture of its name.
    pub(crate) fn disagreement(&self, captured: Option<&Inventory>) -> Option<&'static str> {
        let Some(captured) = captured else {
            return Some("has no capture");
        };
        let operations = captured.operations.iter().map(|operation| &operation.id);
        if captured.date != self.date {
            Some("has another date than its capture")
        } else if captured.kind != self.kind || operations.ne(&self.operations) {
            Some("has another kind or other operations than its capture")
        } else {
            None
        }
    }

    /// The newest saved copy in a folder or the folders in it: the one with the latest date in its name.
    pub(crate) fn copy_in(&self, folder: &Path) -> Option<PathBuf> {
        let prefix = self.file.as_deref().unwrap_or(&self.name);
        let is_copy = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let rest = name
                .strip_prefix(prefix)
                .map(|it| it.trim_start_matches('-'));
            path.is_file()
                && rest.is_some_and(|it| it.starts_with(|c: char| c == '.' || c.is_ascii_digit()))
        };
        let inner = entries(folder).flat_map(entries);
        let copies = entries(folder).chain(inner).filter(is_copy);
        // Dates of ISO 8601 are in order as text; a second revision of a day (`-b`) is the later.
        copies.max_by_key(|path| path.file_stem().map(ToOwned::to_owned))
    }
}

fn entries(folder: impl AsRef<Path>) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path())
}

/// The text of the file in which the source of a capture has the date of that capture.
pub(crate) fn with_date(text: &str, name: &str, captured: &Inventory) -> Result<String, Failure> {
    let mut document = text.parse::<DocumentMut>().map_err(incorrect)?;
    let tables = document.get_mut("source");
    let tables = tables.and_then(Item::as_array_of_tables_mut);
    let is_ours = |table: &&mut Table| table.get("name").and_then(Item::as_str) == Some(name);
    let Some(entry) = tables.and_then(|tables| tables.iter_mut().find(is_ours)) else {
        let sources = vec![Entry {
            name: name.to_owned(),
            kind: captured.kind,
            address: None,
            file: (captured.kind == SourceKind::Openapi).then(|| undated(&captured.source)),
            date: captured.date.clone(),
            operations: captured.operations.iter().map(|it| it.id.clone()).collect(),
        }];
        let entry = toml_edit::ser::to_string_pretty(&File { sources }).map_err(incorrect)?;
        let text = format!("{text}\n{entry}");
        return read(&text).map(|_| text);
    };
    let ids = captured.operations.iter().map(|it| it.id.as_str());
    let is_other = |known: &Item| {
        let known = known.as_array().into_iter().flatten();
        !known.filter_map(|it| it.as_str()).eq(ids.clone())
    };
    if ids.len() > 0 && entry.get("operations").is_some_and(is_other) {
        entry["operations"] = value(ids.collect::<Array>());
    }
    if let Some(date) = &captured.date {
        let known = entry.entry("date").or_insert(value(""));
        if let Some(known) = known.as_value_mut() {
            // With the comment beside it.
            let decor = known.decor().clone();
            *known = date.as_str().into();
            *known.decor_mut() = decor;
        }
    }
    Ok(document.to_string())
}

#[cfg(test)]
mod tests {
    //! Copies in folders, and dates in the file.
    use webex_precheck_contract::{Endpoints, openapi};

    use super::*;

    const TEXT: &str = "# Ours.\n[[source]]\nname = \"openapi\"\nkind = \"openapi\"\nfile = \"published\"\n\
                        date = \"2025-01-02\" # when\noperations = [\"customer\"]\n";

    #[test]
    fn the_newest_copy_stands_in_for_the_address() {
        let folder = tempfile::TempDir::new().unwrap();
        let entry = read(TEXT).unwrap().remove(0);
        assert_eq!(entry.copy_in(folder.path()), None);
        for name in [
            "published.json",
            "published-2025-12-31.json",
            "upstream/published-2026-04-01.json",
            "upstream/published-2026-04-01-b.json",
            "published-too-2027-01-01.json",
            "a/b/published-2027-01-01.json",
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let newest = folder.path().join("upstream/published-2026-04-01-b.json");
        assert_eq!(entry.copy_in(folder.path()), Some(newest));
    }

    #[test]
    fn a_date_is_written_in_its_place() {
        let (mut captured, _) = openapi::read("x", "{}", &Endpoints::default());
        captured.date = Some("2026-04-17".parse().unwrap());
        let text = with_date(TEXT, "openapi", &captured).unwrap();
        assert_eq!(text, TEXT.replace("2025-01-02", "2026-04-17"));
        let text = with_date(TEXT, "other", &captured).unwrap();
        let sources = read(&text).unwrap();
        assert_eq!(sources[1].name, "other");
        assert_eq!(sources[1].date, captured.date);
    }

    #[test]
    fn mistakes_are_named() {
        for (text, expected) in [
            (format!("{TEXT}{TEXT}"), "two sources are called `openapi`"),
            (TEXT.replace("2025-01-02", "soon"), "is not a date"),
            (TEXT.replace("name", "nome"), "nome"),
        ] {
            let failure = read(&text).unwrap_err().to_string();
            assert!(failure.starts_with("spec/sources.toml: "), "{failure}");
            assert!(failure.contains(expected), "{failure}");
        }
    }
}
