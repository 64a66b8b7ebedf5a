//! The sections of a page, found by their headings.

use crate::problem::Problem;

/// The headings that open a section.
const HEADINGS: [&str; 6] = [
    "Path Parameters",
    "Header Parameters",
    "Query Parameters",
    "Body Parameters",
    "Response Properties",
    "Response Codes",
];

/// A page cut at its headings.
pub(super) struct Sections<'t> {
    /// What stands before the first section: navigation, title, description.
    pub(super) header: Vec<&'t str>,
    sections: Vec<(&'static str, Vec<&'t str>)>,
    /// The table of statuses and all that follows it.
    tail: Vec<&'t str>,
}

/// Finds the sections, or says what is missing.
pub(super) fn find<'t>(lines: &[&'t str]) -> Result<Sections<'t>, Problem> {
    let heading = |line: &str| HEADINGS.into_iter().find(|h| *h == line.trim());
    let position =
        |name: &str, from: usize| (from..lines.len()).find(|index| lines[*index].trim() == name);
    let Some(body) = position("Body Parameters", 0) else {
        return Err(Problem::broken(
            "",
            "no `Body Parameters` on the page; capture the whole page again",
        ));
    };
    let Some(codes) = position("Response Codes", body) else {
        return Err(Problem::broken(
            "",
            "the page ends before its `Response Codes`; capture the whole page again",
        ));
    };
    // The request form repeats headings, but only after the statuses.
    let first = (super::header::end(lines)..body)
        .find(|index| heading(lines[*index]).is_some())
        .unwrap_or(body);
    let mut sections: Vec<(&'static str, Vec<&str>)> = Vec::new();
    for line in &lines[first..codes] {
        match (heading(line), sections.last_mut()) {
            (Some(name), _) => sections.push((name, Vec::new())),
            (None, Some((_, section))) => section.push(line),
            (None, None) => {}
        }
    }
    Ok(Sections {
        header: lines[..first].to_vec(),
        sections,
        tail: lines[codes + 1..].to_vec(),
    })
}

impl<'t> Sections<'t> {
    /// The lines of a section; none where the page has no such section.
    pub(super) fn get(&self, name: &str) -> &[&'t str] {
        self.sections
            .iter()
            .find(|(heading, _)| *heading == name)
            .map_or(&[], |(_, lines)| lines)
    }

    /// The lines of the table of statuses, its introduction included.
    pub(super) fn status_lines(&self) -> Vec<&'t str> {
        self.tail[..self.end_of_statuses()].to_vec()
    }

    /// The request form and the examples, and whatever the portal puts under them.
    pub(super) fn panel(&self) -> Vec<&'t str> {
        self.tail[self.end_of_statuses()..].to_vec()
    }

    /// The table ends with its last row and what is said directly under it.
    fn end_of_statuses(&self) -> usize {
        let is_form = |line: &str| {
            let line = line.trim();
            line.starts_with(['\u{2022}', '-', '{'])
                || matches!(line, "Header" | "Query Parameters" | "Body" | "POST")
        };
        let rows = self.tail.iter().enumerate();
        let last_row = rows
            .take_while(|(_, line)| !line.trim_start().starts_with('{'))
            .filter(|(_, line)| super::statuses::is_row(line))
            .last();
        let Some((last_row, _)) = last_row else {
            return 0;
        };
        let below = self.tail[last_row + 1..].iter();
        last_row + 1 + below.take_while(|line| !is_form(line)).count()
    }
}
