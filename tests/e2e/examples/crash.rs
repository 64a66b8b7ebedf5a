//! A bulk run against a throttling, failing sandbox that is killed again and again. `cargo xtask crash`
//! builds and runs it.
//!
//! Usage: crash PROGRAM ROWS KILLS SEED

#![allow(
    clippy::unwrap_used,
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
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [program, rows, kills, seed] = &arguments[..] else {
        panic!("crash PROGRAM ROWS KILLS SEED");
    };
    let crash = Crash {
        rows: rows.parse().unwrap(),
        kills: kills.parse().unwrap(),
        per_second: 50,
        flaky: 3,
        seed: seed.parse().unwrap(),
    };
    println!("{crash:?}");
    let folder = tempfile::tempdir().unwrap();
    let start = Instant::now();
    match crash.run(Path::new(program), folder.path()).await {
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
