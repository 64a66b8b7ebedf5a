//! Where rows wait for their answers: each request is asked once, whoever asks it.

use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::index::Index;
use super::rows::{Key, Keyed, Shown};

/// Rows that were read and have no result yet, at most: so much is in memory.
const MOST_ROWS: usize = 2048;

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

/// Shared by those who read rows, and who answer them.
pub(crate) struct Desk {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    index: Index,
    pending: Keyed<Vec<Waiting>>,
    rows: usize,
    is_closed: bool,
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

    /// Waits until there is room for another row. None comes in any more where it says no.
    pub(crate) fn enter(&self) -> bool {
        let mut state = self.lock();
        while state.rows >= MOST_ROWS && !state.is_closed {
            let waited = self.changed.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        state.rows += 1;
        !state.is_closed
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
        let waiting = state.pending.entry(key).or_default();
        waiting.push(row);
        Ok(match waiting.len() {
            1 => Admission::Ask,
            _ => Admission::Waits,
        })
    }

    /// The journal has the answer to this key, there: gives the rows that waited for it, of which
    /// the first was asked for.
    pub(crate) fn settle(&self, key: Key, offset: u64) -> io::Result<Vec<Waiting>> {
        let mut state = self.lock();
        state.index.insert(key, offset)?;
        Ok(state.pending.remove(&key).unwrap_or_default())
    }
}
