//! The stored form of an inventory: TOML, facts only, and the line of each.

mod lines;

use serde::Deserialize;

use crate::inventory::{Inventory, SourceKind};
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

/// Name of the file, without its ending, that stores what sources of this kind document.
pub fn name(inventory: &Inventory) -> String {
    match (inventory.kind, inventory.operations.first()) {
        (SourceKind::Page, Some(operation)) => format!("{}-page", operation.id),
        (SourceKind::Page, None) => "page".to_owned(),
        (SourceKind::Openapi, _) => "openapi".to_owned(),
    }
}
