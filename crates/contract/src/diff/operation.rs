//! Compares one operation, fact by fact. Both sides are taken apart exhaustively, so that a new
//! kind of fact cannot be forgotten here.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::{Operation, Response, Unnamed};
use crate::location::{List, Location, Section};
use crate::text_digest::TextDigest;

use super::change::{Change, Part};
use super::kind::Kind;
use super::lists::{Edit, renames, sequence_edits, set_edits};
use super::walk::Walk;
use super::{examples, fields};

pub(super) fn compare<'o>(before: &'o Operation, after: &'o Operation) -> Walk<'o> {
    let Operation {
        id: _,
        method,
        path,
        servers,
        security,
        deprecated,
        media_types,
        title,
        description,
        status_note,
        incomplete: _,
        dependencies,
        fields: _,
        unplaced: _,
        unnamed,
        responses: _,
        examples: _,
    } = before;
    let mut walk = Walk::new(before, after);
    let methods = [method, &after.method];
    walk.fact(&Location::Method, Kind::Method, methods, Change::Method);
    walk.fact(
        &Location::Path,
        Kind::Path,
        [path, &after.path],
        Change::Path,
    );
    let alternatives = [security, &after.security];
    walk.fact(
        &Location::Security,
        Kind::Security,
        alternatives,
        Change::Security,
    );
    let marks = [deprecated, &after.deprecated];
    let of_operation = Change::OperationDeprecation;
    walk.fact(&Location::Operation, Kind::Deprecation, marks, of_operation);
    walk.offers(List::Servers, servers, &after.servers);
    let list = List::MediaTypes(Section::Body);
    walk.offers(list, media_types, &after.media_types);
    walk.text(&Location::Title, [title, &after.title]);
    walk.text(&Location::Description, [description, &after.description]);
    walk.text(&Location::Statuses, [status_note, &after.status_note]);
    walk.dependencies(dependencies, &after.dependencies);
    fields::compare(&mut walk);
    walk.responses();
    examples::compare(&mut walk);
    match (unnamed, &after.unnamed) {
        (Some(old), Some(new)) => walk.unnamed(old, new),
        (Some(old), None) => {
            let section = old.first().map_or(Section::Body, |it| it.within.clone());
            walk.lose(Location::Unnamed(section), Kind::Wording);
        }
        (None, Some(only)) => walk.one_sided += only.len(),
        (None, None) => {}
    }
    walk
}

impl Walk<'_> {
    fn dependencies(
        &mut self,
        before: &Option<BTreeMap<String, Vec<String>>>,
        after: &Option<BTreeMap<String, Vec<String>>>,
    ) {
        let both = self.both(&Location::Dependencies, Kind::Added, before, after);
        let Some((before, after)) = both.map(|both| (both.before, both.after)) else {
            return;
        };
        let went: Vec<_> = before
            .iter()
            .filter(|(it, _)| !after.contains_key(*it))
            .collect();
        let came: Vec<_> = after
            .iter()
            .filter(|(it, _)| !before.contains_key(*it))
            .collect();
        let renamed = renames(&went, &came, |(_, old), (_, new)| old == new);
        let part =
            |name: &String, needed: &[String]| Part::Dependency(name.clone(), needed.to_vec());
        for (package, needed) in before {
            self.compared += 1;
            let new = renamed.iter().find(|((old, _), _)| *old == package);
            match (after.get(package), new) {
                (Some(now), _) => {
                    let list = List::Dependency(package.clone());
                    self.list(needed, now, |name| Part::Item(list.clone(), name));
                }
                (None, Some((_, (name, _)))) => {
                    let change = Change::Renamed(part(package, needed), (*name).clone());
                    self.changes.push(change);
                }
                (None, None) => self.changes.push(Change::Removed(part(package, needed))),
            }
        }
        let added = came
            .iter()
            .filter(|it| !renamed.iter().any(|(_, new)| new == *it));
        let added = added.map(|(package, needed)| Change::Added(part(package, needed)));
        self.changes.extend(added);
    }

    fn responses(&mut self) {
        let (before, after) = (self.before, self.after);
        if before.responses.is_empty() || after.responses.is_empty() {
            return;
        }
        for response in &before.responses {
            self.compared += 1;
            if let Some(now) = after.response(&response.status) {
                self.response(response, now);
            }
        }
        let statuses = |operation: &Operation| -> Vec<String> {
            operation
                .responses
                .iter()
                .map(|it| it.status.clone())
                .collect()
        };
        let (old, new) = (statuses(before), statuses(after));
        for edit in set_edits(&old, &new) {
            let (gone, come) = match edit {
                Edit::Removed(status) => (before.response(status), None),
                Edit::Added(status) => (None, after.response(status)),
                Edit::Replaced(old, new) => (before.response(old), after.response(new)),
            };
            let part = |response: &Response| Part::Status(response.clone());
            match gone.zip(come).filter(|(gone, come)| gone.text == come.text) {
                Some((gone, come)) => {
                    let change = Change::Renamed(part(gone), come.status.clone());
                    self.changes.push(change);
                }
                None => {
                    self.changes
                        .extend(gone.map(|gone| Change::Removed(part(gone))));
                    self.changes
                        .extend(come.map(|come| Change::Added(part(come))));
                }
            }
        }
    }

    fn response(&mut self, before: &Response, after: &Response) {
        let Response {
            status,
            reason,
            text,
            media_types,
            headers,
        } = before;
        let reasons = [reason, &after.reason];
        self.fact(
            &Location::Reason(status.clone()),
            Kind::Wording,
            reasons,
            |both| Change::Reason(status.clone(), both),
        );
        self.text(&Location::Status(status.clone()), [text, &after.text]);
        let section = Section::Response(status.clone());
        let has_body = |operation: &Operation| operation.field(&section.clone().into()).is_some();
        // A body that appears or disappears is a difference of its own.
        if has_body(self.before) == has_body(self.after) {
            self.offers(List::MediaTypes(section), media_types, &after.media_types);
        }
        self.offers(List::Headers(status.clone()), headers, &after.headers);
    }

    /// Compares what a source offers to choose from.
    fn offers(&mut self, list: List, before: &Option<Vec<String>>, after: &Option<Vec<String>>) {
        match (before, after) {
            (Some(before), Some(after)) => {
                self.list(before, after, |item| Part::Item(list.clone(), item));
            }
            (Some(_), None) => self.lose(Location::List(list), Kind::Added),
            (None, Some(_)) => self.one_sided += 1,
            (None, None) => {}
        }
    }

    /// Compares the descriptions of fields without names. One that stands in another difference
    /// already, as the text of a field that came, went or changed, is none of its own.
    fn unnamed(&mut self, before: &[Unnamed], after: &[Unnamed]) {
        let (old_operation, new_operation) = (self.before, self.after);
        let is_told = |operation: &Operation, other: &Operation, description: &TextDigest| {
            operation.fields.iter().any(|field| {
                let text = field.text.as_ref().filter(|text| !text.is_empty());
                text.is_some_and(|text| description.is_within(text))
                    && other.field(&field.at) != Some(field)
            })
        };
        let sections = before.iter().chain(after).map(|it| &it.within);
        let sections: BTreeSet<&Section> = sections.collect();
        for section in sections {
            let of = |unnamed: &[Unnamed]| -> Vec<TextDigest> {
                let here = unnamed.iter().filter(|it| it.within == *section);
                here.map(|it| it.text.clone()).collect()
            };
            let (old, new) = (of(before), of(after));
            self.compared += old.len();
            for (index, edit) in sequence_edits(&old, &new) {
                let part =
                    |text: &TextDigest| Part::Unnamed(section.clone(), index + 1, text.clone());
                match edit {
                    Edit::Replaced(old, new) => {
                        let at = Location::UnnamedAt(section.clone(), index + 1);
                        self.text(&at, [&Some(old.clone()), &Some(new.clone())]);
                    }
                    Edit::Removed(text) if is_told(new_operation, old_operation, text) => {}
                    Edit::Added(text) if is_told(old_operation, new_operation, text) => {}
                    Edit::Removed(text) => self.changes.push(Change::Removed(part(text))),
                    Edit::Added(text) => self.changes.push(Change::Added(part(text))),
                }
            }
        }
    }
}
