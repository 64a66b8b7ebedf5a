//! A comparison as something to read: for people, programs, pull requests and GitHub's checks.

mod github;
mod json;
mod markdown;
mod text;

use crate::diff::Comparison;
use crate::problem::Problem;

/// What a report tells of.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The source that was read, by its name.
    pub source: &'a str,
    /// File of the capture that it was compared with.
    pub against: &'a str,
    /// What the reader noted.
    pub problems: &'a [Problem],
    /// What differs.
    pub comparison: &'a Comparison,
}

/// The forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Lines for a terminal.
    Text,
    /// One JSON object.
    Json,
    /// A table for a pull request or an issue.
    Markdown,
    /// Workflow commands that GitHub shows as annotations.
    Github,
}

impl Report<'_> {
    /// Writes the report.
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Text => text::render(self),
            Format::Json => json::render(self),
            Format::Markdown => markdown::render(self),
            Format::Github => github::render(self),
        }
    }

    /// The closing line.
    fn summary(&self) -> String {
        let Comparison {
            differences,
            compared,
            untold,
            ..
        } = self.comparison;
        let untold = match untold {
            0 => String::new(),
            count => format!(" ({count} more are told by one side only)"),
        };
        let facts = format!("{compared} facts compared{untold}");
        if differences.is_empty() {
            return format!("{facts}, no difference");
        }
        let count = |impact| differences.iter().filter(|d| d.impact == impact).count();
        let [wording, additive, breaking] = crate::diff::Impact::ALL.map(count);
        let release = self.comparison.impact().map(|i| i.release().to_string());
        format!(
            "{facts}, {} {}: {breaking} breaking, {additive} additive, {wording} wording; next release: {}",
            differences.len(),
            if differences.len() == 1 {
                "difference"
            } else {
                "differences"
            },
            release.unwrap_or_default()
        )
    }
}
