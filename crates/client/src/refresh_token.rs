//! Refresh tokens, and the OAuth grant that turns one into access tokens.

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::BoxFuture;
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

type BoxError = Box<dyn StdError + Send + Sync>;
type OnRefresh =
    Arc<dyn Fn(TokenResponse) -> BoxFuture<'static, Result<(), BoxError>> + Send + Sync>;
type BeforeRefresh = Arc<dyn Fn() -> BoxFuture<'static, Result<Loaded, BoxError>> + Send + Sync>;
/// A refresh token, and what keeps it from others.
type Loaded = (RefreshToken, Lock);
/// Unlocks when it is dropped.
type Lock = Box<dyn Send>;

/// The tokens that Webex returned for a refresh token.
#[derive(Clone, Debug)]
pub struct TokenResponse {
    pub(crate) access_token: Option<AccessToken>,
    pub(crate) refresh_token: RefreshToken,
    pub(crate) refresh_token_expires_in: Option<Duration>,
}

impl TokenResponse {
    /// The new access token. None if Webex returned only a refresh token.
    pub fn access_token(&self) -> Option<&Token> {
        self.access_token.as_ref().map(|it| &it.token)
    }

    /// How long the access token is valid.
    pub fn expires_in(&self) -> Option<Duration> {
        self.access_token.as_ref()?.expires_in
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
    before_refresh: Option<BeforeRefresh>,
    on_refresh: Option<OnRefresh>,
    /// Tokens that are not stored yet.
    unstored: Arc<Mutex<Option<TokenResponse>>>,
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
            before_refresh: None,
            on_refresh: None,
            unstored: Arc::default(),
        })
    }

    /// Uses this access token until it expires or Webex refuses it. Default: the client gets one
    /// before the first precheck.
    #[must_use]
    pub fn access_token(mut self, token: impl Into<AccessToken>) -> Self {
        self.access_token = Some(token.into());
        self
    }

    /// Calls `store` whenever Webex returns new tokens, and waits until your program has stored them: the
    /// previous refresh token may no longer be valid.
    ///
    /// The new tokens are used after it has succeeded. If it fails, panics, or takes longer than
    /// [`attempt_timeout`](crate::ClientBuilder::attempt_timeout), callers get an error (see
    /// [`ErrorKind::TokenRefresh`](crate::ErrorKind::TokenRefresh)), and the next one that needs a token
    /// has `store` called again with the same tokens. Its error becomes the source of the callers' error,
    /// so it must not show a token. A closure that captures is of the form
    /// `move |tokens| { let database = database.clone(); async move { … } }`.
    #[must_use]
    pub fn on_refresh<F, Fut>(mut self, store: F) -> Self
    where
        F: Fn(TokenResponse) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Box<dyn StdError + Send + Sync>>> + Send + 'static,
    {
        self.on_refresh = Some(Arc::new(move |response| Box::pin(store(response))));
        self
    }

    /// Calls `load` before each token request, for a refresh token that several processes share. `load` returns
    /// the refresh token that is stored now, and a lock. The client drops the lock after the new tokens are
    /// [stored](Self::on_refresh), so that no two processes send the same refresh token: Webex may accept it
    /// only once.
    ///
    /// The time limit and the errors are those of [`on_refresh`](Self::on_refresh).
    #[must_use]
    pub fn before_refresh<F, Fut, L>(mut self, load: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(RefreshToken, L), Box<dyn StdError + Send + Sync>>>
            + Send
            + 'static,
        L: Send + 'static,
    {
        self.before_refresh = Some(Arc::new(move || {
            let loading = load();
            Box::pin(async move {
                let (token, lock) = loading.await?;
                Ok((token, Box::new(lock) as Lock))
            })
        }));
        self
    }

    /// Whether other processes use the refresh token too.
    pub(crate) fn is_shared(&self) -> bool {
        self.before_refresh.is_some()
    }

    /// Locks the refresh token and takes it as it is stored, if the program says how.
    pub(crate) async fn lock(&self) -> Result<Option<Lock>, BoxError> {
        let Some(load) = &self.before_refresh else {
            return Ok(None);
        };
        let (token, lock) = load().await?;
        // One that could not be stored is newer.
        if self.lock_unstored().is_none() {
            *self.lock_refresh_token() = token;
        }
        Ok(Some(lock))
    }

    pub(crate) fn refresh_token(&self) -> RefreshToken {
        self.lock_refresh_token().clone()
    }

    /// Takes the tokens that Webex returned; they are yet to be [stored](Self::store).
    pub(crate) fn receive(&self, response: TokenResponse) {
        *self.lock_refresh_token() = response.refresh_token.clone();
        *self.lock_unstored() = Some(response);
    }

    /// Has the program store the tokens that it has not stored yet. Returns the access token among them.
    pub(crate) async fn store(&self) -> Result<Option<AccessToken>, BoxError> {
        let Some(response) = self.lock_unstored().clone() else {
            return Ok(None);
        };
        let access_token = response.access_token.clone();
        if let Some(store) = &self.on_refresh {
            store(response).await?;
        }
        *self.lock_unstored() = None;
        Ok(access_token)
    }

    fn lock_refresh_token(&self) -> MutexGuard<'_, RefreshToken> {
        let token = self.refresh_token.lock();
        token.unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_unstored(&self) -> MutexGuard<'_, Option<TokenResponse>> {
        self.unstored.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for RefreshTokenGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshTokenGrant")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}
