//! One section of fields: names, places and texts are put together.

use crate::inventory::{Field, Operation, Unnamed};
use crate::problem::Problem;
use crate::prose::Prose;
use crate::types::Type;

use super::fields::NamedField;
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
    if matches!(scope, "body" | "responses.200") {
        operation.fields.push(Field {
            at: scope.to_owned(),
            ty: Some(Type::new("object")),
            ..Field::default()
        });
    }
    let documented = tree::fields(&page.sections, heading);
    let in_form = tree::fields(&page.form, heading);
    let all = documented.iter().chain(&in_form);
    let nameless = all.filter(|field| field.name.is_none());
    let descriptions = nameless.map(|field| Prose::new(&field.description));
    let mut descriptions: Vec<Prose> = descriptions.collect();
    let mut fields = if page.is_nested {
        place::nested(scope, &documented)
    } else {
        align::place(scope, &documented, known, problems)
    };
    let in_form = place::nested(scope, &in_form);
    if fields.is_empty() {
        if in_form.is_empty() && !descriptions.is_empty() && !names_fields(page, scope) {
            operation.untold.insert(scope.to_owned());
        }
        let has_fields = |named: &NamedField| named.field.ty.iter().any(Type::has_fields);
        let parents = in_form.iter().filter(|(named, _)| has_fields(named));
        let untold = parents.map(|(named, _)| place::child(scope, &named.name));
        operation.untold.extend(untold);
        fields = in_form;
    } else {
        // A form with names repeats the top-level fields.
        let in_form = in_form.into_iter();
        let texts = in_form.filter_map(|(named, _)| named.field.text);
        descriptions.extend(texts.filter(|text| !text.is_empty()));
    }
    attach(operation, scope, descriptions, &mut fields, known);
    for (field, place) in fields {
        place::add(operation, scope, field, place);
    }
}

/// Whether the page would name the fields of `scope`. Where parameters are named at all, one
/// without a name is not there.
fn names_fields(page: &Page, scope: &str) -> bool {
    let parts = tree::PARTS.into_iter();
    let in_form = parts.flat_map(|(_, heading, _)| tree::fields(&page.form, heading));
    let mut parameters = in_form.chain(tree::fields(&page.sections, tree::BODY));
    scope != "responses.200" && parameters.any(|field| field.name.is_some())
}

/// Gives descriptions without names to the top-level fields whose texts they repeat, and the
/// others to the operation.
fn attach(
    operation: &mut Operation,
    scope: &str,
    descriptions: Vec<Prose>,
    fields: &mut [(NamedField, Place)],
    known: Option<&Operation>,
) {
    let of_scope = |unnamed: &&Unnamed| unnamed.within == scope;
    let known = known.and_then(|known| known.unnamed.as_ref());
    let known: Option<Vec<Prose>> = known.map(|unnamed| {
        let here = unnamed.iter().filter(of_scope);
        here.map(|unnamed| unnamed.text.clone()).collect()
    });
    let fields = fields.iter_mut();
    let top_level = fields.filter(|(_, place)| place.is_top_level(scope));
    let texts = top_level.filter_map(|(named, _)| named.field.text.as_mut());
    let left = descriptions::attach(descriptions, texts.collect(), known.as_deref());
    let unnamed = operation.unnamed.get_or_insert_default();
    unnamed.extend(left.into_iter().map(|text| Unnamed {
        within: scope.to_owned(),
        text,
    }));
}
