//! A search for what is left of secrets, with decoders of its own.

use std::collections::HashSet;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, general_purpose::NO_PAD};

use super::SECRETS;

/// Length of a part that must not be visible.
const PART: usize = 16;
/// Decodes a part of a longer text, too.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, NO_PAD.with_decode_allow_trailing_bits(true));
/// How often a text may be encoded: percent-encoding in JSON in JSON.
const DEPTH: usize = 3;

/// Looks for parts of the secrets, however they are encoded.
pub struct Search {
    parts: HashSet<Vec<u8>>,
    /// Whether a part starts with these two bytes, to be quick.
    starts: Vec<bool>,
}

impl Default for Search {
    fn default() -> Self {
        Self::new()
    }
}

impl Search {
    /// A search for all secrets, without the ends that are not secret.
    pub fn new() -> Self {
        let random = SECRETS.map(|secret| secret.split("_PF84_").next().unwrap_or(secret));
        let random = random.map(|secret| secret.to_ascii_lowercase().into_bytes());
        let parts = random.iter().flat_map(|it| it.windows(PART));
        let parts: HashSet<Vec<u8>> = parts.map(<[u8]>::to_vec).collect();
        let mut starts = vec![false; 1 << 16];
        parts.iter().for_each(|part| starts[start(part)] = true);
        Self { parts, starts }
    }

    /// A line that shows a part of a secret, decoded.
    pub fn find(&self, text: &str) -> Option<String> {
        let decoders: [Decoder; 4] = [percent, entity, escape, any];
        let encoded = decoders.into_iter().flat_map(|decoder| {
            let next = move |text: &String| Some(decode(text, decoder)).filter(|it| it != text);
            std::iter::successors(next(&text.to_owned()), next).take(DEPTH)
        });
        std::iter::once(text.to_owned())
            .chain(encoded)
            .find_map(|text| self.find_decoded(&text))
    }

    fn find_decoded(&self, text: &str) -> Option<String> {
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte);
        let base64 = runs(text, is_base64, 20).flat_map(|run| {
            let run = run.replace('-', "+").replace('_', "/");
            (0..4).filter_map(move |start| {
                let run = run.get(start..)?;
                // One character alone is no byte.
                let end = run.len() - usize::from(run.len() % 4 == 1);
                BASE64.decode(&run[..end]).ok()
            })
        });
        let hexadecimal = runs(text, |byte| byte.is_ascii_hexdigit(), 2 * PART);
        let hexadecimal = hexadecimal.flat_map(|run| {
            let bytes = |start: usize| {
                let pairs = run.as_bytes()[start..].chunks_exact(2);
                let byte = |pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
                pairs.filter_map(byte).collect::<Vec<u8>>()
            };
            [bytes(0), bytes(1)]
        });
        let texts = std::iter::once(text.as_bytes().to_vec())
            .chain(base64)
            .chain(hexadecimal);
        texts.filter_map(|text| self.find_part(&text)).next()
    }

    fn find_part(&self, text: &[u8]) -> Option<String> {
        let text = text.to_ascii_lowercase();
        let mut windows = text.windows(PART);
        let at = windows.position(|it| self.starts[start(it)] && self.parts.contains(it))?;
        let (start, end) = (at.saturating_sub(60), text.len().min(at + 60));
        Some(String::from_utf8_lossy(&text[start..end]).into_owned())
    }
}

fn start(part: &[u8]) -> usize {
    usize::from(u16::from_le_bytes([part[0], part[1]]))
}

/// Parts of a text that consist of such bytes.
fn runs(text: &str, is_of_it: fn(u8) -> bool, length: usize) -> impl Iterator<Item = &str> {
    let runs = text.split(move |c: char| !u8::try_from(c).is_ok_and(is_of_it));
    runs.filter(move |run| run.len() >= length)
}

/// Reads an escape at the beginning of a text: its length, and the character, if it stands for one.
type Decoder = fn(&str) -> Option<(usize, Option<char>)>;

fn decode(text: &str, decoder: Decoder) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let (length, character) = decoder(rest).unwrap_or((next.len_utf8(), Some(next)));
        decoded.extend(character);
        rest = &rest[length..];
    }
    decoded
}

fn character(digits: &str, radix: u32) -> Option<Option<char>> {
    Some(char::from_u32(u32::from_str_radix(digits, radix).ok()?))
}

fn percent(text: &str) -> Option<(usize, Option<char>)> {
    let digits = text.strip_prefix('%')?.get(..2)?;
    Some((3, character(digits, 16)?))
}

fn entity(text: &str) -> Option<(usize, Option<char>)> {
    let text = text.strip_prefix('&')?;
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let character = match &text[..end] {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        name => {
            let number = name.strip_prefix('#')?;
            match number.strip_prefix(['x', 'X']) {
                Some(digits) => character(digits, 16)?,
                None => character(number, 10)?,
            }
        }
    };
    Some((end + 2, character))
}

fn escape(text: &str) -> Option<(usize, Option<char>)> {
    let text = text.strip_prefix('\\')?;
    match text.chars().next()? {
        'u' => Some((6, character(text.get(1..5)?, 16)?)),
        'n' | 'r' | 't' => Some((2, None)),
        other if other.is_ascii() => Some((2, Some(other))),
        _ => None,
    }
}

/// One of all, for encodings within others and for lines.
fn any(text: &str) -> Option<(usize, Option<char>)> {
    let decoders = [percent, entity, escape, line_break];
    decoders.into_iter().find_map(|decoder| decoder(text))
}

fn line_break(text: &str) -> Option<(usize, Option<char>)> {
    text.starts_with(['\r', '\n', ' ']).then_some((1, None))
}
