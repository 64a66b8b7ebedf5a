//! Kills a bulk run against a throttling, failing sandbox again and again.
//!
//! Usage: `crash PROGRAM [ROWS [KILLS [SEED]]]`, by default 5000 rows, 100 kills and seed 1.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a tool for maintainers"
)]

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use e2e::crash::Crash;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let program = arguments
        .next()
        .expect("crash PROGRAM [ROWS [KILLS [SEED]]]");
    let mut number = |default: u64| arguments.next().map_or(default, |it| it.parse().unwrap());
    let crash = Crash {
        rows: number(5000) as u32,
        kills: number(100) as u32,
        per_second: 50,
        flaky: 3,
        seed: number(1),
    };
    println!("{crash:?}");
    let folder = tempfile::tempdir().unwrap();
    let start = Instant::now();
    match crash.run(Path::new(&program), folder.path()).await {
        Ok(survived) => {
            println!("{survived:?}, {:.0} s", start.elapsed().as_secs_f64());
            println!(
                "each row has one result, that of an undisturbed run; none with an answer in the journal was asked for again"
            );
            ExitCode::from(u8::from(survived.kills < crash.kills))
        }
        Err(wrong) => {
            println!("{wrong}");
            ExitCode::FAILURE
        }
    }
}
