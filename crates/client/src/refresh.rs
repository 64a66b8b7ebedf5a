//! Access tokens for a refresh token.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::credentials::Issued;
use crate::error::Error;
use crate::secret::{Messages, Secret};
use crate::token::Token;

/// A refresh token. It is never shown, and its memory is cleared when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken(Secret);

impl RefreshToken {
    /// Takes a refresh token. White space and quotes around it are dropped.
    ///
    /// # Errors
    ///
    /// If nothing is left, or anything but printable ASCII. The error does not show it.
    pub fn new(token: impl Into<String>) -> Result<Self, Error> {
        const MESSAGES: Messages = Messages {
            empty: "the refresh token is empty",
            odd: "the refresh token holds white space or characters that no token has; copy it again",
        };
        Secret::new(token, |byte| byte.is_ascii_graphic(), &MESSAGES).map(Self)
    }

    /// The token itself, to be stored where only your program can read it.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(redacted)")
    }
}

type OnRefresh = Arc<dyn Fn(&Renewed) + Send + Sync>;

/// The tokens that Webex gave for a refresh token.
#[derive(Clone, Debug)]
pub struct Renewed {
    pub(crate) access_token: Issued,
    pub(crate) refresh_token: RefreshToken,
    pub(crate) refresh_token_expires_in: Option<Duration>,
}

impl Renewed {
    /// The new access token.
    pub fn access_token(&self) -> &Token {
        &self.access_token.token
    }

    /// How long the access token is good.
    pub fn expires_in(&self) -> Option<Duration> {
        self.access_token.expires_in
    }

    /// The refresh token to use next. The one before may be good no more.
    pub fn refresh_token(&self) -> &RefreshToken {
        &self.refresh_token
    }

    /// How long the refresh token is good.
    pub fn refresh_token_expires_in(&self) -> Option<Duration> {
        self.refresh_token_expires_in
    }
}

/// What an integration or a service app needs to get access tokens from Webex
/// (`POST /v1/access_token`, at the base address of the client).
///
/// Clones share the refresh token: if Webex hands out a new one, all have it.
#[derive(Clone)]
pub struct RefreshGrant {
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
    refresh_token: Arc<Mutex<RefreshToken>>,
    access_token: Option<Issued>,
    on_refresh: Option<OnRefresh>,
}

impl RefreshGrant {
    /// By the ID and the secret of the integration or service app, and its refresh token.
    ///
    /// # Errors
    ///
    /// If the secret is empty, or holds anything but printable ASCII. The error does not show it.
    pub fn new(
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
        refresh_token: RefreshToken,
    ) -> Result<Self, Error> {
        const MESSAGES: Messages = Messages {
            empty: "the client secret is empty",
            odd: "the client secret holds white space or characters that no secret has; copy it again",
        };
        Ok(Self {
            client_id: client_id.into().trim().to_owned(),
            client_secret: Secret::new(client_secret, |byte| byte.is_ascii_graphic(), &MESSAGES)?,
            refresh_token: Arc::new(Mutex::new(refresh_token)),
            access_token: None,
            on_refresh: None,
        })
    }

    /// Begins with this access token, until it expires or Webex refuses it. Default: gets one before
    /// the first precheck.
    #[must_use]
    pub fn starting_with(mut self, token: impl Into<Issued>) -> Self {
        self.access_token = Some(token.into());
        self
    }

    /// Calls this whenever Webex gives new tokens, so that they can be stored: the refresh token
    /// before may be good no more. It is called before the new access token is used, and must not
    /// block for long. If it panics, that is logged, and the tokens are used all the same.
    #[must_use]
    pub fn on_refresh(mut self, store: impl Fn(&Renewed) + Send + Sync + 'static) -> Self {
        self.on_refresh = Some(Arc::new(store));
        self
    }

    pub(crate) fn access_token(&self) -> Option<&Issued> {
        self.access_token.as_ref()
    }

    pub(crate) fn refresh_token(&self) -> RefreshToken {
        let token = self.refresh_token.lock();
        token.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes the refresh token that Webex gave.
    pub(crate) fn take(&self, token: RefreshToken) {
        let known = self.refresh_token.lock();
        *known.unwrap_or_else(PoisonError::into_inner) = token;
    }

    /// Hands the new tokens on to be stored.
    pub(crate) fn renewed(&self, given: &Renewed) {
        if let Some(store) = &self.on_refresh {
            store(given);
        }
    }
}

impl fmt::Debug for RefreshGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshGrant")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}
