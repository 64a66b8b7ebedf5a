//! Keeps the access token, and gets another one when it is needed: one at a time, however many
//! callers wait, and whether or not they go on waiting.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::header::HeaderValue;
use tokio::sync::watch;
use zeroize::Zeroizing;

use crate::credentials::{Credentials, Issued, Source};
use crate::error::{Error, Kind};
use crate::renewal::Renewal;
use crate::secret::Secrets;
use crate::token::Token;

/// A token is renewed when this part of its time is left...
const EARLY: u32 = 10;
/// ...or this much, where that is less.
const EARLIEST: Duration = Duration::from_secs(300);
/// After a renewal that failed for now, a token that is still good is used this long before the
/// next one.
const PAUSE: Duration = Duration::from_secs(30);

/// A token in use.
pub(crate) struct Current {
    pub(crate) token: Token,
    /// `Bearer …`; its memory is cleared too.
    pub(crate) header: HeaderValue,
    /// What must not be shown of an answer.
    pub(crate) secrets: Secrets,
    renew: Mutex<Option<Instant>>,
    expires: Option<Instant>,
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
    /// A renewal was refused for good: there is no use in asking again.
    refused: Option<Error>,
}

impl Keeper {
    pub(crate) fn new(credentials: Credentials) -> Result<Self, Error> {
        let current = match credentials.token {
            Some(token) => Some(Arc::new(Current::new(token, None)?)),
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

    /// The token to use now; gets one first where there is none, or it is about to expire.
    pub(crate) async fn current(self: &Arc<Self>, renewal: &Renewal) -> Outcome {
        let now = renewal.clock.now();
        let known = self.state().current.clone();
        match known {
            Some(current) if !current.is_due(now) => Ok(current),
            Some(current) => match self.another(renewal, None).await {
                Ok(Some(another)) => Ok(another),
                // Good for a while yet.
                _ if current.is_good(now) => {
                    current.postpone(now + PAUSE);
                    Ok(current)
                }
                Ok(None) => Ok(current),
                Err(error) => Err(error),
            },
            None => match self.another(renewal, None).await {
                Ok(Some(current)) => Ok(current),
                Ok(None) => Err(Error::new(Kind::Token("there is no access token"))),
                Err(error) => Err(error),
            },
        }
    }

    /// Another token than the one that was `refused`, or is about to expire. None where there is
    /// no other.
    pub(crate) async fn another(
        self: &Arc<Self>,
        renewal: &Renewal,
        refused: Option<&Arc<Current>>,
    ) -> Result<Option<Arc<Current>>, Error> {
        if matches!(self.source, Source::Static) {
            return Ok(None);
        }
        let mut pending = {
            let mut state = self.state();
            if let Some(current) = &state.current {
                let is_another = match refused {
                    Some(refused) => current.token != refused.token,
                    None => !current.is_due(renewal.clock.now()),
                };
                if is_another {
                    return Ok(Some(Arc::clone(current)));
                }
            }
            if let Some(error) = &state.refused {
                return Err(error.share());
            }
            match &state.pending {
                Some(pending) => pending.clone(),
                None => {
                    let pending = self.start(renewal.clone());
                    state.pending = Some(pending.clone());
                    pending
                }
            }
        };
        let outcome = match pending.wait_for(Option::is_some).await {
            Ok(outcome) => outcome.clone(),
            Err(_) => None,
        };
        match outcome.as_deref() {
            Some(Ok(current)) if refused.is_some_and(|old| old.token == current.token) => Ok(None),
            Some(Ok(current)) => Ok(Some(Arc::clone(current))),
            Some(Err(error)) => Err(error.share()),
            // Its runtime was shut down.
            None => {
                let mut state = self.state();
                if state
                    .pending
                    .as_ref()
                    .is_some_and(|p| p.same_channel(&pending))
                {
                    state.pending = None;
                }
                Err(Error::new(Kind::Renewal { refused: false }))
            }
        }
    }

    /// Gets a token in a task of its own: a caller that gives up must not lose the new refresh
    /// token for all others.
    fn start(self: &Arc<Self>, renewal: Renewal) -> Pending {
        let (done, pending) = watch::channel(None);
        let keeper = Arc::clone(self);
        tokio::spawn(async move {
            let clock = Arc::clone(&renewal.clock);
            let issued = keeper.fetch(renewal).await;
            let outcome = issued.and_then(|issued| {
                let expires = issued.expires_in.map(|time| (time, clock.now()));
                Current::new(issued.token, expires).map(Arc::new)
            });
            {
                let mut state = keeper.state();
                state.pending = None;
                match &outcome {
                    Ok(current) => state.current = Some(Arc::clone(current)),
                    Err(error) if matches!(error.kind(), Kind::Renewal { refused: true }) => {
                        state.refused = Some(error.share());
                    }
                    Err(_) => {}
                }
            }
            // Nobody may wait any more.
            let _ = done.send(Some(Arc::new(outcome)));
        });
        pending
    }

    async fn fetch(&self, renewal: Renewal) -> Result<Issued, Error> {
        match &self.source {
            Source::Static => Err(Error::new(Kind::Token("there is no other access token"))),
            Source::Refresh(grant) => {
                let renewed = renewal.ask(grant).await?;
                if let Some((token, expires_in)) = renewed.refresh_token {
                    // A callback that panics must not lose the access token.
                    let store = AssertUnwindSafe(|| grant.renewed(token, expires_in));
                    if panic::catch_unwind(store).is_err() {
                        tracing::error!("the callback for the new refresh token panicked");
                    }
                }
                Ok(renewed.issued)
            }
            Source::Custom(source) => source.fetch().await.map_err(|error| {
                Error::new(Kind::Token("the source of access tokens failed")).because(error)
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Current {
    fn new(token: Token, expires: Option<(Duration, Instant)>) -> Result<Self, Error> {
        let bearer = Zeroizing::new(format!("Bearer {}", token.expose()).into_bytes());
        let bytes = Bytes::from_owner(bearer);
        let mut header = HeaderValue::from_maybe_shared(bytes)
            .map_err(|_| Error::new(Kind::Token("the access token is none")))?;
        header.set_sensitive(true);
        let at = |time: Duration| expires.and_then(|(_, now)| now.checked_add(time));
        let early = |time: Duration| time - (time / EARLY).min(EARLIEST);
        Ok(Self {
            secrets: Secrets::new([token.expose()]),
            token,
            header,
            renew: Mutex::new(expires.and_then(|(time, _)| at(early(time)))),
            expires: expires.and_then(|(time, _)| at(time)),
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
