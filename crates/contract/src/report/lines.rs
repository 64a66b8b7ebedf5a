//! Where a fact stands in the file of its capture.

use std::collections::HashMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diff::{Difference, Kind};

/// The lines of a capture's facts, by operation and location.
#[derive(Debug, Default)]
pub(super) struct Lines {
    lines: HashMap<(String, String), usize>,
}

impl Lines {
    /// Finds the facts in the text of a capture; none in one that cannot be read.
    pub(super) fn of(capture: &str) -> Self {
        let mut lines = Self::default();
        let Ok(document) = DeTable::parse(capture) else {
            return lines;
        };
        let breaks = capture
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n');
        let breaks: Vec<usize> = breaks.map(|(offset, _)| offset).collect();
        for operation in tables(document.get_ref(), "operation") {
            if let Some((id, offset)) = text(operation, "id") {
                let mut found = Found {
                    operation: id,
                    breaks: &breaks,
                    lines: &mut lines.lines,
                };
                found.put("", offset);
                found.operation(operation);
            }
        }
        lines
    }

    /// The line of the fact that differs, or else of the nearest one that it is part of.
    pub(super) fn line(&self, difference: &Difference) -> usize {
        let operation = difference.operation.to_string();
        // What is new stands nowhere yet, even where something else has its name.
        let mut at = match difference.kind {
            Kind::Added => parent(&difference.at),
            _ => &difference.at,
        };
        loop {
            match self.lines.get(&(operation.clone(), at.to_owned())) {
                Some(line) => return *line,
                None if at.is_empty() => return 1,
                None => at = parent(at),
            }
        }
    }
}

/// The location that a location is part of.
fn parent(at: &str) -> &str {
    at.rfind(['.', '[', '#', '/']).map_or("", |end| &at[..end])
}

struct Found<'a> {
    operation: &'a str,
    /// Where the lines of the capture end.
    breaks: &'a [usize],
    lines: &'a mut HashMap<(String, String), usize>,
}

impl Found<'_> {
    /// The first of several facts with one location has it.
    fn put(&mut self, at: impl Into<String>, offset: usize) {
        let line = self.breaks.partition_point(|end| *end < offset) + 1;
        let place = (self.operation.to_owned(), at.into());
        self.lines.entry(place).or_insert(line);
    }

    fn operation(&mut self, operation: &DeTable<'_>) {
        // Responses before fields: of what both have, the status says more than the body.
        for response in tables(operation, "response") {
            if let Some((status, offset)) = text(response, "status") {
                let at = format!("responses.{status}");
                self.put(&at, offset);
                self.keys(response, |key| match key {
                    "reason" | "headers" => Some(format!("{at}.{key}")),
                    "media_types" => Some(format!("{at}.mediaTypes")),
                    _ => None,
                });
            }
        }
        for field in tables(operation, "field") {
            self.field(field);
        }
        for unplaced in tables(operation, "unplaced") {
            if let Some(field) = unplaced.get("field").and_then(|f| f.get_ref().as_table()) {
                self.field(field);
            }
        }
        let mut within: HashMap<&str, usize> = HashMap::new();
        for unnamed in tables(operation, "unnamed") {
            if let Some((scope, offset)) = text(unnamed, "within") {
                let count = within.entry(scope).or_default();
                *count += 1;
                self.put(format!("{scope}.unnamed"), offset);
                self.put(format!("{scope}.unnamed[{count}]"), offset);
            }
        }
        for example in tables(operation, "example") {
            if let Some((at, offset)) = text(example, "at") {
                self.put(format!("examples.{at}"), offset);
            }
        }
        self.inner(operation, "dependencies", |package| {
            format!("dependencies.{package}")
        });
        self.keys(operation, |key| match key {
            "deprecated" => Some("operation".to_owned()),
            "media_types" => Some("body.mediaTypes".to_owned()),
            "status_note" => Some("responses".to_owned()),
            "method" | "path" | "servers" | "security" | "title" | "description"
            | "dependencies" => Some(key.to_owned()),
            _ => None,
        });
    }

    fn field(&mut self, field: &DeTable<'_>) {
        if let Some((at, offset)) = text(field, "at") {
            self.put(at, offset);
            self.inner(field, "constraints", |keyword| format!("{at}#{keyword}"));
            self.inner(field, "labels", |value| format!("{at}[{value}]"));
        }
    }

    /// Puts the keys of a table within `table`.
    fn inner(&mut self, table: &DeTable<'_>, name: &str, at: impl Fn(&str) -> String) {
        if let Some(inner) = table.get(name).and_then(|inner| inner.get_ref().as_table()) {
            self.keys(inner, |key| Some(at(key)));
        }
    }

    fn keys(&mut self, table: &DeTable<'_>, at: impl Fn(&str) -> Option<String>) {
        for key in table.keys() {
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

/// A string of a table, and where it begins.
fn text<'t>(table: &'t DeTable<'_>, key: &str) -> Option<(&'t str, usize)> {
    let value = table.get(key)?;
    let text = value.get_ref().as_str();
    text.map(|text| (text, value.span().start))
}

#[cfg(test)]
mod tests {
    //! A line for each kind of location, counted by hand.
    use super::*;
    use crate::diff::Impact;
    use crate::inventory::OperationId;

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
at = "body.colour.hue"
'''
headers = []

[[operation.example]]
at = "request"
json = '{"colour":"red"}'
"##;

    fn line(at: &str, kind: Kind) -> usize {
        let lines = Lines::of(CAPTURE);
        let operation = OperationId::Subscriber;
        lines.line(&Difference::new(operation, at, kind, Impact::Wording))
    }

    #[test]
    fn every_kind_of_location_has_its_line() {
        for (at, kind, expected) in [
            ("method", Kind::Method, 12),
            ("path", Kind::Path, 13),
            ("servers[https://a.b/c]", Kind::Removed, 14),
            ("servers", Kind::Told, 14),
            ("operation", Kind::Deprecation, 15),
            ("body.mediaTypes[application/json]", Kind::Removed, 16),
            ("title", Kind::Wording, 17),
            ("responses", Kind::Wording, 18),
            ("dependencies", Kind::Told, 20),
            ("dependencies.roof.tiles", Kind::Removed, 21),
            ("dependencies.roof.tiles[roof]", Kind::Removed, 21),
            ("body", Kind::Requirement, 24),
            ("body.colour", Kind::Type, 27),
            ("body.colour[red]", Kind::Wording, 35),
            ("body.colour#maxLength", Kind::Constraint, 32),
            ("body.colour#minLength", Kind::Constraint, 27),
            ("body.?.name", Kind::Type, 44),
            ("body.unnamed[1]", Kind::Removed, 47),
            ("body.unnamed[2]", Kind::Wording, 51),
            ("responses.200", Kind::Removed, 55),
            ("responses.200.headers[x]", Kind::Removed, 59),
            ("responses.200.reason", Kind::Wording, 55),
            ("examples.request", Kind::Removed, 62),
            ("examples.request/colour/0", Kind::Example, 62),
        ] {
            assert_eq!(line(at, kind), expected, "{at}");
        }
    }

    #[test]
    fn what_is_new_has_the_line_of_what_it_is_part_of() {
        for (at, expected) in [
            ("body.colour.hue", 27),
            ("body.colour[green]", 27),
            ("body.shape", 24),
            ("body.?.size", 24),
            // The second now is not the second of before.
            ("body.unnamed[2]", 47),
            ("responses.404", 18),
            ("dependencies.door", 20),
            ("query.page", 11),
            ("servers[https://x.y]", 14),
            ("", 11),
        ] {
            assert_eq!(line(at, Kind::Added), expected, "{at}");
        }
    }

    #[test]
    fn another_operation_or_no_capture_has_lines_too() {
        let customer = OperationId::Customer;
        let at = |at| Difference::new(customer, at, Kind::Path, Impact::Breaking);
        let lines = Lines::of(CAPTURE);
        assert_eq!(lines.line(&at("path")), 8);
        assert_eq!(lines.line(&at("method")), 7);
        assert_eq!(Lines::of("nonsense").line(&at("path")), 1);
    }
}
