//! Text that is never shown.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::error::{Error, Kind};

/// A text that `Debug` does not show, and whose memory is cleared with its last clone.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Arc<Zeroizing<String>>);

impl Secret {
    /// Takes a secret. White space and quotes around it, as copying leaves them, are dropped; what
    /// is left must be of the bytes that are `allowed`.
    pub(crate) fn new(
        text: impl Into<String>,
        allowed: fn(u8) -> bool,
        messages: &Messages,
    ) -> Result<Self, Error> {
        let given = Zeroizing::new(text.into());
        let text =
            given.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\u{feff}'));
        if text.is_empty() {
            return Err(Error::new(Kind::Token(messages.empty)));
        }
        if !text.bytes().all(allowed) {
            return Err(Error::new(Kind::Token(messages.odd)));
        }
        Ok(Self(Arc::new(Zeroizing::new(text.to_owned()))))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("redacted")
    }
}

/// What is said of a text that is no such secret.
pub(crate) struct Messages {
    pub(crate) empty: &'static str,
    pub(crate) odd: &'static str,
}

/// Secrets that the server knows and might echo.
pub(crate) struct Secrets {
    wholes: Vec<Zeroizing<String>>,
    /// Parts that read the same however a secret is encoded.
    parts: Vec<Zeroizing<String>>,
}

/// A part of a secret of this many characters tells nothing.
const TELLING: usize = 6;

impl Secrets {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a str> + Clone) -> Self {
        let owned = |text: &str| Zeroizing::new(text.to_owned());
        let encoded = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '.' | '_');
        let parts = secrets.clone().into_iter().flat_map(|secret| {
            let parts = secret.split(encoded).filter(move |part| *part != secret);
            parts.filter(|part| part.len() >= TELLING).map(owned)
        });
        Self {
            parts: parts.collect(),
            wholes: secrets.into_iter().map(owned).collect(),
        }
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        let all = self.wholes.iter().chain(&self.parts);
        all.map(|secret| secret.as_str())
    }

    /// Whether a text holds one of them.
    pub(crate) fn are_in(&self, text: &str) -> bool {
        self.all().any(|secret| text.contains(secret))
    }

    /// The text without them, and without the beginning of one at its end, where it was cut off.
    pub(crate) fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in self.all() {
            // They are ASCII.
            let cut = (TELLING..secret.len()).rev();
            let cut = cut.filter_map(|length| secret.get(..length));
            if let Some(rest) = cut.filter_map(|cut| text.strip_suffix(cut)).next() {
                text = format!("{rest}{REDACTED}");
            }
        }
        for secret in self.all() {
            text = text.replace(secret, REDACTED);
        }
        text
    }

    /// A text of the server, decoded, without them.
    pub(crate) fn clean(&self, text: Option<String>) -> Option<String> {
        match text {
            Some(text) if self.are_in(&text) => Some(self.redact(&text)),
            text => text,
        }
    }
}

const REDACTED: &str = "[redacted]";

#[cfg(test)]
mod tests {
    //! What an echo may look like.
    use super::*;

    #[test]
    fn no_telling_part_of_a_secret_is_left_however_it_is_encoded() {
        let secrets = Secrets::new([r#"canary-one/canary-two+"<&>\=="#]);
        for echo in [
            r#"canary-one/canary-two+"<&>\=="#,
            "canary-one%2Fcanary-two%2B%22%3C%26%3E%5C%3D%3D",
            "canary-one%2fcanary-two%2b",
            r#"canary-one\/canary-two+\"<&>\\=="#,
            r"canary-one\u002fcanary-two\u002b\u0022",
            "canary-one&#47;canary-two&#x2b;&quot;&lt;",
            "canary-one/canary-",
            "canary-one",
        ] {
            let text = format!("you sent {echo}");
            assert!(secrets.are_in(&text), "{echo}");
            let redacted = secrets.redact(&text);
            assert!(redacted.starts_with("you sent [redacted]"), "{redacted}");
            assert!(!redacted.contains("canary"), "{redacted}");
        }
        assert!(!secrets.are_in("nothing"));
        assert_eq!(secrets.redact("a bird"), "a bird");
    }

    #[test]
    fn what_was_cut_off_is_redacted_too() {
        let secrets = Secrets::new(["abcdefghijkl"]);
        assert_eq!(secrets.redact("x abcdefghijkl"), "x [redacted]");
        assert_eq!(secrets.redact("x abcdefghijk"), "x [redacted]");
        assert_eq!(secrets.redact("x abcdef"), "x [redacted]");
        assert_eq!(secrets.redact("x abcde"), "x abcde");
    }
}
