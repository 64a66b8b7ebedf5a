//! What a report or an error shows of a response: without secrets, within limits, printable.

use std::borrow::Cow;

use webex_precheck_escape::one_line;

use crate::redaction::Redactor;

/// Characters of a body that an error keeps.
const MAX_BODY: usize = 200;
/// Bytes of a tracking ID; Webex's have some fifty.
const MAX_TRACKING_ID: usize = 128;
/// Bytes of a message, a description, or the name of a field.
pub(crate) const MAX_TEXT: usize = 2 * 1024;
/// Bytes of all messages, descriptions and names of a response together.
const MAX_TEXTS: usize = 4 * 1024;
/// Codes of a response.
pub(crate) const MAX_CODES: usize = 32;

/// What marks a text as cut.
const CUT: &str = "… [cut]";

/// The texts of a response.
pub(crate) struct Excerpts<'a> {
    redactor: &'a Redactor,
    /// Bytes that are left for texts.
    left: usize,
}

impl<'a> Excerpts<'a> {
    pub(crate) fn new(redactor: &'a Redactor) -> Self {
        let left = MAX_TEXTS;
        Self { redactor, left }
    }

    /// A message, a description, or the name of a field.
    pub(crate) fn text(&mut self, text: Option<String>) -> Option<String> {
        let text = text?;
        let text = match self.limited(&text, MAX_TEXT.min(self.left)) {
            Cow::Borrowed(_) => text,
            Cow::Owned(shown) => shown,
        };
        self.left = self.left.saturating_sub(text.len());
        Some(text)
    }

    /// The message of an error.
    pub(crate) fn message(&mut self, message: Option<String>) -> Option<String> {
        trimmed(&self.text(message)?)
    }

    pub(crate) fn tracking_id(&self, id: &str) -> Option<String> {
        trimmed(&self.limited(id, MAX_TRACKING_ID))
    }

    /// The beginning of a body.
    pub(crate) fn body(&self, body: &str) -> Option<String> {
        const MAX_BYTES: usize = MAX_BODY * char::MAX.len_utf8();
        // White space at its beginning does not count.
        let body = self.limited(body.trim_start(), MAX_BYTES);
        if body.chars().count() <= MAX_BODY {
            return trimmed(&body);
        }
        let kept = body.chars().take(MAX_BODY - CUT.chars().count());
        trimmed(&kept.chain(CUT.chars()).collect::<String>())
    }

    /// A text in one line, without secrets and characters that steer a terminal, cut to so many bytes.
    fn limited<'t>(&self, text: &'t str, max: usize) -> Cow<'t, str> {
        // Of a longer text, twice as much is looked at, so that a secret across the limit is found.
        let window = prefix(text, max * 2);
        let shown = match self.redactor.redact(window) {
            Cow::Borrowed(text) => one_line(text),
            Cow::Owned(text) => Cow::Owned(one_line(&text).into_owned()),
        };
        if window.len() == text.len() && shown.len() <= max {
            return shown;
        }
        let shown = prefix(&shown, max.saturating_sub(CUT.len()));
        Cow::Owned(format!("{shown}{CUT}"))
    }
}

/// As many bytes of a text, or a few less: whole characters.
pub(crate) fn prefix(text: &str, max: usize) -> &str {
    let mut end = text.len().min(max);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Without white space around it; none if nothing is left.
fn trimmed(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    //! Limits, and secrets at them.
    use super::*;

    const SECRET: &str = "ZDI3MGEyYzQtNmFlNS00NDNhLWFlNzAtZGVjNjE0MGU1OGZmZWNm";

    #[test]
    fn long_texts_are_cut_and_marked() {
        let redactor = Redactor::default();
        let mut shown = Excerpts::new(&redactor);
        let full = "x".repeat(MAX_TEXT);
        assert_eq!(shown.text(Some(full.clone())), Some(full));
        let cut = shown.text(Some("ä".repeat(MAX_TEXT))).unwrap();
        assert!(
            cut.len() > MAX_TEXT - 2 && cut.len() <= MAX_TEXT,
            "{}",
            cut.len()
        );
        assert!(cut.ends_with("ä… [cut]"), "{cut}");
        // Nothing is left for others.
        assert_eq!(shown.text(Some("more".to_owned())), Some(CUT.to_owned()));
        assert_eq!(shown.text(Some(String::new())), Some(String::new()));
        let id = shown.tracking_id(&"T".repeat(1_000)).unwrap();
        assert_eq!(
            (id.len(), id.ends_with("T… [cut]")),
            (MAX_TRACKING_ID, true)
        );
        for c in ["b", "ä", "🦀"] {
            let body = shown.body(&format!("\n {}", c.repeat(1_000))).unwrap();
            assert_eq!(body.chars().count(), MAX_BODY);
            assert!(body.starts_with(c) && body.ends_with("… [cut]"), "{body}");
        }
    }

    #[test]
    fn a_secret_across_a_limit_is_redacted() {
        let redactor = Redactor::new([SECRET]);
        let percent: String = SECRET.bytes().map(|byte| format!("%{byte:02x}")).collect();
        for secret in [SECRET, &percent] {
            for before in MAX_TEXT - percent.len()..MAX_TEXT {
                let text = format!("{}{secret}{}", "x".repeat(before), "y".repeat(MAX_TEXT));
                let shown = Excerpts::new(&redactor).text(Some(text)).unwrap();
                let rest = shown.trim_start_matches('x');
                let is_redacted = "[redacted]".starts_with(rest.trim_end_matches("… [cut]"));
                assert!(is_redacted || rest.starts_with("[redacted]y"), "{rest}");
            }
        }
    }
}
