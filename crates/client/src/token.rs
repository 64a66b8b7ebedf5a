//! Access tokens.

use std::fmt;

use zeroize::Zeroizing;

use crate::error::{Error, Kind};

/// A bearer token. It is never shown, and its memory is cleared when it is dropped.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// The variable that [`Token::from_env`] reads.
    pub const VARIABLE: &'static str = "WEBEX_ACCESS_TOKEN";

    /// Takes a token. White space and quotes around it, as copying leaves them, are dropped.
    ///
    /// # Errors
    ///
    /// If nothing is left, or something that no token holds. The error does not show it.
    pub fn new(token: impl Into<String>) -> Result<Self, Error> {
        let given = Zeroizing::new(token.into());
        let token = given.trim().trim_matches(['"', '\'']).trim();
        if token.is_empty() {
            return Err(Error::new(Kind::Token("the access token is empty")));
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::new(Kind::Token(
                "the access token holds white space or characters that no token has; copy it again",
            )));
        }
        Ok(Self(Zeroizing::new(token.to_owned())))
    }

    /// Takes the token from the environment variable `WEBEX_ACCESS_TOKEN`.
    ///
    /// # Errors
    ///
    /// As [`Token::new`]; also if the variable is not set or not text.
    pub fn from_env() -> Result<Self, Error> {
        match std::env::var(Self::VARIABLE) {
            Ok(token) => Self::new(token),
            Err(std::env::VarError::NotUnicode(_)) => Err(Error::new(Kind::Token(
                "WEBEX_ACCESS_TOKEN holds characters that no token has; copy it again",
            ))),
            Err(std::env::VarError::NotPresent) => Err(Error::new(Kind::Token(
                "no access token: WEBEX_ACCESS_TOKEN is not set",
            ))),
        }
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(redacted)")
    }
}

#[cfg(test)]
mod tests {
    //! What is taken for a token, and that it is never shown.
    use super::*;

    #[test]
    fn quotes_and_white_space_around_a_token_are_dropped() {
        for given in ["abc-1", " abc-1\n", "\"abc-1\"", "'abc-1'\r\n"] {
            assert_eq!(
                Token::new(given)
                    .map(|t| t.expose().to_owned())
                    .ok()
                    .as_deref(),
                Some("abc-1")
            );
        }
    }

    #[test]
    fn what_is_no_token_is_refused_without_being_shown() {
        for given in ["", "  ", "\"\"", "abc def", "abc\u{7}def", "abcäöü"] {
            let error = Token::new(given).unwrap_err();
            assert!(error.is_unauthorized());
            assert!(!format!("{error} {error:?}").contains("abc"), "{error:?}");
        }
        assert_eq!(
            format!("{:?}", Token::new("abc").unwrap()),
            "Token(redacted)"
        );
    }
}
