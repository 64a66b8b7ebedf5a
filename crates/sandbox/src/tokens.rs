//! Access tokens: their scopes, and new ones for a refresh token.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use hyper::header::{self, HeaderValue};
use serde_json::{Value, json};

use crate::operation::{self, Operation};
use crate::refusal::{Refusal, Result};

/// The access token that a sandbox accepts by default.
pub const DEFAULT_TOKEN: &str = "sandbox-token";

/// The client ID of the integration that a sandbox knows by default.
pub const DEFAULT_CLIENT_ID: &str = "sandbox-client";

/// The client secret of that integration.
pub const DEFAULT_CLIENT_SECRET: &str = "sandbox-secret";

/// The refresh token of that integration.
pub const DEFAULT_REFRESH_TOKEN: &str = "sandbox-refresh-token";

/// An integration or service app that a sandbox knows, as Webex would: it gets access tokens from
/// `POST /v1/access_token`.
#[derive(Clone)]
pub struct Grant {
    client_id: String,
    client_secret: String,
    refresh_token: String,
    expires_in: Duration,
    rotates: bool,
}

/// The prefix of issued access tokens; their number follows. A prefix of the user's own would tell
/// a secret token to everyone who knows the grant.
const ISSUED: &str = "sandbox-access-token-";

/// Maximum number of issued access tokens; a new one takes the place of the oldest.
const MAX_ISSUED: usize = 100_000;

/// Webex documents no lifetime of a refresh token; this is the sandbox's.
const REFRESH_TOKEN_EXPIRES_IN: Duration = Duration::from_secs(90 * 24 * 3600);

impl Grant {
    /// One with this ID, secret and refresh token.
    pub fn new(
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
        refresh_token: impl Into<String>,
    ) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            refresh_token: refresh_token.into(),
            expires_in: Duration::from_secs(12 * 3600),
            rotates: false,
        }
    }

    /// Its access tokens expire after this time. Default: 12 hours.
    #[must_use]
    pub fn expires_in(mut self, time: Duration) -> Self {
        self.expires_in = time;
        self
    }

    /// Each renewal gives a new refresh token and invalidates the one before. Default: the refresh
    /// token stays the same.
    #[must_use]
    pub fn rotating(mut self) -> Self {
        self.rotates = true;
        self
    }
}

impl Default for Grant {
    /// The well-known one: [`DEFAULT_CLIENT_ID`], [`DEFAULT_CLIENT_SECRET`] and
    /// [`DEFAULT_REFRESH_TOKEN`].
    fn default() -> Self {
        Self::new(
            DEFAULT_CLIENT_ID,
            DEFAULT_CLIENT_SECRET,
            DEFAULT_REFRESH_TOKEN,
        )
    }
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// The tokens that are accepted.
pub(crate) struct Tokens {
    /// They never expire.
    fixed: Vec<String>,
    grant: Grant,
    /// When issued tokens expire, by their number.
    issued: BTreeMap<u64, Instant>,
    renewals: u64,
}

impl Tokens {
    pub(crate) fn new(fixed: Vec<String>, grant: Grant) -> Self {
        Self {
            fixed,
            grant,
            issued: BTreeMap::new(),
            renewals: 0,
        }
    }

    /// Checks that a token is valid and has the scope of an operation. A fixed token has variants
    /// with fewer scopes, which differ by a suffix.
    pub(crate) fn authorize(&self, token: &str, operation: &Operation, now: Instant) -> Result<()> {
        if self.fixed.iter().any(|fixed| fixed == token) || self.is_issued(token, now) {
            return Ok(());
        }
        let mut variants = self.fixed.iter().filter_map(|fixed| {
            let suffix = token.strip_prefix(&**fixed)?;
            let only = operation::of_token_suffix(suffix);
            (only.is_some() || suffix == "-no-scope").then_some(only)
        });
        match variants.next() {
            Some(Some(only)) if only.name == operation.name => Ok(()),
            Some(_) => match &operation.scope {
                Some(scope) => {
                    let message = format!("The token lacks the scope {scope}.");
                    Err(Refusal::new(403, message))
                }
                None => Ok(()),
            },
            None => {
                let message = "The token is missing, expired or not one of this sandbox; \
                               send `Authorization: Bearer TOKEN`.";
                let scheme = HeaderValue::from_static("Bearer");
                Err(Refusal::new(401, message).header(header::WWW_AUTHENTICATE, scheme))
            }
        }
    }

    fn is_issued(&self, token: &str, now: Instant) -> bool {
        let number = token.strip_prefix(ISSUED);
        let expires = number.and_then(|number| self.issued.get(&number.parse().ok()?));
        expires.is_some_and(|expires| now < *expires)
    }

    /// What must not be logged: every valid token begins with one of these.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let grant = [&self.grant.client_secret, &self.grant.refresh_token];
        let all = self.fixed.iter().chain(grant).cloned();
        all.chain([ISSUED.to_owned()]).collect()
    }

    /// Invalidates all issued tokens.
    pub(crate) fn revoke(&mut self) {
        self.issued.clear();
    }

    /// Issues an access token for a form with a refresh token.
    pub(crate) fn renew(&mut self, form: &[u8], now: Instant) -> Result<Value> {
        let grant = &mut self.grant;
        let value = |name: &str| {
            let found = form_urlencoded::parse(form).find(|(known, _)| known == name);
            let missing = || Refusal::new(400, format!("The form has no {name}."));
            found.map(|(_, value)| value).ok_or_else(missing)
        };
        if value("grant_type")? != "refresh_token" {
            return Err(Refusal::new(400, "The grant_type must be refresh_token."));
        }
        let (id, secret) = (value("client_id")?, value("client_secret")?);
        if id != grant.client_id || secret != grant.client_secret {
            return Err(Refusal::new(400, "There is no such integration."));
        }
        if value("refresh_token")? != grant.refresh_token {
            return Err(Refusal::new(400, "The refresh token is not valid."));
        }
        self.renewals += 1;
        if grant.rotates {
            let base = grant.refresh_token.split(':').next().unwrap_or_default();
            grant.refresh_token = format!("{base}:{}", self.renewals);
        }
        if self.issued.len() == MAX_ISSUED {
            self.issued.pop_first();
        }
        // The clock may not reach a very long lifetime.
        let expires = now.checked_add(grant.expires_in);
        let expires = expires.unwrap_or(now + REFRESH_TOKEN_EXPIRES_IN);
        self.issued.insert(self.renewals, expires);
        Ok(json!({
            "access_token": format!("{ISSUED}{}", self.renewals),
            "expires_in": grant.expires_in.as_secs(),
            "refresh_token": grant.refresh_token,
            "refresh_token_expires_in": REFRESH_TOKEN_EXPIRES_IN.as_secs(),
        }))
    }
}

#[cfg(test)]
mod tests;
