//! The stored form of an inventory: TOML, facts only, and the line of each.

mod lines;

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::inventory::{Inventory, OperationId, SourceKind};
use crate::toml_file::{FileError, in_text};

pub use lines::Lines;

const HEAD: &str = "\
# What one source documents, as facts. Written by `cargo xtask capture`; do not edit.
# Text is kept as fingerprints: twelve hexadecimal digits a sentence.

";

/// An inventory as the text of its file.
pub fn write(inventory: &Inventory) -> Result<String, toml::ser::Error> {
    Ok(format!("{HEAD}{}", toml::to_string(inventory)?))
}

/// Reads a stored inventory.
pub fn read(text: &str) -> Result<Inventory, FileError> {
    Ok(read_with_lines(text)?.0)
}

/// Reads a stored inventory, with the line of each fact.
pub fn read_with_lines(text: &str) -> Result<(Inventory, Lines), FileError> {
    let failed = |error| in_text(text, &error);
    let table = toml::de::DeTable::parse(text).map_err(failed)?;
    let lines = Lines::of(text, table.get_ref());
    let deserializer = toml::de::Deserializer::from(table);
    let inventory = Inventory::deserialize(deserializer).map_err(failed)?;
    Ok((inventory, lines))
}

/// Name of the file, without its ending, that stores what a source documents, beside the `stored`
/// captures: that of the capture of the same operations, or a new one.
pub fn name(inventory: &Inventory, stored: &[(String, Inventory)]) -> String {
    let ids = |it: &Inventory| it.operations.iter().map(|it| it.id.clone()).collect();
    let own: BTreeSet<OperationId> = ids(inventory);
    let is_of_same = |known: &Inventory| {
        let known_ids: BTreeSet<OperationId> = ids(known);
        known.kind == inventory.kind && !known_ids.is_disjoint(&own)
    };
    let mut captures = stored.iter();
    if let Some((name, _)) = captures.find(|(_, known)| is_of_same(known)) {
        return name.clone();
    }
    let usual = match (inventory.kind, inventory.operations.first()) {
        (SourceKind::Page, Some(operation)) => format!("{}-page", operation.id),
        (SourceKind::Page, None) => "page".to_owned(),
        (SourceKind::Openapi, _) => "openapi".to_owned(),
    };
    if stored.iter().any(|(name, _)| *name == usual) {
        undated(&inventory.source)
    } else {
        usual
    }
}

/// `webex-broadworks-2026-04-17.json` -> `webex-broadworks`
pub fn undated(source: &str) -> String {
    let stem = source.split('.').next().unwrap_or_default();
    let is_date = |word: &str| word.len() == 1 || word.bytes().all(|byte| byte.is_ascii_digit());
    let words: Vec<&str> = stem.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let words = words
        .into_iter()
        .filter(|word| !word.is_empty() && !is_date(word));
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    //! Which capture a source belongs to.
    use super::*;
    use crate::inventory::Operation;

    fn source(kind: SourceKind, name: &str, ids: &[&str]) -> Inventory {
        let operations = ids
            .iter()
            .map(|id| Operation::unknown(OperationId::new(*id)));
        Inventory {
            kind,
            source: name.to_owned(),
            date: None,
            operations: operations.collect(),
        }
    }

    #[test]
    fn capture_is_named_by_what_it_documents() {
        use SourceKind::{Openapi, Page};
        let stored = [("openapi".to_owned(), source(Openapi, "w.json", &["a", "b"]))];
        for (fresh, expected) in [
            (source(Openapi, "w-2026-01-02.json", &["b"]), "openapi"),
            (source(Openapi, "Voice-2026-01-02-b.json", &["c"]), "voice"),
            (source(Page, "page.txt", &["b"]), "b-page"),
        ] {
            assert_eq!(name(&fresh, &stored), expected);
        }
        assert_eq!(name(&source(Openapi, "w.json", &["a"]), &[]), "openapi");
    }
}
