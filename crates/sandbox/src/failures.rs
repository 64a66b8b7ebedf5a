//! Counts the failures of test values that succeed in the end.

use std::collections::BTreeMap;

/// Maximum number of values with a count. Another one takes the place of any of them.
const MAX_COUNTED: usize = 100_000;

/// How often values have failed that have not yet succeeded.
#[derive(Default)]
pub(crate) struct Failures(BTreeMap<(String, String), u32>);

impl Failures {
    /// Whether the value fails once more. After its success, it starts again.
    pub(crate) fn fails(&mut self, operation: &str, value: &str, failures: u32) -> bool {
        let key = (operation.to_owned(), value.to_owned());
        match self.0.get_mut(&key) {
            Some(count) if *count < failures => {
                *count += 1;
                true
            }
            Some(_) => {
                self.0.remove(&key);
                false
            }
            None => {
                if self.0.len() >= MAX_COUNTED {
                    self.0.pop_first();
                }
                self.0.insert(key, 1);
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_counted_by_value_and_start_again() {
        let mut failures = Failures::default();
        let mut fails = |value: &str| failures.fails("a", value, 2);
        assert_eq!(
            [fails("a"), fails("b"), fails("a"), fails("a")],
            [true, true, true, false]
        );
        assert_eq!([fails("b"), fails("b"), fails("a")], [true, false, true]);
    }

    #[test]
    fn counts_are_bounded() {
        let mut failures = Failures::default();
        for number in 0..=MAX_COUNTED {
            assert!(failures.fails("a", &number.to_string(), 1));
        }
        assert_eq!(failures.0.len(), MAX_COUNTED);
        assert!(failures.fails("b", "x", 1));
        assert!(!failures.fails("b", "x", 1));
    }
}
