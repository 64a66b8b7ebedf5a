//! What stands above the parameters: title, description, method and path.

use crate::dependencies;
use crate::inventory::{Operation, OperationId};
use crate::problem::Problem;
use crate::prose::Prose;

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Tells which of the operations a page is about: by its path, or by its title where the layout
/// has lost the path.
pub(super) fn identify(lines: &[&str]) -> Result<OperationId, Problem> {
    let body = lines
        .iter()
        .position(|line| line.trim() == "Body Parameters");
    let head = &lines[..body.unwrap_or(lines.len())];
    if let Some((index, _, path)) = path_line(head) {
        return OperationId::of_path(path).ok_or_else(|| {
            Problem::broken(
                format!("line {}", index + 1),
                format!(
                    "the page of `{path}`; capture the page of a precheck, `/v1{}` or `/v1{}`",
                    OperationId::Customer.path_suffix(),
                    OperationId::Subscriber.path_suffix()
                ),
            )
        });
    }
    let title = title_line(head).map(|index| head[index].to_lowercase());
    let says = |word: &str| title.as_ref().is_some_and(|title| title.contains(word));
    let is = |id: OperationId| says("wholesale") && says(id.as_str());
    match (is(OperationId::Customer), is(OperationId::Subscriber)) {
        (true, false) => Ok(OperationId::Customer),
        (false, true) => Ok(OperationId::Subscriber),
        _ => Err(Problem::broken(
            "",
            "neither a path nor a title says that this is the page of a wholesale precheck; \
             capture the whole page of one",
        )),
    }
}

/// The line with method and path: the menu may hold others, above it.
fn path_line<'t>(head: &[&'t str]) -> Option<(usize, &'t str, &'t str)> {
    let found = head.iter().enumerate().filter_map(|(index, line)| {
        let (method, path) = method_and_path(line)?;
        Some((index, method, path))
    });
    let found: Vec<_> = found.collect();
    let ours = found
        .iter()
        .rev()
        .find(|(_, _, path)| OperationId::of_path(path).is_some());
    ours.or(found.last()).copied()
}

/// Where the sections may begin: below method and path, which the menu stands above.
pub(super) fn end(lines: &[&str]) -> usize {
    let body = lines
        .iter()
        .position(|line| line.trim() == "Body Parameters");
    path_line(&lines[..body.unwrap_or(lines.len())]).map_or(0, |(index, ..)| index + 1)
}

/// Reads `POST/v1/…` as it stands above the parameters.
fn method_and_path(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let method = METHODS.into_iter().find(|m| line.starts_with(m))?;
    let path = line[method.len()..].trim_start();
    (path.starts_with('/') && !path.contains(char::is_whitespace)).then_some((method, path))
}

/// Reads the lines above the first section. `known` is what the page said before.
pub(super) fn read(
    operation: &mut Operation,
    lines: &[&str],
    known: Option<&Operation>,
) -> Result<(), Problem> {
    let path = path_line(lines);
    if let Some((_, method, path)) = path {
        operation.method = Some(method.to_owned());
        operation.path = Some(path.to_owned());
    }
    let head = &lines[..path.map_or(lines.len(), |(index, ..)| index)];
    let by_description = || line_above_description(head, known?.description.as_ref()?);
    let unusual = || path.and_then(|_| unusual_title_line(head));
    let Some(title) = title_line(head).or_else(by_description).or_else(unusual) else {
        return Err(Problem::broken(
            "",
            "no title above the description; capture the whole page again",
        ));
    };
    operation.title = Some(Prose::new(head[title]));
    let (dependencies, rest) = dependencies::split(&head[title + 1..].join("\n"));
    operation.description = Some(Prose::new(&rest));
    operation.dependencies = Some(dependencies);
    Ok(())
}

/// The line above the first one that says what the description said before.
fn line_above_description(lines: &[&str], known: &Prose) -> Option<usize> {
    let says_known = |line: &str| {
        let prose = Prose::new(line);
        !prose.is_empty() && prose.is_within(known)
    };
    let description = lines.iter().position(|line| says_known(line))?;
    (0..description)
        .rev()
        .find(|index| !lines[*index].trim().is_empty())
}

/// The line of the title: it speaks of a precheck, stands alone, and is no sentence. The menu may
/// hold others, above it.
fn title_line(lines: &[&str]) -> Option<usize> {
    (0..lines.len()).rev().find(|index| {
        let line = lines[*index].trim();
        line.to_lowercase().contains("precheck")
            && !line.ends_with('.')
            && !METHODS.iter().any(|method| line.starts_with(method))
            && (*index == 0 || is_blank(lines, *index - 1))
    })
}

fn is_blank(lines: &[&str], index: usize) -> bool {
    lines.get(index).is_none_or(|line| line.trim().is_empty())
}

/// The line of a title that speaks of something else, on a page whose path tells what it is about:
/// the last line alone before the sentences of the description.
fn unusual_title_line(lines: &[&str]) -> Option<usize> {
    let is_sentence =
        |line: &str| line.ends_with(['.', ':', '!', '?']) || line.starts_with('\u{2022}');
    (1..lines.len()).rev().find(|index| {
        let line = lines[*index].trim();
        !line.is_empty()
            && !is_sentence(line)
            && is_blank(lines, index - 1)
            && is_blank(lines, index + 1)
    })
}
