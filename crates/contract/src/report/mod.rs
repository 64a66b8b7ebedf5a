//! Reports of a comparison: for terminals, programs, pull requests, test results and code scanning.

mod contents;
mod entry;
mod github;
mod json;
mod junit;
mod markdown;
mod sarif;
mod text;

use strum::VariantArray;

pub use contents::{Report, RulesOf};
pub use markdown::markdown_code;

/// The forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::VariantArray)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum Format {
    /// Lines for a terminal
    Text,
    /// The same lines, in the colours of a terminal.
    #[cfg_attr(feature = "clap", value(skip))]
    Terminal,
    /// JSON, as docs/drift-report.schema.json has it
    Json,
    /// A table for a pull request
    Markdown,
    /// Workflow commands for GitHub's annotations
    Github,
    /// JUnit XML, a test for each difference
    Junit,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

impl Format {
    /// Every form.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}

/// Writes the reports on several sources as one document: in JSON an object for each of them, one a
/// line where there are several.
pub fn render(reports: &[Report<'_>], format: Format) -> String {
    let each = |render: fn(&Report<'_>) -> String| reports.iter().map(render).collect::<Vec<_>>();
    match format {
        Format::Text => each(|report| text::render(report, false)).concat(),
        Format::Terminal => each(|report| text::render(report, true)).concat(),
        Format::Json => json::render(reports),
        Format::Markdown => each(markdown::render).join("\n"),
        Format::Github => each(github::render).concat(),
        Format::Junit => junit::render(reports),
        Format::Sarif => sarif::render(reports),
    }
}

impl Report<'_> {
    /// Writes the report.
    pub fn render(&self, format: Format) -> String {
        render(std::slice::from_ref(self), format)
    }
}
