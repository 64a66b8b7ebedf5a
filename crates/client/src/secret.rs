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

/// Secrets that the server knows and might echo, in every form that it might write.
pub(crate) struct Secrets(Vec<Zeroizing<String>>);

impl Secrets {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        Self(secrets.into_iter().flat_map(forms).collect())
    }

    /// Whether a text holds one of them.
    pub(crate) fn are_in(&self, text: &str) -> bool {
        self.0.iter().any(|secret| text.contains(secret.as_str()))
    }

    /// The text without them.
    pub(crate) fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.0 {
            text = text.replace(secret.as_str(), "[redacted]");
        }
        text
    }
}

/// A secret as it is, and as JSON, forms and HTML write it.
fn forms(secret: &str) -> Vec<Zeroizing<String>> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let mut forms = vec![secret.to_owned()];
    if !secret.bytes().all(is_plain) {
        let escaped = secret.replace('\\', "\\\\").replace('"', "\\\"");
        let html = secret
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;");
        forms.extend([
            url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
            escaped.replace('/', "\\/"),
            escaped,
            html,
        ]);
    }
    forms.into_iter().map(Zeroizing::new).collect()
}

#[cfg(test)]
mod tests {
    //! What an echo may look like.
    use super::*;

    #[test]
    fn every_form_of_a_secret_is_taken_out() {
        let secret = r#"a/b+"c"\=&d"#;
        let secrets = Secrets::new([secret]);
        for echo in [
            r#"a/b+"c"\=&d"#,
            "a%2Fb%2B%22c%22%5C%3D%26d",
            r#"a/b+\"c\"\\=&d"#,
            r#"a\/b+\"c\"\\=&d"#,
            r"a/b+&quot;c&quot;\=&amp;d",
        ] {
            let text = format!("you sent {echo}.");
            assert!(secrets.are_in(&text), "{echo}");
            assert_eq!(secrets.redact(&text), "you sent [redacted].", "{echo}");
        }
        assert!(!secrets.are_in("nothing"));
    }
}
