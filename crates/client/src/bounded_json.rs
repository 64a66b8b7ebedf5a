//! JSON of a response, of which others decide how many values it has.

use serde::de::{DeserializeOwned, Error as _};

/// Values of a body. Webex's have some twenty; each takes a hundred times the memory of its text `{}`.
const MAX_VALUES: usize = 10_000;

/// Decodes a body, unless it has too many values.
pub(crate) fn from_str<T: DeserializeOwned>(body: &str) -> serde_json::Result<T> {
    if body.len() > MAX_VALUES && values(body) > MAX_VALUES {
        let message = format!("more than {MAX_VALUES} values");
        return Err(serde_json::Error::custom(message));
    }
    serde_json::from_str(body)
}

/// The number of values, members and elements, about.
fn values(body: &str) -> usize {
    let (mut count, mut in_string, mut is_escaped) = (0, false, false);
    for byte in body.bytes() {
        match byte {
            b'"' if !is_escaped => in_string = !in_string,
            b',' | b'{' | b'[' if !in_string => count += 1,
            _ => {}
        }
        is_escaped = byte == b'\\' && !is_escaped;
    }
    count
}

#[cfg(test)]
mod tests {
    //! What is too much, and what only looks like it.
    use super::*;
    use serde_json::Value;

    #[test]
    fn many_values_are_refused_and_long_texts_are_not() {
        for (many, is_refused) in [
            (format!("[{}1]", "1,".repeat(MAX_VALUES)), true),
            (format!("[{}1]", "{},".repeat(MAX_VALUES)), true),
            (format!("[{}1]", "1,".repeat(MAX_VALUES - 1)), false),
            (format!("[\"{}\"]", "[{,".repeat(MAX_VALUES)), false),
            (format!("[\"{}\"]", "\\\",".repeat(MAX_VALUES)), false),
            (format!("[\"\\\\\"{}]", ",1".repeat(MAX_VALUES)), true),
        ] {
            assert_eq!(
                from_str::<Value>(&many).is_err(),
                is_refused,
                "{}",
                &many[..20]
            );
        }
    }
}
