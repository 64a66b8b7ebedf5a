//! Patterns for locations and identifiers.

/// Whether a pattern, in which `*` stands for any characters, matches the whole of `text`.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => text.strip_prefix(head).is_some_and(|rest| {
            let starts = rest.char_indices().map(|(index, _)| index);
            starts
                .chain([rest.len()])
                .any(|index| matches(tail, &rest[index..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    //! What a star stands for.
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, text, expected) in [
            ("body.email", "body.email", true),
            ("body.email", "body.email.x", false),
            ("body.*address.country", "body.address.country", true),
            ("body.*address.country", "body.a.b.address.country", true),
            ("responses.*", "responses.400", true),
            ("*", "", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
