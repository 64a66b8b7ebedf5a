//! The library and the program against Prism, a mock server that nobody here wrote, serving the
//! contract. `cargo xtask interop` starts it and runs these tests.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::net::SocketAddr;
use std::process::{Command, Output};

use e2e::VirtualClock;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use webex_precheck::api::{OPERATIONS, Operation};
use webex_precheck::{AnyPrecheck, Client, Error, Precheck as _, Report, Token, Verdict};

/// Where Prism listens, as `127.0.0.1:4010`.
fn prism() -> SocketAddr {
    let address = std::env::var("PRISM").expect("PRISM says where Prism listens");
    address.parse().unwrap()
}

/// A way to Prism that asks for one of the documented answers, as Prism has it: by the header
/// `Prefer`.
async fn preferring(prefer: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let header = format!("\r\nPrefer: {prefer}\r\nConnection: close\r\n");
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(relay(client, header.clone()));
        }
    });
    format!("http://{address}")
}

/// Hands one request on with a header more, and its answer back.
async fn relay(mut client: TcpStream, header: String) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n") {
        head.push(client.read_u8().await?);
    }
    let line = String::from_utf8_lossy(&head);
    let mut server = TcpStream::connect(prism()).await?;
    let line = format!("{}{header}", line.trim_end());
    server.write_all(line.as_bytes()).await?;
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    tokio::select! {
        // The answer ends with the connection; the request does not.
        done = tokio::io::copy(&mut from_server, &mut to_client) => done?,
        _ = async {
            let copied = tokio::io::copy(&mut from_client, &mut to_server).await;
            std::future::pending::<()>().await;
            copied
        } => 0,
    };
    Ok(())
}

fn contract() -> Value {
    serde_json::from_str(include_str!("../../../spec/openapi.json")).unwrap()
}

/// The contract's own example of each request.
fn examples() -> Vec<(&'static Operation, Value)> {
    let contract = contract();
    let examples = OPERATIONS.iter().map(|operation| {
        let method = operation.method.to_lowercase();
        let body = &contract["paths"][operation.path][method]["requestBody"];
        let example = body["content"]["application/json"]["example"].clone();
        (*operation, example)
    });
    examples.collect()
}

fn client(url: &str, clock: &VirtualClock) -> Client {
    let builder = Client::builder(Token::new("interop-token").unwrap()).base_url(url);
    builder.clock(clock.clone()).build().unwrap()
}

/// Calls all operations; the time passes whenever the client waits for it and for nothing else.
async fn ask(url: &str) -> Vec<Result<Report, Error>> {
    let mut results = Vec::new();
    for (operation, example) in examples() {
        let request = AnyPrecheck::deserialize(operation, example).unwrap();
        results.push(ask_one(url, &request).await);
    }
    results
}

async fn ask_one(url: &str, request: &AnyPrecheck) -> Result<Report, Error> {
    let clock = VirtualClock::new(0.5);
    let client = client(url, &clock);
    let is_idle = || client.rate_status(request.operation()).in_flight == 0;
    tokio::select! {
        result = client.precheck(request) => result,
        never = clock.pass_while(is_idle) => match never {},
    }
}

fn codes(report: &Report) -> Vec<i64> {
    report.errors().iter().map(|error| error.code.0).collect()
}

#[tokio::test]
#[ignore = "cargo xtask interop runs it"]
async fn library_all_operations() {
    for report in ask(&format!("http://{}", prism())).await {
        let report = report.unwrap();
        assert_eq!(report.verdict(), Verdict::Likely);
        assert_eq!(report.info()[0].info_code.map(|code| code.0), Some(100));
        assert_eq!((report.status(), report.attempts()), (200, 1));
    }
}

#[tokio::test]
#[ignore = "cargo xtask interop runs it"]
async fn library_error_examples() {
    for (prefer, code) in [
        ("code=400, example=errorCodes", 1001),
        ("code=400, example=bareCode", 10_022),
    ] {
        for report in ask(&preferring(prefer).await).await {
            let report = report.unwrap();
            assert_eq!(report.verdict(), Verdict::Unlikely, "{prefer}");
            assert_eq!(codes(&report), [code], "{prefer}");
        }
    }
    for error in ask(&preferring("code=403").await).await {
        let error = error.unwrap_err();
        assert!(error.is_forbidden());
        assert_eq!(error.message(), Some("The token lacks a scope."));
    }
    for error in ask(&preferring("code=429").await).await {
        let error = error.unwrap_err();
        assert!(error.is_rate_limited());
        assert!(error.message().unwrap().starts_with("Too many requests."));
    }
}

#[tokio::test]
#[ignore = "cargo xtask interop runs it"]
async fn library_every_status_of_the_contract() {
    let contract = contract();
    for (operation, example) in examples() {
        let request = AnyPrecheck::deserialize(operation, example).unwrap();
        let method = operation.method.to_lowercase();
        let responses = &contract["paths"][operation.path][method]["responses"];
        for status in responses.as_object().unwrap().keys() {
            let url = preferring(&format!("code={status}")).await;
            let result = ask_one(&url, &request).await;
            let number: u16 = status.parse().unwrap();
            let seen = match &result {
                Ok(report) => report.status(),
                Err(error) => error.status().unwrap(),
            };
            assert_eq!(seen, number);
            // Where the contract has no example, Prism makes one up, in which every code is 0.
            let expected = match number {
                200 => Some(Verdict::Likely),
                400 | 404 | 409 | 410 => Some(Verdict::Unlikely),
                _ => None,
            };
            let verdict = result.ok().map(|report| report.verdict());
            assert_eq!(verdict, expected, "{} {status}", operation.name);
        }
    }
}

/// Runs the program that PRECHECK says.
async fn run(url: &str, arguments: &[String]) -> Output {
    let program = std::env::var("PRECHECK").expect("PRECHECK is the path of the program");
    let mut command = Command::new(program);
    command.args(arguments);
    command.args(["--base-url", url, "--output", "json"]);
    command.env("WEBEX_ACCESS_TOKEN", "interop-token");
    let run = tokio::task::spawn_blocking(move || command.output());
    run.await.unwrap().unwrap()
}

/// The arguments that send an operation's example.
fn arguments(operation: &Operation, example: &Value) -> [String; 3] {
    let file = format!(
        "{}/prism-{}.json",
        env!("CARGO_TARGET_TMPDIR"),
        operation.name
    );
    std::fs::write(&file, example.to_string()).unwrap();
    [operation.name.to_owned(), "--from".to_owned(), file]
}

#[tokio::test]
#[ignore = "cargo xtask interop runs it"]
async fn program_all_operations() {
    for (operation, example) in examples() {
        let arguments = arguments(operation, &example);
        let output = run(&format!("http://{}", prism()), &arguments).await;
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["verdict"], "likely");
        assert_eq!(report["infoCodes"][0]["code"], 100);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "cargo xtask interop runs it"]
async fn program_error_examples() {
    for (prefer, exit) in [
        ("code=400, example=errorCodes", 1),
        ("code=400, example=bareCode", 1),
        ("code=401", 3),
        ("code=403", 3),
        ("code=415", 4),
    ] {
        for (operation, example) in examples() {
            let arguments = arguments(operation, &example);
            let output = run(&preferring(prefer).await, &arguments).await;
            assert_eq!(output.status.code(), Some(exit), "{prefer}: {output:?}");
        }
    }
}
