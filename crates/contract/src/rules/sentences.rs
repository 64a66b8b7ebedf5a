//! The sentences that stand at a place of a capture.

use std::collections::BTreeSet;

use crate::inventory::Operation;
use crate::prose::Prose;

/// Fingerprints of the sentences at a place: `title`, `description`, `responses`, a field, a
/// status, `FIELD[VALUE]` for what is said of a value, or `SECTION.unnamed` for the descriptions of
/// fields without names.
pub(super) fn at<'o>(operation: &'o Operation, at: &str) -> BTreeSet<&'o str> {
    let mut texts: Vec<&Prose> = Vec::new();
    match at {
        "title" => texts.extend(&operation.title),
        "description" => texts.extend(&operation.description),
        "responses" => texts.extend(&operation.status_note),
        _ => {}
    }
    texts.extend(operation.field(at).and_then(|field| field.text.as_ref()));
    if let Some(status) = at.strip_prefix("responses.") {
        let response = operation.response(status);
        texts.extend(response.and_then(|response| response.text.as_ref()));
    }
    if let Some((field, value)) = at.strip_suffix(']').and_then(|at| at.split_once('[')) {
        let labels = operation.field(field).and_then(|f| f.labels.as_ref());
        texts.extend(labels.and_then(|labels| labels.get(value)));
    }
    if let Some(section) = at.strip_suffix(".unnamed") {
        let unnamed = operation.unnamed.iter().flatten();
        let within = unnamed.filter(|unnamed| unnamed.within == section);
        texts.extend(within.map(|unnamed| &unnamed.text));
    }
    texts.into_iter().flat_map(Prose::fingerprints).collect()
}
