//! Reads a page of the developer portal.
//!
//! A front end makes a tree of the form in which the page comes; so far there is one for plain text.
//! All facts are read from the tree.

mod align;
mod descriptions;
mod examples;
mod field;
mod header;
mod incomplete;
mod place;
mod section;
mod statuses;
mod text;
mod tree;

use crate::contradictions;
use crate::endpoints::Endpoints;
use crate::inventory::{Inventory, Operation, SourceKind};
use crate::location::FieldPath;
use crate::problem::Problem;

use incomplete::incomplete;

/// Reads the page `text` of the file called `name`, which is that of one of these operations.
///
/// `known` is an inventory whose field tree the page is aligned with where its own layout has lost
/// the depth: the last capture of the page, or the contract. Reports every problem it meets.
pub fn read(
    name: &str,
    text: &str,
    endpoints: &Endpoints,
    known: &Inventory,
) -> (Inventory, Vec<Problem>) {
    let (operations, problems) = match read_operation(text, endpoints, known) {
        Ok((operation, problems)) => (vec![operation], problems),
        Err(problem) => (Vec::new(), vec![problem]),
    };
    let inventory = Inventory {
        kind: SourceKind::Page,
        source: name.to_owned(),
        date: None,
        operations,
    };
    (inventory, problems)
}

/// Fails where the text cannot be the page of an operation.
fn read_operation(
    text: &str,
    endpoints: &Endpoints,
    known: &Inventory,
) -> Result<(Operation, Vec<Problem>), Problem> {
    let text = text::clean(text)?;
    let outline = text::Outline::new(&text, endpoints)?;
    let endpoint = header::identify(outline.endpoint.as_ref(), outline.title, endpoints)?;
    let known = known.operation(&endpoint.id);
    let page = outline.read(known)?;
    let mut operation = Operation::unknown(endpoint.id.clone());
    let mut problems = Vec::new();
    problems.extend(header::read(&mut operation, &page).err());
    problems.extend(statuses::read(&mut operation, &page).err());
    for part in tree::parts() {
        section::read(&mut operation, &page, part, known, &mut problems);
    }
    if operation.children(&FieldPath::body()).next().is_none() {
        let message = "the page names no field of the body";
        problems.push(incomplete(tree::BODY, message));
    }
    let path = endpoint.path_without_version();
    examples::read(&mut operation, path, &page.examples, &mut problems);
    problems.extend(contradictions::find(&operation));
    Ok((operation, problems))
}
