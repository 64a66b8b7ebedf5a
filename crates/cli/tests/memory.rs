//! Memory does not grow with the rows; the benchmark `race` of the package `e2e` is the long version.

#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Stdio;

use common::program;
use webex_precheck_sandbox::Sandbox;

/// The most memory of a run over so many rows, in KiB.
async fn peak(folder: &Path, sandbox: &Sandbox, count: u32) -> u64 {
    let row = |row| format!("subscriber{row}@acme.com,ZjViMzYx,First{row},Last{row}\n");
    let rows: String = (0..count).map(row).collect();
    let file = folder.join(format!("{count}.csv"));
    fs::write(
        &file,
        format!("email,customerId,firstName,lastName\n{rows}"),
    )
    .unwrap();
    let mut child = program(&[
        "bulk",
        "subscribers",
        file.to_str().unwrap(),
        "--output",
        "csv",
        "--ordered",
    ])
    .env("WEBEX_ACCESS_TOKEN", sandbox.token())
    .env("WEBEX_BASE_URL", sandbox.url())
    .stdout(Stdio::null())
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
            assert_eq!(status.code(), Some(0));
            return peak;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_rows_take_no_more_memory_than_few() {
    let sandbox = Sandbox::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let few = peak(folder.path(), &sandbox, 4_000).await;
    let many = peak(folder.path(), &sandbox, 20_000).await;
    assert!(many * 10 <= few * 13, "{few} and {many} KiB");
}
