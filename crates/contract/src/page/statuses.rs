//! The responses, from the table of statuses.

use crate::inventory::{Operation, Response};
use crate::location::Section;
use crate::problem::Problem;
use crate::text_digest::TextDigest;

use super::incomplete::incomplete;
use super::tree::{self, Block, Page};

/// Reads the rows of the table, in order, and what stands above it.
pub(super) fn read(operation: &mut Operation, page: &Page) -> Result<(), Problem> {
    let blocks = tree::blocks(&page.sections, tree::STATUSES);
    operation.status_note = Some(TextDigest::new(&tree::markdown(blocks)));
    for block in blocks {
        if let Block::Table(rows) = block {
            rows.iter().for_each(|row| read_row(operation, row));
        }
    }
    if operation.responses.is_empty() {
        return Err(incomplete(tree::STATUSES, "the page lists no status"));
    }
    Ok(())
}

/// A second row of the same status goes on with the words of the first.
fn read_row(operation: &mut Operation, row: &[String]) {
    let [status, reason, text, ..] = row else {
        return;
    };
    let mut said = TextDigest::default();
    for paragraph in text.split("\n\n") {
        said.extend(TextDigest::new(paragraph));
    }
    let mut known = operation.responses.iter_mut();
    if let Some(known) = known.find(|response| response.status == *status) {
        known.text.get_or_insert_default().extend(said);
        return;
    }
    // Of other answers than the verdict, a page tells no fields.
    if status != "200" {
        let body = Section::Response(status.clone());
        operation.incomplete.insert(body.into());
    }
    operation.responses.push(Response {
        status: status.clone(),
        reason: Some(reason.clone()),
        text: Some(said),
        ..Response::default()
    });
}
