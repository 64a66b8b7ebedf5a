//! Where access tokens come from.

use std::error::Error as StdError;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::clock::BoxFuture;
use crate::error::{Error, Kind};
use crate::refresh::RefreshGrant;
use crate::token::Token;

/// Where a client gets its access token from, and a new one when Webex takes the old one no more.
///
/// Whatever the source, a client asks it for one token at a time, however many callers wait.
#[derive(Clone)]
pub struct Credentials {
    pub(crate) token: Option<Issued>,
    pub(crate) source: Source,
}

#[derive(Clone)]
pub(crate) enum Source {
    /// There is no other token.
    Static,
    /// Webex, for a refresh token.
    Refresh(RefreshGrant),
    Custom(Arc<dyn TokenSource>),
}

impl Credentials {
    /// This token and no other. `Client::builder` takes a [`Token`] as well.
    pub fn token(token: Token) -> Self {
        Self {
            token: Some(token.into()),
            source: Source::Static,
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

    /// The token in a file that holds nothing else. When Webex refuses it (401), the file is read
    /// again, and the precheck goes on if it holds another token by then.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or as [`Token::new`].
    pub fn from_file(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let file = TokenFile(path.into());
        Ok(Self {
            token: Some(file.read()?.into()),
            source: Source::Custom(Arc::new(file)),
        })
    }

    /// Access tokens that Webex gives for a refresh token.
    pub fn refreshing(grant: RefreshGrant) -> Self {
        Self {
            token: grant.access_token().cloned(),
            source: Source::Refresh(grant),
        }
    }

    /// Access tokens of a source of your own.
    pub fn from_source(source: impl TokenSource) -> Self {
        Self {
            token: None,
            source: Source::Custom(Arc::new(source)),
        }
    }
}

impl From<Token> for Credentials {
    fn from(token: Token) -> Self {
        Self::token(token)
    }
}

impl From<RefreshGrant> for Credentials {
    fn from(grant: RefreshGrant) -> Self {
        Self::refreshing(grant)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.source {
            Source::Static => "Credentials(token)",
            Source::Refresh(_) => "Credentials(refresh token)",
            Source::Custom(_) => "Credentials(source)",
        })
    }
}

/// A source of access tokens, such as a secret store.
///
/// A client asks it before the first precheck, shortly before the token that it gave expires, and
/// when Webex refuses that token (401); never twice at the same time, however many callers wait.
/// If it hands out the refused token again, fails, or takes longer than an attempt may
/// ([`attempt_timeout`](crate::ClientBuilder::attempt_timeout)), the callers that wait get the error.
pub trait TokenSource: Send + Sync + 'static {
    /// Gets a token.
    ///
    /// # Errors
    ///
    /// Any; it becomes the source of the callers' error, so it must not show the token.
    fn fetch(&self) -> BoxFuture<'_, Result<Issued, Box<dyn StdError + Send + Sync>>>;
}

/// A token as a source hands it out.
#[derive(Clone, Debug)]
pub struct Issued {
    pub(crate) token: Token,
    pub(crate) expires_in: Option<Duration>,
}

impl Issued {
    /// A token that is good until Webex refuses it.
    pub fn new(token: Token) -> Self {
        Self {
            token,
            expires_in: None,
        }
    }

    /// A token that expires after this time: another is fetched before, when a tenth of the time
    /// is left, or 5 minutes where that is less.
    #[must_use]
    pub fn expires_in(mut self, time: Duration) -> Self {
        self.expires_in = Some(time);
        self
    }
}

impl From<Token> for Issued {
    fn from(token: Token) -> Self {
        Self::new(token)
    }
}

/// A file that holds a token.
#[derive(Clone)]
struct TokenFile(PathBuf);

impl TokenFile {
    fn read(&self) -> Result<Token, Error> {
        let text = read(&self.0).map_err(|error| {
            let message = format!("{}: {error}", self.0.display());
            Error::new(Kind::Token("the file of the access token cannot be read")).because(message)
        })?;
        Token::new(text.as_str())
    }
}

fn read(path: &Path) -> std::io::Result<Zeroizing<String>> {
    use std::io::Read as _;
    // No token is longer; the path may be that of anything.
    const MOST_BYTES: u64 = 64 * 1024;
    // Large enough not to grow, which would leave copies behind.
    let mut text = Zeroizing::new(String::with_capacity(MOST_BYTES as usize + 64));
    std::fs::File::open(path)?
        .take(MOST_BYTES)
        .read_to_string(&mut text)?;
    Ok(text)
}

impl TokenSource for TokenFile {
    fn fetch(&self) -> BoxFuture<'_, Result<Issued, Box<dyn StdError + Send + Sync>>> {
        let file = self.clone();
        Box::pin(async move {
            // It may be a pipe, or on a disk that is far away.
            let token = tokio::task::spawn_blocking(move || file.read()).await??;
            Ok(token.into())
        })
    }
}
