//! Fields as a nameless text shows them: descriptions only, and in the request form bullets in
//! which name, type and description run together.

use crate::page::tree::Field;

use super::types::{TYPES, is_name};

/// Descriptions without names. Inline code was on lines of its own, so that a line belongs to the
/// one before until that one ends a sentence or the next begins one.
pub(super) fn descriptions(lines: &[&str]) -> Vec<Field> {
    let mut found: Vec<Field> = Vec::new();
    for line in lines.iter().filter(|line| !line.is_empty()) {
        // A full stop may be missing; what goes on does not begin with a capital letter.
        let begins = line.starts_with(char::is_uppercase);
        let open = found.last_mut().map(|field| &mut field.description);
        match open.filter(|open| !begins && !open.ends_with(['.', '!', '?', ')'])) {
            Some(open) => {
                if !line.starts_with(['.', ',', ')']) {
                    open.push(' ');
                }
                open.push_str(line);
            }
            None => found.push(description(line)),
        }
    }
    found
}

fn description(text: &str) -> Field {
    Field {
        description: text.to_owned(),
        ..Field::default()
    }
}

/// Splits `emailstringRequiredThe address` into its parts; words alone are a description.
///
/// `known` are names that settle where a name ends, the longest first.
pub(super) fn bullet(text: &str, known: &[&str]) -> Field {
    let by_known_name = |parse_type: fn(&str) -> Option<(&str, &str)>| {
        known.iter().find_map(|name| {
            let (ty, rest) = parse_type(text.strip_prefix(name)?)?;
            Some((*name, ty, rest))
        })
    };
    let by_type = || {
        text.char_indices().skip(1).find_map(|(index, _)| {
            let (name, rest) = text.split_at(index);
            let (ty, rest) = known_type(rest)?;
            let ends = rest.is_empty()
                || rest.starts_with("Required")
                || rest.starts_with(|c: char| !c.is_ascii_lowercase() && c != '_');
            (is_name(name) && ends).then_some((name, ty, rest))
        })
    };
    let known = by_known_name(known_type).or_else(|| by_known_name(unknown_type));
    let Some((name, ty, rest)) = known.or_else(by_type) else {
        return description(text);
    };
    let required = rest.strip_prefix("Required");
    let required = required.or(rest.strip_prefix("required"));
    Field {
        name: Some(name.to_owned()),
        ty: ty.to_owned(),
        required: required.is_some(),
        ..description(required.unwrap_or(rest))
    }
}

/// A type that pages use, with the type of its elements where it has one.
fn known_type(rest: &str) -> Option<(&str, &str)> {
    let base = TYPES.into_iter().find(|ty| rest.starts_with(ty))?;
    let after = &rest[base.len()..];
    let end = after.find(']').filter(|_| after.starts_with('['));
    Some(rest.split_at(base.len() + end.map_or(0, |end| end + 1)))
}

/// A word in small letters before the words begin: a type that no page has used so far.
fn unknown_type(rest: &str) -> Option<(&str, &str)> {
    let end = rest.find(|c: char| !c.is_ascii_lowercase());
    let end = end.unwrap_or(rest.len());
    (end > 1 && !rest[end..].starts_with(' ')).then(|| rest.split_at(end))
}

#[cfg(test)]
mod tests {
    //! Bullets whose parts run together, and descriptions that have lost their names.
    use super::*;

    fn parts(text: &str, known: &[&str]) -> Option<(String, String, bool)> {
        let field = bullet(text, known);
        Some((field.name?, field.ty, field.required))
    }

    #[test]
    fn lines_without_names_become_one_description_a_sentence_end() {
        let found = descriptions(&[
            "The color of the",
            "roof",
            "is red.",
            "Its age",
            ".",
            "Odd end",
        ]);
        let found: Vec<_> = found.into_iter().map(|field| field.description).collect();
        let expected = ["The color of the roof is red.", "Its age.", "Odd end"];
        assert_eq!(found, expected);
    }

    #[test]
    fn splits_name_type_and_requirement() {
        let known = ["packages", "package", "email"];
        for (text, expected) in [
            ("emailstringRequiredThe address.", ("email", "string", true)),
            ("packageenumOne of them.", ("package", "enum", false)),
            ("packagesarrayAll of them.", ("packages", "array", false)),
            (
                "packagesarray[string]All.",
                ("packages", "array[string]", false),
            ),
            ("detailsobject", ("details", "object", false)),
            ("stringIdstringThe id.", ("stringId", "string", false)),
            (
                "phonenumberstringIts digits.",
                ("phonenumber", "string", false),
            ),
            ("packagestringOne of them.", ("package", "string", false)),
            ("emailuuidThe address.", ("email", "uuid", false)),
            ("emailstringthe address.", ("email", "string", false)),
        ] {
            let (name, ty, required) = expected;
            assert_eq!(
                parts(text, &known),
                Some((name.to_owned(), ty.to_owned(), required)),
                "{text}"
            );
        }
    }

    #[test]
    fn words_alone_are_a_description() {
        for text in [
            "The string to send.",
            "Where the object stands.",
            "email the customer.",
        ] {
            assert_eq!(parts(text, &["email"]), None, "{text}");
        }
    }
}
