//! `cargo bench -p conformance`: time to read and compare two revisions of the published file,
//! beside the `drift` crate on the same texts in the same run. With `ours` or `theirs` the program
//! does that once, for a tool that counts instructions.

#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use webex_precheck_contract::diff::diff;
use webex_precheck_contract::openapi;

const ROUNDS: usize = 41;

fn median(mut work: impl FnMut() -> usize) -> (Duration, usize) {
    let mut found = 0;
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            found = black_box(work());
            start.elapsed()
        })
        .collect();
    times.sort();
    (times[ROUNDS / 2], found)
}

fn main() {
    let real = |day: &str| conformance::real(&format!("upstream/webex-wholesale-{day}.json"));
    let (older, newer) = match (real("2025-06-28"), real("2025-10-16")) {
        (Some(older), Some(newer)) => (older, newer),
        _ => {
            let text = conformance::fixture("published.json");
            (text.replace("No more than 50", "No more than 40"), text)
        }
    };
    let endpoints = conformance::endpoints();
    let ours = || {
        let (before, _) = openapi::read("older", black_box(&older), endpoints);
        let (after, _) = openapi::read("newer", black_box(&newer), endpoints);
        diff(&before, &after).differences.len()
    };
    let theirs = || {
        let before = serde_json::from_str(black_box(&older)).unwrap();
        let after = serde_json::from_str(black_box(&newer)).unwrap();
        drift::compare(&before, &after).map_or(0, |changes| changes.len())
    };
    for argument in std::env::args() {
        match argument.as_str() {
            "ours" => return println!("{}", ours()),
            "theirs" => return println!("{}", theirs()),
            _ => {}
        }
    }
    println!(
        "{} and {} bytes, median of {ROUNDS} rounds",
        older.len(),
        newer.len()
    );
    let (ours, found) = median(ours);
    println!(
        "this workspace  {ours:>10.1?}  {found} differences in the two operations, wording included"
    );
    let (theirs, found) = median(theirs);
    println!(
        "drift 0.2       {theirs:>10.1?}  {found} differences in all operations, without wording"
    );
    println!(
        "ratio           {:>10.2}",
        ours.as_secs_f64() / theirs.as_secs_f64()
    );
}
