//! A server gives back all secrets to the program: none of them is in its results, on stderr at every level,
//! in the journal, in the report or in the log of the sandbox.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{finish, program};
use e2e::echo::{
    ACCESS_TOKEN, CLIENT_SECRET, Echo, NEW_REFRESH_TOKEN, REFRESH_TOKEN, Search, echoes,
};
use e2e::{Server, Weather};
use serde_json::json;
use webex_precheck_sandbox::{Grant, Sandbox};

/// The program with a refresh token, as a profile names it.
fn with_grant(folder: &Path, url: &str, arguments: &[&str]) -> Command {
    let file = folder.join("config.toml");
    let profile = format!(
        "[default]\nclient-id = \"C1\"\nclient-secret = \"{CLIENT_SECRET}\"\n\
        refresh-token-file = \"refresh-token\"\n"
    );
    fs::write(&file, profile).unwrap();
    fs::write(folder.join("refresh-token"), REFRESH_TOKEN).unwrap();
    let mut command = program(arguments);
    command
        .arg("--config")
        .arg(file)
        .env("WEBEX_BASE_URL", url)
        .env("RUST_LOG", "trace");
    command.current_dir(folder);
    command
}

fn tokens() -> Weather {
    let tokens = json!({
        "access_token": ACCESS_TOKEN, "expires_in": 3600, "refresh_token": NEW_REFRESH_TOKEN
    });
    Weather::answer(200, &[], tokens.to_string().as_bytes())
}

fn weather(status: u16, echo: &Echo) -> Weather {
    let headers = echo.headers.iter();
    let headers: Vec<_> = headers
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    Weather::answer(status, &headers, echo.body.as_bytes())
}

#[track_caller]
fn assert_hidden(search: &Search, what: &str, text: &str) {
    if let Some(seen) = search.find(text) {
        panic!("{what}: {seen}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bulk_shows_no_echo_of_a_secret() {
    // Those that a run does not stop for, and does not retry.
    const STATUSES: [u16; 5] = [200, 400, 404, 405, 410];
    let search = Search::new();
    for (place, output) in ["json", "csv", "table"].into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let echoes: Vec<Echo> = echoes().into_iter().skip(place).step_by(3).collect();
        let answers = echoes.iter().zip(STATUSES.into_iter().cycle());
        let answers = answers.map(|(echo, status)| weather(status, echo));
        let server = Server::start([tokens()].into_iter().chain(answers).collect()).await;
        let server = server.unwrap();
        let row = |row| format!("subscriber{row}@acme.com,ZjViMzYx\n");
        let rows: String = (0..echoes.len()).map(row).collect();
        fs::write(
            folder.path().join("rows.csv"),
            format!("email,customerId\n{rows}"),
        )
        .unwrap();
        let url = format!("http://{}", server.address);
        let arguments = [
            "bulk",
            "subscribers",
            "rows.csv",
            "--stop-after",
            "0",
            "--report",
            "report.html",
            "--output",
            output,
        ];
        let run = finish(with_grant(folder.path(), &url, &arguments));
        assert!(run.stdout.lines().count() >= echoes.len(), "{}", run.stdout);
        assert!(run.stderr.contains("TRACE"));
        let read = |name| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_hidden(&search, "stdout", &run.stdout);
        assert_hidden(&search, "stderr", &run.stderr);
        assert_hidden(&search, "journal", &read("rows.csv.precheck-journal"));
        assert_hidden(&search, "report", &read("report.html"));
        // Where it must be.
        assert_eq!(read("refresh-token"), NEW_REFRESH_TOKEN);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_single_precheck_and_a_renewal_show_no_echo_of_a_secret() {
    let search = Search::new();
    for (number, echo) in echoes().iter().enumerate().step_by(127) {
        let folder = tempfile::tempdir().unwrap();
        let status = [400, 401, 403, 404][number % 4];
        let answers = [tokens(), weather(status, echo)];
        // The token is refused, or there is none: then the renewal gives back what it got.
        let skipped = number % 2 * usize::from(!echo.body.contains(&NEW_REFRESH_TOKEN[..16]));
        let server = Server::start(answers[..].iter().skip(skipped).cloned().collect());
        let url = format!("http://{}", server.await.unwrap().address);
        let output = ["json", "csv", "table"][number % 3];
        let arguments = [
            "subscriber",
            "--email",
            "alice@acme.com",
            "--output",
            output,
        ];
        let run = finish(with_grant(folder.path(), &url, &arguments));
        assert_hidden(
            &search,
            &echo.name,
            &format!("{}\n{}", run.stdout, run.stderr),
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn log_of_the_sandbox_shows_no_secret() {
    let grant = Grant::new("C1", CLIENT_SECRET, NEW_REFRESH_TOKEN);
    let sandbox = Sandbox::builder().grant(grant).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut command = with_grant(
        folder.path(),
        &sandbox.url(),
        &["subscriber", "--email", "alice@acme.com"],
    );
    fs::write(folder.path().join("refresh-token"), NEW_REFRESH_TOKEN).unwrap();
    assert!(command.output().unwrap().status.code().is_some());
    let requests = sandbox.requests();
    assert!(requests.len() >= 2, "{requests:?}");
    let json = serde_json::to_string(&requests).unwrap();
    assert_hidden(&Search::new(), "log", &format!("{requests:?} {json}"));
}
