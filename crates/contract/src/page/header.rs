//! What stands above the parameters: title, description, method and path.

use crate::dependencies;
use crate::inventory::{Operation, OperationId};
use crate::problem::Problem;
use crate::prose::Prose;

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Tells which of the operations a page is about: by its path, or by its title where the layout
/// has lost the path.
pub(super) fn identify(lines: &[&str]) -> Result<OperationId, Problem> {
    if let Some((index, _, path)) = lines
        .iter()
        .enumerate()
        .find_map(|(index, line)| method_and_path(line).map(|(method, path)| (index, method, path)))
    {
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
    let head = &lines[..lines
        .iter()
        .position(|line| line.trim() == "Body Parameters")
        .unwrap_or(lines.len())];
    let title = title_line(head).map(|index| head[index].to_lowercase());
    let of = |id: OperationId| title.as_ref().is_some_and(|t| t.contains(id.as_str()));
    match (of(OperationId::Customer), of(OperationId::Subscriber)) {
        (true, false) => Ok(OperationId::Customer),
        (false, true) => Ok(OperationId::Subscriber),
        _ => Err(Problem::broken(
            "",
            "neither a path nor a title says that this is the page of a precheck; \
             capture the whole page of one",
        )),
    }
}

/// Reads `POST/v1/…` as it stands above the parameters.
fn method_and_path(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let method = METHODS.into_iter().find(|m| line.starts_with(m))?;
    let path = line[method.len()..].trim_start();
    (path.starts_with('/') && !path.contains(char::is_whitespace)).then_some((method, path))
}

/// Reads the lines above the first section.
pub(super) fn read(operation: &mut Operation, lines: &[&str]) {
    let path_line = lines
        .iter()
        .position(|line| method_and_path(line).is_some());
    if let Some((method, path)) = path_line.and_then(|index| method_and_path(lines[index])) {
        operation.method = Some(method.to_owned());
        operation.path = Some(path.to_owned());
    }
    let head = &lines[..path_line.unwrap_or(lines.len())];
    let unusual = || path_line.and_then(|_| unusual_title_line(head));
    let Some(title) = title_line(head).or_else(unusual) else {
        return;
    };
    operation.title = Some(Prose::new(head[title]));
    let (dependencies, rest) = dependencies::split(&head[title + 1..].join("\n"));
    operation.description = Some(Prose::new(&rest));
    operation.dependencies = Some(dependencies);
}

/// The line of the title: it speaks of a precheck, stands alone, and is no sentence.
fn title_line(lines: &[&str]) -> Option<usize> {
    (0..lines.len()).find(|index| {
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
