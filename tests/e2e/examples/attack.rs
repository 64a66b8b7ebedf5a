//! Attacks the sandbox of the program: half-open and slow connections, endless bodies, smuggling.
//!
//! Usage: `attack PROGRAM [CONNECTIONS [BYTES]]`, by default 10000 connections at a time (`ulimit -n`
//! must allow them) and a largest body of 1 GiB.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a tool for maintainers"
)]

use std::io::{BufRead, BufReader};
use std::process::{Command, ExitCode, Stdio};

use e2e::attack::{Size, all};

/// Bodies that are being read and the log may have 64 MiB each; the rest is for connections.
const MOST_KIB: u64 = 256 * 1024;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let program = arguments
        .next()
        .expect("attack PROGRAM [CONNECTIONS [BYTES]]");
    let mut number = |default: u64| arguments.next().map_or(default, |it| it.parse().unwrap());
    let mut sandbox = Command::new(program)
        .args(["sandbox", "--port", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let stdout = sandbox.stdout.as_mut().unwrap();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    let address = line.trim().trim_start_matches("http://").parse().unwrap();
    let size = Size {
        connections: number(10_000) as usize,
        body: number(1 << 30),
        headers: 100_000,
        levels: 100_000,
    };
    let attacked = all(address, size).await;
    let status = std::fs::read_to_string(format!("/proc/{}/status", sandbox.id()));
    sandbox.kill().unwrap();
    sandbox.wait().unwrap();
    let attacked = attacked.unwrap();
    for attacked in &attacked {
        let held = if attacked.is_held { "held" } else { "FAILED" };
        println!("{held:6}  {:45}  {}", attacked.attack, attacked.answer);
    }
    let status = status.unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    let is_little = peak.is_none_or(|peak| peak <= MOST_KIB);
    match peak {
        Some(peak) => println!(
            "peak memory of the sandbox: {peak} KiB, at most {MOST_KIB}: {}",
            if is_little { "held" } else { "FAILED" }
        ),
        None => println!("peak memory of the sandbox: this system does not tell"),
    }
    let failed = attacked.iter().filter(|attacked| !attacked.is_held).count();
    println!("{} attacks, {failed} not held", attacked.len());
    ExitCode::from(u8::from(failed > 0 || !is_little))
}
