//! Thousands of changes of all sources, made from a seed: `cargo xtask mutate`.

#![allow(clippy::print_stdout, clippy::expect_used, reason = "it reports")]

use std::process::ExitCode;
use std::time::Instant;

use conformance::mutation::bench::{self, Numbers, Sample};
use conformance::mutation::compile::Copy;
use conformance::mutation::subjects;
use fastrand::Rng;
use webex_precheck_contract::diff::Impact;
use xtask::adopt;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let seed = arguments.next().and_then(|seed| seed.parse().ok());
    let seed: u64 = seed.unwrap_or(1);
    let builds = arguments.next().and_then(|builds| builds.parse().ok());
    let builds: usize = builds.unwrap_or(20);
    let mut numbers = Numbers::default();
    let mut rng = Rng::with_seed(seed);
    let mut draw = Rng::with_seed(seed);
    let mut samples: Vec<Sample> = Vec::new();
    let mut plain: Vec<Sample> = Vec::new();
    let mut seen = 0;
    let begun = Instant::now();
    for subject in subjects() {
        let before = (numbers.single, numbers.double);
        // Each adoption that changes the contract is as likely to be built as any other.
        let mut keep = |sample: Sample| {
            if sample.adoption.changes.differences.is_empty() {
                return;
            }
            // Plain fields of every type come oftenest, and are compiled in any case.
            let is_plain = sample.what.starts_with("published.json: ")
                && sample.what.ends_with(" comes (customer.body)");
            if is_plain && builds > 0 {
                plain.push(sample);
                return;
            }
            seen += 1;
            if samples.len() < builds {
                samples.push(sample);
            } else if let Some(place) = samples.get_mut(draw.usize(..seen)) {
                *place = sample;
            }
        };
        bench::run(&subject, usize::MAX, &mut rng, &mut numbers, &mut keep);
        println!(
            "{}: {} changes one at a time, {} two at a time",
            subject.name,
            numbers.single - before.0,
            numbers.double - before.1
        );
    }
    println!("{:.0?} for all of them", begun.elapsed());
    let mut built = (0, 0);
    if builds > 0 {
        let folder = conformance::root().join("target/mutations");
        let copy = Copy::of_workspace(folder).expect("the workspace can be copied");
        samples.append(&mut plain);
        for sample in &samples {
            // Where callers have to change, so have client and program.
            let is_breaking = sample.adoption.impact == Some(Impact::Breaking);
            let (package, count) = if is_breaking {
                ("webex-precheck-api", &mut built.0)
            } else {
                ("webex-precheck-cli", &mut built.1)
            };
            let files = adopt::generated(&sample.adoption).map_err(|failure| failure.to_string());
            match files.and_then(|files| copy.check(&files, package)) {
                Ok(()) => *count += 1,
                Err(error) => numbers.failures.push(format!("{}: {error}", sample.what)),
            }
        }
    }
    for failure in &numbers.failures {
        println!("FAILED {failure}");
    }
    println!("\nkinds of changes, and how often each was made:");
    for (kind, count) in &numbers.kinds {
        println!("{count:>8}  {kind}");
    }
    let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
    println!(
        "\n{} changes, seed {seed}: {} one at a time, {} two at a time",
        numbers.single + numbers.double,
        numbers.single,
        numbers.double
    );
    println!(
        "recall     {:.2}% ({} of {} differences were named)",
        share(numbers.named, numbers.expected),
        numbers.named,
        numbers.expected
    );
    println!(
        "precision  {:.2}% ({} were named that are none)",
        share(numbers.named, numbers.named + numbers.invented),
        numbers.invented
    );
    println!(
        "impact     {:.2}% right",
        share(numbers.impact_right, numbers.named)
    );
    println!(
        "adopt      {} of {} had to leave contract and captures in agreement, and code was generated for all",
        numbers.mechanical, numbers.generated
    );
    println!(
        "compiled   {} samples: {} the api crate alone, {} with client and program",
        samples.len(),
        built.0,
        built.1
    );
    println!("{} failures", numbers.failures.len());
    if numbers.failures.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
