//! Compares fields, scope by scope. An object that comes or goes is one difference, whatever it
//! holds.

use std::collections::BTreeSet;

use crate::inventory::{Field, Operation};
use crate::types::Values;

use super::field::requirement;
use super::impact::Direction;
use super::ledger::Ledger;
use super::{Difference, Impact, Kind};

pub(super) fn compare(ledger: &mut Ledger<'_>, before: &Operation, after: &Operation) {
    let mut walk = Walk {
        ledger,
        before,
        after,
    };
    for scope in ["path", "query", "header", "cookie"] {
        walk.scope(scope, scope, true);
    }
    walk.root("body", true);
    for response in &before.responses {
        if after.response(&response.status).is_some() {
            let scope = format!("responses.{}", response.status);
            walk.root(&scope, false);
        }
    }
    walk.unplaced();
}

struct Walk<'l, 'c, 'o> {
    ledger: &'l mut Ledger<'c>,
    before: &'o Operation,
    after: &'o Operation,
}

impl<'o> Walk<'_, '_, 'o> {
    /// Compares a body and all in it.
    fn root(&mut self, scope: &str, request: bool) {
        match (self.before.field(scope), self.after.field(scope)) {
            (Some(before), Some(after)) => {
                super::field::compare(self.ledger, before, after);
                self.scope(scope, scope, true);
            }
            (Some(_), None) if self.after.is_untold(scope) => self.ledger.lost(scope, Kind::Body),
            (None, Some(_)) if self.before.is_untold(scope) => self.ledger.comparison.untold += 1,
            (None, None) => {}
            (before, _) => {
                let body = |there: bool| Some(if there { "a body" } else { "no body" }.to_owned());
                let had = before.is_some();
                let impact = match (request, had) {
                    (false, false) => Impact::Additive,
                    _ => Impact::Breaking,
                };
                self.ledger
                    .add(scope, Kind::Body, impact, body(had), body(!had));
            }
        }
    }

    /// Compares the fields directly under a scope, which may have two names. With `report` off,
    /// only what stands on both sides is compared: the scope itself was told of.
    fn scope(&mut self, old_scope: &str, new_scope: &str, report: bool) {
        let old = self.before.children(old_scope);
        let new = self.after.children(new_scope);
        let renamed = self.renames(&old, &new);
        for field in &old {
            if let Some(other) = new.iter().find(|other| other.name() == field.name()) {
                self.pair(field, other);
            } else if let Some((_, other)) = renamed.iter().find(|(f, _)| f.at == field.at) {
                let names = (field.name().to_owned(), other.name().to_owned());
                self.ledger.comparison.compared += 1;
                self.ledger.add(
                    &field.at,
                    Kind::Renamed,
                    Impact::Breaking,
                    Some(names.0),
                    Some(names.1),
                );
                self.pair(field, other);
            } else {
                self.removed(field, new_scope, report);
            }
        }
        for field in &new {
            let known = old.iter().any(|other| other.name() == field.name());
            if !known && !renamed.iter().any(|(_, other)| other.at == field.at) {
                self.added(field, old_scope, report);
            }
        }
    }

    fn pair(&mut self, before: &Field, after: &Field) {
        super::field::compare(self.ledger, before, after);
        let had = before.ty.as_ref().is_none_or(|ty| ty.has_fields());
        let has = after.ty.as_ref().is_none_or(|ty| ty.has_fields());
        // What an object held is gone with it, when it becomes a plain value.
        self.scope(&before.at, &after.at, had == has);
    }

    fn removed(&mut self, field: &Field, scope: &str, report: bool) {
        if self.after.is_untold(scope) {
            self.ledger.lost(&field.at, Kind::Removed);
            return;
        }
        self.ledger.comparison.compared += 1;
        if let Some(unplaced) = unplaced_as(self.after, field) {
            super::field::compare(self.ledger, field, unplaced);
            return;
        }
        if report {
            let shown = shown(field, &nested(self.before, field));
            self.ledger.add(
                &field.at,
                Kind::Removed,
                Impact::Breaking,
                Some(shown),
                None,
            );
        }
        // A page that loses the line of an object may still show the fields in it.
        self.scope(&field.at, &field.at, false);
    }

    fn added(&mut self, field: &Field, scope: &str, report: bool) {
        if self.before.is_untold(scope) {
            self.ledger.comparison.untold += 1;
            return;
        }
        if unplaced_as(self.before, field).is_some() || !report {
            return;
        }
        let impact = Direction::of(&field.at).added_field(field.required);
        let shown = shown(field, &nested(self.after, field));
        let added = self
            .ledger
            .add(&field.at, Kind::Added, impact, None, Some(shown));
        quote(added, "", field);
        for inner in self.after.fields.iter().filter(|f| field.is_above(&f.at)) {
            quote(added, &inner.at[field.at.len() + 1..], inner);
        }
    }

    /// Fields without a place are known by their names.
    fn unplaced(&mut self) {
        let places = |places: &[String]| vec![format!("may stand at {}", places.join(" or "))];
        for unplaced in &self.after.unplaced {
            let field = &unplaced.field;
            let was = self.before.unplaced.iter().find(|u| u.field.at == field.at);
            if let Some(was) = was {
                super::field::compare(self.ledger, &was.field, field);
            } else if !unplaced
                .places
                .iter()
                .any(|at| stood(self.before, self.after, at))
            {
                let impact = Direction::of(&field.at).added_field(field.required);
                let added = self.ledger.add(
                    &field.at,
                    Kind::Added,
                    impact,
                    None,
                    Some(shown(field, &[])),
                );
                added.details = places(&unplaced.places);
                quote(added, "", field);
            }
        }
        for unplaced in &self.before.unplaced {
            let field = &unplaced.field;
            let is = self.after.unplaced.iter().any(|u| u.field.at == field.at);
            if !is
                && !unplaced
                    .places
                    .iter()
                    .any(|at| stood(self.after, self.before, at))
            {
                let what = Some(shown(field, &[]));
                let removed =
                    self.ledger
                        .add(&field.at, Kind::Removed, Impact::Breaking, what, None);
                removed.details = places(&unplaced.places);
            }
        }
    }

    /// Pairs a field that went with one that came: the same text or the same position, the same
    /// type, the same fields in it, and no other candidate.
    fn renames(&self, old: &[&'o Field], new: &[&'o Field]) -> Vec<(&'o Field, &'o Field)> {
        let lacks = |fields: &[&Field], field: &Field| {
            !fields.iter().any(|other| other.name() == field.name())
        };
        let alike = |a: (usize, &Field), b: (usize, &Field)| {
            let same_type = match (&a.1.ty, &b.1.ty) {
                (Some(a), Some(b)) => a.agrees_with(b),
                _ => true,
            };
            let text = |field: &Field| field.text.clone().filter(|text| !text.is_empty());
            let same_text = match (text(a.1), text(b.1)) {
                (Some(a), Some(b)) => Some(a == b),
                _ => None,
            };
            let names = |operation: &Operation, field: &Field| -> BTreeSet<String> {
                let children = operation.children(&field.at);
                children.iter().map(|f| f.name().to_owned()).collect()
            };
            let (inside, now_inside) = (names(self.before, a.1), names(self.after, b.1));
            let same_place = a.0 == b.0 && old.len() == new.len();
            same_type
                && same_text.unwrap_or(same_place || !inside.is_empty())
                && inside == now_inside
        };
        let mut pairs = Vec::new();
        for (i, field) in old.iter().enumerate() {
            if !lacks(new, field) {
                continue;
            }
            let mut candidates = new
                .iter()
                .enumerate()
                .filter(|(j, other)| lacks(old, other) && alike((i, field), (*j, other)));
            if let (Some((_, other)), None) = (candidates.next(), candidates.next())
                && !pairs
                    .iter()
                    .any(|(_, taken): &(&Field, &Field)| taken.at == other.at)
            {
                pairs.push((*field, *other));
            }
        }
        pairs
    }
}

/// Whether `at` stands in `one` and not in the `other`.
fn stood(one: &Operation, other: &Operation, at: &str) -> bool {
    one.field(at).is_some() && other.field(at).is_none()
}

/// The field without a place that may be `field`.
fn unplaced_as<'o>(operation: &'o Operation, field: &Field) -> Option<&'o Field> {
    operation
        .unplaced
        .iter()
        .find(|unplaced| unplaced.places.contains(&field.at))
        .map(|unplaced| &unplaced.field)
}

/// Shows what is said of a field that is new, and of its values.
fn quote(added: &mut Difference, name: &str, field: &Field) {
    let label = |name: &str| match name {
        "" => String::new(),
        name => format!("{name}: "),
    };
    if let Some(text) = &field.text {
        added.quote(&label(name), text);
    }
    for (value, text) in field.labels.iter().flatten() {
        added.quote(&label(&format!("{name}[{value}]")), text);
    }
}

fn nested(operation: &Operation, field: &Field) -> Vec<String> {
    let below = operation.fields.iter().filter(|f| field.is_above(&f.at));
    below
        .map(|f| f.at[field.at.len() + 1..].to_owned())
        .collect()
}

/// `object, required, with city and country`.
fn shown(field: &Field, nested: &[String]) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(field.ty.as_ref().map(ToString::to_string));
    parts.extend(field.required.map(requirement));
    if let Some(Values::Listed(values)) = &field.values
        && !values.is_empty()
    {
        parts.push(format!("one of {}", values.join(", ")));
    }
    if !nested.is_empty() {
        parts.push(format!("with {}", nested.join(", ")));
    }
    parts.join(", ")
}
