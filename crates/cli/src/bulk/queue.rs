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
pub(crate) struct Asks<T>(Arc<Shared<T>>);

/// The other end of [`Asks`]. Things that are in the queue are lost with it.
pub(crate) struct Asked<T>(Arc<Shared<T>>);

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

/// Things in the queue at most.
const MOST: usize = 256;
/// So many are left when the thread is woken to make more.
const FEW: usize = 64;

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
    (Asks(shared.clone()), Asked(shared))
}

impl<T> Asks<T> {
    /// Waits until there is room, and adds a thing. The error is that nobody wants it.
    pub(crate) fn push(&self, thing: T) -> Result<(), ()> {
        let mut state = lock(&self.0.state);
        while state.things.len() >= MOST && !state.is_closed {
            let waited = self.0.has_room.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        if state.is_closed {
            return Err(());
        }
        state.things.push_back(thing);
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
        Ok(())
    }
}

impl<T> Drop for Asks<T> {
    fn drop(&mut self) {
        let mut state = lock(&self.0.state);
        state.is_closed = true;
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    }
}

impl<T> Stream for Asked<T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut state = lock(&self.0.state);
        if let Some(thing) = state.things.pop_front() {
            if state.things.len() == FEW {
                self.0.has_room.notify_one();
            }
            return Poll::Ready(Some(thing));
        }
        if state.is_closed {
            return Poll::Ready(None);
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl<T> Drop for Asked<T> {
    fn drop(&mut self) {
        lock(&self.0.state).is_closed = true;
        self.0.has_room.notify_one();
    }
}

/// To a thread that handles things in batches.
pub(crate) struct Mail<T>(Arc<Letters<T>>);

struct Letters<T> {
    letters: Mutex<Vec<T>>,
    has_come: Condvar,
}

/// So many are handled without waiting for more.
const BATCH: usize = 512;
/// Others that come within this time are handled together with the first.
const GATHER: Duration = Duration::from_millis(10);

impl<T> Mail<T> {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Letters {
            letters: Mutex::new(Vec::new()),
            has_come: Condvar::new(),
        }))
    }

    pub(crate) fn send(&self, letter: T) {
        let mut letters = lock(&self.0.letters);
        letters.push(letter);
        // The first ends the wait, and so many end the gathering.
        if matches!(letters.len(), 1 | BATCH) {
            self.0.has_come.notify_one();
        }
    }

    /// Waits for letters, and takes all that have come.
    pub(crate) fn take(&self) -> Vec<T> {
        let letters = lock(&self.0.letters);
        let waited = self.0.has_come.wait_while(letters, |it| it.is_empty());
        let letters = waited.unwrap_or_else(PoisonError::into_inner);
        let gathered = self
            .0
            .has_come
            .wait_timeout_while(letters, GATHER, |it| it.len() < BATCH);
        let (mut letters, _) = gathered.unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut letters)
    }
}

impl<T> Clone for Mail<T> {
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
        let (asks, mut asked) = asks();
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

    #[test]
    fn who_waits_for_room_is_told_that_nobody_wants_it() {
        let (asks, asked) = asks();
        let thread = thread::spawn(move || while asks.push(()).is_ok() {});
        drop(asked);
        thread.join().unwrap();
    }

    #[test]
    fn letters_come_from_all_sides() {
        let mail = Mail::new();
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let mail = mail.clone();
                thread::spawn(move || (0..5_000).for_each(|letter| mail.send(letter)))
            })
            .collect();
        let mut sum = 0_u64;
        let mut count = 0;
        while count < 20_000 {
            let letters = mail.take();
            count += letters.len();
            sum += letters.iter().sum::<u64>();
        }
        assert_eq!(sum, 4 * (0..5_000).sum::<u64>());
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
    }
}
