//! On which line of a capture each fact stands.

use std::collections::HashMap;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::inventory::OperationId;
use crate::location::{FieldPath, List, Location, Section};

/// The lines of a capture's facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    lines: HashMap<(OperationId, Location), usize>,
}

impl Lines {
    /// The line of a fact, or else of the nearest one that it is part of.
    pub fn line(&self, operation: OperationId, location: &Location) -> usize {
        let mut places = std::iter::successors(Some(location.clone()), Location::parent);
        let line = places.find_map(|place| self.lines.get(&(operation, place)));
        line.copied().unwrap_or(1)
    }

    /// The lines of the facts in the document of a capture.
    pub(super) fn of(text: &str, document: &DeTable<'_>) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let breaks: Vec<usize> = breaks.map(|(offset, _)| offset).collect();
        let mut lines = Self::default();
        for table in tables(document, "operation") {
            if let Some((id, offset)) = text_of(table, "id") {
                let mut found = Found {
                    operation: id,
                    breaks: &breaks,
                    lines: &mut lines.lines,
                };
                found.put(Location::Operation, offset);
                found.operation(table);
            }
        }
        lines
    }
}

struct Found<'a> {
    operation: OperationId,
    /// Where the lines of the capture end.
    breaks: &'a [usize],
    lines: &'a mut HashMap<(OperationId, Location), usize>,
}

impl Found<'_> {
    /// The first of several facts with one location has it.
    fn put(&mut self, at: Location, offset: usize) {
        let line = self.breaks.partition_point(|end| *end < offset) + 1;
        self.lines.entry((self.operation, at)).or_insert(line);
    }

    fn operation(&mut self, operation: &DeTable<'_>) {
        for response in tables(operation, "response") {
            if let Some((status, offset)) = text_of::<String>(response, "status") {
                self.put(Location::Status(status.clone()), offset);
                let media_types = List::MediaTypes(Section::Response(status.clone()));
                self.key(response, "media_types", Location::List(media_types));
                let headers = List::Headers(status.clone());
                self.key(response, "headers", Location::List(headers));
                self.key(response, "reason", Location::Reason(status));
            }
        }
        for field in tables(operation, "field") {
            self.field(field);
        }
        for unplaced in tables(operation, "unplaced") {
            if let Some(field) = unplaced.get("field").and_then(|it| it.get_ref().as_table()) {
                self.field(field);
            }
        }
        let mut within: HashMap<Section, usize> = HashMap::new();
        for unnamed in tables(operation, "unnamed") {
            if let Some((section, offset)) = text_of::<Section>(unnamed, "within") {
                let count = within.entry(section.clone()).or_default();
                *count += 1;
                self.put(Location::UnnamedAt(section.clone(), *count), offset);
                self.put(Location::Unnamed(section), offset);
            }
        }
        for example in tables(operation, "example") {
            if let Some((id, offset)) = text_of(example, "at") {
                self.put(Location::Example(id, Vec::new()), offset);
            }
        }
        self.keys(operation, "dependencies", |package| {
            Some(Location::List(List::Dependency(package.to_owned())))
        });
        for (key, at) in [
            ("deprecated", Location::Operation),
            ("method", Location::Method),
            ("path", Location::Path),
            ("security", Location::Security),
            ("title", Location::Title),
            ("description", Location::Description),
            ("status_note", Location::Statuses),
            ("dependencies", Location::Dependencies),
            ("servers", Location::List(List::Servers)),
            (
                "media_types",
                Location::List(List::MediaTypes(Section::Body)),
            ),
        ] {
            self.key(operation, key, at);
        }
    }

    fn field(&mut self, field: &DeTable<'_>) {
        if let Some((path, offset)) = text_of::<FieldPath>(field, "at") {
            self.keys(field, "constraints", |keyword| {
                Some(Location::Constraint(path.clone(), keyword.parse().ok()?))
            });
            self.keys(field, "labels", |value| {
                Some(Location::Value(path.clone(), value.to_owned()))
            });
            self.put(Location::Field(path), offset);
        }
    }

    /// Puts the key of a table.
    fn key(&mut self, table: &DeTable<'_>, name: &str, at: Location) {
        if let Some((key, _)) = table.get_key_value(name) {
            self.put(at, key.span().start);
        }
    }

    /// Puts the keys of a table within a table.
    fn keys(&mut self, table: &DeTable<'_>, name: &str, at: impl Fn(&str) -> Option<Location>) {
        let inner = table.get(name).and_then(|inner| inner.get_ref().as_table());
        for key in inner.into_iter().flat_map(|inner| inner.keys()) {
            if let Some(at) = at(key.get_ref()) {
                self.put(at, key.span().start);
            }
        }
    }
}

fn tables<'t, 'i>(table: &'t DeTable<'i>, name: &str) -> impl Iterator<Item = &'t DeTable<'i>> {
    let array = table.get(name).and_then(|value| value.get_ref().as_array());
    let items = array.into_iter().flat_map(|array| array.iter());
    items.filter_map(|item: &Spanned<DeValue<'i>>| item.get_ref().as_table())
}

/// What the text at a key stands for, and where it begins.
fn text_of<T: FromStr>(table: &DeTable<'_>, key: &str) -> Option<(T, usize)> {
    let value = table.get(key)?;
    let read = value.get_ref().as_str()?.parse().ok()?;
    Some((read, value.span().start))
}

#[cfg(test)]
mod tests {
    //! A line for each kind of location, counted by hand.
    use super::*;

    const CAPTURE: &str = r##"# A comment.

kind = "openapi"
source = "made up"

[[operation]]
id = "customer"
path = "/a"

[[operation]]
id = "subscriber"
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
        lines.line(OperationId::Subscriber, &at.parse().unwrap())
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
    fn what_is_new_has_the_line_of_what_it_is_part_of() {
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
    fn another_operation_has_lines_too() {
        let (_, lines) = crate::capture::read_with_lines(CAPTURE).unwrap();
        assert_eq!(lines.line(OperationId::Customer, &Location::Path), 8);
        assert_eq!(lines.line(OperationId::Customer, &Location::Method), 7);
        assert_eq!(
            Lines::default().line(OperationId::Customer, &Location::Path),
            1
        );
    }
}
