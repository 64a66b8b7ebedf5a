//! Queues between threads that hand over many things at a time.
//!
//! Channels wake the other side for each thing, which costs more than what is done with it.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::stream::Stream;

/// From a thread that makes things to a task that takes them.
pub(crate) struct Asks<T> {
    shared: Arc<Shared<T>>,
    /// Things that are not handed over yet: handed over one by one, each would wake the task, which
    /// would then wait for the next.
    batch: Vec<T>,
}

/// The other end of [`Asks`]. Things that are in the queue are lost with it.
pub(crate) struct Asked<T> {
    shared: Arc<Shared<T>>,
    /// Things that were handed over.
    taken: VecDeque<T>,
}

struct Shared<T> {
    state: Mutex<State<T>>,
    has_room: Condvar,
}

struct State<T> {
    things: VecDeque<T>,
    waker: Option<Waker>,
    /// Whether one of the ends is gone.
    is_closed: bool,
}

/// Things in the queue at most, give or take those that are handed over together.
const MOST: usize = 256;
/// So many are handed over together.
const TOGETHER: usize = 32;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A queue of things to ask for.
pub(crate) fn asks<T>() -> (Asks<T>, Asked<T>) {
    let shared = Arc::new(Shared {
        state: Mutex::new(State {
            things: VecDeque::new(),
            waker: None,
            is_closed: false,
        }),
        has_room: Condvar::new(),
    });
    let asks = Asks {
        shared: shared.clone(),
        batch: Vec::with_capacity(TOGETHER),
    };
    let taken = VecDeque::new();
    (asks, Asked { shared, taken })
}

/// Nobody wants more.
#[derive(Debug)]
pub(crate) struct Unwanted;

impl<T> Asks<T> {
    /// Adds a thing, which is handed over with others: see [`Asks::flush`].
    pub(crate) fn push(&mut self, thing: T) -> Result<(), Unwanted> {
        self.batch.push(thing);
        if self.batch.len() < TOGETHER {
            Ok(())
        } else {
            self.flush()
        }
    }

    /// Hands over what was added, once there is room. To be called before a wait for anything else.
    pub(crate) fn flush(&mut self) -> Result<(), Unwanted> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let state = lock(&self.shared.state);
        let is_full = |state: &mut State<T>| state.things.len() >= MOST && !state.is_closed;
        let waited = self.shared.has_room.wait_while(state, is_full);
        let state = waited.unwrap_or_else(PoisonError::into_inner);
        if state.is_closed {
            Err(Unwanted)
        } else {
            hand_over(state, &mut self.batch);
            Ok(())
        }
    }
}

/// Hands over a batch, and wakes the task if it waits.
fn hand_over<T>(mut state: MutexGuard<'_, State<T>>, batch: &mut Vec<T>) {
    state.things.extend(batch.drain(..));
    let waker = state.waker.take();
    drop(state);
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl<T> Drop for Asks<T> {
    fn drop(&mut self) {
        let mut state = lock(&self.shared.state);
        state.is_closed = true;
        hand_over(state, &mut self.batch);
    }
}

impl<T> Unpin for Asked<T> {}

impl<T> Stream for Asked<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let this = &mut *self;
        if let Some(thing) = this.taken.pop_front() {
            return Poll::Ready(Some(thing));
        }
        let mut state = lock(&this.shared.state);
        std::mem::swap(&mut this.taken, &mut state.things);
        match this.taken.pop_front() {
            Some(thing) => {
                drop(state);
                this.shared.has_room.notify_one();
                Poll::Ready(Some(thing))
            }
            None if state.is_closed => Poll::Ready(None),
            None => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl<T> Drop for Asked<T> {
    fn drop(&mut self) {
        lock(&self.shared.state).is_closed = true;
        self.shared.has_room.notify_one();
    }
}

/// To a thread that handles letters in batches.
pub(crate) struct Mail<L>(Arc<Office<L>>);

struct Office<L> {
    letters: Mutex<L>,
    has_come: Condvar,
    gather: Duration,
}

/// Letters that wait together.
pub(crate) trait Letters: Default {
    fn count(&self) -> usize;
}

impl<T> Letters for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }
}

/// So many are handled without waiting for more.
const BATCH: usize = 1024;

impl<L: Letters> Mail<L> {
    /// What comes within `gather` is handled together with the first.
    pub(crate) fn new(gather: Duration) -> Self {
        Self(Arc::new(Office {
            letters: Mutex::default(),
            has_come: Condvar::new(),
            gather,
        }))
    }

    /// Adds a letter, which `write` does.
    pub(crate) fn send(&self, write: impl FnOnce(&mut L)) {
        let mut letters = lock(&self.0.letters);
        write(&mut letters);
        // The first ends the wait, and so many end the gathering.
        if matches!(letters.count(), 1 | BATCH) {
            self.0.has_come.notify_one();
        }
    }

    /// Waits for letters, and takes all that have come; `taken` is empty, and its memory is used for
    /// those that come next.
    pub(crate) fn take(&self, taken: &mut L) {
        let letters = lock(&self.0.letters);
        let waited = self.0.has_come.wait_while(letters, |it| it.count() == 0);
        let letters = waited.unwrap_or_else(PoisonError::into_inner);
        let gathered = self
            .0
            .has_come
            .wait_timeout_while(letters, self.0.gather, |it| it.count() < BATCH);
        let (mut letters, _) = gathered.unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut *letters, taken);
    }
}

impl<L> Clone for Mail<L> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    //! Nothing is lost between threads, and nobody waits for ever.
    use std::thread;

    use futures_util::StreamExt as _;

    use super::*;

    #[tokio::test]
    async fn all_things_come_in_order() {
        let (mut asks, mut asked) = asks();
        let thread = thread::spawn(move || {
            for thing in 0..10_000 {
                asks.push(thing).unwrap();
            }
        });
        for thing in 0..10_000 {
            assert_eq!(asked.next().await, Some(thing));
        }
        assert_eq!(asked.next().await, None);
        thread.join().unwrap();
    }

    #[tokio::test]
    async fn what_is_flushed_is_there_at_once() {
        let (mut asks, mut asked) = asks();
        asks.push(1).unwrap();
        asks.flush().unwrap();
        assert_eq!(asked.next().await, Some(1));
    }

    #[test]
    fn who_waits_for_room_is_told_that_nobody_wants_it() {
        let (mut asks, asked) = asks();
        let thread = thread::spawn(move || while asks.push(()).is_ok() {});
        drop(asked);
        thread.join().unwrap();
    }

    #[test]
    fn letters_come_from_all_sides() {
        let mail = Mail::<Vec<u64>>::new(Duration::from_millis(1));
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let mail = mail.clone();
                thread::spawn(move || (0..5_000).for_each(|letter| mail.send(|it| it.push(letter))))
            })
            .collect();
        let mut sum = 0_u64;
        let mut count = 0;
        let mut letters = Vec::new();
        while count < 20_000 {
            mail.take(&mut letters);
            count += letters.len();
            sum += letters.drain(..).sum::<u64>();
        }
        assert_eq!(sum, 4 * (0..5_000).sum::<u64>());
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
    }
}
