//! The stored form of an inventory: TOML, facts only.

use crate::inventory::{Inventory, SourceKind};

const HEAD: &str = "\
# What one source documents, as facts. Written by `cargo xtask capture`; do not edit.
# Prose is kept as fingerprints: twelve hexadecimal digits a sentence.

";

/// An inventory as the text of its file.
pub fn write(inventory: &Inventory) -> Result<String, String> {
    match toml::to_string(inventory) {
        Ok(body) => Ok(format!("{HEAD}{body}")),
        Err(error) => Err(error.to_string()),
    }
}

/// Reads a stored inventory. The error says where in the file what is wrong.
pub fn read(text: &str) -> Result<Inventory, String> {
    toml::from_str(text).map_err(|error| toml_error(text, &error))
}

/// Where and what is wrong in a TOML text, in one line.
pub(crate) fn toml_error(text: &str, error: &toml::de::Error) -> String {
    let line = line_at(text, error.span().map_or(0, |span| span.start));
    format!("line {line}: {}", error.message().replace('\n', " "))
}

/// The line that the byte at `offset` stands on, counted from 1.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    let before = text.bytes().take(offset);
    before.filter(|byte| *byte == b'\n').count() + 1
}

/// Name of the file, without its ending, that stores what sources of this kind document.
pub fn name(inventory: &Inventory) -> String {
    match (inventory.kind, inventory.operations.first()) {
        (SourceKind::Page, Some(operation)) => format!("{}-page", operation.id),
        (SourceKind::Page, None) => "page".to_owned(),
        (SourceKind::Openapi, _) => "openapi".to_owned(),
    }
}
