//! Reads a page of the developer portal as plain text, in either of the layouts that people get.
//!
//! Selecting and copying the page gives a *flat* text: every field is named, its depth is lost.
//! A reader-mode extraction is *nameless*: nested fields are descriptions only, and the names of
//! the top-level ones stand in the request form. Each feature is read on its own, in whichever
//! form it comes, so that a mixture of the two is read as well.

mod align;
mod descriptions;
mod examples;
mod fields;
mod form;
mod header;
mod section;
mod sections;
mod statuses;

use crate::contradictions;
use crate::inventory::{Inventory, Operation, OperationId, SourceKind};
use crate::location::{FieldPath, Section as Part};
use crate::problem::Problem;
use crate::visible::visible_lines;

use section::Section;
use sections::Sections;

/// A page has some 15 KB and 400 lines.
const MOST_BYTES: usize = 512 * 1024;
const MOST_LINES: usize = 4_000;

/// Reads the page `text` of the file called `name`.
///
/// `known` is an inventory whose field tree the page is aligned with where its own layout has lost
/// the depth: the last capture of the page, or the contract. Reports every problem it meets.
pub fn read(name: &str, text: &str, known: &Inventory) -> (Inventory, Vec<Problem>) {
    let mut inventory = Inventory {
        kind: SourceKind::Page,
        source: name.to_owned(),
        date: None,
        operations: Vec::new(),
    };
    let mut problems = Vec::new();
    if let Some(problem) = not_a_page(text) {
        return (inventory, vec![problem]);
    }
    // Marks without width come with copied text, and mean nothing.
    let text = visible_lines(&text.replace(['\u{200b}', '\u{2060}', '\u{feff}'], ""));
    let lines: Vec<&str> = text.lines().collect();
    if text.len() > MOST_BYTES || lines.len() > MOST_LINES {
        return (
            inventory,
            vec![Problem::broken(
                "",
                format!(
                    "over {} KiB or {MOST_LINES} lines, far more than any page has; check what was saved",
                    MOST_BYTES / 1024
                ),
            )],
        );
    }
    let bodies = lines.iter().filter(|line| line.trim() == "Body Parameters");
    if bodies.count() > 1 {
        let message = "more than one page; capture each in a file of its own";
        return (inventory, vec![Problem::broken("", message)]);
    }
    let id = match header::identify(&lines) {
        Ok(id) => id,
        Err(problem) => return (inventory, vec![problem]),
    };
    let sections = match sections::find(&lines) {
        Ok(sections) => sections,
        Err(problem) => return (inventory, vec![problem]),
    };
    let tree = known.operation(id);
    let operation = read_operation(id, &sections, tree, &mut problems);
    inventory.operations.push(operation);
    (inventory, problems)
}

fn not_a_page(text: &str) -> Option<Problem> {
    let start = text.trim_start().trim_start_matches('\u{feff}');
    let lower: String = start
        .chars()
        .take(15)
        .flat_map(char::to_lowercase)
        .collect();
    if start.is_empty() {
        return Some(Problem::broken(
            "",
            "the file is empty; capture the page again",
        ));
    }
    if lower.starts_with("<!doctype") || lower.starts_with("<html") || lower.starts_with("<?xml") {
        return Some(Problem::broken(
            "line 1",
            "an HTML document; open the page in a browser, select all, copy, and save the text",
        ));
    }
    None
}

fn read_operation(
    id: OperationId,
    sections: &Sections<'_>,
    tree: Option<&Operation>,
    problems: &mut Vec<Problem>,
) -> Operation {
    let mut operation = Operation::unknown(id);
    problems.extend(header::read(&mut operation, &sections.header, tree).err());
    operation.status_note = Some(statuses::note(&sections.status_lines()));
    operation.responses = statuses::read(&sections.status_lines());
    if operation.responses.is_empty() {
        problems.push(Problem::broken(
            "Response Codes",
            "the page lists no status; capture the whole page again",
        ));
    }
    let form = form::read(&sections.panel(), tree);
    // Where parameters are named at all, one without a name is not there.
    let names_parameters =
        form.names_fields() || !fields::read(sections.get("Body Parameters")).0.is_empty();
    for (scope, heading) in [
        (Part::Path, "Path Parameters"),
        (Part::Header, "Header Parameters"),
        (Part::Query, "Query Parameters"),
        (Part::Body, "Body Parameters"),
        (Part::Response("200".to_owned()), "Response Properties"),
    ] {
        let section = Section {
            lines: sections.get(heading),
            form: form.of(&scope),
            is_named: names_parameters && scope.is_request(),
            scope,
        };
        section.read(&mut operation, tree, problems);
    }
    if operation.children(&FieldPath::body()).next().is_none() {
        problems.push(Problem::broken(
            "Body Parameters",
            "the page names no field of the body; capture the whole page again",
        ));
    }
    for response in &operation.responses {
        if response.status != "200" {
            operation
                .untold
                .insert(Part::Response(response.status.clone()).into());
        }
    }
    examples::read(&mut operation, &sections.panel(), problems);
    problems.extend(contradictions::find(&operation));
    operation
}
