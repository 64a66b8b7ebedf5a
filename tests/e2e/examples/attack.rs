//! Attacks the sandbox, as a program of its own, and tells what became of it. `cargo xtask attack`
//! builds and runs it.
//!
//! Usage: attack PROGRAM CONNECTIONS BYTES

#![allow(
    clippy::unwrap_used,
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
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [program, connections, body] = &arguments[..] else {
        panic!("attack PROGRAM CONNECTIONS BYTES");
    };
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
        connections: connections.parse().unwrap(),
        body: body.parse().unwrap(),
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
