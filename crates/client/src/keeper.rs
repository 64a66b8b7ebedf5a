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
use crate::renewal::Renewal;
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
type Pending = watch::Receiver<Option<Arc<Outcome>>>;

pub(crate) struct Keeper {
    source: Source,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<Arc<Current>>,
    pending: Option<Pending>,
    /// Why the last renewal failed, and until when there is no use in asking again; for good where
    /// it was refused.
    failed: Option<(Error, Option<Instant>)>,
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
                let is_refused = matches!(state.failed, Some((_, None)));
                let is_static = matches!(self.source, Source::Static);
                if state.pending.is_none() && !is_static && !is_refused {
                    state.pending = Some(self.start(renewal.clone(), None));
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
            if let Some((error, until)) = &state.failed
                && until.is_none_or(|until| now < until)
            {
                return Err(error.share());
            }
            match &state.pending {
                Some(pending) => pending.clone(),
                None => {
                    let replaced = refused.map(|_| now);
                    let pending = self.start(renewal.clone(), replaced);
                    state.pending = Some(pending.clone());
                    pending
                }
            }
        };
        let time = renewal.patience.renewal_time(renewal.attempt);
        let done = pending.wait_for(Option::is_some);
        let outcome = match clock::limit(&*renewal.clock, time, done).await {
            Some(Ok(outcome)) => outcome.clone(),
            // Its runtime was shut down, or does nothing.
            _ => None,
        };
        match outcome.as_deref() {
            Some(Ok(current)) if refused.is_some_and(|old| old.token == current.token) => Ok(None),
            Some(Ok(current)) => Ok(Some(Arc::clone(current))),
            Some(Err(error)) => Err(error.share()),
            None => {
                let mut state = self.state();
                if state
                    .pending
                    .as_ref()
                    .is_some_and(|p| p.same_channel(&pending))
                {
                    state.pending = None;
                }
                let slow = Error::new(Kind::Timeout);
                Err(Error::new(Kind::Renewal { refused: false }).because(slow))
            }
        }
    }

    /// Gets a token in a task of its own: a caller that gives up must not lose the new refresh
    /// token for all others.
    fn start(self: &Arc<Self>, renewal: Renewal, replaced: Option<Instant>) -> Pending {
        let (done, pending) = watch::channel(None);
        let keeper = Arc::clone(self);
        let span = tracing::debug_span!("renewal");
        let work = async move {
            let clock = Arc::clone(&renewal.clock);
            let issued = keeper.fetch(renewal).await;
            let now = clock.now();
            let outcome = {
                let mut state = keeper.state();
                state.pending = None;
                let known = state.current.as_ref().map(|current| current.token.clone());
                let current = issued.and_then(|issued| {
                    // A source that has nothing new may have it the next time.
                    let is_new = known.as_ref() != Some(&issued.token);
                    let is_webex = matches!(keeper.source, Source::Refresh(_));
                    let replaced = replaced.filter(|_| is_new || is_webex);
                    Current::new(issued, now, replaced)
                });
                let outcome = current.map(Arc::new);
                match &outcome {
                    Ok(current) => {
                        state.current = Some(Arc::clone(current));
                        state.failed = None;
                    }
                    Err(error) => {
                        let is_final = matches!(error.kind(), Kind::Renewal { refused: true });
                        // A year is as good as for ever.
                        const YEAR: Duration = Duration::from_secs(366 * 24 * 3600);
                        let again = error.retry_after().unwrap_or(AGAIN).clamp(AGAIN, YEAR);
                        let until = (!is_final).then(|| now + again);
                        state.failed = Some((error.share(), until));
                    }
                }
                outcome
            };
            // Nobody may wait any more.
            let _ = done.send(Some(Arc::new(outcome)));
        };
        tokio::spawn(work.instrument(span));
        pending
    }

    async fn fetch(&self, renewal: Renewal) -> Result<Issued, Error> {
        match &self.source {
            Source::Static => Err(Error::new(Kind::Token("there is no other access token"))),
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
                    Error::new(Kind::Renewal { refused: false }).because(error)
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
