//! A text with all escapes decoded, which knows where each byte comes from.

use std::ops::Range;

/// A text without percent-encoding, HTML entities and JSON escapes, however deeply nested, and
/// without line breaks and other control characters. Letters are in lower case, and `-` and `_` are
/// `+` and `/`, so that both alphabets of base64 are one.
///
/// It need not be what the sender means: a secret is decoded in the same way before it is searched
/// for.
pub(crate) struct Decoded {
    pub(crate) bytes: Vec<u8>,
    /// The bytes of the text that each byte comes from.
    origins: Vec<Range<u32>>,
}

/// Whether a text that contains this byte may differ from its decoded form, letter case apart.
pub(crate) fn is_special(byte: u8) -> bool {
    matches!(byte, b'%' | b'&' | b'\\') || byte.is_ascii_control()
}

/// The byte in the one alphabet of decoded texts.
pub(crate) const fn fold(byte: u8) -> u8 {
    match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => other.to_ascii_lowercase(),
    }
}

impl Decoded {
    /// Decodes a text in one pass: each byte may complete an escape at the end of what is decoded so
    /// far, and what that escape stands for may complete another one.
    pub(crate) fn new(text: &str) -> Self {
        let mut decoded = Self {
            bytes: Vec::with_capacity(text.len()),
            origins: Vec::with_capacity(text.len()),
        };
        for (at, byte) in (0_u32..).zip(text.bytes()) {
            decoded.bytes.push(fold(byte));
            decoded.origins.push(at..at + 1);
            while let Some((length, byte)) = escape_at_end(&decoded.bytes) {
                decoded.replace_end(length, byte);
            }
        }
        decoded
    }

    fn replace_end(&mut self, length: usize, byte: Option<u8>) {
        let start = self.bytes.len() - length;
        let origin = self.origins[start].start..self.origins[self.origins.len() - 1].end;
        self.bytes.truncate(start);
        self.origins.truncate(start);
        if let Some(byte) = byte {
            self.bytes.push(fold(byte));
            self.origins.push(origin);
        }
    }

    /// Where a part of the decoded text stands in the text; it must not be empty.
    pub(crate) fn origin(&self, part: &Range<usize>) -> Range<usize> {
        self.origins[part.start].start as usize..self.origins[part.end - 1].end as usize
    }
}

/// The length of the escape at the end, and what it stands for. Always shorter than the escape.
fn escape_at_end(bytes: &[u8]) -> Option<(usize, Option<u8>)> {
    match bytes {
        [.., last] if last.is_ascii_control() => Some((1, None)),
        [.., b'\\', b'n' | b'r' | b't'] => Some((2, None)),
        // Any number of backslashes is one: nested JSON doubles them each time.
        [.., b'\\', escaped] if *escaped != b'u' => Some((2, Some(*escaped))),
        [.., b'%', a, b] => Some((3, Some(byte(&[*a, *b], 16)?))),
        [.., b'\\', b'u', a, b, c, d] => Some((6, Some(byte(&[*a, *b, *c, *d], 16)?))),
        [.., b';'] => entity_at_end(bytes),
        _ => None,
    }
}

fn entity_at_end(bytes: &[u8]) -> Option<(usize, Option<u8>)> {
    let tail = &bytes[bytes.len().saturating_sub(MAX_ENTITY)..];
    let start = tail.iter().rposition(|byte| *byte == b'&')?;
    let stands_for = match &tail[start + 1..tail.len() - 1] {
        [b'#', b'x', digits @ ..] => byte(digits, 16)?,
        [b'#', digits @ ..] => byte(digits, 10)?,
        name => ENTITIES.iter().find(|(_, known)| *known == name)?.0,
    };
    Some((tail.len() - start, Some(stands_for)))
}

/// The character of this number. No secret contains any but ASCII, so one byte, which no text contains,
/// stands for all others.
fn byte(digits: &[u8], radix: u32) -> Option<u8> {
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let number = u32::from_str_radix(str::from_utf8(digits).ok()?, radix).ok()?;
    let ascii = u8::try_from(number).ok().filter(u8::is_ascii);
    Some(ascii.unwrap_or(u8::MAX))
}

/// Length of the longest entity that is decoded; numbers may have leading zeros.
const MAX_ENTITY: usize = 16;

/// The names that HTML has for ASCII, in lower case.
const ENTITIES: [(u8, &[u8]); 31] = [
    (b'&', b"amp"),
    (b'<', b"lt"),
    (b'>', b"gt"),
    (b'"', b"quot"),
    (b'\'', b"apos"),
    (b'!', b"excl"),
    (b'#', b"num"),
    (b'$', b"dollar"),
    (b'%', b"percnt"),
    (b'(', b"lpar"),
    (b')', b"rpar"),
    (b'*', b"ast"),
    (b'+', b"plus"),
    (b',', b"comma"),
    (b'.', b"period"),
    (b'/', b"sol"),
    (b':', b"colon"),
    (b';', b"semi"),
    (b'=', b"equals"),
    (b'?', b"quest"),
    (b'@', b"commat"),
    (b'[', b"lsqb"),
    (b'\\', b"bsol"),
    (b']', b"rsqb"),
    (b'^', b"hat"),
    (b'_', b"lowbar"),
    (b'`', b"grave"),
    (b'{', b"lcub"),
    (b'|', b"verbar"),
    (b'}', b"rcub"),
    (b'-', b"dash"),
];

#[cfg(test)]
mod tests {
    //! Every escape, alone and nested.
    use super::*;

    #[test]
    fn escapes_are_decoded_however_deeply_they_are_nested() {
        for (text, expected) in [
            ("plain", "plain"),
            ("Ab-c_d", "ab+c/d"),
            ("%41%2f%2F", "a//"),
            ("%252525252F", "/"),
            ("&#65;&#x41;&#X41;&#00065;", "aaaa"),
            ("&amp;amp;#47;&lt;&sol;", "/</"),
            (r"a\/b\u0041\u0041\n", "a/baa"),
            (r"\\\\\u0041\\/", "a/"),
            (r"%5Cu0041&#92;u0041", "aa"),
            (r"\u0025\u0034\u0031", "a"),
            ("one\r\n two\u{0}", "one two"),
            (
                "%4 %zz &unknown; &; &#; &#x; ; \\u12",
                "%4 %zz &unknown; &; &#; &#x; ; \\u12",
            ),
            ("%+1", "%+1"),
        ] {
            let decoded = Decoded::new(text);
            assert_eq!(String::from_utf8_lossy(&decoded.bytes), expected, "{text}");
        }
    }

    #[test]
    fn decoded_bytes_know_where_they_come_from() {
        let text = "x%2525341&amp;#66;ä";
        let decoded = Decoded::new(text);
        assert_eq!(
            decoded.bytes,
            "x%341&#66;ä"
                .replace("%34", "4")
                .replace("&#66;", "b")
                .into_bytes()
        );
        let origin = |at: usize| &text[decoded.origin(&(at..at + 1))];
        assert_eq!(
            [origin(0), origin(1), origin(2), origin(3)],
            ["x", "%252534", "1", "&amp;#66;"]
        );
        assert_eq!(&text[decoded.origin(&(1..6))], "%2525341&amp;#66;ä");
    }
}
