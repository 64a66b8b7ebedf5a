//! One section of fields: names, places and texts are put together.

use crate::inventory::{Field, Operation, Unnamed};
use crate::location::{FieldPath, Section as Part};
use crate::problem::Problem;
use crate::prose::Prose;
use crate::types::Type;

use super::align::{self, Place};
use super::descriptions;
use super::fields::{self, NamedField};
use super::form::Bullet;

/// The lines of a section, and what the request form shows of its fields.
pub(super) struct Section<'a> {
    pub(super) scope: Part,
    pub(super) lines: &'a [&'a str],
    pub(super) form: &'a [Bullet],
    /// Whether the page would name a field of this section, in it or in the form.
    pub(super) is_named: bool,
}

impl Section<'_> {
    /// Reads the section into the operation. `tree` gives the fields of a flat page their depth.
    pub(super) fn read(
        &self,
        operation: &mut Operation,
        tree: Option<&Operation>,
        problems: &mut Vec<Problem>,
    ) {
        if !self.scope.is_parameter() {
            operation.fields.push(Field {
                ty: Some(Type::new("object")),
                ..Field::unknown(self.whole())
            });
        }
        let (in_section, mut descriptions) = fields::read(self.lines);
        let (in_form, texts) = self.bullets();
        descriptions.extend(texts);
        let flat = !in_section.is_empty();
        let (mut fields, places) = if flat {
            // A form with names repeats the top-level fields.
            let repeated = in_form.into_iter().map(|field| field.text);
            descriptions.extend(repeated.filter(|text| !text.is_empty()));
            let places = align::place(&self.whole(), &in_section, tree, problems);
            (in_section, places)
        } else {
            self.mark_untold(&in_form, !descriptions.is_empty(), operation);
            let at = |field: &NamedField| Place::Certain(self.scope.field(&field.name));
            let places = in_form.iter().map(at).collect();
            (in_form, places)
        };
        let top_level = fields.iter_mut().zip(&places);
        let texts: Vec<&mut Prose> = top_level
            .filter(|(_, place)| self.is_top_level(place))
            .map(|(field, _)| &mut field.text)
            .collect();
        let nameless = self.known_nameless(tree);
        let left = descriptions::attach(descriptions, texts, nameless.as_deref());
        let unnamed = operation.unnamed.get_or_insert_default();
        unnamed.extend(left.into_iter().map(|text| Unnamed {
            within: self.scope.clone(),
            text,
        }));
        for (field, place) in fields.into_iter().zip(places) {
            align::add(operation, &self.whole(), field, flat, place);
        }
    }

    /// The descriptions of this section that had no name when the page was captured; `None` where
    /// it was not.
    fn known_nameless(&self, tree: Option<&Operation>) -> Option<Vec<Prose>> {
        let unnamed = tree?.unnamed.as_ref()?;
        let here = unnamed
            .iter()
            .filter(|unnamed| unnamed.within == self.scope);
        Some(here.map(|unnamed| unnamed.text.clone()).collect())
    }

    /// The fields that the form names, and its texts without names.
    fn bullets(&self) -> (Vec<NamedField>, Vec<Prose>) {
        let (mut named, mut texts) = (Vec::new(), Vec::new());
        for bullet in self.form {
            match bullet {
                Bullet::Named(field) => named.push(field.clone()),
                Bullet::Text(text) => texts.push(text.clone()),
            }
        }
        (named, texts)
    }

    /// Notes where the page shows fields without naming them.
    fn mark_untold(&self, named: &[NamedField], has_texts: bool, operation: &mut Operation) {
        if named.is_empty() && !self.is_named && has_texts {
            operation.untold.insert(self.whole());
        }
        for field in named.iter().filter(|field| field.ty.has_fields()) {
            operation.untold.insert(self.scope.field(&field.name));
        }
    }

    fn whole(&self) -> FieldPath {
        self.scope.clone().into()
    }

    fn is_top_level(&self, place: &Place) -> bool {
        match place {
            Place::Certain(at) => self.whole().is_parent_of(at),
            Place::Among(_) => false,
        }
    }
}
