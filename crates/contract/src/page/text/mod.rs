//! Front end of pages as plain text, in either of the layouts that people get.
//!
//! Selecting and copying the page gives a [*flat*](flat) text: every field is named, its depth is
//! lost. A reader-mode extraction is [*nameless*](nameless): nested fields are descriptions only,
//! and the names of the top-level ones stand in the request form. Each feature is read on its own,
//! in whichever layout it comes, so that a mixture of the two is read as well.

mod examples;
mod flat;
mod form;
mod header;
mod nameless;
mod paragraphs;
mod statuses;
mod types;

use webex_precheck_escape::escape_lines;

use crate::endpoints::Endpoints;
use crate::inventory::Operation;
use crate::problem::Problem;

use super::incomplete::incomplete;
use super::tree::{BODY, Block, Page, Part, RequestLine, STATUSES, Section, parts};

/// A page has some 15 KB and 400 lines.
const MOST_BYTES: usize = 512 * 1024;
const MOST_LINES: usize = 4_000;

/// Refuses what is no page in plain text, and removes what is not to be seen.
pub(super) fn clean(text: &str) -> Result<String, Problem> {
    let start = text.trim_start().trim_start_matches('\u{feff}');
    if start.is_empty() {
        let message = "the file is empty; capture the page again";
        return Err(Problem::broken("", message));
    }
    let start = start.chars().take(15).collect::<String>().to_lowercase();
    let mut marks = ["<!doctype", "<html", "<?xml"].into_iter();
    if marks.any(|mark| start.starts_with(mark)) {
        let message =
            "an HTML document; open the page in a browser, select all, copy, and save the text";
        return Err(Problem::broken("line 1", message));
    }
    // Marks without width come with copied text, and mean nothing.
    let text = text.replace(['\u{200b}', '\u{2060}', '\u{feff}'], "");
    let text = escape_lines(&text).into_owned();
    if text.len() > MOST_BYTES || text.lines().count() > MOST_LINES {
        let message = format!(
            "over {} KiB or {MOST_LINES} lines, far more than any page has; check what was saved",
            MOST_BYTES / 1024
        );
        return Err(Problem::broken("", message));
    }
    Ok(text)
}

/// The lines of a page, and what tells which operation it is about.
pub(super) struct Outline<'t> {
    lines: Vec<&'t str>,
    pub(super) endpoint: Option<RequestLine>,
    /// The title, if its words show that it is one.
    pub(super) title: Option<&'t str>,
}

impl<'t> Outline<'t> {
    /// Finds the outline of a text that is [`clean`].
    pub(super) fn new(text: &'t str, known: &Endpoints) -> Result<Self, Problem> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let mut parts = lines.split(|line| *line == BODY);
        let above = parts.next().unwrap_or_default();
        if parts.count() > 1 {
            let message = "more than one page; capture each in a file of its own";
            return Err(Problem::broken("", message));
        }
        Ok(Self {
            endpoint: header::endpoint(above, known),
            title: header::title(above).map(|index| above[index]),
            lines,
        })
    }

    /// Builds the tree. What the page said before (`known`) tells title and names from the words
    /// around them where the layout does not.
    pub(super) fn read(self, known: Option<&Operation>) -> Result<Page, Problem> {
        let lines = &self.lines;
        let find = |heading: &str, from: usize| (from..lines.len()).find(|i| lines[*i] == heading);
        let no_body = || incomplete("", "no `Body Parameters` on the page");
        let body = find(BODY, 0).ok_or_else(no_body)?;
        let no_statuses = || incomplete("", "the page ends before its `Response Codes`");
        let statuses = find(STATUSES, body).ok_or_else(no_statuses)?;
        // The menu stands above method and path.
        let path = self.endpoint.as_ref().map(|endpoint| endpoint.line);
        let begin = path.map_or(0, |path| path + 1);
        let first = (begin..body).find(|index| is_heading(lines[*index]));
        let first = first.unwrap_or(body);
        let (table, panel) = statuses::split(&lines[statuses + 1..]);
        let mut sections = sections(&lines[first..statuses]);
        sections.push(Section::new(STATUSES, statuses::read(table)));
        Ok(Page {
            header: header::read(&lines[..path.unwrap_or(first)], path.is_some(), known),
            endpoint: self.endpoint,
            sections,
            is_nested: false,
            form: form::read(panel, known),
            examples: examples::read(panel),
        })
    }
}

fn is_heading(line: &str) -> bool {
    line == STATUSES || parts().iter().any(|(_, heading, _)| *heading == line)
}

/// The sections of fields, each under the first of its headings.
fn sections(lines: &[&str]) -> Vec<Section> {
    let chunks: Vec<&[&str]> = lines.chunk_by(|_, next| !is_heading(next)).collect();
    let section = |(_, heading, _): Part| {
        let here = chunks.iter().find(|lines| lines[0] == heading);
        let fields = here.map(|lines| flat::fields(&lines[1..]));
        Section::new(heading, vec![Block::Fields(fields.unwrap_or_default())])
    };
    parts().map(section).into()
}
