//! Compares fields, scope by scope. An object that comes or goes is one difference, whatever it
//! holds.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::{Field, Operation};
use crate::location::{FieldPath, Location, Section};
use crate::text_digest::TextDigest;
use crate::types::Values;

use super::change::{Both, Change, Part};
use super::kind::Kind;
use super::lists::renames;
use super::walk::Walk;

pub(super) fn compare(walk: &mut Walk<'_>) {
    for section in Section::PARAMETERS {
        let scope = FieldPath::from(section);
        walk.scope(&scope, &scope, true);
    }
    walk.body(Section::Body);
    for response in &walk.before.responses {
        if walk.after.response(&response.status).is_some() {
            walk.body(Section::Response(response.status.clone()));
        }
    }
    walk.unplaced();
}

impl<'o> Walk<'o> {
    /// Compares a body and all in it.
    fn body(&mut self, section: Section) {
        let scope = FieldPath::from(section.clone());
        match (self.before.field(&scope), self.after.field(&scope)) {
            (Some(before), Some(after)) => {
                self.field(before, after);
                self.scope(&scope, &scope, true);
            }
            (None, None) => {}
            (Some(_), None) if self.after.is_incomplete(&scope) => {
                self.lose(Location::Field(scope), Kind::Body);
            }
            (None, Some(_)) if self.before.is_incomplete(&scope) => self.one_sided += 1,
            (before, after) => {
                let both = Both::of(before.is_some(), after.is_some());
                self.changes.push(Change::Body(section, both));
            }
        }
    }

    /// Compares the fields directly under a scope, which may have two names. Without `report`, only
    /// what stands on both sides is compared: the scope itself is a difference.
    fn scope(&mut self, old_scope: &FieldPath, new_scope: &FieldPath, report: bool) {
        let old: Vec<&Field> = self.before.children(old_scope).collect();
        let new: Vec<&Field> = self.after.children(new_scope).collect();
        let renamed = self.renamed(&old, &new);
        for &field in &old {
            if let Some(other) = new.iter().find(|other| other.name() == field.name()) {
                self.pair(field, other);
            } else if let Some((_, other)) = renamed.iter().find(|(it, _)| it.at == field.at) {
                self.compared += 1;
                let part = part(field, self.before);
                let name = other.name().to_owned();
                self.changes.push(Change::Renamed(part, name));
                self.pair(field, other);
            } else {
                self.removed(field, new_scope, report);
            }
        }
        for &field in &new {
            let known = old.iter().any(|other| other.name() == field.name());
            if !known && !renamed.iter().any(|(_, other)| other.at == field.at) {
                self.added(field, old_scope, report);
            }
        }
    }

    fn pair(&mut self, before: &Field, after: &Field) {
        self.field(before, after);
        let had = before.ty.as_ref().is_none_or(|ty| ty.has_fields());
        let has = after.ty.as_ref().is_none_or(|ty| ty.has_fields());
        // What an object held is gone with it, when it becomes a plain value.
        self.scope(&before.at, &after.at, had == has);
    }

    fn removed(&mut self, field: &Field, scope: &FieldPath, report: bool) {
        if self.after.is_incomplete(scope) {
            self.lose(Location::Field(field.at.clone()), Kind::Removed);
            return;
        }
        self.compared += 1;
        if let Some(unplaced) = unplaced_as(self.after, field) {
            self.field(field, unplaced);
            return;
        }
        if report {
            let part = part(field, self.before);
            self.changes.push(Change::Removed(part));
        }
        // A page that loses the line of an object may still show the fields in it.
        self.scope(&field.at, &field.at, false);
    }

    fn added(&mut self, field: &Field, scope: &FieldPath, report: bool) {
        if self.before.is_incomplete(scope) {
            self.one_sided += 1;
        } else if report && unplaced_as(self.before, field).is_none() {
            let part = part(field, self.after);
            self.changes.push(Change::Added(part));
        }
    }

    /// Fields without a place are known by their names.
    fn unplaced(&mut self) {
        let (before, after) = (self.before, self.after);
        let find = |operation: &'o Operation, field: &Field| {
            let mut all = operation.unplaced.iter();
            all.find(|it| it.field.at == field.at).map(|it| &it.field)
        };
        let part = |field: &Field, places: &[FieldPath]| Part::Field {
            field: Box::new(field.clone()),
            inner: Vec::new(),
            places: places.to_vec(),
        };
        let stood = |one: &Operation, other: &Operation, at: &FieldPath| {
            one.field(at).is_some() && other.field(at).is_none()
        };
        for unplaced in &after.unplaced {
            let field = &unplaced.field;
            if let Some(was) = find(before, field) {
                self.field(was, field);
            } else if !unplaced.places.iter().any(|at| stood(before, after, at)) {
                self.changes
                    .push(Change::Added(part(field, &unplaced.places)));
            }
        }
        for unplaced in &before.unplaced {
            let field = &unplaced.field;
            let moved = || unplaced.places.iter().any(|at| stood(after, before, at));
            if find(after, field).is_none() && !moved() {
                self.changes
                    .push(Change::Removed(part(field, &unplaced.places)));
            }
        }
    }

    /// Pairs a field that went with one that came: the same text or the same position, the same
    /// type, the same fields in it, and no other candidate.
    fn renamed(&self, old: &[&'o Field], new: &[&'o Field]) -> Vec<(&'o Field, &'o Field)> {
        let missing = |fields: &[&'o Field], others: &[&'o Field]| -> Vec<(usize, &'o Field)> {
            let lacks = |field: &Field| !others.iter().any(|it| it.name() == field.name());
            let fields = fields.iter().copied().enumerate();
            fields.filter(|(_, field)| lacks(field)).collect()
        };
        let names = |operation: &'o Operation, field: &Field| -> BTreeSet<&'o str> {
            operation.children(&field.at).map(Field::name).collect()
        };
        let text = |field: &'o Field| field.text.as_ref().filter(|text| !text.is_empty());
        let is_like = |(i, was): (usize, &'o Field), (j, is): (usize, &'o Field)| {
            let types = was.ty.as_ref().zip(is.ty.as_ref());
            let inside = names(self.before, was);
            let same_place = i == j && old.len() == new.len();
            let same_text = text(was).zip(text(is)).map(|(was, is)| was == is);
            types.is_none_or(|(was, is)| was.agrees_with(is))
                && same_text.unwrap_or(same_place || !inside.is_empty())
                && inside == names(self.after, is)
        };
        let pairs = renames(&missing(old, new), &missing(new, old), is_like);
        pairs
            .into_iter()
            .map(|((_, was), (_, is))| (was, is))
            .collect()
    }

    /// Compares what is said of one field. It is taken apart exhaustively, so that a new kind of fact
    /// cannot be forgotten here.
    fn field(&mut self, before: &Field, after: &Field) {
        let Field {
            at: path,
            ty,
            required,
            values,
            constraints,
            deprecated,
            text,
            labels,
            example,
        } = before;
        let at = Location::Field(path.clone());
        let types = self.both(&at, Kind::Type, ty, &after.ty);
        let same_type = types
            .as_ref()
            .is_some_and(|it| it.before.agrees_with(it.after));
        if let Some(both) = types.filter(|_| !same_type) {
            let both = both.map(Clone::clone);
            self.changes.push(Change::Type(path.clone(), both));
        }
        self.fact(
            &at,
            Kind::Requirement,
            [required, &after.required],
            |both| Change::Requirement(path.clone(), both),
        );
        // Values of another type are others in any case.
        if same_type && let Some(both) = self.both(&at, Kind::Enumeration, values, &after.values) {
            self.values(path, both, after);
        }
        if let Some(both) = self.both(&at, Kind::Constraint, constraints, &after.constraints) {
            let keywords: BTreeSet<_> = both.before.keys().chain(both.after.keys()).collect();
            for keyword in keywords {
                let both = both.as_ref().map(|it| it.get(keyword).cloned());
                if both.before != both.after {
                    let change = Change::Constraint(path.clone(), keyword.clone(), both);
                    self.changes.push(change);
                }
            }
        }
        self.fact(
            &at,
            Kind::Deprecation,
            [deprecated, &after.deprecated],
            |both| Change::Deprecation(path.clone(), both),
        );
        self.text(&at, [text, &after.text]);
        if let (Some(old), Some(new)) = (labels, &after.labels) {
            let went_with_text = text.is_some() && after.text.is_some() && *text != after.text;
            self.labels(path, [before, after], [old, new], went_with_text);
        }
        self.fact(&at, Kind::Example, [example, &after.example], |both| {
            Change::FieldExample(path.clone(), both)
        });
    }

    fn values(&mut self, path: &FieldPath, both: Both<&Values>, after: &Field) {
        match (both.before, both.after) {
            (Values::Listed(old), Values::Listed(new)) if old.is_empty() == new.is_empty() => {
                let label = |value: &str| after.labels.as_ref()?.get(value).cloned();
                self.list(old, new, |value| {
                    let label = label(&value);
                    Part::Value(path.clone(), value, label)
                });
            }
            (old, new) if old.is_enumeration() == new.is_enumeration() => {}
            _ => {
                let both = both.map(Values::clone);
                self.changes.push(Change::Enumeration(path.clone(), both));
            }
        }
    }

    /// Compares the descriptions of enumerated values, except of values that come or go.
    fn labels(
        &mut self,
        path: &FieldPath,
        fields: [&Field; 2],
        [old, new]: [&BTreeMap<String, TextDigest>; 2],
        went_with_text: bool,
    ) {
        if old.len() > 1 && new.is_empty() {
            if !went_with_text {
                let values = old.keys().cloned().collect();
                self.changes.push(Change::Labels(path.clone(), values));
            }
            return;
        }
        let [had, has] = fields.map(Field::listed_values);
        let stays = |value: &&String| had.contains(value) == has.contains(value);
        // A description that went to another value is missing at its own.
        let moved = |text: &TextDigest| {
            let mut gone = old.iter().filter(|(value, _)| !new.contains_key(*value));
            gone.any(|(_, gone)| gone == text)
        };
        let came = new
            .iter()
            .filter(|(value, text)| !old.contains_key(*value) && !moved(text));
        let values = old.keys().chain(came.map(|(value, _)| value));
        for value in values.filter(stays) {
            let text = |labels: &BTreeMap<String, TextDigest>| {
                Some(labels.get(value).cloned().unwrap_or_default())
            };
            let at = Location::Value(path.clone(), value.clone());
            self.text(&at, [&text(old), &text(new)]);
        }
    }
}

/// The field without a place that may be `field`.
fn unplaced_as<'o>(operation: &'o Operation, field: &Field) -> Option<&'o Field> {
    let mut unplaced = operation.unplaced.iter();
    let unplaced = unplaced.find(|unplaced| unplaced.places.contains(&field.at));
    unplaced.map(|unplaced| &unplaced.field)
}

/// A field with all in it.
fn part(field: &Field, operation: &Operation) -> Part {
    Part::Field {
        field: Box::new(field.clone()),
        inner: operation.below(&field.at).cloned().collect(),
        places: Vec::new(),
    }
}
