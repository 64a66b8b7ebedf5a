//! Access tokens: which are good, and new ones for a refresh token.

use std::fmt;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

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

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// The tokens that are good.
pub(crate) struct Tokens {
    /// Good for ever.
    fixed: String,
    grant: Option<Grant>,
    issued: Vec<(String, Instant)>,
    renewals: u64,
}

impl Tokens {
    pub(crate) fn new(fixed: String, grant: Option<Grant>) -> Self {
        Self {
            fixed,
            grant,
            issued: Vec::new(),
            renewals: 0,
        }
    }

    pub(crate) fn is_good(&self, token: &str, now: Instant) -> bool {
        let mut issued = self.issued.iter();
        token == self.fixed || issued.any(|(known, expires)| known == token && now < *expires)
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
        let Some(grant) = &mut self.grant else {
            return Err("This sandbox knows no integration.");
        };
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
        let token = format!("{}-{}", self.fixed, self.renewals);
        if grant.rotates {
            let base = grant.refresh_token.split(":").next().unwrap_or_default();
            grant.refresh_token = format!("{base}:{}", self.renewals);
        }
        self.issued.retain(|(_, expires)| now < *expires);
        self.issued.push((token.clone(), now + grant.expires_in));
        Ok(json!({
            "access_token": token,
            "expires_in": grant.expires_in.as_secs(),
            "refresh_token": grant.refresh_token,
            "refresh_token_expires_in": REFRESH_TOKEN_EXPIRES_IN.as_secs(),
        }))
    }
}
