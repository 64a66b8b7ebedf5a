//! Time that passes when a test says so.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant, SystemTime};

use webex_precheck::{BoxFuture, Clock};

/// 2026-11-21 12:00:00 UTC, at which every virtual clock starts.
pub const START: Duration = Duration::from_secs(1_795_262_400);

/// A clock that stands still until it is told to go on. Clones are the same clock.
#[derive(Clone)]
pub struct VirtualClock {
    start: Instant,
    random: f64,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    now: Duration,
    last: u64,
    /// By the end of the sleep, and a number to tell those apart that end together.
    sleepers: BTreeMap<(Duration, u64), Option<Waker>>,
}

impl VirtualClock {
    /// A clock whose chance is always this number.
    pub fn new(random: f64) -> Self {
        Self {
            start: Instant::now(),
            random,
            state: Arc::default(),
        }
    }

    /// Time that has passed.
    pub fn passed(&self) -> Duration {
        self.state().now
    }

    /// How many wait for the time to pass.
    pub fn sleepers(&self) -> usize {
        self.state().sleepers.len()
    }

    /// Lets this much time pass.
    pub fn advance(&self, time: Duration) {
        let mut state = self.state();
        let now = state.now + time;
        state.go(now);
    }

    /// Lets the time pass until the next sleeper wakes, if there is one.
    pub fn advance_to_next(&self) {
        let mut state = self.state();
        if let Some(&(end, _)) = state.sleepers.keys().next() {
            let now = end.max(state.now);
            state.go(now);
        }
    }

    /// Lets the time pass to the next sleeper, and the next, whenever this holds: when nothing but
    /// time is waited for.
    pub async fn pass_while(&self, mut is_idle: impl FnMut() -> bool) -> Infallible {
        loop {
            if is_idle() {
                self.advance_to_next();
            }
            tokio::task::yield_now().await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn go(&mut self, now: Duration) {
        self.now = now;
        for (_, waker) in self.sleepers.range_mut(..=(now, u64::MAX)) {
            if let Some(waker) = waker.take() {
                waker.wake();
            }
        }
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Instant {
        self.start + self.passed()
    }

    fn system_time(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + START + self.passed()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let mut state = self.state();
        state.last += 1;
        let key = (state.now.saturating_add(time), state.last);
        state.sleepers.insert(key, None);
        Box::pin(Sleep {
            clock: self.clone(),
            key,
        })
    }

    fn random(&self) -> f64 {
        self.random
    }
}

struct Sleep {
    clock: VirtualClock,
    key: (Duration, u64),
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.clock.state();
        if state.now >= self.key.0 {
            return Poll::Ready(());
        }
        state
            .sleepers
            .insert(self.key, Some(context.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.clock.state().sleepers.remove(&self.key);
    }
}
