//! Patterns for locations and identifiers.

/// Whether a pattern, in which `*` stands for any characters, matches the whole of `text`.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let head = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(head) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    // The first place for each part leaves the most for those behind it.
    for part in parts {
        match rest.find(part) {
            Some(index) => rest = &rest[index + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
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
            ("a*a", "a", false),
            ("*ab*ab", "abab", true),
            ("*ab*ab", "xab", false),
            ("**", "x", true),
            (&"a*".repeat(40), &"a".repeat(39), false),
            (&format!("{}b", "*a".repeat(40)), &"a".repeat(500), false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
