//! Fields as a flat text shows them: name, type, description and values on lines of their own.

use crate::page::tree::Field;

use super::nameless;
use super::types::{is_name, parse_type};

/// Reads a section of fields. What stands before the first name has lost its own.
pub(super) fn fields(lines: &[&str]) -> Vec<Field> {
    let mut named: Vec<Field> = Vec::new();
    let mut before: Vec<&str> = Vec::new();
    let mut rest = lines;
    while let [line, after @ ..] = rest {
        rest = after;
        let next = after.first().filter(|_| is_name(line));
        if let Some((ty, required)) = next.and_then(|next| parse_type(next)) {
            named.push(Field {
                name: Some((*line).to_owned()),
                ty: ty.to_owned(),
                required,
                values: Some(Vec::new()),
                ..Field::default()
            });
            rest = &after[1..];
        } else if let Some(field) = named.last_mut() {
            go_on(field, line);
        } else {
            before.push(line);
        }
    }
    let mut fields = nameless::descriptions(&before);
    fields.extend(named);
    fields
}

/// Reads a line under name and type: possible values, or a paragraph of the description.
fn go_on(field: &mut Field, line: &str) {
    if let Some(values) = line.strip_prefix("Possible values:") {
        let values = values.split(',').map(|value| value.trim().to_owned());
        field.values = Some(values.filter(|value| !value.is_empty()).collect());
    } else if !line.is_empty() {
        if !field.description.is_empty() {
            field.description.push_str("\n\n");
        }
        field.description.push_str(line);
    }
}

#[cfg(test)]
mod tests {
    //! Fields of a flat section, and lines before the first name.
    use super::*;

    #[test]
    fn reads_name_type_requirement_values_and_text() {
        let fields = fields(&[
            "",
            "color",
            "stringrequired",
            "",
            "Color of the roof.",
            "",
            "Never mind the walls.",
            "",
            "Possible values: red, dark_green",
            "roof",
            "object",
            "tiles",
            "array[string]",
        ]);
        let names: Vec<_> = fields
            .iter()
            .map(|f| (f.name.as_deref(), &*f.ty, f.required))
            .collect();
        assert_eq!(
            names,
            [
                (Some("color"), "string", true),
                (Some("roof"), "object", false),
                (Some("tiles"), "array[string]", false)
            ]
        );
        let values = fields[0].values.as_deref().unwrap();
        assert_eq!(values, ["red", "dark_green"]);
        let description = "Color of the roof.\n\nNever mind the walls.";
        assert_eq!(fields[0].description, description);
    }

    #[test]
    fn lines_before_the_first_name_are_descriptions() {
        let fields = fields(&["The roof.", "color", "string"]);
        let names: Vec<_> = fields.iter().map(|f| f.name.as_deref()).collect();
        assert_eq!(names, [None, Some("color")]);
        assert_eq!(fields[0].description, "The roof.");
    }
}
