//! Access tokens for a refresh token.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

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

type OnRefresh = Arc<dyn Fn(&RefreshToken, Option<Duration>) + Send + Sync>;

/// What an integration or a service app needs to get access tokens from Webex
/// (`POST /v1/access_token`, at the base address of the client).
///
/// Clones share the refresh token: if Webex hands out a new one, all have it.
#[derive(Clone)]
pub struct RefreshGrant {
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
    refresh_token: Arc<Mutex<RefreshToken>>,
    access_token: Option<Token>,
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

    /// Begins with this access token, until Webex refuses it. Default: gets one before the first
    /// precheck.
    #[must_use]
    pub fn starting_with(mut self, token: Token) -> Self {
        self.access_token = Some(token);
        self
    }

    /// Calls this whenever Webex hands out a refresh token, with the time that it is good for, so
    /// that it can be stored: the one before may be good no more. It is called before the new
    /// access token is used, and must not block for long.
    #[must_use]
    pub fn on_refresh(
        mut self,
        store: impl Fn(&RefreshToken, Option<Duration>) + Send + Sync + 'static,
    ) -> Self {
        self.on_refresh = Some(Arc::new(store));
        self
    }

    pub(crate) fn access_token(&self) -> Option<&Token> {
        self.access_token.as_ref()
    }

    pub(crate) fn refresh_token(&self) -> RefreshToken {
        let token = self.refresh_token.lock();
        token.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes the refresh token that Webex handed out, and hands it on to be stored.
    pub(crate) fn renewed(&self, token: RefreshToken, expires_in: Option<Duration>) {
        let known = self.refresh_token.lock();
        *known.unwrap_or_else(PoisonError::into_inner) = token.clone();
        if let Some(store) = &self.on_refresh {
            store(&token, expires_in);
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
