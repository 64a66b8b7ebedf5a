//! Access tokens.

use std::fmt;

use zeroize::Zeroizing;

use crate::error::{Error, Kind};
use crate::secret::{Messages, Secret};

/// A bearer token. It is never shown, and its memory is cleared when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Secret);

const MESSAGES: Messages = Messages {
    empty: "the access token is empty",
    odd: "the access token holds white space or characters that no token has; copy it again",
};

impl Token {
    /// The variable that [`Token::from_env`] reads.
    pub const VARIABLE: &'static str = "WEBEX_ACCESS_TOKEN";

    /// Takes a token. White space and quotes around it, as copying leaves them, are dropped.
    ///
    /// # Errors
    ///
    /// If nothing is left, or something that no bearer token holds (RFC 6750: letters, digits and
    /// `-._~+/=`). The error does not show it.
    pub fn new(token: impl Into<String>) -> Result<Self, Error> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        Secret::new(token, allowed, &MESSAGES).map(Self)
    }

    /// Takes the token from the environment variable `WEBEX_ACCESS_TOKEN`.
    ///
    /// # Errors
    ///
    /// As [`Token::new`]; also if the variable is not set or not text.
    pub fn from_env() -> Result<Self, Error> {
        match std::env::var(Self::VARIABLE).map(Zeroizing::new) {
            Ok(token) => Self::new(token.as_str()),
            Err(std::env::VarError::NotUnicode(_)) => Err(Error::new(Kind::Token(
                "WEBEX_ACCESS_TOKEN holds characters that no token has; copy it again",
            ))),
            Err(std::env::VarError::NotPresent) => Err(Error::new(Kind::Token(
                "no access token: WEBEX_ACCESS_TOKEN is not set",
            ))),
        }
    }

    /// The token itself, to be stored where only your program can read it.
    pub fn expose(&self) -> &str {
        self.0.expose()
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
        for given in [
            "abc-1",
            " abc-1\n",
            "\"abc-1\"",
            "'abc-1'\r\n",
            "\u{feff}\" abc-1\n\"",
        ] {
            assert_eq!(Token::new(given).unwrap().expose(), "abc-1");
        }
    }

    #[test]
    fn what_is_no_token_is_refused_without_being_shown() {
        for given in [
            "",
            "  ",
            "\"\"",
            "abc def",
            "abc\u{7}def",
            "abcäöü",
            "abc\"d",
            "abc{d}",
        ] {
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
