//! A comparison as something to read: for people, programs, pull requests, and what shows checks.

mod entry;
mod github;
mod json;
mod junit;
mod markdown;
mod sarif;
mod text;

use strum::VariantArray;

use crate::capture::Lines;
use crate::diff::{Comparison, Impact, Release};
use crate::ignore::{Finding, Ignores};
use crate::inventory::Inventory;
use crate::problem::Problem;
use crate::rules::Rules;

use entry::Entry;

pub use markdown::markdown_code;

/// What a report tells of.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The source that was read, by its name.
    pub source: &'a str,
    /// File of the capture that it was compared with.
    pub against: &'a str,
    /// Where facts stand in that file.
    pub lines: &'a Lines,
    /// What the reader noted.
    pub problems: &'a [Problem],
    /// What differs.
    pub comparison: &'a Comparison,
    /// What does not count.
    pub ignores: &'a Ignores,
    /// What is wrong with what does not count.
    pub findings: &'a [Finding],
    /// Rules that may rest on what changed.
    pub rules: Option<RulesOf<'a>>,
    /// What the next release must be if the source is followed.
    pub release: Option<Release>,
}

/// The rules that rest on a capture, and what its source documents now.
#[derive(Clone, Copy, Debug)]
pub struct RulesOf<'a> {
    /// The rules.
    pub rules: &'a Rules,
    /// Name of the capture.
    pub capture: &'a str,
    /// What its source documents now.
    pub now: &'a Inventory,
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

impl<'a> Report<'a> {
    /// Writes the report.
    pub fn render(&self, format: Format) -> String {
        render(std::slice::from_ref(self), format)
    }

    /// The gravest impact of what counts; `None` if nothing does.
    pub fn impact(&self) -> Option<Impact> {
        self.counted().max()
    }

    /// Whether every difference counts.
    fn ignores_nothing(&self) -> bool {
        self.counted().count() == self.comparison.differences.len()
    }

    fn counted(&self) -> impl Iterator<Item = Impact> {
        let counted = self.comparison.differences.iter();
        let counted = counted.filter(|it| self.ignores.of(it).is_none());
        counted.map(|it| it.impact)
    }

    /// What the next release must be. What is ignored has no say in it.
    fn release(&self) -> Option<Release> {
        let of_source = self.release.filter(|_| self.ignores_nothing());
        Some(of_source.unwrap_or(self.impact()?.release()))
    }

    fn entries(&self) -> impl Iterator<Item = Entry<'a>> {
        let Self {
            lines,
            comparison,
            ignores,
            rules,
            ..
        } = *self;
        comparison.differences.iter().map(move |difference| Entry {
            difference,
            line: entry::line(lines, difference),
            ignored: ignores.of(difference),
            rules: rules.map_or(Vec::new(), |it| {
                it.rules.that_lost(it.capture, difference, it.now)
            }),
        })
    }

    /// The closing line.
    fn summary(&self) -> String {
        let count = |count: usize, text: &dyn Fn(usize) -> String| {
            if count == 0 {
                String::new()
            } else {
                text(count)
            }
        };
        let Comparison {
            compared,
            one_sided,
            differences,
        } = self.comparison;
        let one_sided = count(*one_sided, &|count| {
            format!(" ({count} more are documented by one side only)")
        });
        let facts = format!("{compared} facts compared{one_sided}");
        let counted: Vec<Impact> = self.counted().collect();
        let ignored = differences.len() - counted.len();
        let ignored = count(ignored, &|count| format!(", {count} ignored"));
        let Some(release) = self.release() else {
            return format!("{facts}, no difference{ignored}");
        };
        let of = |impact| counted.iter().filter(|it| **it == impact).count();
        let [wording, additive, breaking] = Impact::ALL.map(of);
        let differences = match counted.len() {
            1 => "1 difference".to_owned(),
            count => format!("{count} differences"),
        };
        format!(
            "{facts}, {differences}: {breaking} breaking, {additive} additive, {wording} wording{ignored}; next release: {release}",
        )
    }
}
