//! Text that is never shown.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

/// Maximum length of a secret. Tokens have a hundred bytes or some thousand; what hides them needs time and
/// memory that grow with it.
pub(crate) const MAX_BYTES: usize = 8 * 1024;

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
        if text.len() > MAX_BYTES {
            return Err("a token or secret of more than 8 KiB is not one of Webex's");
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
