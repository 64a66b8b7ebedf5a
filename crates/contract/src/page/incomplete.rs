//! What a page lacks that was not captured as a whole.

use crate::problem::Problem;

/// Tells what is wrong with the page, and how to mend it.
pub(super) fn incomplete(place: &str, what: &str) -> Problem {
    Problem::broken(place, format!("{what}; capture the whole page again"))
}
