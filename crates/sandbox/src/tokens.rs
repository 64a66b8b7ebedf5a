//! Access tokens: which are good for what, and new ones for a refresh token.

use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

use crate::operation::Operation as OperationId;
use serde_json::{Value, json};

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

/// How access tokens begin that are issued; their number follows. It is none of those that a user
/// gave, which would be told so to whoever knows the grant.
const ISSUED: &str = "sandbox-access-token-";

/// Access tokens that are good at one time; the oldest goes for a new one.
const MOST_ISSUED: usize = 100_000;

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
    /// When those expire that were issued for the last renewals, the oldest first.
    issued: VecDeque<Instant>,
    /// Each has a number, from 1 on.
    renewals: u64,
}

impl Tokens {
    pub(crate) fn new(fixed: Vec<String>, grant: Grant) -> Self {
        Self {
            fixed,
            grant,
            issued: VecDeque::new(),
            renewals: 0,
        }
    }

    /// What a token is good for. Each token that is good for ever has companions with fewer scopes.
    pub(crate) fn access(&self, token: &str, now: Instant) -> Access {
        if self.fixed.iter().any(|fixed| fixed == token) || self.is_issued(token, now) {
            return Access::Full;
        }
        let mut rests = self.fixed.iter().map(|fixed| token.strip_prefix(&**fixed));
        let access = |rest: Option<&str>| match rest? {
            "-customers-only" => Some(Access::Only(OperationId::Customer)),
            "-subscribers-only" => Some(Access::Only(OperationId::Subscriber)),
            "-no-scope" => Some(Access::NoScope),
            _ => None,
        };
        rests.find_map(access).unwrap_or(Access::None)
    }

    fn is_issued(&self, token: &str, now: Instant) -> bool {
        let number = token
            .strip_prefix(ISSUED)
            .and_then(|n| n.parse::<u64>().ok());
        let expires = number.and_then(|number| {
            let age = usize::try_from(self.renewals.checked_sub(number)?).ok()?;
            self.issued.iter().rev().nth(age)
        });
        expires.is_some_and(|expires| now < *expires)
    }

    /// What must not be shown: all tokens begin with one of these.
    pub(crate) fn secrets(&self) -> Vec<&str> {
        let grant = [&self.grant.client_secret, &self.grant.refresh_token];
        let all = self.fixed.iter().chain(grant).map(String::as_str);
        all.chain([ISSUED]).collect()
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
    ) -> Result<Value, String> {
        let grant = &mut self.grant;
        let value = |name: &str| {
            let mut pairs = form.iter();
            let found = pairs.find(|(known, _)| known == name);
            let value = found.map(|(_, value)| value.as_str());
            value.ok_or_else(|| format!("The form has no {name}."))
        };
        if value("grant_type")? != "refresh_token" {
            return Err("The grant_type must be refresh_token.".to_owned());
        }
        let secret = (value("client_id")?, value("client_secret")?);
        if secret != (&grant.client_id, &grant.client_secret) {
            return Err("There is no such integration.".to_owned());
        }
        if value("refresh_token")? != grant.refresh_token {
            return Err("The refresh token is not valid.".to_owned());
        }
        self.renewals += 1;
        let token = format!("{ISSUED}{}", self.renewals);
        if grant.rotates {
            let base = grant.refresh_token.split(':').next().unwrap_or_default();
            grant.refresh_token = format!("{base}:{}", self.renewals);
        }
        if self.issued.len() == MOST_ISSUED {
            self.issued.pop_front();
        }
        let expires = now.checked_add(grant.expires_in);
        // A time that no clock reaches.
        let expires = expires.unwrap_or(now + REFRESH_TOKEN_EXPIRES_IN);
        self.issued.push_back(expires);
        Ok(json!({
            "access_token": token,
            "expires_in": grant.expires_in.as_secs(),
            "refresh_token": grant.refresh_token,
            "refresh_token_expires_in": REFRESH_TOKEN_EXPIRES_IN.as_secs(),
        }))
    }
}

#[cfg(test)]
mod tests {
    //! Which tokens are good, and when.
    use super::*;

    fn form() -> Vec<(String, String)> {
        [
            ("grant_type", "refresh_token"),
            ("client_id", DEFAULT_CLIENT_ID),
            ("client_secret", DEFAULT_CLIENT_SECRET),
            ("refresh_token", DEFAULT_REFRESH_TOKEN),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    #[test]
    fn tokens_are_good_until_they_expire() {
        let lifetime = Duration::from_secs(60);
        let grant = Grant::default().expires_in(lifetime);
        let mut tokens = Tokens::new(vec!["own".to_owned()], grant);
        let start = Instant::now();
        let second = Duration::from_secs(1);
        let issued = tokens.renew(&form(), start).unwrap();
        assert_eq!(issued["expires_in"], 60);
        let first = issued["access_token"].as_str().unwrap();
        assert!(!first.contains("own"));
        let later = tokens.renew(&form(), start + 30 * second).unwrap();
        let later = later["access_token"].as_str().unwrap();
        for (token, at, access) in [
            (first, 0, Access::Full),
            (first, 59, Access::Full),
            (first, 60, Access::None),
            (later, 60, Access::Full),
            (later, 89, Access::Full),
            (later, 90, Access::None),
            ("own", 90, Access::Full),
            ("sandbox-access-token-0", 0, Access::None),
            ("sandbox-access-token-3", 0, Access::None),
            ("sandbox-access-token-x", 0, Access::None),
        ] {
            assert_eq!(
                tokens.access(token, start + at * second),
                access,
                "{token} {at}"
            );
        }
        tokens.revoke();
        assert_eq!(tokens.access(later, start), Access::None);
        let next = tokens.renew(&form(), start).unwrap();
        let next = next["access_token"].as_str().unwrap();
        assert_eq!(tokens.access(next, start), Access::Full);
    }

    #[test]
    fn the_last_tokens_are_known() {
        let mut tokens = Tokens::new(Vec::new(), Grant::default());
        let now = Instant::now();
        for _ in 0..=MOST_ISSUED {
            tokens.renew(&form(), now).unwrap();
        }
        let access = |number: usize| tokens.access(&format!("{ISSUED}{number}"), now);
        assert_eq!([access(1), access(2)], [Access::None, Access::Full]);
        assert_eq!(tokens.issued.len(), MOST_ISSUED);
    }

    #[test]
    fn a_token_that_is_set_is_itself_before_it_is_a_companion() {
        let fixed = ["t", "t-no-scope"].map(str::to_owned).to_vec();
        let tokens = Tokens::new(fixed, Grant::default());
        let access = |token| tokens.access(token, Instant::now());
        assert_eq!(access("t-no-scope"), Access::Full);
        assert_eq!(access("t-no-scope-no-scope"), Access::NoScope);
        assert_eq!(
            access("t-customers-only"),
            Access::Only(OperationId::Customer)
        );
        assert_eq!(access(""), Access::None);
    }
}
