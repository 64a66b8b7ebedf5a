//! Access tokens.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::error::Error;
use crate::secret::Secret;

/// A bearer token. It is never shown, and its memory is cleared when it is dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(Secret);

impl Token {
    /// The environment variable that [`Token::from_env`] reads.
    pub const ENV_VAR: &'static str = "WEBEX_ACCESS_TOKEN";

    /// Takes a token, without the white space and quotes that copying leaves around it.
    ///
    /// # Errors
    ///
    /// If nothing is left, or a character that no bearer token has (RFC 6750: letters, digits and
    /// `-._~+/=`). The error does not show it.
    pub fn new(token: impl Into<String>) -> Result<Self, Error> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        let invalid = "the access token contains white space or invalid characters; copy it again";
        Secret::new(token, allowed, "the access token is empty", invalid)
            .map(Self)
            .map_err(Error::token)
    }

    /// Takes the token from the environment variable `WEBEX_ACCESS_TOKEN`.
    ///
    /// # Errors
    ///
    /// As [`Token::new`]; also if the variable is not set or not Unicode.
    pub fn from_env() -> Result<Self, Error> {
        match std::env::var(Self::ENV_VAR).map(Zeroizing::new) {
            Ok(token) => Self::new(token.as_str()),
            Err(std::env::VarError::NotUnicode(_)) => Err(Error::token(
                "WEBEX_ACCESS_TOKEN contains invalid characters; copy it again",
            )),
            Err(std::env::VarError::NotPresent) => Err(Error::token(
                "no access token: WEBEX_ACCESS_TOKEN is not set",
            )),
        }
    }

    /// The token itself, to be stored where only your program can read it.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// A [`Token`] and how long it is valid, as a [`TokenProvider`](crate::TokenProvider) returns it.
#[derive(Clone, Debug)]
pub struct AccessToken {
    pub(crate) token: Token,
    pub(crate) expires_in: Option<Duration>,
}

impl AccessToken {
    /// A token that is valid until Webex refuses it.
    pub fn new(token: Token) -> Self {
        let expires_in = None;
        Self { token, expires_in }
    }

    /// The token expires after this time. The client gets the next one earlier, when a tenth of
    /// the time is left, or 5 minutes if that is less.
    #[must_use]
    pub fn expires_in(mut self, time: Duration) -> Self {
        self.expires_in = Some(time);
        self
    }
}

impl From<Token> for AccessToken {
    fn from(token: Token) -> Self {
        Self::new(token)
    }
}

#[cfg(test)]
mod tests {
    //! Which texts are tokens, and that none is ever shown.
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
    fn a_token_that_is_too_long_is_refused_and_not_shown() {
        assert!(Token::new("a".repeat(8 * 1024)).is_ok());
        let error = Token::new("a".repeat(8 * 1024 + 1)).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("8 KiB") && !shown.contains("aaa"), "{shown}");
    }

    #[test]
    fn an_invalid_token_is_refused_and_not_shown() {
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
