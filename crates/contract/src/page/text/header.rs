//! What stands above the parameters: title, description, method and path.

use crate::endpoints::Endpoints;
use crate::inventory::Operation;
use crate::page::tree::{RequestLine, Section};
use crate::text_digest::TextDigest;

use super::paragraphs;

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Finds the line with method and path: the menu may hold others, above it.
pub(super) fn endpoint(lines: &[&str], known: &Endpoints) -> Option<RequestLine> {
    let lines = lines.iter().enumerate();
    let found = lines.filter_map(|(line, text)| method_and_path(text, line));
    let is_known = |endpoint: &RequestLine| known.at(&endpoint.path).next().is_some();
    found.max_by_key(|endpoint| (is_known(endpoint), endpoint.line))
}

/// Reads `POST/v1/…` as it stands above the parameters.
fn method_and_path(text: &str, line: usize) -> Option<RequestLine> {
    let method = METHODS.into_iter().find(|m| text.starts_with(m))?;
    let path = text[method.len()..].trim_start();
    let is_path = path.starts_with('/') && !path.contains(char::is_whitespace);
    is_path.then(|| RequestLine {
        method: method.to_owned(),
        path: path.to_owned(),
        line,
    })
}

/// Reads title and description; `has_path` if a path stands under them. `known` is what the page
/// said before.
pub(super) fn read(lines: &[&str], has_path: bool, known: Option<&Operation>) -> Option<Section> {
    let by_description = || line_above_description(lines, known?.description.as_ref()?);
    let unusual = || unusual_title(lines).filter(|_| has_path);
    let title = title(lines).or_else(by_description).or_else(unusual)?;
    let blocks = paragraphs::read(&lines[title + 1..]);
    Some(Section::new(lines[title], blocks))
}

/// The line of the title: it speaks of a precheck, stands alone, and is no sentence. The menu may
/// hold others, above it.
pub(super) fn title(lines: &[&str]) -> Option<usize> {
    (0..lines.len()).rev().find(|index| {
        let line = lines[*index];
        line.to_lowercase().contains("precheck")
            && !line.ends_with('.')
            && !METHODS.iter().any(|method| line.starts_with(method))
            && (*index == 0 || lines[*index - 1].is_empty())
    })
}

/// The line above the first one that says what the description said before.
fn line_above_description(lines: &[&str], known: &TextDigest) -> Option<usize> {
    let says_known = |line: &&str| {
        let prose = TextDigest::new(line);
        !prose.is_empty() && prose.is_within(known)
    };
    let description = lines.iter().position(says_known)?;
    let mut above = lines[..description].iter();
    above.rposition(|line| !line.is_empty())
}

/// The line of a title that speaks of something else, on a page whose path tells what it is about:
/// the last line alone before the sentences of the description.
fn unusual_title(lines: &[&str]) -> Option<usize> {
    let is_blank = |index: usize| lines.get(index).is_none_or(|line| line.is_empty());
    let is_sentence =
        |line: &str| line.ends_with(['.', ':', '!', '?']) || line.starts_with('\u{2022}');
    (1..lines.len()).rev().find(|index| {
        let line = lines[*index];
        !line.is_empty() && !is_sentence(line) && is_blank(index - 1) && is_blank(index + 1)
    })
}
