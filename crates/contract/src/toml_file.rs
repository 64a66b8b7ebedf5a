//! Files of TOML, and where in them something is wrong.

use serde::de::DeserializeOwned;
use toml::Spanned;

/// Something wrong in a file, and on which line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct FileError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong, and what to do where that is not plain.
    pub message: String,
}

impl FileError {
    pub(crate) fn new(line: usize, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { line, message }
    }
}

/// Reads a text of TOML.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, FileError> {
    toml::from_str(text).map_err(|error| in_text(text, &error))
}

/// An error of TOML with its line.
pub(crate) fn in_text(text: &str, error: &toml::de::Error) -> FileError {
    let line = line_at(text, error.span().map_or(0, |span| span.start));
    FileError::new(line, error.message().replace('\n', " "))
}

/// The line that the byte at `offset` stands on, counted from 1.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    let before = text.bytes().take(offset);
    before.filter(|byte| *byte == b'\n').count() + 1
}

/// Checks the entries of an array of tables, each with the line that it begins on.
pub(crate) fn checked<T, U>(
    text: &str,
    entries: Vec<Spanned<T>>,
    mut check: impl FnMut(T, usize) -> Result<U, FileError>,
) -> Result<Vec<U>, FileError> {
    let entries = entries.into_iter().map(|entry| {
        let line = line_at(text, entry.span().start);
        check(entry.into_inner(), line)
    });
    entries.collect()
}
