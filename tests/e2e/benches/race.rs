//! The program's bulk beside `precheck_many` and beside a loop in Python, over the same sandbox: rows
//! a second, CPU and memory.
//!
//! `cargo bench --package e2e --bench race` builds the program and needs Python 3. The loops in Python
//! are left out where `requests` and `httpx` are not installed for the interpreter `$PYTHON` (default:
//! `python3`); `$ROWS` is the length of the long run.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a tool for maintainers"
)]

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use webex_precheck::SubscriberProvisioningParameters as Parameters;
use webex_precheck::{BulkOptions, Client, SubscriberPackage, SubscriberPrecheck, Token, rows};
use webex_precheck_sandbox::Sandbox;

/// Rows in which both are asked in turn, so that what else the machine does is the same for both.
const SLICE: u64 = 50_000;
const SLICES: usize = 7;
/// How long a distant server takes to answer; Webex takes far longer.
const DISTANCE: Duration = Duration::from_millis(1);
/// The run that a long one is compared with.
const SHORT: u64 = 10_000;
/// Rows of the loop in Python.
const LOOP: u64 = 3_000;

/// A server in a process of its own, and its address.
struct Server(Child, String);

impl Server {
    /// Starts a server that prints its address.
    fn start(command: &mut Command) -> Self {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut url = String::new();
        let stdout = child.stdout.as_mut().unwrap();
        BufReader::new(stdout).read_line(&mut url).unwrap();
        Self(child, url.trim().to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a process took.
#[derive(Clone, Copy)]
struct Measured {
    seconds: f64,
    cpu: f64,
    peak_kib: u64,
}

struct Race {
    program: String,
    python: String,
    /// Who is asked; none is a sandbox in the process that asks.
    url: Option<String>,
    folder: tempfile::TempDir,
}

impl Race {
    fn csv(&self, rows: u64) -> PathBuf {
        let path = self.folder.path().join(format!("{rows}.csv"));
        if path.exists() {
            return path;
        }
        let mut out = BufWriter::new(File::create(&path).unwrap());
        writeln!(
            out,
            "Email,Customer ID,First Name,Last Name,Primary Phone Number,Extension,Packages"
        )
        .unwrap();
        for row in 0..rows {
            writeln!(
                out,
                "subscriber{row}@acme.com,ZjViMzYx,First{row},Last{row},+1408{row:07},{:04},webex_calling",
                row % 10_000
            )
            .unwrap();
        }
        out.flush().unwrap();
        path
    }

    fn measure(&self, command: &[&str]) -> Measured {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/race.py");
        let mut measured = Command::new(&self.python);
        measured
            .arg(script)
            .arg("measure")
            .args(command)
            .env("WEBEX_ACCESS_TOKEN", "sandbox-token")
            .env_remove("WEBEX_BASE_URL")
            .stderr(Stdio::inherit());
        if let Some(url) = &self.url {
            measured.env("WEBEX_BASE_URL", url);
        }
        let output = measured.output().unwrap();
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(told["code"], 0, "{command:?}");
        Measured {
            seconds: told["seconds"].as_f64().unwrap(),
            cpu: told["cpu"].as_f64().unwrap(),
            peak_kib: told["peak_kib"].as_u64().unwrap(),
        }
    }

    /// A run of the program, with its journal on disk.
    fn bulk(&self, rows: u64) -> Measured {
        let csv = self.csv(rows);
        let csv = csv.to_str().unwrap();
        let mut command = vec![&*self.program, "bulk", "subscribers", csv];
        command.extend(["--output", "csv", "--restart"]);
        if self.url.is_none() {
            command.push("--sandbox");
        }
        self.measure(&command)
    }

    /// The same rows by `precheck_many` alone.
    fn many(&self, rows: u64) -> Measured {
        let own = std::env::current_exe().unwrap();
        self.measure(&[own.to_str().unwrap(), "many", &rows.to_string()])
    }

    /// Rows a second of a run, beside those of `precheck_many`: the median of several rounds.
    fn beside_many(&self, rows: u64) -> f64 {
        let per_second = |measured: Measured| rows as f64 / measured.seconds;
        let mut ratios = Vec::new();
        for _ in 0..SLICES {
            let (many, bulk) = (self.many(rows), self.bulk(rows));
            println!(
                "  precheck_many {:.0} rows/s, {:.1} us of CPU a row; bulk {:.0} rows/s, {:.1} us",
                per_second(many),
                many.cpu * 1e6 / rows as f64,
                per_second(bulk),
                bulk.cpu * 1e6 / rows as f64,
            );
            ratios.push(per_second(bulk) / per_second(many));
        }
        median(ratios)
    }

    fn python(&self, library: &str, rows: u64) -> Measured {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/race.py");
        let (script, csv) = (script.to_str().unwrap(), self.csv(SHORT));
        let (csv, url) = (csv.to_str().unwrap(), self.url.as_deref().unwrap());
        self.measure(&[&self.python, script, library, url, csv, &rows.to_string()])
    }
}

/// A server that takes its time, and so leaves some to those who ask.
#[tokio::main(flavor = "current_thread")]
async fn serve_distant() {
    const BODY: &str = r#"{"message":"success","info":[{"infoCode":100,"description":"Provisioning preCheck validation successful."}]}"#;
    let answer = axum::routing::post(|_: axum::body::Bytes| async {
        tokio::time::sleep(DISTANCE).await;
        (
            [
                ("content-type", "application/json"),
                ("trackingid", "DISTANT_1"),
            ],
            BODY,
        )
    });
    let router = axum::Router::new().route("/v1/wholesale/subscribers/validate", answer);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    axum::serve(listener, router).await.unwrap();
}

/// Asks for rows that are made up on the way.
#[tokio::main(flavor = "current_thread")]
async fn many(count: u64) {
    let sandbox = Sandbox::start().await.unwrap();
    let url = std::env::var("WEBEX_BASE_URL").unwrap_or_else(|_| sandbox.url());
    let token = Token::from_env().unwrap();
    let client = Client::builder(token).base_url(url).build().unwrap();
    let requests = (0..count).map(|row| {
        let parameters = Parameters::new()
            .first_name(format!("First{row}"))
            .last_name(format!("Last{row}"))
            .primary_phone_number(format!("+1408{row:07}"))
            .extension(format!("{:04}", row % 10_000));
        let request = SubscriberPrecheck::new(format!("subscriber{row}@acme.com"))
            .customer_id("ZjViMzYx")
            .packages([SubscriberPackage::WebexCalling])
            .provisioning_parameters(parameters);
        (row, request)
    });
    let mut answers = client.precheck_many(rows(requests), BulkOptions::default());
    let mut likely = 0;
    while let Some((_, answer)) = answers.next().await {
        likely += u64::from(answer.unwrap().is_likely());
    }
    assert_eq!(likely, count);
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [subject, rows] if subject == "many" => {
            many(rows.parse().unwrap());
            ExitCode::SUCCESS
        }
        [subject] if subject == "distant" => {
            serve_distant();
            ExitCode::SUCCESS
        }
        // Cargo passes `--bench`.
        _ => {
            let from_env = |name: &str, default: &str| {
                std::env::var(name).unwrap_or_else(|_| default.to_owned())
            };
            let python = from_env("PYTHON", "python3");
            let rows = from_env("ROWS", "1000000").parse().unwrap();
            race(&program(), &python, rows)
        }
    }
}

/// Builds the program with optimisation; returns its path.
fn program() -> String {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let build = Command::new(cargo)
        .args(["build", "--release", "--package", "webex-precheck-cli"])
        .args(["--message-format", "json-render-diagnostics"])
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    let messages = String::from_utf8(build.stdout).unwrap();
    let messages = messages.lines().rev();
    let mut messages = messages.filter_map(|line| serde_json::from_str(line).ok());
    messages
        .find_map(|message: serde_json::Value| Some(message["executable"].as_str()?.to_owned()))
        .expect("cargo names the program that it built")
}

fn race(program: &str, python: &str, rows: u64) -> ExitCode {
    let sandbox = Server::start(Command::new(program).args(["sandbox", "--port", "0"]));
    let own = std::env::current_exe().unwrap();
    let distant = Server::start(Command::new(own).arg("distant"));
    let mut race = Race {
        program: program.to_owned(),
        python: python.to_owned(),
        url: None,
        folder: tempfile::tempdir().unwrap(),
    };
    let mut ok = true;
    let mut limit = |what: &str, value: f64, holds: bool| {
        println!("{what}: {value:.2}{}", if holds { "" } else { "  TOO BAD" });
        ok &= holds;
    };

    let slice = SLICE.min(rows);
    let at_least = "rows/s beside precheck_many (at least 0.9)";
    println!("a sandbox in the process that asks, for both:");
    let ratio = race.beside_many(slice);
    limit(at_least, ratio, ratio >= 0.9);
    println!("a server that answers after {DISTANCE:?}:");
    race.url = Some(distant.1.clone());
    let ratio = race.beside_many(slice);
    limit(at_least, ratio, ratio >= 0.9);
    println!("a sandbox in a process of its own, which shares the machine's processors:");
    race.url = Some(sandbox.1.clone());
    let ratio = race.beside_many(slice);
    println!("rows/s beside precheck_many: {ratio:.2}");

    let short: Vec<Measured> = (0..9).map(|_| race.bulk(SHORT)).collect();
    let long = race.bulk(rows);
    let short_peak = median(short.iter().map(|it| it.peak_kib as f64).collect());
    let short_time = median(short.iter().map(|it| it.seconds / SHORT as f64).collect());
    println!(
        "{SHORT} rows: {:.1} us and {:.1} MiB; {rows} rows: {:.1} us a row ({:.1} s) and {:.1} MiB",
        short_time * 1e6,
        short_peak / 1024.0,
        long.seconds * 1e6 / rows as f64,
        long.seconds,
        long.peak_kib as f64 / 1024.0
    );
    let ratio = long.peak_kib as f64 / short_peak;
    limit(
        "peak memory, long beside short (at most 1.3)",
        ratio,
        ratio <= 1.3,
    );
    let ratio = long.seconds / rows as f64 / short_time;
    limit(
        "time a row, long beside short (at most 1.1)",
        ratio,
        ratio <= 1.1,
    );

    let ours = long.cpu / rows as f64;
    for library in ["requests", "httpx"] {
        let import = Command::new(python)
            .args(["-c", &format!("import {library}")])
            .output();
        if !import.is_ok_and(|import| import.status.success()) {
            println!("no loop in Python with {library}, which {python} does not have");
            continue;
        }
        // Without what it takes to start.
        let start = race.python(library, 0).cpu;
        let theirs = (race.python(library, LOOP).cpu - start) / LOOP as f64;
        println!(
            "a loop in Python with {library}: {:.0} us of CPU a row, ours {:.1} us",
            theirs * 1e6,
            ours * 1e6
        );
        let ratio = theirs / ours;
        limit("its CPU beside ours (at least 10)", ratio, ratio >= 10.0);
    }
    drop(sandbox);
    if ok {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
