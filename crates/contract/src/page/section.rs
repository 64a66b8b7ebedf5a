//! One section of fields: names, places and texts are put together.

use crate::inventory::{Field, Operation, Unnamed};
use crate::location::{FieldPath, Section};
use crate::problem::Problem;
use crate::text_digest::TextDigest;
use crate::types::Type;

use super::place::{self, Place};
use super::tree::{self, Page, Part};
use super::{align, descriptions};

/// Reads a part of the page into the operation. `known` gives fields their depth where the page
/// has lost it.
pub(super) fn read(
    operation: &mut Operation,
    page: &Page,
    (scope, heading, _): Part,
    known: Option<&Operation>,
    problems: &mut Vec<Problem>,
) {
    let whole = &FieldPath::from(scope.clone());
    if !scope.is_parameter() {
        operation.fields.push(Field {
            ty: Some(Type::new("object")),
            ..Field::unknown(whole.clone())
        });
    }
    let documented = tree::fields(&page.sections, heading);
    let in_form = tree::fields(&page.form, heading);
    let all = documented.iter().chain(&in_form);
    let nameless = all.filter(|field| field.name.is_none());
    let descriptions = nameless.map(|field| TextDigest::new(&field.description));
    let mut descriptions: Vec<TextDigest> = descriptions.collect();
    let mut fields = if page.is_nested {
        place::nested(whole, &documented)
    } else {
        align::place(whole, &documented, known, problems)
    };
    let in_form = place::nested(whole, &in_form);
    if fields.is_empty() {
        if in_form.is_empty() && !descriptions.is_empty() && !names_fields(page, &scope) {
            operation.incomplete.insert(whole.clone());
        }
        let has_fields = |field: &Field| field.ty.iter().any(Type::has_fields);
        let parents = in_form.iter().filter(|(field, _)| has_fields(field));
        let incomplete = parents.map(|(field, _)| whole.child(field.name()));
        operation.incomplete.extend(incomplete);
        fields = in_form;
    } else {
        // A form with names repeats the top-level fields.
        let in_form = in_form.into_iter();
        let texts = in_form.filter_map(|(field, _)| field.text);
        descriptions.extend(texts.filter(|text| !text.is_empty()));
    }
    attach(operation, &scope, descriptions, &mut fields, known);
    for (field, place) in fields {
        place::add(operation, field, place);
    }
}

/// Whether the page would name the fields of `scope`. Where parameters are named at all, one
/// without a name is not there.
fn names_fields(page: &Page, scope: &Section) -> bool {
    let parts = tree::parts().into_iter();
    let in_form = parts.flat_map(|(_, heading, _)| tree::fields(&page.form, heading));
    let mut parameters = in_form.chain(tree::fields(&page.sections, tree::BODY));
    scope.is_request() && parameters.any(|field| field.name.is_some())
}

/// Gives descriptions without names to the top-level fields whose texts they repeat, and the
/// others to the operation.
fn attach(
    operation: &mut Operation,
    scope: &Section,
    descriptions: Vec<TextDigest>,
    fields: &mut [(Field, Place)],
    known: Option<&Operation>,
) {
    let of_scope = |unnamed: &&Unnamed| unnamed.within == *scope;
    let known = known.and_then(|known| known.unnamed.as_ref());
    let known: Option<Vec<TextDigest>> = known.map(|unnamed| {
        let here = unnamed.iter().filter(of_scope);
        here.map(|unnamed| unnamed.text.clone()).collect()
    });
    let whole = FieldPath::from(scope.clone());
    let fields = fields.iter_mut();
    let top_level = fields.filter(|(_, place)| place.is_top_level(&whole));
    let texts = top_level.filter_map(|(named, _)| named.text.as_mut());
    let left = descriptions::attach(descriptions, texts.collect(), known.as_deref());
    let unnamed = operation.unnamed.get_or_insert_default();
    unnamed.extend(left.into_iter().map(|text| Unnamed {
        within: scope.clone(),
        text,
    }));
}
