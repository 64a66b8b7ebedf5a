//! Where rows wait for their answers: each request is asked once, whoever asks it.

use std::collections::hash_map::Entry;
use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::index::Index;
use super::rows::{Key, Keyed, Shown};

/// Rows that were read and have no result yet, at most: so much is in memory.
const MOST_ROWS: usize = 4096;

/// A row that waits for an answer.
pub(crate) struct Waiting {
    /// Its number among the rows, from 0.
    pub(crate) number: u64,
    pub(crate) shown: Shown,
}

/// What becomes of a row.
pub(crate) enum Admission {
    /// It is to be asked for.
    Ask,
    /// The journal has its answer, there.
    Known(u64, Waiting),
    /// It was asked for already, and waits for the answer.
    Waits,
}

/// Rows with the same request.
pub(crate) struct Asking {
    /// The one that is asked for.
    pub(crate) first: Waiting,
    /// Those that share its answer.
    pub(crate) others: Vec<Waiting>,
}

/// Answers that are settled without letting others in between.
const AT_A_TIME: usize = 32;

/// Shared by those who read rows, and who answer them.
pub(crate) struct Desk {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    index: Index,
    pending: Keyed<Asking>,
    rows: usize,
    is_closed: bool,
}

impl State {
    fn enter(&mut self) -> bool {
        self.rows += 1;
        !self.is_closed
    }
}

impl Desk {
    pub(crate) fn new(index: Index) -> Self {
        Self {
            state: Mutex::new(State {
                index,
                pending: Keyed::default(),
                rows: 0,
                is_closed: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// Nothing that is done under this lock can panic halfway.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes room for another row, where there is some. None comes in any more where it says no.
    pub(crate) fn try_enter(&self) -> Option<bool> {
        let mut state = self.lock();
        (state.rows < MOST_ROWS || state.is_closed).then(|| state.enter())
    }

    /// Waits until there is room for another row, and takes it. None comes in any more where it says
    /// no.
    pub(crate) fn enter(&self) -> bool {
        let is_full = |state: &mut State| state.rows >= MOST_ROWS && !state.is_closed;
        let waited = self.changed.wait_while(self.lock(), is_full);
        waited.unwrap_or_else(PoisonError::into_inner).enter()
    }

    /// Rows have their results.
    pub(crate) fn leave(&self, rows: usize) {
        let mut state = self.lock();
        state.rows = state.rows.saturating_sub(rows);
        drop(state);
        self.changed.notify_all();
    }

    /// Lets no more rows in.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    /// What becomes of a row with this key.
    pub(crate) fn admit(&self, key: Key, row: Waiting) -> io::Result<Admission> {
        let mut state = self.lock();
        if let Some(offset) = state.index.get(key)? {
            return Ok(Admission::Known(offset, row));
        }
        Ok(match state.pending.entry(key) {
            Entry::Occupied(mut asking) => {
                asking.get_mut().others.push(row);
                Admission::Waits
            }
            Entry::Vacant(place) => {
                place.insert(Asking {
                    first: row,
                    others: Vec::new(),
                });
                Admission::Ask
            }
        })
    }

    /// The journal has the answers to these keys, there: gives the rows that waited for each; none
    /// where none did.
    pub(crate) fn settle(&self, settled: &[(Key, u64)]) -> io::Result<Vec<Option<Asking>>> {
        let mut all = Vec::with_capacity(settled.len());
        for some in settled.chunks(AT_A_TIME) {
            let mut state = self.lock();
            for (key, offset) in some {
                state.index.insert(*key, *offset)?;
                all.push(state.pending.remove(key));
            }
        }
        Ok(all)
    }
}
