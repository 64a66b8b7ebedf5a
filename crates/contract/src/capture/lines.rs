//! On which line of a capture each fact stands.

use std::collections::HashMap;
use std::str::FromStr;

use toml::de::DeTable;

use crate::inventory::OperationId;
use crate::location::{FieldPath, List, Location, Section};

/// The lines of a capture's facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    lines: HashMap<OperationId, HashMap<Location, usize>>,
}

impl Lines {
    /// The line of a fact, or else of the nearest one that it is part of.
    pub fn line(&self, operation: &OperationId, location: &Location) -> usize {
        let mut places = std::iter::successors(Some(location.clone()), Location::parent);
        let lines = self.lines.get(operation);
        let line = lines.and_then(|lines| places.find_map(|place| lines.get(&place)));
        line.copied().unwrap_or(1)
    }

    /// The lines of the facts in the document of a capture.
    pub(super) fn of(text: &str, document: &DeTable<'_>) -> Self {
        let breaks: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
        let mut lines: HashMap<OperationId, HashMap<Location, usize>> = HashMap::new();
        for operation in tables(document, "operation") {
            let Some(id) = text_of::<OperationId>(operation, "id") else {
                continue;
            };
            for (at, offset) in facts(operation) {
                let line = breaks.partition_point(|end| *end < offset) + 1;
                // The first of several facts with one location has it.
                lines
                    .entry(id.clone())
                    .or_default()
                    .entry(at)
                    .or_insert(line);
            }
        }
        Self { lines }
    }
}

/// The facts of an operation, and where they begin.
fn facts(operation: &DeTable<'_>) -> Vec<(Location, usize)> {
    let media_types = |section| Location::List(List::MediaTypes(section));
    let mut facts = Vec::new();
    let whole = [
        ("id", Location::Operation),
        ("method", Location::Method),
        ("path", Location::Path),
        ("security", Location::Security),
        ("title", Location::Title),
        ("description", Location::Description),
        ("status_note", Location::Statuses),
        ("dependencies", Location::Dependencies),
        ("servers", Location::List(List::Servers)),
        ("media_types", media_types(Section::Body)),
    ];
    facts.extend(keys(operation, whole));
    for response in tables(operation, "response") {
        if let Some(status) = text_of::<String>(response, "status") {
            let of = || status.clone();
            let places = [
                ("status", Location::Status(of())),
                ("media_types", media_types(Section::Response(of()))),
                ("headers", Location::List(List::Headers(of()))),
                ("reason", Location::Reason(of())),
            ];
            facts.extend(keys(response, places));
        }
    }
    let unplaced = tables(operation, "unplaced").filter_map(|it| table(it, "field"));
    for field in tables(operation, "field").chain(unplaced) {
        if let Some(path) = text_of::<FieldPath>(field, "at") {
            facts.extend(keys(field, [("at", Location::Field(path.clone()))]));
            facts.extend(keys_in(field, "constraints", |keyword| {
                Some(Location::Constraint(path.clone(), keyword.parse().ok()?))
            }));
            facts.extend(keys_in(field, "labels", |value| {
                Some(Location::Value(path.clone(), value.to_owned()))
            }));
        }
    }
    let mut counts: HashMap<Section, usize> = HashMap::new();
    for unnamed in tables(operation, "unnamed") {
        if let Some(section) = text_of::<Section>(unnamed, "within") {
            let count = counts.entry(section.clone()).or_default();
            *count += 1;
            let one = Location::UnnamedAt(section.clone(), *count);
            let places = [("within", one), ("within", Location::Unnamed(section))];
            facts.extend(keys(unnamed, places));
        }
    }
    for example in tables(operation, "example") {
        let id = text_of(example, "at");
        let place = id.map(|id| ("at", Location::Example(id, Vec::new())));
        facts.extend(keys(example, place));
    }
    facts.extend(keys_in(operation, "dependencies", |package| {
        Some(Location::List(List::Dependency(package.to_owned())))
    }));
    facts
}

/// The facts at these keys of a table.
fn keys<'k>(
    table: &DeTable<'_>,
    keys: impl IntoIterator<Item = (&'k str, Location)>,
) -> impl Iterator<Item = (Location, usize)> {
    let keys = keys.into_iter();
    keys.filter_map(|(key, at)| Some((at, table.get_key_value(key)?.0.span().start)))
}

/// The facts at all keys of a table within a table.
fn keys_in(
    outer: &DeTable<'_>,
    name: &str,
    at: impl Fn(&str) -> Option<Location>,
) -> impl Iterator<Item = (Location, usize)> {
    let keys = table(outer, name).into_iter().flat_map(DeTable::keys);
    keys.filter_map(move |key| Some((at(key.get_ref())?, key.span().start)))
}

fn table<'t, 'i>(outer: &'t DeTable<'i>, name: &str) -> Option<&'t DeTable<'i>> {
    outer.get(name)?.get_ref().as_table()
}

fn tables<'t, 'i>(outer: &'t DeTable<'i>, name: &str) -> impl Iterator<Item = &'t DeTable<'i>> {
    let array = outer.get(name).and_then(|value| value.get_ref().as_array());
    let items = array.into_iter().flatten();
    items.filter_map(|item| item.get_ref().as_table())
}

/// What the text at a key stands for.
fn text_of<T: FromStr>(table: &DeTable<'_>, key: &str) -> Option<T> {
    table.get(key)?.get_ref().as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    //! A line for each kind of location, counted by hand.
    use super::*;

    const CAPTURE: &str = r##"# A comment.

kind = "openapi"
source = "made up"

[[operation]]
id = "first"
path = "/a"

[[operation]]
id = "second"
method = "POST"
path = "/b"
servers = ["https://a.b/c"]
deprecated = false
media_types = ["application/json"]
title = "3741734c7892"
status_note = ""

[operation.dependencies]
"roof.tiles" = ["roof"]

[[operation.field]]
at = "body"

[[operation.field]]
at = "body.colour"
type = "string"
values = ["red"]

[operation.field.constraints]
maxLength = "9"

[operation.field.labels]
red = "04a4f045c2b7"

[[operation.field]]
at = "responses.200"

[[operation.unplaced]]
places = ["body.a.name", "body.b.name"]

[operation.unplaced.field]
at = "body.?.name"

[[operation.unnamed]]
within = "body"
text = "3741734c7892"

[[operation.unnamed]]
within = "body"
text = "04a4f045c2b7"

[[operation.response]]
status = "200"
text = '''
3741734c7892
'''
headers = []

[[operation.example]]
at = "body"
json = '{"colour":"red"}'
"##;

    fn line(at: &str) -> usize {
        let (_, lines) = crate::capture::read_with_lines(CAPTURE).unwrap();
        lines.line(&OperationId::new("second"), &at.parse().unwrap())
    }

    #[test]
    fn every_kind_of_location_has_its_line() {
        for (at, expected) in [
            ("method", 12),
            ("path", 13),
            ("servers[https://a.b/c]", 14),
            ("servers", 14),
            ("operation", 11),
            ("mediaTypes.body[application/json]", 16),
            ("title", 17),
            ("statuses", 18),
            ("dependencies", 20),
            ("dependencies.roof%2Etiles", 21),
            ("dependencies.roof%2Etiles[roof]", 21),
            ("body", 24),
            ("body.colour", 27),
            ("body.colour[red]", 35),
            ("body.colour#maxLength", 32),
            ("body.colour#minLength", 27),
            ("body.?.name", 44),
            ("unnamed.body[1]", 47),
            ("unnamed.body[2]", 51),
            ("status.200", 55),
            ("responses.200", 38),
            ("headers.200[x]", 59),
            ("reason.200", 55),
            ("examples.body", 62),
            ("examples.body/colour/0", 62),
        ] {
            assert_eq!(line(at), expected, "{at}");
        }
    }

    #[test]
    fn new_facts_have_the_line_of_their_parent() {
        for (at, expected) in [
            ("body.colour.hue", 27),
            ("body.colour[green]", 27),
            ("body.shape", 24),
            ("body.?.size", 24),
            ("unnamed.body[3]", 47),
            ("status.404", 18),
            ("dependencies.door", 20),
            ("query.page", 11),
            ("servers[https://x.y]", 14),
        ] {
            assert_eq!(line(at), expected, "{at}");
        }
    }

    #[test]
    fn each_operation_has_its_lines() {
        let (_, lines) = crate::capture::read_with_lines(CAPTURE).unwrap();
        assert_eq!(lines.line(&OperationId::new("first"), &Location::Path), 8);
        assert_eq!(lines.line(&OperationId::new("first"), &Location::Method), 7);
        assert_eq!(
            Lines::default().line(&OperationId::new("first"), &Location::Path),
            1
        );
    }
}
