//! The sentences that stand at the places of a capture.

use std::collections::BTreeSet;

use crate::inventory::Operation;
use crate::prose::{Prose, Words};

/// Fingerprints of the sentences at a place: `title`, `description`, `responses`, a field, a
/// status, `FIELD[VALUE]` for what is said of a value, or `SECTION.unnamed` for the descriptions of
/// fields without names.
pub(super) fn at<'o>(operation: &'o Operation, at: &str) -> BTreeSet<&'o str> {
    let here = all(operation).filter(|(place, _)| place == at);
    here.map(|(_, sentence)| sentence.fingerprint).collect()
}

/// All sentences of an operation, each with its place.
pub(super) fn all(operation: &Operation) -> impl Iterator<Item = (String, Words<'_>)> {
    let mut texts: Vec<(String, &Prose)> = Vec::new();
    texts.extend(operation.title.iter().map(|it| ("title".to_owned(), it)));
    texts.extend(
        operation
            .description
            .iter()
            .map(|it| ("description".to_owned(), it)),
    );
    texts.extend(
        operation
            .status_note
            .iter()
            .map(|it| ("responses".to_owned(), it)),
    );
    for field in &operation.fields {
        texts.extend(field.text.iter().map(|it| (field.at.clone(), it)));
        let labels = field.labels.iter().flatten();
        texts.extend(labels.map(|(value, it)| (format!("{}[{value}]", field.at), it)));
    }
    for response in &operation.responses {
        let at = format!("responses.{}", response.status);
        texts.extend(response.text.iter().map(|it| (at.clone(), it)));
    }
    let unnamed = operation.unnamed.iter().flatten();
    texts.extend(unnamed.map(|it| (format!("{}.unnamed", it.within), &it.text)));
    texts
        .into_iter()
        .flat_map(|(at, prose)| prose.sentences().map(move |it| (at.clone(), it)))
}
