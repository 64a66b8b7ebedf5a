//! How names and types of fields are written in plain text.

/// The types that pages use.
pub(super) const TYPES: [&str; 7] = [
    "string", "number", "integer", "boolean", "object", "array", "enum",
];

/// Longer than the longest type that a page could show.
const LONGEST_TYPE: usize = 40;

/// Whether a line can be the name of a field.
pub(super) fn is_name(line: &str) -> bool {
    line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && line
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'$'))
        && !TYPES.contains(&line)
}

/// Reads `string`, `objectrequired`, `array[string]`: one word in small letters, or one of the
/// types that pages use with whatever belongs to it.
pub(super) fn parse_type(line: &str) -> Option<(&str, bool)> {
    let bare = line
        .strip_suffix("required")
        .or_else(|| line.strip_suffix("Required"));
    let ty = bare.map_or(line, str::trim_end);
    let is_word = !ty.is_empty() && ty.bytes().all(|b| b.is_ascii_lowercase());
    let word = ty.split(|c: char| !c.is_ascii_alphabetic()).next()?;
    let is_known = TYPES.contains(&word.to_ascii_lowercase().as_str())
        && ty.len() <= LONGEST_TYPE
        && ty
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b" <>[]|,".contains(&b));
    (is_word || is_known).then_some((ty, bare.is_some()))
}

#[cfg(test)]
mod tests {
    //! What is a type, and what only begins like one.
    use super::*;

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
}
