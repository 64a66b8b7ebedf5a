//! A comparison as something to read: for people, programs, pull requests, and what shows checks.

mod github;
mod json;
mod junit;
mod lines;
mod markdown;
mod plain;
mod sarif;
mod text;

use strum::VariantArray;

use crate::diff::{Comparison, Difference, Impact, Release};
use crate::ignore::{Finding, Origin};
use crate::problem::Problem;

use lines::Lines;

pub use markdown::markdown_code;
pub use plain::visible;
pub(crate) use plain::visible_lines;

/// What a report tells of.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The source that was read, by its name.
    pub source: &'a str,
    /// File of the capture that it was compared with.
    pub against: &'a str,
    /// Text of that file, where differences get their lines from.
    pub capture: &'a str,
    /// What the reader noted.
    pub problems: &'a [Problem],
    /// What differs.
    pub comparison: &'a Comparison,
    /// What is wrong with what should ignore differences.
    pub findings: &'a [Finding],
    /// What the next release must be if the source is followed.
    pub release: Option<Release>,
}

/// The forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::VariantArray)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
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

/// A difference with the line of the capture that it is about.
struct Item<'a> {
    difference: &'a Difference,
    line: usize,
}

/// Writes the reports on several sources as one document: in JSON an object for each of them, one a
/// line where there are several.
pub fn render(reports: &[Report<'_>], format: Format) -> String {
    let each = |render: fn(&Report<'_>) -> String| reports.iter().map(render).collect::<String>();
    match format {
        Format::Text => each(|report| text::render(report, false)),
        Format::Terminal => each(|report| text::render(report, true)),
        Format::Json => json::render(reports),
        Format::Markdown => reports
            .iter()
            .map(markdown::render)
            .collect::<Vec<_>>()
            .join("\n"),
        Format::Github => each(github::render),
        Format::Junit => junit::render(reports),
        Format::Sarif => sarif::render(reports),
    }
}

impl Report<'_> {
    /// Writes the report.
    pub fn render(&self, format: Format) -> String {
        render(std::slice::from_ref(self), format)
    }

    fn items(&self) -> impl Iterator<Item = Item<'_>> {
        let lines = Lines::of(self.capture);
        let differences = self.comparison.differences.iter();
        differences.map(move |difference| Item {
            difference,
            line: lines.line(difference),
        })
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
        let counted: Vec<&Difference> = self.comparison.counted().collect();
        let ignored = match differences.len() - counted.len() {
            0 => String::new(),
            count => format!(", {count} ignored"),
        };
        let Some(impact) = self.comparison.impact() else {
            return format!("{facts}, no difference{ignored}");
        };
        let count = |impact| counted.iter().filter(|d| d.impact == impact).count();
        let [wording, additive, breaking] = Impact::ALL.map(count);
        let differences = match counted.len() {
            1 => "1 difference".to_owned(),
            count => format!("{count} differences"),
        };
        let release = self.release.unwrap_or(impact.release());
        format!(
            "{facts}, {differences}: {breaking} breaking, {additive} additive, {wording} wording{ignored}; next release: {release}",
        )
    }
}

/// The first line of what is said of a difference.
fn headline(difference: &Difference) -> String {
    let phrase = difference.phrase();
    format!("{} {}: {phrase}", difference.operation, difference.at)
}

/// What is said under a difference, line by line, of no form yet.
fn details(difference: &Difference) -> Vec<String> {
    let mut details = difference.details.clone();
    if !difference.hints.is_empty() {
        let hints: Vec<&str> = difference.hints.iter().map(|hint| hint.as_str()).collect();
        details.push(format!("perhaps a rule: {}", hints.join(", ")));
    }
    for rule in &difference.rules {
        details.push(format!(
            "the rule `{rule}` rests on a sentence that changed"
        ));
    }
    if let Some(ignored) = &difference.ignored {
        let until = ignored.until.iter().map(|until| format!(" until {until}"));
        let until: String = until.collect();
        details.push(format!("ignored{until}: {}", ignored.reason));
    }
    details
}

/// File and line of a finding; what was typed is in no file.
fn place(finding: &Finding) -> Option<(&str, usize)> {
    match &finding.origin {
        Origin::File { name, line } => Some((name, *line)),
        Origin::Flag(_) => None,
    }
}
