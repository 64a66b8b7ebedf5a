//! Where access tokens come from.

use std::error::Error as StdError;
use std::fmt;
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::clock::BoxFuture;
use crate::error::Error;
use crate::refresh_token::RefreshTokenGrant;
use crate::token::{AccessToken, Token};

/// Where a client gets its access token, and the next one when Webex refuses the current one.
///
/// A client asks for one token at a time, however many callers wait for it.
#[derive(Clone)]
pub struct Credentials {
    /// The first token.
    pub(crate) token: Option<AccessToken>,
    pub(crate) source: Source,
}

/// Where the next tokens come from.
#[derive(Clone)]
pub(crate) enum Source {
    /// There is no other token.
    None,
    RefreshToken(RefreshTokenGrant),
    Provider(Arc<dyn TokenProvider>),
}

impl Credentials {
    /// This token and no other. `Client::builder` also takes a [`Token`].
    pub fn token(token: Token) -> Self {
        Self {
            token: Some(token.into()),
            source: Source::None,
        }
    }

    /// The token in the environment variable `WEBEX_ACCESS_TOKEN`.
    ///
    /// # Errors
    ///
    /// As [`Token::from_env`].
    pub fn from_env() -> Result<Self, Error> {
        Token::from_env().map(Self::token)
    }

    /// The token in a file that contains nothing else. If Webex refuses it (401), the client reads
    /// the file again, and repeats the request if it contains another token by then.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or as [`Token::new`].
    pub fn from_file(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let file = TokenFile(path.into());
        Ok(Self {
            token: Some(file.read()?.into()),
            source: Source::Provider(Arc::new(file)),
        })
    }

    /// Access tokens that Webex returns for a refresh token.
    pub fn from_refresh_token(grant: RefreshTokenGrant) -> Self {
        Self {
            token: grant.access_token.clone(),
            source: Source::RefreshToken(grant),
        }
    }

    /// Access tokens from a provider of your own.
    pub fn from_provider(provider: impl TokenProvider) -> Self {
        Self {
            token: None,
            source: Source::Provider(Arc::new(provider)),
        }
    }
}

impl From<Token> for Credentials {
    fn from(token: Token) -> Self {
        Self::token(token)
    }
}

impl From<RefreshTokenGrant> for Credentials {
    fn from(grant: RefreshTokenGrant) -> Self {
        Self::from_refresh_token(grant)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.source {
            Source::None => "Credentials(token)",
            Source::RefreshToken(_) => "Credentials(refresh token)",
            Source::Provider(_) => "Credentials(provider)",
        })
    }
}

/// A provider of access tokens, such as a secret store.
///
/// A client asks it before the first precheck, shortly before a token expires, and
/// when Webex refuses a token (401); never twice at the same time, however many callers wait.
/// If it returns the refused token again, fails, or takes longer than
/// [`attempt_timeout`](crate::ClientBuilder::attempt_timeout), the callers that wait get an error.
pub trait TokenProvider: Send + Sync + 'static {
    /// Gets a token.
    ///
    /// # Errors
    ///
    /// Any; it becomes the source of the callers' error, so it must not show the token.
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, Box<dyn StdError + Send + Sync>>>;
}

/// A file that contains a token.
#[derive(Clone)]
struct TokenFile(PathBuf);

impl TokenFile {
    fn read(&self) -> Result<Token, Error> {
        // No token is longer; the path may be that of anything.
        const MAX_BYTES: u64 = 64 * 1024;
        // Large enough not to grow, which would leave copies behind.
        let mut text = Zeroizing::new(String::with_capacity(MAX_BYTES as usize + 64));
        let file = std::fs::File::open(&self.0);
        file.and_then(|file| file.take(MAX_BYTES).read_to_string(&mut text))
            .map_err(|error| {
                let message = format!("{}: {error}", self.0.display());
                Error::token("the access token file cannot be read").because(message)
            })?;
        Token::new(text.as_str())
    }
}

impl TokenProvider for TokenFile {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, Box<dyn StdError + Send + Sync>>> {
        let file = self.clone();
        Box::pin(async move {
            // The file may be a pipe, or on a slow network share.
            let token = tokio::task::spawn_blocking(move || file.read()).await??;
            Ok(token.into())
        })
    }
}
