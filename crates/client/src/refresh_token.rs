//! Refresh tokens, and the OAuth grant that turns one into access tokens.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::error::Error;
use crate::secret::Secret;
use crate::token::{AccessToken, Token};

/// A refresh token. It is never shown, and its memory is cleared when it is dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken(Secret);

impl RefreshToken {
    /// Takes a refresh token, without the white space and quotes around it.
    ///
    /// # Errors
    ///
    /// If nothing is left, or anything but printable ASCII. The error does not show it.
    pub fn new(token: impl Into<String>) -> Result<Self, Error> {
        let invalid = "the refresh token contains white space or invalid characters; copy it again";
        printable_ascii(token, "the refresh token is empty", invalid).map(Self)
    }

    /// The token itself, to be stored where only your program can read it.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

fn printable_ascii(
    text: impl Into<String>,
    empty: &'static str,
    invalid: &'static str,
) -> Result<Secret, Error> {
    Secret::new(text, |byte| byte.is_ascii_graphic(), empty, invalid).map_err(Error::token)
}

type OnRefresh = Arc<dyn Fn(&TokenResponse) + Send + Sync>;

/// The tokens that Webex returned for a refresh token.
#[derive(Clone, Debug)]
pub struct TokenResponse {
    pub(crate) access_token: AccessToken,
    pub(crate) refresh_token: RefreshToken,
    pub(crate) refresh_token_expires_in: Option<Duration>,
}

impl TokenResponse {
    /// The new access token.
    pub fn access_token(&self) -> &Token {
        &self.access_token.token
    }

    /// How long the access token is valid.
    pub fn expires_in(&self) -> Option<Duration> {
        self.access_token.expires_in
    }

    /// The refresh token to use next. The previous one may no longer be valid.
    pub fn refresh_token(&self) -> &RefreshToken {
        &self.refresh_token
    }

    /// How long the refresh token is valid.
    pub fn refresh_token_expires_in(&self) -> Option<Duration> {
        self.refresh_token_expires_in
    }
}

/// What an integration or a service app needs to get access tokens from Webex: the OAuth 2 refresh
/// token grant (`POST /v1/access_token`, at the base URL of the client).
///
/// Clones share the refresh token: if Webex returns a new one, all of them use it.
#[derive(Clone)]
pub struct RefreshTokenGrant {
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
    refresh_token: Arc<Mutex<RefreshToken>>,
    pub(crate) access_token: Option<AccessToken>,
    on_refresh: Option<OnRefresh>,
}

impl RefreshTokenGrant {
    /// A grant from the client ID and the client secret of the integration or service app, and its
    /// refresh token.
    ///
    /// # Errors
    ///
    /// If the secret is empty, or contains anything but printable ASCII. The error does not show
    /// it.
    pub fn new(
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
        refresh_token: RefreshToken,
    ) -> Result<Self, Error> {
        let invalid = "the client secret contains white space or invalid characters; copy it again";
        Ok(Self {
            client_id: client_id.into().trim().to_owned(),
            client_secret: printable_ascii(client_secret, "the client secret is empty", invalid)?,
            refresh_token: Arc::new(Mutex::new(refresh_token)),
            access_token: None,
            on_refresh: None,
        })
    }

    /// Uses this access token until it expires or Webex refuses it. Default: the client gets one
    /// before the first precheck.
    #[must_use]
    pub fn access_token(mut self, token: impl Into<AccessToken>) -> Self {
        self.access_token = Some(token.into());
        self
    }

    /// Calls `store` whenever Webex returns new tokens, so that your program can store them: the
    /// previous refresh token may no longer be valid. The call precedes the first use of the new
    /// access token, and must not block for long. A panic is logged; the tokens are used anyway.
    #[must_use]
    pub fn on_refresh(mut self, store: impl Fn(&TokenResponse) + Send + Sync + 'static) -> Self {
        self.on_refresh = Some(Arc::new(store));
        self
    }

    pub(crate) fn refresh_token(&self) -> RefreshToken {
        let token = self.refresh_token.lock();
        token.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the refresh token by the one that Webex returned.
    pub(crate) fn replace(&self, token: RefreshToken) {
        let known = self.refresh_token.lock();
        *known.unwrap_or_else(PoisonError::into_inner) = token;
    }

    /// Calls the callback of [`on_refresh`](Self::on_refresh).
    pub(crate) fn store(&self, response: &TokenResponse) {
        if let Some(store) = &self.on_refresh {
            store(response);
        }
    }
}

impl fmt::Debug for RefreshTokenGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshTokenGrant")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}
