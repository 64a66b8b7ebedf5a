//! The sentences that stand at the places of a capture.

use std::collections::BTreeSet;

use crate::inventory::Operation;
use crate::location::Location;
use crate::prose::{Prose, Words};

/// Fingerprints of the sentences at a place; `Unnamed` is the place of all descriptions of a section's
/// fields without names.
pub(super) fn at<'o>(operation: &'o Operation, at: &Location) -> BTreeSet<&'o str> {
    let here = all(operation).filter(|(place, _)| place == at);
    here.map(|(_, sentence)| sentence.fingerprint).collect()
}

/// All sentences of an operation, each with its place.
pub(super) fn all(operation: &Operation) -> impl Iterator<Item = (Location, Words<'_>)> {
    let mut texts: Vec<(Location, &Prose)> = Vec::new();
    texts.extend(operation.title.iter().map(|it| (Location::Title, it)));
    texts.extend(
        operation
            .description
            .iter()
            .map(|it| (Location::Description, it)),
    );
    texts.extend(
        operation
            .status_note
            .iter()
            .map(|it| (Location::Statuses, it)),
    );
    for field in &operation.fields {
        let at = &field.at;
        texts.extend(
            field
                .text
                .iter()
                .map(|it| (Location::Field(at.clone()), it)),
        );
        let labels = field.labels.iter().flatten();
        texts.extend(labels.map(|(value, it)| (Location::Value(at.clone(), value.clone()), it)));
    }
    for response in &operation.responses {
        let at = Location::Status(response.status.clone());
        texts.extend(response.text.iter().map(|it| (at.clone(), it)));
    }
    let unnamed = operation.unnamed.iter().flatten();
    texts.extend(unnamed.map(|it| (Location::Unnamed(it.within.clone()), &it.text)));
    let texts = texts.into_iter();
    texts.flat_map(|(at, prose)| prose.sentences().map(move |it| (at.clone(), it)))
}
