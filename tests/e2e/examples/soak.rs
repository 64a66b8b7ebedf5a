//! Connections that ask the sandbox without a pause: errors, memory, and the rate beside that of a
//! bare handler.
//!
//! Usage: `soak PROGRAM [SECONDS [CONNECTIONS]]`, by default 60 seconds and 64 connections.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a tool for maintainers"
)]

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use axum::routing::post;
use e2e::load::{Answered, Asked, load};

/// Every answer that a precheck has for itself, most of them likely.
const MIXED: [Asked; 10] = [
    (
        r#"{"email": "alice@example.com", "customerId": "ZjViMzYx"}"#,
        200,
    ),
    (
        r#"{"email": "alice@example.com", "packages": ["webex_suite"]}"#,
        200,
    ),
    (r#"{"email": "unlikely@sandbox.example"}"#, 400),
    (
        r#"{"email": "alice@example.com", "customerId": "ZjViMzYx"}"#,
        200,
    ),
    (r#"{"email": "alice@example.com", "newField": 1}"#, 200),
    (r#"{"email": "status-503@sandbox.example"}"#, 503),
    (
        r#"{"email": "alice@example.com", "customerId": "ZjViMzYx"}"#,
        200,
    ),
    (r#"{"email": 5}"#, 400),
    (
        r#"{"email": "alice@example.com", "customerId": "ZjViMzYx"}"#,
        200,
    ),
    (
        r#"{"email": "status-429-retry-after-1@sandbox.example"}"#,
        429,
    ),
];
/// What both servers answer with the same body.
const PLAIN: [Asked; 1] = [MIXED[0]];
/// Slices in which both are asked in turn, so that what else the machine does is the same for both.
const SLICES: u32 = 10;
const SLICE: Duration = Duration::from_secs(1);

struct Server {
    child: Child,
    address: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts a server that prints its address, on a core of its own where the system can do that.
    fn start(program: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new("taskset");
        command.args(["--cpu-list", "1", program]);
        let try_out = Command::new("taskset")
            .args(["--cpu-list", "1", "true"])
            .output();
        if !try_out.is_ok_and(|output| output.status.success()) {
            command = Command::new(program);
        }
        let mut child = command
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = child.stdout.as_mut().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let address = line.trim().trim_start_matches("http://").parse().unwrap();
        Self { child, address }
    }

    /// The most memory that it has used so far, in KiB.
    fn peak(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix(" kB")?.trim().parse().ok()
    }

    async fn ask(&self, connections: usize, asked: &'static [Asked], time: Duration) -> Answered {
        let end = Instant::now() + time;
        load(self.address, connections, asked, move || {
            Instant::now() < end
        })
        .await
    }
}

/// The handler that the sandbox is measured by: as little as answers the same.
#[tokio::main(flavor = "current_thread")]
async fn serve_bare() {
    const BODY: &str = r#"{"message":"success","info":[{"infoCode":100,"description":"Provisioning preCheck validation successful."}]}"#;
    let handler = |_: axum::body::Bytes| async {
        (
            [
                ("content-type", "application/json"),
                ("trackingid", "SANDBOX_00000001"),
            ],
            BODY,
        )
    };
    let path = "/v1/wholesale/subscribers/validate";
    let router = axum::Router::new().route(path, post(handler));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    axum::serve(listener, router).await.unwrap();
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let program = arguments
        .next()
        .expect("soak PROGRAM [SECONDS [CONNECTIONS]]");
    if program == "bare" {
        serve_bare();
        return ExitCode::SUCCESS;
    }
    let mut number = |default: u64| arguments.next().map_or(default, |it| it.parse().unwrap());
    let (seconds, connections) = (number(60), number(64));
    soak(&program, seconds, connections as usize)
}

#[tokio::main(flavor = "current_thread")]
async fn soak(program: &str, seconds: u64, connections: usize) -> ExitCode {
    let own = std::env::current_exe().unwrap();
    let bare = Server::start(own.to_str().unwrap(), &["bare"]);
    let sandbox = Server::start(program, &["sandbox", "--port", "0"]);
    let mut is_fine = true;
    let mut verdict = |holds: bool| {
        is_fine &= holds;
        if holds { "holds" } else { "FAILS" }
    };

    let mut is_well = true;
    let mut rates = [Vec::new(), Vec::new()];
    for _ in 0..SLICES {
        for (server, rates) in [&sandbox, &bare].into_iter().zip(&mut rates) {
            let answered = server.ask(connections, &PLAIN, SLICE).await;
            is_well &= answered.wrong == 0;
            rates.push(answered.well as f64 / SLICE.as_secs_f64());
        }
    }
    let [ours, theirs] = rates.map(|mut rates| {
        rates.sort_by(f64::total_cmp);
        rates[rates.len() / 2]
    });
    let ratio = ours / theirs;
    println!(
        "requests a second, median of {SLICES} slices: sandbox {ours:.0}, bare handler {theirs:.0}, \
         ratio {ratio:.2}; at least 0.80: {}",
        verdict(ratio >= 0.8)
    );

    if !is_well {
        println!("not all of these were answered well: {}", verdict(false));
    }

    // A fresh one: what the rate took shall not count.
    drop((bare, sandbox));
    let sandbox = Server::start(program, &["sandbox", "--port", "0"]);
    let early = Duration::from_secs(10.min(seconds));
    let mut all = Answered::default();
    let mut peaks = Vec::new();
    let rest = Duration::from_secs(seconds) - early;
    for time in [early, rest] {
        let answered = sandbox.ask(connections, &MIXED, time).await;
        all.well += answered.well;
        all.wrong += answered.wrong;
        all.examples.extend(answered.examples);
        peaks.push(sandbox.peak());
    }
    println!(
        "{connections} connections for {seconds} s: {} requests answered as scripted, not so: {}: {}",
        all.well,
        all.wrong,
        verdict(all.wrong == 0)
    );
    for example in &all.examples {
        println!("  {example}");
    }
    match peaks[..] {
        [Some(early), Some(late)] => {
            let growth = late as f64 / early as f64;
            println!(
                "peak memory: {early} KiB after 10 s, {late} KiB at the end, ratio {growth:.3}; at most 1.10: {}",
                verdict(growth <= 1.1)
            );
        }
        _ => println!("peak memory: this system does not tell"),
    }
    ExitCode::from(u8::from(!is_fine))
}
