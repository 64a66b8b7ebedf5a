//! Removes secrets from what a server sends.
//!
//! Each secret is searched for in three forms: as it is, in hexadecimal and in base64. A text is
//! decoded first ([`Decoded`]), so that no form has to be searched for in several encodings.

use std::borrow::Cow;
use std::ops::Range;

use zeroize::Zeroizing;

use crate::decoded::{Decoded, fold, is_special};

/// Shorter parts of a secret reveal too little; shorter secrets are only found as a whole.
const MIN_PART: usize = 16;
/// A shorter secret would make every text unreadable.
const MIN_SECRET: usize = 6;
const REDACTED: &str = "[redacted]";

/// Removes secrets from texts, in a time that grows with the text alone.
///
/// Finds all parts of a text that are also part of a form of a secret, as compressors find what
/// repeats: every few bytes, it looks up a few bytes in a table of the places where they occur in
/// a form, and compares from there in both directions.
#[derive(Default)]
pub(crate) struct Redactor {
    /// All forms, decoded and [folded](fold), between zeros.
    forms: Zeroizing<Vec<u8>>,
    /// Of each form, where it ends and the shortest part of it that is redacted.
    ends: Vec<(usize, usize)>,
    /// The last place in `forms` of each hash; 0 if there is none.
    last: Vec<u32>,
    /// The previous place with the same hash, of each place in `forms`.
    previous: Vec<u32>,
    /// A text is looked at every so many bytes.
    stride: usize,
}

/// Bytes that are looked up.
const KEY: usize = MIN_SECRET;

impl Redactor {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut this = Self {
            forms: Zeroizing::new(vec![0]),
            ..Self::default()
        };
        let mut shortest = MIN_PART;
        for secret in secrets.into_iter().map(random_part) {
            if secret.len() < MIN_SECRET {
                continue;
            }
            let part = secret.len().min(MIN_PART);
            let decoded = Zeroizing::new(Decoded::new(secret).bytes);
            if decoded.len() >= KEY {
                // Where a secret looks like an escape, as many characters may be one.
                let shorter = part.saturating_sub(secret.len() - decoded.len()).max(KEY);
                this.add_form(&decoded, shorter);
                shortest = shortest.min(shorter);
            }
            this.add_form(&hexadecimal(secret), part * 2);
            for alignment in 0..3 {
                // Of any part, the characters that do not depend on what stands beside it.
                this.add_form(&base64(secret, alignment), (part * 8 - 5) / 6);
            }
        }
        this.stride = shortest - KEY + 1;
        this.fill_table();
        this
    }

    fn add_form(&mut self, form: &[u8], shortest: usize) {
        self.forms.extend(form);
        self.ends.push((self.forms.len(), shortest));
        self.forms.push(0);
    }

    fn fill_table(&mut self) {
        // Few enough hashes in use that most lookups find nothing.
        self.last = vec![0; (self.forms.len() * 8).next_power_of_two()];
        self.previous = vec![0; self.forms.len()];
        for (place, key) in self.forms.windows(KEY).enumerate() {
            if !key.contains(&0) {
                let hash = hash(key) & (self.last.len() - 1);
                // A client has a few kilobytes of them.
                self.previous[place] = std::mem::replace(&mut self.last[hash], place as u32);
            }
        }
    }

    /// The text without secrets; borrowed if there are none in it.
    pub(crate) fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if !text.bytes().any(is_special) {
            return self.replace(text, text.as_bytes(), |part| part);
        }
        let decoded = Decoded::new(text);
        self.replace(text, &decoded.bytes, |part| decoded.origin(&part))
    }

    /// Replaces what is found in the decoded text.
    fn replace<'a>(
        &self,
        text: &'a str,
        decoded: &[u8],
        origin: impl Fn(Range<usize>) -> Range<usize>,
    ) -> Cow<'a, str> {
        let mut redacted = String::new();
        let (mut copied, mut searched) = (0, 0);
        while let Some(found) = self.find(decoded, searched) {
            searched = found.end;
            let found = origin(found);
            redacted.push_str(&text[copied..found.start]);
            redacted.push_str(REDACTED);
            copied = found.end;
        }
        if copied == 0 {
            return Cow::Borrowed(text);
        }
        redacted.push_str(&text[copied..]);
        Cow::Owned(redacted)
    }

    /// The next part of a secret.
    fn find(&self, text: &[u8], from: usize) -> Option<Range<usize>> {
        let mut at = from;
        while let Some(key) = text.get(at..at + KEY) {
            let first = *self.last.get(hash(key) & (self.last.len().max(1) - 1))?;
            let places = std::iter::successors(Some(first), |place| {
                self.previous.get(*place as usize).copied()
            });
            let places = places.take_while(|place| *place != 0);
            let found = places.filter_map(|place| self.compare(text, from, at, place as usize));
            // Two secrets may have a part in common.
            if let Some(longest) = found.max_by_key(ExactSizeIterator::len) {
                return Some(longest);
            }
            at += self.stride;
        }
        None
    }

    /// What a text has in common with a form around these places, if it is long enough.
    fn compare(&self, text: &[u8], from: usize, at: usize, place: usize) -> Option<Range<usize>> {
        let is_same = |(text, form): &(&u8, &u8)| **form != 0 && fold(**text) == **form;
        let before = text[from..at].iter().rev();
        let before = before.zip(self.forms[..place].iter().rev());
        let before = before.take_while(is_same).count();
        let after = text[at..].iter().zip(&self.forms[place..]);
        let after = after.take_while(is_same).count();
        let form = self.ends.partition_point(|(end, _)| *end <= place);
        (before + after >= self.ends[form].1).then(|| at - before..at + after)
    }
}

fn hash(key: &[u8]) -> usize {
    let number = key
        .iter()
        .fold(0, |it, byte| it << 8 | u64::from(fold(*byte)));
    // Fibonacci hashing, of which the upper half is well mixed.
    (number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize
}

/// A token of Webex without its end: a cluster, such as `_PF84_`, and the UUID of the
/// organization. Both are known to many, and IDs contain them.
fn random_part(secret: &str) -> &str {
    let without_end = || {
        let (rest, organization) = secret.rsplit_once('_')?;
        let (random, cluster) = rest.rsplit_once('_')?;
        let is_end = is_uuid(organization)
            && matches!(cluster.len(), 2..=8)
            && cluster.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (is_end && random.len() >= MIN_PART).then_some(random)
    };
    without_end().unwrap_or(secret)
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn hexadecimal(secret: &str) -> Zeroizing<Vec<u8>> {
    let digits = secret.bytes().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits = digits.map(|digit| b"0123456789abcdef"[usize::from(digit)]);
    Zeroizing::new(digits.collect())
}

/// The characters of base64 that a secret alone decides, where `alignment` bytes stand before it in
/// its group of three.
fn base64(secret: &str, alignment: usize) -> Zeroizing<Vec<u8>> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Zeroizing::new(vec![0; alignment]);
    bytes.extend(secret.bytes());
    let (first, end) = ((alignment * 8).div_ceil(6), bytes.len() * 8 / 6);
    let character = |at: usize| {
        let (byte, shift) = (at * 6 / 8, at * 6 % 8);
        let pair = [
            bytes[byte],
            bytes.get(byte + 1).copied().unwrap_or_default(),
        ];
        let six_bits = u16::from_be_bytes(pair) >> (10 - shift) & 63;
        fold(ALPHABET[usize::from(six_bits)])
    };
    Zeroizing::new((first..end).map(character).collect())
}

#[cfg(test)]
mod tests {
    //! What is redacted, and what is not. `tests/e2e/tests/secrets.rs` tries every encoding.
    use super::*;

    const RANDOM: &str = "ZDI3MGEyYzQtNmFlNS00NDNhLWFlNzAtZGVjNjE0MGU1OGZmZWNmZDEwN2ItYTU3";
    const END: &str = "_PF84_1eb65fdf-9643-417f-9974-ad72cae0e10f";

    fn redacted(secret: &str, text: &str) -> String {
        Redactor::new([secret]).redact(text).into_owned()
    }

    #[test]
    fn a_part_of_16_characters_is_redacted_wherever_it_stands() {
        let token = format!("{RANDOM}{END}");
        for start in 0..RANDOM.len() - MIN_PART {
            for before in 0..12 {
                let part = &RANDOM[start..start + MIN_PART];
                let text = format!("{}{part}.", ".".repeat(before));
                let expected = format!("{}{REDACTED}.", ".".repeat(before));
                assert_eq!(redacted(&token, &text), expected);
                let shorter = text.replace(part, &part[1..]);
                assert_eq!(redacted(&token, &shorter), shorter);
            }
        }
    }

    #[test]
    fn the_end_of_a_token_is_not_secret() {
        let token = format!("{RANDOM}{END}");
        let text = format!("token {token} of 1eb65fdf-9643-417f-9974-ad72cae0e10f");
        assert_eq!(redacted(&token, &text), text.replace(RANDOM, REDACTED));
        // Nothing else that stands behind two underscores is the end of a token.
        let secret = "0123456789abcdef_PF84_not-an-organization";
        assert_eq!(redacted(secret, secret), REDACTED);
    }

    #[test]
    fn a_short_secret_is_redacted_as_a_whole() {
        assert_eq!(redacted("s3cret", "a S3CRET."), "a [redacted].");
        assert_eq!(redacted("s3cret", "a s3cre s3cr"), "a s3cre s3cr");
        assert_eq!(redacted("abc", "abc"), "abc");
    }

    #[test]
    fn texts_without_secrets_are_borrowed() {
        let redactor = Redactor::new([RANDOM]);
        for text in [
            "",
            "Provisioning preCheck validation successful.",
            "100 % & more\n",
        ] {
            assert!(matches!(redactor.redact(text), Cow::Borrowed(same) if same == text));
        }
        assert_eq!(Redactor::default().redact(RANDOM), RANDOM);
    }

    #[test]
    fn the_longest_of_two_similar_secrets_is_redacted() {
        let (one, other) = (
            format!("{RANDOM}-one-0123456789"),
            format!("{RANDOM}-other"),
        );
        let secrets = [one.as_str(), other.as_str(), RANDOM];
        for (place, secret) in secrets.into_iter().enumerate() {
            let mut secrets = secrets;
            secrets.rotate_left(place);
            assert_eq!(Redactor::new(secrets).redact(secret), REDACTED);
        }
    }

    #[test]
    fn a_secret_that_looks_like_an_escape_is_redacted() {
        for secret in [
            "%41%42%43%e4%f6%fc&#65;&#66;",
            r"\u0041\n\\\/\u00e4<&>%25&amp;x",
            "%a4%a4%a4%a4%a4%a4%a4%a4",
        ] {
            assert_eq!(redacted(secret, &format!("ä{secret}ä")), "ä[redacted]ä");
        }
    }
}
