//! Why a scenario cannot be read.

use std::fmt::Display;

/// A scenario cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ScenarioError(String);

impl ScenarioError {
    pub(crate) fn new(message: impl Display) -> Self {
        Self(message.to_string())
    }

    /// The same error at a place.
    pub(crate) fn at(self, place: impl Display) -> Self {
        Self(format!("{place}: {}", self.0))
    }
}
