//! Parts of a response that a report or an error may show.

use crate::secret::Secrets;

/// Characters of a body that an error keeps.
const MAX_BODY: usize = 200;
/// Characters of a tracking ID; Webex's have some fifty.
const MAX_TRACKING_ID: usize = 128;
/// Characters of Webex's message and descriptions.
const MAX_MESSAGE: usize = 500;

/// The beginning of a body.
pub(crate) fn body(body: &str, secrets: &Secrets) -> Option<String> {
    printable(&secrets.redact(body), MAX_BODY)
}

/// What Webex says in words.
pub(crate) fn message(message: &str, secrets: &Secrets) -> Option<String> {
    printable(&secrets.redact(message), MAX_MESSAGE)
}

/// A tracking ID; every response has one, so it is copied only if it must be redacted.
pub(crate) fn tracking_id(id: &str, secrets: &Secrets) -> Option<String> {
    if secrets.are_in(id) {
        printable(&secrets.redact(id), MAX_TRACKING_ID)
    } else {
        printable(id, MAX_TRACKING_ID)
    }
}

/// The beginning of a text of the server, safe for a terminal.
fn printable(text: &str, max: usize) -> Option<String> {
    let text: String = text.trim().chars().take(max).map(safe).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Replaces characters that control a terminal or change the direction of text.
pub(crate) fn safe(c: char) -> char {
    let is_invisible = matches!(
        c,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    );
    if c.is_control() || is_invisible {
        ' '
    } else {
        c
    }
}
