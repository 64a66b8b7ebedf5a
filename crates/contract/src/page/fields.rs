//! The fields of a section: name, type, requirement, values and description.

use crate::inventory::Field;
use crate::location::FieldPath;
use crate::prose::Prose;
use crate::types::{Type, Values};

/// A field as a page shows it, its depth unknown.
#[derive(Clone, Debug)]
pub(super) struct NamedField {
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) required: bool,
    /// Shown as an enumeration, values or not.
    pub(super) is_enum: bool,
    pub(super) values: Vec<String>,
    pub(super) text: Prose,
}

impl NamedField {
    /// The field without its place. Only where values would be shown (`shows_values`) does their
    /// absence mean that there are none.
    pub(super) fn into_field(self, at: FieldPath, shows_values: bool) -> Field {
        let values = match (self.values.is_empty(), self.is_enum) {
            (false, _) => Some(Values::Listed(self.values)),
            (true, true) => Some(Values::UNTOLD),
            (true, false) if shows_values || !self.ty.is_array() => Some(Values::any()),
            (true, false) => None,
        };
        Field {
            ty: Some(self.ty),
            required: Some(self.required),
            values,
            text: Some(self.text),
            ..Field::unknown(at)
        }
    }
}

/// Reads a section: the fields it names, and the descriptions before or without any name.
pub(super) fn read(lines: &[&str]) -> (Vec<NamedField>, Vec<Prose>) {
    let mut fields: Vec<NamedField> = Vec::new();
    let mut nameless: Vec<&str> = Vec::new();
    let mut text: Vec<&str> = Vec::new();
    let mut index = 0;
    let finish = |fields: &mut Vec<NamedField>, text: &mut Vec<&str>| {
        if let Some(field) = fields.last_mut() {
            field.text = Prose::new(&text.join("\n\n"));
        }
        text.clear();
    };
    while index < lines.len() {
        let line = lines[index].trim();
        let next = lines.get(index + 1).map_or("", |next| next.trim());
        if let (true, Some((ty, required))) = (is_name(line), parse_type(next)) {
            finish(&mut fields, &mut text);
            fields.push(NamedField::new(line, ty, required));
            index += 2;
            continue;
        }
        match fields.last_mut() {
            None => nameless.push(line),
            Some(field) => match line.strip_prefix("Possible values:") {
                Some(values) => {
                    field.values = values
                        .split(',')
                        .map(|value| value.trim().to_owned())
                        .filter(|value| !value.is_empty())
                        .collect();
                }
                None if !line.is_empty() => text.push(line),
                None => {}
            },
        }
        index += 1;
    }
    finish(&mut fields, &mut text);
    (fields, descriptions(&nameless))
}

impl NamedField {
    /// A field by its name and the type that a page shows.
    pub(super) fn new(name: &str, ty: &str, required: bool) -> Self {
        let (ty, is_enum) = match ty {
            "enum" => ("string", true),
            "array[enum]" => ("array[string]", true),
            other => (other, false),
        };
        Self {
            name: name.to_owned(),
            ty: Type::new(ty),
            required,
            is_enum,
            values: Vec::new(),
            text: Prose::default(),
        }
    }
}

/// Descriptions without names. Inline code was on lines of its own, so that a line belongs to the
/// one before until that one ends a sentence or the next begins one.
fn descriptions(lines: &[&str]) -> Vec<Prose> {
    let mut found: Vec<Prose> = Vec::new();
    let mut open = String::new();
    for line in lines {
        if line.is_empty() {
            continue;
        }
        // A full stop may be missing; what goes on does not begin with a capital letter.
        if !open.is_empty() && line.starts_with(char::is_uppercase) {
            found.push(Prose::new(&open));
            open.clear();
        }
        if !open.is_empty() && !line.starts_with(['.', ',', ')']) {
            open.push(' ');
        }
        open.push_str(line);
        if line.ends_with(['.', '!', '?', ')']) {
            found.push(Prose::new(&open));
            open.clear();
        }
    }
    if !open.is_empty() {
        found.push(Prose::new(&open));
    }
    found
}

/// The types that pages use.
pub(super) const TYPES: [&str; 7] = [
    "string", "number", "integer", "boolean", "object", "array", "enum",
];

/// Whether a line can be the name of a field.
pub(super) fn is_name(line: &str) -> bool {
    line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && line
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'$'))
        && !TYPES.contains(&line)
}

/// Longer than the longest type that a page could show.
const LONGEST_TYPE: usize = 40;

/// Reads `string`, `objectrequired`, `array[string]`: one word in small letters, or one of the
/// types that pages use with whatever belongs to it.
pub(super) fn parse_type(line: &str) -> Option<(&str, bool)> {
    let bare = line
        .strip_suffix("required")
        .or_else(|| line.strip_suffix("Required"));
    let (ty, required) = match bare {
        Some(ty) => (ty.trim_end(), true),
        None => (line, false),
    };
    let is_word = !ty.is_empty() && ty.bytes().all(|b| b.is_ascii_lowercase());
    let word = ty.split(|c: char| !c.is_ascii_alphabetic()).next()?;
    let is_known = TYPES.contains(&word.to_ascii_lowercase().as_str())
        && ty.len() <= LONGEST_TYPE
        && ty
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b" <>[]|,".contains(&b));
    (is_word || is_known).then_some((ty, required))
}

#[cfg(test)]
mod tests {
    //! Fields of a flat section, and descriptions that have lost their names.
    use super::*;

    #[test]
    fn reads_name_type_requirement_values_and_text() {
        let section = [
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
        ];
        let (fields, nameless) = read(&section);
        assert!(nameless.is_empty());
        let names: Vec<_> = fields
            .iter()
            .map(|f| (&*f.name, f.ty.to_string(), f.required))
            .collect();
        assert_eq!(
            names,
            [
                ("color", "string".to_owned(), true),
                ("roof", "object".to_owned(), false),
                ("tiles", "array[string]".to_owned(), false)
            ]
        );
        assert_eq!(fields[0].values, ["red", "dark_green"]);
        assert_eq!(
            fields[0].text,
            Prose::new("Color of the roof. Never mind the walls.")
        );
    }

    #[test]
    fn types_of_other_forms_are_types_and_sentences_are_not() {
        for (line, expected) in [
            (
                "array[array[string]]",
                Some(("array[array[string]]", false)),
            ),
            ("string required", Some(("string", true))),
            ("string<uri>", Some(("string<uri>", false))),
            ("uuidrequired", Some(("uuid", true))),
            ("String", Some(("String", false))),
            ("String theory is hard.", None),
            ("Color of the roof", None),
            ("", None),
        ] {
            assert_eq!(parse_type(line), expected, "{line}");
        }
    }

    #[test]
    fn lines_without_names_become_one_description_a_sentence_end() {
        let (fields, nameless) = read(&[
            "The color of the",
            "roof",
            "is red.",
            "Its age",
            ".",
            "Odd end",
        ]);
        assert!(fields.is_empty());
        let expected = ["The color of the roof is red.", "Its age.", "Odd end"].map(Prose::new);
        assert_eq!(nameless, expected);
    }
}
