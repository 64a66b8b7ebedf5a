//! Caches the access token, and gets the next one when it is needed: one at a time, however many
//! callers wait, and even if they stop waiting.

use std::error::Error as StdError;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{HeaderValue, Uri};
use tokio::sync::watch;
use tracing::Instrument;
use url::Url;
use zeroize::Zeroizing;

use crate::clock;
use crate::credentials::{Credentials, Source};
use crate::endpoint;
use crate::error::{Cause, Error};
use crate::exchange::HttpClient;
use crate::refresh_token::RefreshToken;
use crate::secrets::Secrets;
use crate::token::{AccessToken, Token};
use crate::token_endpoint::{TokenFailure, request_token};

/// A token is renewed when this fraction of its lifetime is left...
const EARLY: u32 = 10;
/// ...or this much, if that is less.
const MAX_EARLY: Duration = Duration::from_secs(300);
/// Shortest lifetime of a token, whatever it is said to be.
const MIN_LIFETIME: Duration = Duration::from_secs(1);
/// If the renewal of a token that is still valid fails, the next one starts after this time.
const RENEWAL_PAUSE: Duration = Duration::from_secs(30);
/// If a renewal fails temporarily, callers within this time get the same error.
const MIN_FAILURE: Duration = Duration::from_secs(1);
/// A year is as good as forever, and does not overflow.
const MAX_FAILURE: Duration = Duration::from_secs(366 * 24 * 3600);

/// A token in use.
pub(crate) struct CachedToken {
    token: Token,
    /// `Bearer …`; its memory is cleared too.
    pub(crate) header: HeaderValue,
    renew_at: Mutex<Option<Instant>>,
    expires_at: Option<Instant>,
    /// When it replaced a refused one.
    replaced_at: Option<Instant>,
}

type TokenResult = Result<Arc<CachedToken>, Error>;

/// A renewal in progress.
#[derive(Clone)]
struct Pending {
    result: watch::Receiver<Option<Arc<TokenResult>>>,
    /// When it is given up, because its runtime no longer runs.
    stale_at: Option<Instant>,
}

/// A renewal that failed.
struct Failed {
    error: Error,
    /// The next one is useless before; forever, if none.
    until: Option<Instant>,
    /// The token that was refused; another client of the same grant may get another one.
    refresh_token: Option<RefreshToken>,
}

pub(crate) struct TokenCache {
    source: Source,
    token_url: Uri,
    /// See [`ClientBuilder::renewal_interval`](crate::ClientBuilder::renewal_interval).
    renewal_interval: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Arc<CachedToken>>,
    pending: Option<Pending>,
    failed: Option<Failed>,
}

impl Source {
    /// Whether the next renewal may use another refresh token.
    fn may_have_another(&self) -> bool {
        matches!(self, Self::RefreshToken(grant) if grant.is_shared())
    }
}

impl TokenCache {
    pub(crate) fn new(
        credentials: Credentials,
        token_url: Url,
        renewal_interval: Duration,
        secrets: &Secrets,
        now: Instant,
    ) -> Result<Self, Error> {
        if let Source::RefreshToken(grant) = &credentials.source {
            secrets.add(grant.client_secret.expose());
            secrets.add(grant.refresh_token().expose());
        }
        let token = credentials.token;
        let token = token.map(|token| CachedToken::new(token, secrets, now, None));
        Ok(Self {
            source: credentials.source,
            token_url: endpoint::uri(&token_url),
            renewal_interval,
            state: Mutex::new(State {
                token: token.transpose()?.map(Arc::new),
                ..State::default()
            }),
        })
    }

    /// The token, if there is one and it needs no renewal.
    pub(crate) fn ready(&self, now: Instant) -> Option<Arc<CachedToken>> {
        let state = self.state();
        state
            .token
            .as_ref()
            .filter(|token| !token.is_due(now))
            .cloned()
    }

    /// The token to use now; waits for one if there is none, or if it has expired.
    pub(crate) async fn current(self: &Arc<Self>, http: &HttpClient) -> TokenResult {
        let now = http.clock.now();
        let known = self.state().token.clone();
        match known {
            Some(token) if !token.is_due(now) => Ok(token),
            // Still valid: nobody waits for the next one.
            Some(token) if token.is_valid(now) => {
                token.postpone(now + RENEWAL_PAUSE);
                let mut state = self.state();
                let has_next = !matches!(self.source, Source::None);
                if has_next && state.pending(now).is_none() && self.failure(&state, now).is_none() {
                    self.start(&mut state, http.clone(), None);
                }
                Ok(token)
            }
            known => match self.next(http, None).await? {
                Some(token) => Ok(token),
                None => known.ok_or_else(|| Error::token("there is no access token")),
            },
        }
    }

    /// Another token than the one that was `refused` or has expired; none if there is no other.
    pub(crate) async fn next(
        self: &Arc<Self>,
        http: &HttpClient,
        refused: Option<&CachedToken>,
    ) -> Result<Option<Arc<CachedToken>>, Error> {
        if matches!(self.source, Source::None) {
            return Ok(None);
        }
        let is_other =
            |token: &CachedToken| refused.is_none_or(|refused| token.token != refused.token);
        // Twice, in case that a renewal is lost with its runtime.
        for _ in 0..2 {
            let now = http.clock.now();
            let pending = {
                let mut state = self.state();
                if let Some(token) = &state.token {
                    if is_other(token) && (refused.is_some() || token.is_valid(now)) {
                        return Ok(Some(Arc::clone(token)));
                    }
                    let age = token
                        .replaced_at
                        .map(|at| now.saturating_duration_since(at));
                    if refused.is_some() && age.is_some_and(|age| age < self.renewal_interval) {
                        return Ok(None);
                    }
                }
                if let Some(error) = self.failure(&state, now) {
                    return Err(error);
                }
                match state.pending(now) {
                    Some(pending) => pending,
                    None => self.start(&mut state, http.clone(), refused.map(|_| now)),
                }
            };
            let timeout = http.retry_policy.token_timeout(http.attempt_timeout);
            let mut result = pending.result.clone();
            let done = result.wait_for(Option::is_some);
            let result = match clock::limit(&*http.clock, timeout, done).await {
                Some(Ok(result)) => result.clone(),
                Some(Err(_)) => {
                    self.state().end(&pending);
                    continue;
                }
                None => break,
            };
            return match result.as_deref() {
                Some(Ok(token)) => Ok(Some(Arc::clone(token)).filter(|token| is_other(token))),
                Some(Err(error)) => Err(error.share()),
                None => break,
            };
        }
        Err(refresh_failed(Error::new(Cause::Timeout)))
    }

    /// The error of a failed renewal, as long as another one is useless.
    fn failure(&self, state: &State, now: Instant) -> Option<Error> {
        let failed = state.failed.as_ref()?;
        let is_over = match (&self.source, failed.until) {
            (_, Some(until)) => until <= now,
            (Source::RefreshToken(grant), None) => {
                failed.refresh_token.as_ref() != Some(&grant.refresh_token())
            }
            (_, None) => false,
        };
        (!is_over).then(|| failed.error.share())
    }

    /// Gets a token in a task of its own: a caller that gives up must not lose the new refresh
    /// token for all others.
    fn start(
        self: &Arc<Self>,
        state: &mut State,
        http: HttpClient,
        replaced_at: Option<Instant>,
    ) -> Pending {
        let (done, result) = watch::channel(None);
        let timeout = http.retry_policy.token_timeout(http.attempt_timeout);
        let stale_at = http
            .clock
            .now()
            .checked_add(timeout.saturating_add(MIN_LIFETIME));
        let pending = Pending { result, stale_at };
        state.pending = Some(pending.clone());
        let (cache, started) = (Arc::clone(self), pending.clone());
        let work = async move {
            let token = cache.fetch(&http).await;
            let now = http.clock.now();
            let result = cache.settle(&started, token, &http.secrets, now, replaced_at);
            // Nobody may be waiting any more.
            let _ = done.send(Some(Arc::new(result)));
        };
        tokio::spawn(work.instrument(tracing::debug_span!("token_request")));
        pending
    }

    /// Stores the result of a renewal.
    fn settle(
        &self,
        pending: &Pending,
        token: Result<AccessToken, TokenFailure>,
        secrets: &Secrets,
        now: Instant,
        replaced_at: Option<Instant>,
    ) -> TokenResult {
        let mut state = self.state();
        state.end(pending);
        let token = token.and_then(|token| {
            // A provider that has nothing new may have it the next time.
            let is_new = state
                .token
                .as_ref()
                .is_none_or(|known| known.token != token.token);
            let is_webex = matches!(self.source, Source::RefreshToken(_));
            let replaced_at = replaced_at.filter(|_| is_new || is_webex);
            CachedToken::new(token, secrets, now, replaced_at).map_err(|error| (error, None))
        });
        match token.map(Arc::new) {
            Ok(token) => {
                state.token = Some(Arc::clone(&token));
                state.failed = None;
                Ok(token)
            }
            Err((error, refresh_token)) => {
                // Where others may store a refresh token, there may be a better one by then.
                let is_final = error.cause() == Cause::TokenRefresh { refused: true }
                    && !self.source.may_have_another();
                let pause = error.retry_after().unwrap_or(MIN_FAILURE);
                let until = now + pause.clamp(MIN_FAILURE, MAX_FAILURE);
                state.failed = Some(Failed {
                    error: error.share(),
                    until: (!is_final).then_some(until),
                    refresh_token,
                });
                Err(error)
            }
        }
    }

    async fn fetch(&self, http: &HttpClient) -> Result<AccessToken, TokenFailure> {
        match &self.source {
            Source::None => Err((Error::token("there is no other access token"), None)),
            Source::RefreshToken(grant) => {
                // Until the new tokens are stored.
                let _lock = run_callback(http, "before_refresh", grant.lock()).await?;
                // What could not be stored the last time comes first.
                if let Some(token) = run_callback(http, "on_refresh", grant.store()).await? {
                    return Ok(token);
                }
                let requested = request_token(http, &self.token_url, grant).await;
                // A refresh token may come without an access token.
                run_callback(http, "on_refresh", grant.store()).await?;
                requested
            }
            Source::Provider(provider) => {
                let token = clock::limit(&*http.clock, http.attempt_timeout, provider.token());
                let token = token
                    .await
                    .unwrap_or_else(|| Err(Error::new(Cause::Timeout).into()));
                token.map_err(|error| (refresh_failed(error), None))
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs a callback of the program.
async fn run_callback<T>(
    http: &HttpClient,
    name: &'static str,
    callback: impl Future<Output = Result<T, Box<dyn StdError + Send + Sync>>>,
) -> Result<T, TokenFailure> {
    let callback = AssertUnwindSafe(callback).catch_unwind();
    let done = clock::limit(&*http.clock, http.attempt_timeout, callback).await;
    let failed = match done {
        Some(Ok(Ok(done))) => return Ok(done),
        Some(Ok(Err(error))) => error,
        Some(Err(_)) => format!("the callback `{name}` panicked").into(),
        None => Error::new(Cause::Timeout).into(),
    };
    tracing::error!("the callback `{name}` failed; the token is not renewed");
    Err((refresh_failed(failed), None))
}

/// A failure that may be over the next time.
fn refresh_failed(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
    Error::new(Cause::TokenRefresh { refused: false }).because(source)
}

impl State {
    /// The renewal in progress.
    fn pending(&self, now: Instant) -> Option<Pending> {
        let pending = self.pending.as_ref();
        pending
            .filter(|it| it.stale_at.is_none_or(|at| now < at))
            .cloned()
    }

    /// A renewal is over, unless another one has taken its place.
    fn end(&mut self, ended: &Pending) {
        self.pending
            .take_if(|pending| pending.result.same_channel(&ended.result));
    }
}

impl CachedToken {
    fn new(
        access: AccessToken,
        secrets: &Secrets,
        now: Instant,
        replaced_at: Option<Instant>,
    ) -> Result<Self, Error> {
        let AccessToken { token, expires_in } = access;
        secrets.add(token.expose());
        let bearer = Zeroizing::new(format!("Bearer {}", token.expose()).into_bytes());
        let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(bearer))
            .map_err(|_| Error::token("the access token is invalid"))?;
        header.set_sensitive(true);
        let lifetime = expires_in.map(|time| time.max(MIN_LIFETIME));
        let after = |time: Duration| now.checked_add(time);
        let renew_at = lifetime.and_then(|time| after(time - (time / EARLY).min(MAX_EARLY)));
        Ok(Self {
            token,
            header,
            renew_at: Mutex::new(renew_at),
            expires_at: lifetime.and_then(after),
            replaced_at,
        })
    }

    fn is_due(&self, now: Instant) -> bool {
        self.renew_at().is_some_and(|at| at <= now)
    }

    fn is_valid(&self, now: Instant) -> bool {
        self.expires_at.is_none_or(|at| now < at)
    }

    fn postpone(&self, renew_at: Instant) {
        *self.renew_at() = Some(renew_at);
    }

    fn renew_at(&self) -> MutexGuard<'_, Option<Instant>> {
        self.renew_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
