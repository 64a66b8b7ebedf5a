#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character is not to be seen, and so is escaped:
///
/// - controls, C0 and C1, tabs and line breaks included;
/// - bidirectional controls (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069);
/// - the line and the paragraph separator (U+2028, U+2029);
/// - tag characters (U+E0000 to U+E007F);
/// - characters without width and meaning of their own: zero-width space, word joiner, byte order mark,
///   invisible operators, deprecated format characters, interlinear annotations;
/// - U+FFFE and U+FFFF, which XML forbids.
///
/// The joiners U+200C and U+200D are shown as they are: Persian names and emoji need them.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
            | '\u{e0000}'..='\u{e007f}')
}

/// A text in which every [hidden](is_hidden) character is written as `\u{1b}`. Line breaks are hidden
/// characters too, so the result is one line.
pub fn escape(text: &str) -> Cow<'_, str> {
    rewrite(text, |c, _| match c {
        c if is_hidden(c) => Rewrite::Escape,
        _ => Rewrite::Keep,
    })
}

/// As [`escape`], but tabs and line breaks stay. A carriage return stays only at the end of a line, since
/// elsewhere it makes a terminal write over the line.
pub fn escape_lines(text: &str) -> Cow<'_, str> {
    rewrite(text, |c, next| match c {
        '\n' | '\t' => Rewrite::Keep,
        '\r' if next == Some('\n') => Rewrite::Keep,
        c if is_hidden(c) => Rewrite::Escape,
        _ => Rewrite::Keep,
    })
}

/// As [`escape`], but tabs and line breaks become spaces.
pub fn one_line(text: &str) -> Cow<'_, str> {
    rewrite(text, |c, next| match c {
        '\r' if next == Some('\n') => Rewrite::Drop,
        '\n' | '\r' | '\t' => Rewrite::Space,
        c if is_hidden(c) => Rewrite::Escape,
        _ => Rewrite::Keep,
    })
}

/// JSON in which hidden characters are written as `\u001b`, which means the same. Line breaks stay: in valid
/// JSON they are outside of strings.
pub fn escape_json(json: &str) -> Cow<'_, str> {
    rewrite(json, |c, _| match c {
        '\n' | '\r' | '\t' => Rewrite::Keep,
        c if is_hidden(c) => Rewrite::EscapeJson,
        _ => Rewrite::Keep,
    })
}

/// What becomes of a character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rewrite {
    Keep,
    Drop,
    Space,
    Escape,
    EscapeJson,
}

/// Decides on each character, given the one that follows.
fn rewrite(text: &str, decide: impl Fn(char, Option<char>) -> Rewrite) -> Cow<'_, str> {
    // Nearly every text is plain.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    // What is kept is copied in one piece.
    let mut copied = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let decision = decide(c, chars.peek().map(|(_, next)| *next));
        if decision == Rewrite::Keep {
            continue;
        }
        out.push_str(&text[copied..at]);
        copied = at + c.len_utf8();
        match decision {
            Rewrite::Keep | Rewrite::Drop => {}
            Rewrite::Space => out.push(' '),
            Rewrite::Escape => out.extend(c.escape_unicode()),
            Rewrite::EscapeJson => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // A string takes all that is written.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    //! What is shown as it is, and what is not.
    use super::*;

    #[test]
    fn plain_text_stays_as_it_is() {
        for text in [
            "",
            "a b~",
            "café → 😀",
            "می\u{200c}خواهم",
            "👩\u{200d}💻",
            "e\u{301}",
        ] {
            for rewrite in [escape, escape_lines, one_line, escape_json] {
                assert!(matches!(rewrite(text), Cow::Borrowed(same) if same == text));
            }
        }
    }

    #[test]
    fn hidden_characters_are_written_as_their_numbers() {
        for (text, escaped, json) in [
            ("\u{1b}[31mred", r"\u{1b}[31mred", r"\u001b[31mred"),
            (
                "\0\u{7f}\u{9b}",
                r"\u{0}\u{7f}\u{9b}",
                r"\u0000\u007f\u009b",
            ),
            ("a\u{61c}b", r"a\u{61c}b", r"a\u061cb"),
            ("\u{200e}\u{200f}", r"\u{200e}\u{200f}", r"\u200e\u200f"),
            ("\u{202e}x\u{2066}", r"\u{202e}x\u{2066}", r"\u202ex\u2066"),
            ("\u{2028}\u{2029}", r"\u{2028}\u{2029}", r"\u2028\u2029"),
            ("x\u{e0041}", r"x\u{e0041}", r"x\udb40\udc41"),
            ("\u{ffff}\u{feff}", r"\u{ffff}\u{feff}", r"\uffff\ufeff"),
        ] {
            for rewrite in [escape, escape_lines, one_line] {
                assert_eq!(rewrite(text), escaped);
            }
            assert_eq!(escape_json(text), json);
        }
    }

    #[test]
    fn line_breaks_are_escaped_kept_or_spaces() {
        let text = "a\r\nb\tc\rd\n";
        assert_eq!(escape(text), r"a\u{d}\u{a}b\u{9}c\u{d}d\u{a}");
        assert_eq!(escape_lines(text), "a\r\nb\tc\\u{d}d\n");
        assert_eq!(one_line(text), "a b c d ");
        assert_eq!(escape_json("{\r\n\t}"), "{\r\n\t}");
    }
}
