//! Files of TOML, and where in them something is wrong.

use serde::de::DeserializeOwned;

/// Something wrong in a file, and on which line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
#[non_exhaustive]
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
