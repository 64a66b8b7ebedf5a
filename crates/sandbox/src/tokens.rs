//! Access tokens: which are good for what, and new ones for a refresh token.

use std::fmt;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use webex_precheck_contract::OperationId;

/// The token that a sandbox takes unless told otherwise.
pub const DEFAULT_TOKEN: &str = "sandbox-token";

/// Client ID of the integration that a sandbox knows unless told otherwise.
pub const DEFAULT_CLIENT_ID: &str = "sandbox-client";

/// Client secret of that integration.
pub const DEFAULT_CLIENT_SECRET: &str = "sandbox-secret";

/// Refresh token of that integration.
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

/// Access tokens that are good at one time; the oldest goes for a new one.
const MOST_ISSUED: usize = 1000;

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

    /// Its access tokens are good for this time. Default: 12 hours.
    #[must_use]
    pub fn expires_in(mut self, time: Duration) -> Self {
        self.expires_in = time;
        self
    }

    /// Each renewal gives a new refresh token, and the one before is good no more. Default: the
    /// refresh token stays.
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

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// It is not known, or expired.
    None,
    /// It has the scope of this operation alone.
    Only(OperationId),
    /// It has none of the scopes.
    NoScope,
    Full,
}

impl Access {
    pub(crate) fn is_for(self, id: OperationId) -> bool {
        self == Self::Full || self == Self::Only(id)
    }
}

/// The tokens that are good.
pub(crate) struct Tokens {
    /// Good for ever.
    fixed: Vec<String>,
    grant: Grant,
    issued: Vec<(String, Instant)>,
    renewals: u64,
}

impl Tokens {
    pub(crate) fn new(fixed: Vec<String>, grant: Grant) -> Self {
        Self {
            fixed,
            grant,
            issued: Vec::new(),
            renewals: 0,
        }
    }

    /// What a token is good for. Each token that is good for ever has companions with fewer scopes.
    pub(crate) fn access(&self, token: &str, now: Instant) -> Access {
        let mut issued = self.issued.iter();
        if issued.any(|(known, expires)| known == token && now < *expires) {
            return Access::Full;
        }
        let mut rests = self.fixed.iter().map(|fixed| token.strip_prefix(&**fixed));
        let access = |rest: Option<&str>| match rest? {
            "" => Some(Access::Full),
            "-customers-only" => Some(Access::Only(OperationId::Customer)),
            "-subscribers-only" => Some(Access::Only(OperationId::Subscriber)),
            "-no-scope" => Some(Access::NoScope),
            _ => None,
        };
        rests.find_map(access).unwrap_or(Access::None)
    }

    /// No token that was issued is good any more.
    pub(crate) fn revoke(&mut self) {
        self.issued.clear();
    }

    /// Answers a renewal, given as a form.
    pub(crate) fn renew(
        &mut self,
        form: &[(String, String)],
        now: Instant,
    ) -> Result<Value, &'static str> {
        let grant = &mut self.grant;
        let value = |name: &str| {
            let mut pairs = form.iter();
            let found = pairs.find(|(known, _)| known == name);
            found.map(|(_, value)| value.as_str()).unwrap_or_default()
        };
        if value("grant_type") != "refresh_token" {
            return Err("The grant_type must be refresh_token.");
        }
        if value("client_id") != grant.client_id || value("client_secret") != grant.client_secret {
            return Err("There is no such integration.");
        }
        if value("refresh_token") != grant.refresh_token {
            return Err("The refresh token is not valid.");
        }
        self.renewals += 1;
        let base = self.fixed.first().map_or("", String::as_str);
        let token = format!("{base}-{}", self.renewals);
        if grant.rotates {
            let base = grant.refresh_token.split(':').next().unwrap_or_default();
            grant.refresh_token = format!("{base}:{}", self.renewals);
        }
        self.issued.retain(|(_, expires)| now < *expires);
        if self.issued.len() == MOST_ISSUED {
            self.issued.remove(0);
        }
        let expires = now.checked_add(grant.expires_in);
        // A time that no clock reaches.
        let expires = expires.unwrap_or(now + REFRESH_TOKEN_EXPIRES_IN);
        self.issued.push((token.clone(), expires));
        Ok(json!({
            "access_token": token,
            "expires_in": grant.expires_in.as_secs(),
            "refresh_token": grant.refresh_token,
            "refresh_token_expires_in": REFRESH_TOKEN_EXPIRES_IN.as_secs(),
        }))
    }
}
