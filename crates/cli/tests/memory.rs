//! Memory grows neither with the rows nor with the answers; the benchmark `race` of the package `e2e` is the long version.

#![cfg(target_os = "linux")]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]

mod common;

use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;

use common::program;
use e2e::{Server, Weather};
use serde_json::json;
use webex_precheck_sandbox::Sandbox;

/// The most memory of a run over so many rows, in KiB. Its results are written to a file.
async fn peak(folder: &Path, url: &str, arguments: &[&str], count: u32, code: i32) -> u64 {
    let row = |row| format!("subscriber{row}@acme.com,ZjViMzYx,First{row},Last{row}\n");
    let rows: String = (0..count).map(row).collect();
    let file = folder.join(format!("{count}.csv"));
    fs::write(
        &file,
        format!("email,customerId,firstName,lastName\n{rows}"),
    )
    .unwrap();
    let mut child = program(&["bulk", "subscribers", file.to_str().unwrap(), "--output"])
        .args(arguments)
        .env("WEBEX_ACCESS_TOKEN", "sandbox-token")
        .env("WEBEX_BASE_URL", url)
        .stdout(File::create(folder.join("results")).unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut peak = 0;
    loop {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok());
        // It is told no more when the process has ended.
        peak = kib.unwrap_or(peak);
        if let Some(status) = child.try_wait().unwrap() {
            assert_eq!(status.code(), Some(code));
            return peak;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_rows_take_no_more_memory_than_few() {
    let sandbox = Sandbox::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["csv", "--ordered"];
    let few = peak(folder.path(), &sandbox.url(), &arguments, 4_000, 0).await;
    let many = peak(folder.path(), &sandbox.url(), &arguments, 20_000, 0).await;
    assert!(many * 10 <= few * 13, "{few} and {many} KiB");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_of_many_values_take_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    for element in ["{\"errorCode\":1}", "{}", "0"] {
        let body = format!(
            "[{}0]",
            format!("{element},").repeat(1_000_000 / (element.len() + 1))
        );
        let body = format!("{{\"errors\":{body}}}");
        let answer = Weather::answer(400, &[], body.as_bytes());
        let server = Server::start(vec![answer]).await.unwrap();
        let url = format!("http://{}", server.address);
        let kib = peak(
            folder.path(),
            &url,
            &["json", "--stop-after", "0", "--restart"],
            100,
            4,
        )
        .await;
        println!("{element}: {kib} KiB");
        assert!(kib <= 64 * 1024, "{element}: {kib} KiB");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_of_a_megabyte_take_neither_memory_nor_room() {
    let text = "x".repeat(510_000);
    let body = json!({"message": text, "errorCode": 10022, "description": text}).to_string();
    let headers = [("trackingid", &*"T".repeat(8_000))];
    let answer = Weather::answer(400, &headers, body.as_bytes());
    let server = Server::start(vec![answer]).await.unwrap();
    let url = format!("http://{}", server.address);
    let folder = tempfile::tempdir().unwrap();
    let kib = peak(folder.path(), &url, &["json"], 1_500, 1).await;
    assert!(kib <= 64 * 1024, "{kib} KiB");
    for file in ["results", "1500.csv.precheck-journal"] {
        let length = fs::metadata(folder.path().join(file)).unwrap().len();
        println!("{file}: {length} bytes; {kib} KiB");
        assert!(
            length > 1_500 * 100 && length <= 8 << 20,
            "{file}: {length} bytes"
        );
    }
    let results = fs::read_to_string(folder.path().join("results")).unwrap();
    assert_eq!(
        results
            .lines()
            .filter(|line| line.contains("… [cut]"))
            .count(),
        1_500
    );
}
