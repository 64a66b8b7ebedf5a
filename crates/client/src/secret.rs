//! Text that is never shown.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

/// A text that `Debug` does not show, and whose memory is cleared with its last clone.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Arc<Zeroizing<String>>);

impl Secret {
    /// Takes a secret without the white space and quotes that copying leaves around it. The
    /// rest must consist of `allowed` bytes. The errors are `empty` and `invalid`.
    pub(crate) fn new(
        text: impl Into<String>,
        allowed: fn(u8) -> bool,
        empty: &'static str,
        invalid: &'static str,
    ) -> Result<Self, &'static str> {
        let given = Zeroizing::new(text.into());
        let text =
            given.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\u{feff}'));
        if text.is_empty() {
            return Err(empty);
        }
        if !text.bytes().all(allowed) {
            return Err(invalid);
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

/// Secrets that a server knows and may echo.
pub(crate) struct Secrets {
    /// The secrets, followed by those parts of them that read the same in every encoding.
    all: Vec<Zeroizing<String>>,
}

/// A shorter part of a secret reveals too little to be worth redacting.
const MIN_PART: usize = 6;

const REDACTED: &str = "[redacted]";

impl Secrets {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a str> + Clone) -> Self {
        let encoded = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '.' | '_');
        let parts = secrets.clone().into_iter().flat_map(|secret| {
            let parts = secret.split(encoded);
            parts.filter(move |part| *part != secret && part.len() >= MIN_PART)
        });
        let all = secrets.clone().into_iter().chain(parts);
        Self {
            all: all.map(|text| Zeroizing::new(text.to_owned())).collect(),
        }
    }

    /// Whether a text contains one of them.
    pub(crate) fn are_in(&self, text: &str) -> bool {
        self.all.iter().any(|secret| text.contains(secret.as_str()))
    }

    /// The text without them, and without the beginning of one at its end, where it was cut off.
    pub(crate) fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.all {
            // They are ASCII.
            let cut = (MIN_PART..secret.len()).rev();
            let cut = cut.filter_map(|length| secret.get(..length));
            if let Some(rest) = cut.filter_map(|cut| text.strip_suffix(cut)).next() {
                text = format!("{rest}{REDACTED}");
            }
        }
        for secret in &self.all {
            text = text.replace(secret.as_str(), REDACTED);
        }
        text
    }

    /// A decoded text of the server without them; allocates only if it contains one.
    pub(crate) fn clean(&self, text: Option<String>) -> Option<String> {
        match text {
            Some(text) if self.are_in(&text) => Some(self.redact(&text)),
            text => text,
        }
    }
}

#[cfg(test)]
mod tests {
    //! How a server may echo a secret.
    use super::*;

    #[test]
    fn secrets_are_redacted_in_every_encoding() {
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
    fn a_secret_that_is_cut_off_is_redacted() {
        let secrets = Secrets::new(["abcdefghijkl"]);
        assert_eq!(secrets.redact("x abcdefghijkl"), "x [redacted]");
        assert_eq!(secrets.redact("x abcdefghijk"), "x [redacted]");
        assert_eq!(secrets.redact("x abcdef"), "x [redacted]");
        assert_eq!(secrets.redact("x abcde"), "x abcde");
    }
}
