//! Edits of the text of a page, by position and not by wording, so that they fit every page of a
//! layout.

/// The text with line `index` replaced by `lines`.
fn splice(text: &str, index: usize, remove: usize, lines: &[&str]) -> String {
    let mut all: Vec<&str> = text.split('\n').collect();
    all.splice(index..index + remove, lines.iter().copied());
    all.join("\n")
}

/// Index of the nth line (from 0) that equals `line`.
fn find(text: &str, line: &str, nth: usize) -> usize {
    find_where(text, nth, |l| l == line).unwrap_or_else(|| panic!("no line `{line}` ({nth})"))
}

fn find_where(text: &str, nth: usize, matches: impl Fn(&str) -> bool) -> Option<usize> {
    let lines = text.split('\n').enumerate();
    lines
        .filter(|(_, line)| matches(line))
        .nth(nth)
        .map(|(index, _)| index)
}

/// Replaces the nth line that equals `line`.
pub(crate) fn line(
    line: &'static str,
    nth: usize,
    by: &'static [&'static str],
) -> impl Fn(&str) -> String {
    move |text| splice(text, find(text, line, nth), 1, by)
}

/// Replaces the first line that begins with `start` by what `change` makes of it.
pub(crate) fn line_starting(
    start: &'static str,
    change: impl Fn(&str) -> String,
) -> impl Fn(&str) -> String {
    move |text| {
        let index = find_where(text, 0, |l| l.starts_with(start))
            .unwrap_or_else(|| panic!("no line begins with `{start}`"));
        let changed = change(text.split('\n').nth(index).unwrap_or_default());
        splice(text, index, 1, &[&changed])
    }
}

/// Removes the first line that begins with `start`.
pub(crate) fn without_line_starting(start: &'static str) -> impl Fn(&str) -> String {
    move |text| {
        let index = find_where(text, 0, |l| l.starts_with(start))
            .unwrap_or_else(|| panic!("no line begins with `{start}`"));
        splice(text, index, 1, &[])
    }
}

/// Puts lines after the first line that begins with `start`.
pub(crate) fn after_line_starting(
    start: &'static str,
    lines: &'static [&'static str],
) -> impl Fn(&str) -> String {
    move |text| {
        let index = find_where(text, 0, |l| l.starts_with(start))
            .unwrap_or_else(|| panic!("no line begins with `{start}`"));
        splice(text, index + 1, 0, lines)
    }
}

/// Replaces the nth occurrence of `from`.
pub(crate) fn replace(from: &'static str, nth: usize, to: &'static str) -> impl Fn(&str) -> String {
    move |text| {
        let (index, _) = text
            .match_indices(from)
            .nth(nth)
            .unwrap_or_else(|| panic!("no `{from}` ({nth})"));
        format!("{}{to}{}", &text[..index], &text[index + from.len()..])
    }
}

/// A sentence with one more word before its full stop.
pub(crate) fn reword(sentence: &str) -> String {
    let trimmed = sentence.trim_end();
    let end = trimmed.len() - usize::from(trimmed.ends_with(['.', ')', '|']));
    format!("{} nowadays{}", trimmed[..end].trim_end(), &trimmed[end..])
}

/// Where a field of a flat page begins: its name, followed by a type.
fn field(text: &str, name: &str, nth: usize) -> usize {
    let lines: Vec<&str> = text.split('\n').collect();
    (0..lines.len() - 1)
        .filter(|i| lines[*i] == name && is_type(lines[i + 1]))
        .nth(nth)
        .unwrap_or_else(|| panic!("no field `{name}` ({nth})"))
}

fn is_type(line: &str) -> bool {
    ["string", "object", "number", "array[string]"]
        .iter()
        .any(|ty| line == *ty || line.strip_suffix("required") == Some(ty))
}

fn is_heading(line: &str) -> bool {
    line.ends_with(" Parameters") || line.starts_with("Response ")
}

/// Where the field that begins at `start` ends.
fn end_of_field(text: &str, start: usize) -> usize {
    let lines: Vec<&str> = text.split('\n').collect();
    (start + 2..lines.len() - 1)
        .find(|i| is_heading(lines[*i]) || is_type(lines[i + 1]))
        .unwrap_or(lines.len() - 1)
}

/// Renames the nth field called `name` of a flat page.
pub(crate) fn rename(name: &'static str, nth: usize, to: &'static str) -> impl Fn(&str) -> String {
    move |text| splice(text, field(text, name, nth), 1, &[to])
}

/// Drops `count` fields of a flat page, from the nth called `name` on.
pub(crate) fn drop_fields(name: &'static str, nth: usize, count: usize) -> impl Fn(&str) -> String {
    move |text| {
        let start = field(text, name, nth);
        let end = (0..count).fold(start, |end, _| end_of_field(text, end));
        splice(text, start, end - start, &[])
    }
}

/// Puts a field after the nth called `name` of a flat page.
pub(crate) fn add_after(
    name: &'static str,
    nth: usize,
    lines: &'static [&'static str],
) -> impl Fn(&str) -> String {
    move |text| {
        let end = end_of_field(text, field(text, name, nth));
        splice(text, end, 0, lines)
    }
}

/// Changes the line of the type of a field of a flat page.
pub(crate) fn retype(name: &'static str, nth: usize, to: &'static str) -> impl Fn(&str) -> String {
    move |text| splice(text, field(text, name, nth) + 1, 1, &[to])
}

/// Changes one sentence of the description of a field of a flat page.
pub(crate) fn reword_field(name: &'static str, nth: usize) -> impl Fn(&str) -> String {
    move |text| {
        let start = field(text, name, nth);
        let lines: Vec<&str> = text.split('\n').collect();
        let index = (start + 2..lines.len())
            .find(|i| !lines[*i].is_empty())
            .unwrap_or_else(|| panic!("`{name}` has no description"));
        splice(text, index, 1, &[&reword(lines[index])])
    }
}

/// Replaces the nth non-empty line after a heading by what `change` makes of it.
fn change_after(
    heading: &'static str,
    occurrence: usize,
    nth: usize,
    change: impl Fn(&str) -> Vec<String>,
) -> impl Fn(&str) -> String {
    move |text| {
        let lines: Vec<&str> = text.split('\n').collect();
        let index = (find(text, heading, occurrence) + 1..lines.len())
            .filter(|i| !lines[*i].trim().is_empty())
            .nth(nth)
            .unwrap_or_else(|| panic!("nothing after `{heading}`"));
        let changed = change(lines[index]);
        let changed: Vec<&str> = changed.iter().map(String::as_str).collect();
        splice(text, index, 1, &changed)
    }
}

/// Changes a sentence of the nth non-empty line after a heading.
pub(crate) fn reword_after(
    heading: &'static str,
    occurrence: usize,
    nth: usize,
) -> impl Fn(&str) -> String {
    change_after(heading, occurrence, nth, |line| vec![reword(line)])
}

/// Removes the nth non-empty line after a heading.
pub(crate) fn remove_after(
    heading: &'static str,
    occurrence: usize,
    nth: usize,
) -> impl Fn(&str) -> String {
    change_after(heading, occurrence, nth, |_| Vec::new())
}

/// Replaces the nth non-empty line after a heading.
pub(crate) fn replace_after(
    heading: &'static str,
    occurrence: usize,
    nth: usize,
    by: &'static str,
) -> impl Fn(&str) -> String {
    change_after(heading, occurrence, nth, move |_| vec![by.to_owned()])
}

/// Puts a line before the nth non-empty line after a heading.
pub(crate) fn insert_after(
    heading: &'static str,
    occurrence: usize,
    nth: usize,
    new: &'static str,
) -> impl Fn(&str) -> String {
    change_after(heading, occurrence, nth, move |line| {
        vec![new.to_owned(), line.to_owned()]
    })
}

/// Takes the full stop from the nth non-empty line after a heading.
pub(crate) fn without_stop_after(
    heading: &'static str,
    occurrence: usize,
    nth: usize,
) -> impl Fn(&str) -> String {
    change_after(heading, occurrence, nth, |line| {
        vec![line.trim_end_matches('.').to_owned()]
    })
}
