//! Parts of an answer that a report or an error may show.

use crate::secret::Secrets;

/// Characters of a body that an error keeps.
const BODY: usize = 200;
/// Characters of a tracking ID that are kept; Webex's have some fifty.
const TRACKING_ID: usize = 128;

/// Characters of what Webex says in words that are kept.
const WORDS: usize = 500;

/// The beginning of a body.
pub(crate) fn of_body(body: &str, secrets: &Secrets) -> Option<String> {
    printable(&secrets.redact(body), BODY)
}

/// What Webex says in words.
pub(crate) fn words(words: &str, secrets: &Secrets) -> Option<String> {
    printable(&secrets.redact(words), WORDS)
}

/// A tracking ID, wherever it comes from.
pub(crate) fn tracking_id(id: &str, secrets: &Secrets) -> Option<String> {
    if secrets.are_in(id) {
        printable(&secrets.redact(id), TRACKING_ID)
    } else {
        printable(id, TRACKING_ID)
    }
}

/// The beginning of a text of the server, fit for a terminal.
fn printable(text: &str, most: usize) -> Option<String> {
    let text: String = text.trim().chars().take(most).map(shown).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A character as it may be shown: nothing that steers a terminal or turns the direction of a text.
pub(crate) fn shown(c: char) -> char {
    let steers = matches!(
        c,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    );
    if c.is_control() || steers { ' ' } else { c }
}
