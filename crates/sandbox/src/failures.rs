//! Counts the failures of test values that are to go through in the end.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher as _, RandomState};

use crate::operation::Operation as OperationId;

/// Values whose failures are counted at one time; the oldest is forgotten for a new one.
const MOST_COUNTED: usize = 100_000;

/// How often test values have failed that are to go through in the end.
#[derive(Default)]
pub(crate) struct Failures {
    /// Number of failures, and when the value was first seen, by a hash of operation and value.
    count: HashMap<u64, (u32, u64)>,
    /// When each was first seen. Those that went through since are left over in it.
    order: VecDeque<(u64, u64)>,
    seen: u64,
    hasher: RandomState,
}

impl Failures {
    /// Whether the value is to fail once more. Once it has gone through, it begins anew.
    pub(crate) fn fails(&mut self, id: OperationId, word: &str, failures: u32) -> bool {
        let key = self.hasher.hash_one((id.as_str(), word));
        match self.count.get_mut(&key) {
            Some((count, _)) if *count >= failures => {
                self.count.remove(&key);
                return false;
            }
            Some((count, _)) => *count += 1,
            None => self.add(key),
        }
        true
    }

    fn add(&mut self, key: u64) {
        self.seen += 1;
        self.count.insert(key, (1, self.seen));
        self.order.push_back((self.seen, key));
        let count = &mut self.count;
        while count.len() > MOST_COUNTED
            && let Some((seen, oldest)) = self.order.pop_front()
        {
            if count.get(&oldest).is_some_and(|(_, since)| *since == seen) {
                count.remove(&oldest);
            }
        }
        if self.order.len() > 2 * MOST_COUNTED {
            self.order
                .retain(|(seen, key)| count.get(key).is_some_and(|(_, since)| since == seen));
        }
    }
}

#[cfg(test)]
mod tests {
    //! Counted by hand.
    use super::*;

    #[test]
    fn failures_are_counted_by_value_and_begin_anew() {
        let mut failures = Failures::default();
        let mut fails = |word: &str| failures.fails(OperationId::Customer, word, 2);
        assert_eq!(
            [fails("a"), fails("b"), fails("a"), fails("a")],
            [true, true, true, false]
        );
        assert_eq!([fails("b"), fails("b"), fails("a")], [true, false, true]);
    }

    #[test]
    fn the_oldest_count_is_forgotten() {
        let mut failures = Failures::default();
        for number in 0..=MOST_COUNTED {
            failures.fails(OperationId::Customer, &number.to_string(), 1);
        }
        assert_eq!(failures.count.len(), MOST_COUNTED);
        // What goes through leaves nothing for ever.
        for _ in 0..MOST_COUNTED {
            assert!(failures.fails(OperationId::Subscriber, "x", 1));
            assert!(!failures.fails(OperationId::Subscriber, "x", 1));
        }
        assert!(failures.order.len() <= 2 * MOST_COUNTED);
        assert!(failures.fails(OperationId::Customer, "0", 1));
        assert!(!failures.fails(OperationId::Customer, "3", 1));
    }
}
