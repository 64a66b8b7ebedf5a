//! Thousands of changes of all sources, made from a seed: `cargo xtask mutate`.

#![allow(clippy::print_stdout, reason = "it reports")]

use std::process::ExitCode;
use std::time::Instant;

use conformance::mutation::Subject;
use conformance::mutation::bench::{self, Numbers};
use fastrand::Rng;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let seed = arguments
        .next()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(1);
    let mut numbers = Numbers::default();
    let mut rng = Rng::with_seed(seed);
    let begun = Instant::now();
    for subject in subjects() {
        let before = (numbers.single, numbers.double);
        bench::run(&subject, usize::MAX, &mut rng, &mut numbers, &mut |_| {});
        println!(
            "{}: {} changes one at a time, {} two at a time",
            subject.name,
            numbers.single - before.0,
            numbers.double - before.1
        );
    }
    for failure in numbers.failures.iter().take(60) {
        println!("FAILED {failure}");
    }
    println!("{} failures; {:?}", numbers.failures.len(), begun.elapsed());
    println!(
        "expected {} named {} invented {} impact {} mechanical {} generated {}",
        numbers.expected,
        numbers.named,
        numbers.invented,
        numbers.impact_right,
        numbers.mechanical,
        numbers.generated
    );
    match numbers.failures.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn subjects() -> Vec<Subject> {
    let mut subjects = vec![
        Subject::file("published.json", conformance::fixture("published.json")),
        Subject::flat_page(
            "customer-page.txt",
            conformance::fixture("customer-page.txt"),
        ),
        Subject::nameless_page(
            "subscriber-page.txt",
            conformance::fixture("subscriber-page.txt"),
        ),
    ];
    let real = conformance::real;
    subjects.extend(
        real("upstream/webex-wholesale-2025-10-16.json")
            .map(|text| Subject::file("webex-wholesale-2025-10-16.json", text)),
    );
    subjects.extend(
        real("docs/precheck-customer.txt")
            .map(|text| Subject::flat_page("precheck-customer.txt", text)),
    );
    subjects.extend(
        real("docs/precheck-subscriber.txt")
            .map(|text| Subject::nameless_page("precheck-subscriber.txt", text)),
    );
    subjects
}
