//! The sentences that stand at the places of a capture.

use std::collections::BTreeSet;

use crate::inventory::Operation;
use crate::location::Location;
use crate::text_digest::Words;

/// Fingerprints of the sentences at a place; `Unnamed` is the place of all descriptions of a section's
/// fields without names.
pub(super) fn at<'o>(operation: &'o Operation, at: &Location) -> BTreeSet<&'o str> {
    let here = all(operation).filter(|(place, _)| place == at);
    here.map(|(_, sentence)| sentence.fingerprint).collect()
}

/// All sentences of an operation, each with its place.
pub(super) fn all(operation: &Operation) -> impl Iterator<Item = (Location, Words<'_>)> {
    let whole = [
        (Location::Title, &operation.title),
        (Location::Description, &operation.description),
        (Location::Statuses, &operation.status_note),
    ];
    let whole = whole.into_iter();
    let whole = whole.filter_map(|(at, text)| Some((at, text.as_ref()?)));
    let fields = operation.fields.iter().flat_map(|field| {
        let text = field.text.iter();
        let text = text.map(|it| (Location::Field(field.at.clone()), it));
        let labels = field.labels.iter().flatten();
        let labels = labels.map(|(value, it)| {
            let at = Location::Value(field.at.clone(), value.clone());
            (at, it)
        });
        text.chain(labels)
    });
    let responses = operation.responses.iter().filter_map(|response| {
        let at = Location::Status(response.status.clone());
        Some((at, response.text.as_ref()?))
    });
    let unnamed = operation.unnamed.iter().flatten();
    let unnamed = unnamed.map(|it| (Location::Unnamed(it.within.clone()), &it.text));
    let texts = whole.chain(fields).chain(responses).chain(unnamed);
    texts.flat_map(|(at, prose)| prose.sentences().map(move |it| (at.clone(), it)))
}
