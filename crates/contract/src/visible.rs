//! Text of a source, which may hold anything, made harmless.

/// Shows what is not to be seen (control characters, line breaks, marks that turn the direction of
/// writing, what XML forbids) as `\u{1b}`: it can neither steer a terminal nor begin a line.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// The same for a text of several lines: its line breaks and tabs stay.
pub(crate) fn visible_lines(text: &str) -> String {
    let lines = text.split_inclusive(['\n', '\r', '\t']);
    let shown = lines.map(|line| {
        let end = line.trim_end_matches(['\n', '\r', '\t']).len();
        visible(&line[..end]) + &line[end..]
    });
    shown.collect()
}

/// Whether a character steers what shows it, instead of being shown.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    //! What is shown as it is, and what is not.
    use super::*;

    #[test]
    fn what_steers_is_shown_as_its_number() {
        for (text, expected) in [
            (
                "caf\u{e9} \u{2192} \u{1f600}",
                "caf\u{e9} \u{2192} \u{1f600}",
            ),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("one\r\ntwo\tthree", "one\\u{d}\\u{a}two\\u{9}three"),
            ("\u{9b}31m\u{7f}\0", "\\u{9b}31m\\u{7f}\\u{0}"),
            ("\u{202e}txet\u{2066}", "\\u{202e}txet\\u{2066}"),
            ("\u{ffff}\u{feff}", "\\u{ffff}\\u{feff}"),
            ("\u{61c}\u{e0041}", "\\u{61c}\\u{e0041}"),
        ] {
            assert_eq!(visible(text), expected);
        }
    }
}
