//! A few hundred changes of all sources; `cargo xtask mutate` makes thousands.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use conformance::mutation::bench::{self, Numbers};
use conformance::mutation::subjects;
use fastrand::Rng;

#[test]
fn changes_are_named_alone_judged_and_followed() {
    let mut numbers = Numbers::default();
    let mut rng = Rng::with_seed(7);
    for subject in subjects() {
        // Every change there is can be made, and the file has the most of them.
        assert!(subject.mutations.len() > 100, "{}", subject.name);
        bench::run(&subject, 3, &mut rng, &mut numbers, &mut |_| {});
    }
    assert_eq!(numbers.failures, [] as [&str; 0]);
    assert_eq!(numbers.single, numbers.double);
    assert_eq!(numbers.named, numbers.expected);
    assert_eq!(numbers.invented, 0);
    assert_eq!(numbers.impact_right, numbers.expected);
}
