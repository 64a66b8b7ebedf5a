//! Parts of an answer that an error may show.

use crate::secret::Secrets;

/// Characters of a body that an error keeps.
const BODY: usize = 200;
/// Characters of a tracking ID that are kept; Webex's have some fifty.
const TRACKING_ID: usize = 128;

/// The beginning of a body that holds no secrets any more.
pub(crate) fn of_body(body: &str) -> Option<String> {
    printable(body, BODY)
}

/// A tracking ID, wherever it comes from.
pub(crate) fn tracking_id(id: &str, secrets: &Secrets) -> Option<String> {
    match secrets.are_in(id) {
        true => printable(&secrets.redact(id), TRACKING_ID),
        false => printable(id, TRACKING_ID),
    }
}

/// The beginning of a text of the server, fit for a terminal.
fn printable(text: &str, most: usize) -> Option<String> {
    let text = text.chars().take(most);
    let text: String = text.map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
