//! Keeps the access token, and gets another one when it is needed: one at a time, however many
//! callers wait, and whether or not they go on waiting.

use std::error::Error as StdError;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::header::HeaderValue;
use tokio::sync::watch;
use tracing::Instrument;
use zeroize::Zeroizing;

use crate::clock;
use crate::credentials::{Credentials, Issued, Source};
use crate::error::{Error, Kind};
use crate::refresh::RefreshToken;
use crate::renewal::{Renewal, Unrenewed};
use crate::secret::Secrets;
use crate::token::Token;

/// A token is renewed when this part of its time is left...
const EARLY: u32 = 10;
/// ...or this much, where that is less.
const EARLIEST: Duration = Duration::from_secs(300);
/// No token is taken to be good for less.
const SHORTEST: Duration = Duration::from_secs(1);
/// After a renewal that failed for now, a token that is still good is used this long before the
/// next one.
const PAUSE: Duration = Duration::from_secs(30);
/// After a renewal that failed for now, those that come within this time get the same error.
const AGAIN: Duration = Duration::from_secs(1);
/// A token that took the place of a refused one, and is refused this soon, is not at fault: another
/// would be refused as well.
const IN_VAIN: Duration = Duration::from_secs(10);

/// A token in use.
pub(crate) struct Current {
    pub(crate) token: Token,
    /// `Bearer …`; its memory is cleared too.
    pub(crate) header: HeaderValue,
    /// What must not be shown of an answer.
    pub(crate) secrets: Secrets,
    renew: Mutex<Option<Instant>>,
    expires: Option<Instant>,
    /// When it was got in the place of a refused one.
    replaced: Option<Instant>,
}

type Outcome = Result<Arc<Current>, Error>;

/// A renewal under way.
#[derive(Clone)]
struct Pending {
    number: u64,
    outcome: watch::Receiver<Option<Arc<Outcome>>>,
    /// It is given up then: its runtime does nothing any more.
    stale: Option<Instant>,
}

/// A renewal that failed.
struct Failed {
    error: Error,
    /// There is no use in another one before; none is for good.
    until: Option<Instant>,
    /// What was refused; another client of the same grant may have got another since.
    refresh_token: Option<RefreshToken>,
}

pub(crate) struct Keeper {
    source: Source,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<Arc<Current>>,
    pending: Option<Pending>,
    failed: Option<Failed>,
    /// Number of the last renewal.
    last: u64,
}

impl Keeper {
    pub(crate) fn new(credentials: Credentials, now: Instant) -> Result<Self, Error> {
        let current = match credentials.token {
            Some(issued) => Some(Arc::new(Current::new(issued, now, None)?)),
            None => None,
        };
        Ok(Self {
            source: credentials.source,
            state: Mutex::new(State {
                current,
                ..State::default()
            }),
        })
    }

    /// The token, where it is there and needs no renewal.
    pub(crate) fn ready(&self, now: Instant) -> Option<Arc<Current>> {
        let state = self.state();
        let current = state.current.as_ref();
        current.filter(|current| !current.is_due(now)).cloned()
    }

    /// The token to use now; gets one first where there is none, or it has expired.
    pub(crate) async fn current(self: &Arc<Self>, renewal: &Renewal) -> Outcome {
        let now = renewal.clock.now();
        let known = self.state().current.clone();
        match known {
            Some(current) if !current.is_due(now) => Ok(current),
            // Good for a while yet: nobody waits for the next one.
            Some(current) if current.is_good(now) => {
                current.postpone(now + PAUSE);
                let mut state = self.state();
                let is_static = matches!(self.source, Source::Static);
                let has_failed = self.has_failed(&state, now).is_some();
                if state.pending(now).is_none() && !is_static && !has_failed {
                    self.start(&mut state, renewal.clone(), None);
                }
                Ok(current)
            }
            known => match self.another(renewal, None).await? {
                Some(current) => Ok(current),
                None => known.ok_or_else(|| Error::new(Kind::Token("there is no access token"))),
            },
        }
    }

    /// Another token than the one that was `refused`, or has expired. None where there is no other.
    pub(crate) async fn another(
        self: &Arc<Self>,
        renewal: &Renewal,
        refused: Option<&Arc<Current>>,
    ) -> Result<Option<Arc<Current>>, Error> {
        if matches!(self.source, Source::Static) {
            return Ok(None);
        }
        // Once more, if a renewal is lost with its runtime.
        for _ in 0..2 {
            let now = renewal.clock.now();
            let mut pending = {
                let mut state = self.state();
                if let Some(current) = &state.current {
                    let is_another = match refused {
                        Some(refused) => current.token != refused.token,
                        None => current.is_good(now),
                    };
                    if is_another {
                        return Ok(Some(Arc::clone(current)));
                    }
                    let replaced = current.replaced.map(|at| now.saturating_duration_since(at));
                    if refused.is_some() && replaced.is_some_and(|age| age < IN_VAIN) {
                        return Ok(None);
                    }
                }
                if let Some(error) = self.has_failed(&state, now) {
                    return Err(error);
                }
                match state.pending(now) {
                    Some(pending) => pending,
                    None => self.start(&mut state, renewal.clone(), refused.map(|_| now)),
                }
            };
            let time = renewal.patience.renewal_time(renewal.attempt);
            let done = pending.outcome.wait_for(Option::is_some);
            let outcome = match clock::limit(&*renewal.clock, time, done).await {
                Some(Ok(outcome)) => outcome.clone(),
                Some(Err(_)) => {
                    self.state().end(pending.number);
                    continue;
                }
                None => break,
            };
            return match outcome.as_deref() {
                Some(Ok(current)) if refused.is_some_and(|old| old.token == current.token) => {
                    Ok(None)
                }
                Some(Ok(current)) => Ok(Some(Arc::clone(current))),
                Some(Err(error)) => Err(error.share()),
                None => break,
            };
        }
        let slow = Error::new(Kind::Timeout);
        Err(Error::new(Kind::Renewal { refused: false }).because(slow))
    }

    /// Why there is no use in a renewal now, after one that failed.
    fn has_failed(&self, state: &State, now: Instant) -> Option<Error> {
        let failed = state.failed.as_ref()?;
        let is_over = match (&self.source, failed.until) {
            (_, Some(until)) => until <= now,
            (Source::Refresh(grant), None) => {
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
        renewal: Renewal,
        replaced: Option<Instant>,
    ) -> Pending {
        let (done, outcome) = watch::channel(None);
        state.last += 1;
        let number = state.last;
        let time = renewal.patience.renewal_time(renewal.attempt);
        let started = renewal.clock.now();
        let pending = Pending {
            number,
            outcome,
            stale: started.checked_add(time.saturating_add(SHORTEST)),
        };
        state.pending = Some(pending.clone());
        let keeper = Arc::clone(self);
        let work = async move {
            let clock = Arc::clone(&renewal.clock);
            let issued = keeper.fetch(renewal).await;
            let outcome = keeper.settle(number, issued, clock.now(), replaced);
            // Nobody may wait any more.
            let _ = done.send(Some(Arc::new(outcome)));
        };
        tokio::spawn(work.instrument(tracing::debug_span!("renewal")));
        pending
    }

    /// Keeps what a renewal gave.
    fn settle(
        &self,
        number: u64,
        issued: Result<Issued, Unrenewed>,
        now: Instant,
        replaced: Option<Instant>,
    ) -> Outcome {
        let mut state = self.state();
        state.end(number);
        let known = state.current.as_ref().map(|current| current.token.clone());
        let current = issued.and_then(|issued| {
            // A source that has nothing new may have it the next time.
            let is_new = known.as_ref() != Some(&issued.token);
            let is_webex = matches!(self.source, Source::Refresh(_));
            let replaced = replaced.filter(|_| is_new || is_webex);
            Current::new(issued, now, replaced).map_err(Unrenewed::from)
        });
        match current.map(Arc::new) {
            Ok(current) => {
                state.current = Some(Arc::clone(&current));
                state.failed = None;
                Ok(current)
            }
            Err(Unrenewed {
                error,
                refresh_token,
            }) => {
                let is_final = matches!(error.kind(), Kind::Renewal { refused: true });
                // A year is as good as for ever.
                const YEAR: Duration = Duration::from_secs(366 * 24 * 3600);
                let again = error.retry_after().unwrap_or(AGAIN).clamp(AGAIN, YEAR);
                state.failed = Some(Failed {
                    error: error.share(),
                    until: (!is_final).then(|| now + again),
                    refresh_token,
                });
                Err(error)
            }
        }
    }

    async fn fetch(&self, renewal: Renewal) -> Result<Issued, Unrenewed> {
        match &self.source {
            Source::Static => Err(Error::new(Kind::Token("there is no other access token")).into()),
            Source::Refresh(grant) => {
                let given = renewal.ask(grant).await?;
                // A callback that panics must not lose the access token.
                let store = AssertUnwindSafe(|| grant.renewed(&given));
                if panic::catch_unwind(store).is_err() {
                    tracing::error!("the callback for the new tokens panicked");
                }
                Ok(given.access_token)
            }
            Source::Custom(source) => {
                let clock = &*renewal.clock;
                let failed = |error: Box<dyn StdError + Send + Sync>| {
                    Unrenewed::from(Error::new(Kind::Renewal { refused: false }).because(error))
                };
                match clock::limit(clock, renewal.attempt, source.fetch()).await {
                    Some(fetched) => fetched.map_err(failed),
                    None => Err(failed(Error::new(Kind::Timeout).into())),
                }
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The renewal under way.
    fn pending(&self, now: Instant) -> Option<Pending> {
        let pending = self.pending.as_ref();
        let pending = pending.filter(|pending| pending.stale.is_none_or(|stale| now < stale));
        pending.cloned()
    }

    /// A renewal is over, unless another has taken its place.
    fn end(&mut self, number: u64) {
        if self
            .pending
            .as_ref()
            .is_some_and(|pending| pending.number == number)
        {
            self.pending = None;
        }
    }
}

impl Current {
    fn new(issued: Issued, now: Instant, replaced: Option<Instant>) -> Result<Self, Error> {
        let Issued { token, expires_in } = issued;
        let bearer = Zeroizing::new(format!("Bearer {}", token.expose()).into_bytes());
        let bytes = Bytes::from_owner(bearer);
        let mut header = HeaderValue::from_maybe_shared(bytes)
            .map_err(|_| Error::new(Kind::Token("the access token is none")))?;
        header.set_sensitive(true);
        let good_for = expires_in.map(|time| time.max(SHORTEST));
        let renew = good_for.and_then(|time| {
            let early = (time / EARLY).min(EARLIEST);
            now.checked_add(time - early)
        });
        Ok(Self {
            secrets: Secrets::new([token.expose()]),
            token,
            header,
            renew: Mutex::new(renew),
            expires: good_for.and_then(|time| now.checked_add(time)),
            replaced,
        })
    }

    fn is_due(&self, now: Instant) -> bool {
        let renew = self.renew.lock().unwrap_or_else(PoisonError::into_inner);
        renew.is_some_and(|renew| renew <= now)
    }

    fn is_good(&self, now: Instant) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }

    fn postpone(&self, renew: Instant) {
        *self.renew.lock().unwrap_or_else(PoisonError::into_inner) = Some(renew);
    }
}
