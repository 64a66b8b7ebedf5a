//! Compares fields, scope by scope. An object that comes or goes is one difference, whatever it
//! holds.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::{Field, Operation};
use crate::prose::Prose;
use crate::types::Values;

use super::impact::Direction;
use super::ledger::Ledger;
use super::operation::compare_values;
use super::{Impact, Kind};

/// `required` or `optional`.
pub(super) fn requirement(required: bool) -> String {
    match required {
        true => "required".to_owned(),
        false => "optional".to_owned(),
    }
}

/// `deprecated` or `not deprecated`.
pub(super) fn deprecation(deprecated: bool) -> String {
    match deprecated {
        true => "deprecated".to_owned(),
        false => "not deprecated".to_owned(),
    }
}

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
                self.field(before, after);
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
        self.field(before, after);
        let had = before.ty.as_ref().is_none_or(|ty| ty.has_fields());
        let has = after.ty.as_ref().is_none_or(|ty| ty.has_fields());
        // What an object held is gone with it, when it becomes a plain value.
        self.scope(&before.at, &after.at, had == has);
    }

    fn removed(&mut self, field: &Field, scope: &str, report: bool) {
        self.ledger.comparison.compared += 1;
        if self.after.is_untold(scope) {
            self.ledger.comparison.compared -= 1;
            self.ledger.lost(&field.at, Kind::Removed);
            return;
        }
        if let Some(unplaced) = unplaced_as(self.after, field) {
            self.field(field, unplaced);
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
        self.ledger
            .add(&field.at, Kind::Added, impact, None, Some(shown));
    }

    /// Fields without a place are known by their names.
    fn unplaced(&mut self) {
        let places = |places: &[String]| vec![format!("may stand at {}", places.join(" or "))];
        for unplaced in &self.after.unplaced {
            let field = &unplaced.field;
            let was = self.before.unplaced.iter().find(|u| u.field.at == field.at);
            if let Some(was) = was {
                self.field(&was.field, field);
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

    /// Compares what is said of one field.
    fn field(&mut self, before: &Field, after: &Field) {
        let Field {
            at,
            ty,
            required,
            values,
            constraints,
            deprecated,
            text,
            labels,
            example,
        } = before;
        let direction = Direction::of(at);
        let same_type = match (ty, &after.ty) {
            (Some(ty), Some(now)) => ty.agrees_with(now),
            _ => false,
        };
        if same_type {
            self.ledger.comparison.compared += 1;
        } else {
            self.ledger.fact(
                at,
                Kind::Type,
                ty.as_ref(),
                after.ty.as_ref(),
                |ty| ty.to_string(),
                |a, b| direction.ty(a, b),
            );
        }
        self.ledger.fact(
            at,
            Kind::Requirement,
            required.as_ref(),
            after.required.as_ref(),
            |required| requirement(*required),
            |_, now| direction.requirement(*now),
        );
        // Values of another type are others in any case.
        if same_type {
            self.values(at, direction, values.as_ref(), after.values.as_ref());
        }
        self.constraints(
            at,
            direction,
            constraints.as_ref(),
            after.constraints.as_ref(),
        );
        self.ledger.fact(
            at,
            Kind::Deprecation,
            deprecated.as_ref(),
            after.deprecated.as_ref(),
            |deprecated| deprecation(*deprecated),
            |_, _| Impact::Additive,
        );
        self.ledger.prose(at, text.as_ref(), after.text.as_ref());
        if let (Some(labels), Some(now)) = (labels, &after.labels) {
            let values = [values, &after.values];
            self.labels(at, labels, now, values);
        }
        self.ledger.fact(
            at,
            Kind::Example,
            example.as_ref(),
            after.example.as_ref(),
            |json| {
                if json.is_empty() {
                    "none".to_owned()
                } else {
                    json.clone()
                }
            },
            |_, _| Impact::Wording,
        );
    }

    fn values(
        &mut self,
        at: &str,
        direction: Direction,
        before: Option<&Values>,
        after: Option<&Values>,
    ) {
        let (Some(before), Some(after)) = (before, after) else {
            self.ledger
                .one_sided(at, Kind::Enumeration, before.is_some(), after.is_some());
            return;
        };
        self.ledger.comparison.compared += 1;
        match (before, after) {
            (Values::Listed(a), Values::Listed(b)) if a.is_empty() == b.is_empty() => {
                compare_values(self.ledger, at, a, b, |appears| direction.value(appears));
            }
            _ if before.is_enumeration() == after.is_enumeration() => {}
            _ => {
                let show = |values: &Values| match values {
                    Values::Listed(values) if values.is_empty() => "any value".to_owned(),
                    Values::Listed(values) => values.join(", "),
                    Values::Untold(_) => "an enumeration".to_owned(),
                };
                let impact = direction.enumeration(after.is_enumeration());
                let shown = (Some(show(before)), Some(show(after)));
                self.ledger
                    .add(at, Kind::Enumeration, impact, shown.0, shown.1);
            }
        }
    }

    fn constraints(
        &mut self,
        at: &str,
        direction: Direction,
        before: Option<&BTreeMap<String, String>>,
        after: Option<&BTreeMap<String, String>>,
    ) {
        let (Some(before), Some(after)) = (before, after) else {
            self.ledger
                .one_sided(at, Kind::Constraint, before.is_some(), after.is_some());
            return;
        };
        self.ledger.comparison.compared += 1;
        let keywords: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for keyword in keywords {
            let (a, b) = (before.get(keyword), after.get(keyword));
            if a != b {
                let impact =
                    direction.constraint(keyword, a.map(String::as_str), b.map(String::as_str));
                let at = format!("{at}#{keyword}");
                self.ledger
                    .add(&at, Kind::Constraint, impact, a.cloned(), b.cloned());
            }
        }
    }

    /// Compares the descriptions of enumerated values, except of values that come or go.
    fn labels(
        &mut self,
        at: &str,
        before: &BTreeMap<String, Prose>,
        after: &BTreeMap<String, Prose>,
        values: [&Option<Values>; 2],
    ) {
        let [old, new] = values.map(|values| values.as_ref().map_or(&[][..], Values::listed));
        let stays = |value: &String| old.contains(value) == new.contains(value);
        let nothing = Prose::default();
        if before.len() > 1 && after.is_empty() {
            // They went with the text that they stood in.
            let last = self.ledger.comparison.differences.last();
            if last.is_some_and(|d| d.at == at && d.kind == Kind::Wording) {
                return;
            }
            let values: Vec<&str> = before.keys().map(String::as_str).collect();
            let gone = Some(format!("descriptions of {}", values.join(", ")));
            self.ledger
                .add(at, Kind::Wording, Impact::Wording, gone, None);
            return;
        }
        for (value, text) in before.iter().filter(|(value, _)| stays(value)) {
            let now = after.get(value).unwrap_or(&nothing);
            self.ledger
                .prose(&format!("{at}[{value}]"), Some(text), Some(now));
        }
        // A description that went to another value was told of as missing at its own.
        let moved = |text: &Prose| {
            let gone = before
                .iter()
                .filter(|(value, _)| !after.contains_key(*value));
            gone.into_iter().any(|(_, gone)| gone == text)
        };
        for (value, text) in after.iter().filter(|(value, _)| stays(value)) {
            if !before.contains_key(value) && !moved(text) {
                self.ledger
                    .prose(&format!("{at}[{value}]"), Some(&nothing), Some(text));
            }
        }
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
