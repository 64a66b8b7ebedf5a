//! Characters that steer a terminal or change the direction of writing are escaped in every form of output,
//! wherever they come from.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::fs;

use common::{Run, finish, program};
use e2e::{Server, Weather};
use serde_json::{Value, json};

/// C0 without line breaks and tabs, C1, bidirectional controls, separators, and tag characters.
fn hidden() -> String {
    let c0 = ('\u{1}'..='\u{1f}').filter(|c| !matches!(c, '\n' | '\r' | '\t'));
    let marks = ['\u{61c}', '\u{200e}', '\u{200f}', '\u{2028}', '\u{2029}'];
    c0.chain('\u{7f}'..='\u{9f}')
        .chain(marks)
        .chain('\u{202a}'..='\u{202e}')
        .chain('\u{2066}'..='\u{2069}')
        .chain('\u{e0000}'..='\u{e007f}')
        .collect()
}

/// The text shows each of the characters as its number.
#[track_caller]
fn assert_escaped(what: &str, text: &str) {
    for c in hidden().chars() {
        let escape = c.escape_unicode().to_string();
        assert!(text.contains(&escape), "{what}: no {escape} in {text}");
    }
}

#[track_caller]
fn assert_clean(what: &str, text: &str) {
    let hidden = hidden();
    if let Some(c) = text.chars().find(|c| hidden.contains(*c)) {
        panic!("{what} contains {c:?}: {text:?}");
    }
}

#[track_caller]
fn assert_run_clean(what: &str, run: &Run) {
    assert_clean(&format!("stdout of {what}"), &run.stdout);
    assert_clean(&format!("stderr of {what}"), &run.stderr);
}

/// A server that gives this body, and the characters that a header can have in its tracking ID.
async fn server(status: u16, body: &[u8]) -> (Server, String) {
    let id: String = hidden().chars().filter(|c| !c.is_control()).collect();
    let id = format!("ID_{id}");
    let answer = Weather::answer(status, &[("trackingid", &id)], body);
    let server = Server::start(vec![answer]).await.unwrap();
    let url = format!("http://{}", server.address);
    (server, url)
}

/// The bodies of a verdict, of refusals, and of no verdict.
fn answers() -> [(u16, String); 6] {
    let text = hidden();
    let info = json!({"message": text, "info": [{"infoCode": 100, "description": text}]});
    let error = json!({
        "message": text,
        "errors": [{"errorCode": 1001, "description": text, "fieldName": text}],
    });
    [
        (200, info.to_string()),
        (400, error.to_string()),
        (403, error.to_string()),
        (405, error.to_string()),
        (404, format!("<html>{text}</html>")),
        (200, format!("{{\"message\": \"{text}")),
    ]
}

fn asking(url: &str, arguments: &[&str]) -> std::process::Command {
    let mut command = program(arguments);
    command
        .env("WEBEX_ACCESS_TOKEN", "canary-token")
        .env("WEBEX_BASE_URL", url)
        .env("RUST_LOG", "trace");
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_does_not_steer_the_terminal_by_a_single_precheck() {
    for (status, body) in answers() {
        let (_server, url) = server(status, body.as_bytes()).await;
        for output in ["table", "json", "csv"] {
            let arguments = ["subscriber", "--email", "a@b.example", "--output", output];
            let run = finish(asking(&url, &arguments));
            let what = format!("{status} as {output}");
            assert_run_clean(&what, &run);
            if status == 400 {
                assert_escaped(&what, &run.stdout);
            }
        }
        let run = finish(asking(&url, &["doctor"]));
        assert_run_clean(&format!("doctor after {status}"), &run);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_server_nor_spreadsheet_steer_the_terminal_in_bulk() {
    let text = hidden();
    let row = json!({"email": "a@b.example", "customerId": format!("C{text}"), text.clone(): text});
    let marks: String = text.chars().filter(|c| !c.is_control()).collect();
    let rows = format!("email,customerId,{marks}\na@b.example,C{marks},{marks}\n");
    for (status, body) in answers() {
        let (_server, url) = server(status, body.as_bytes()).await;
        for (name, rows, kept) in [
            ("rows.jsonl", row.to_string(), "customerId"),
            ("rows.csv", rows.clone(), marks.as_str()),
        ] {
            for output in ["table", "json", "csv"] {
                let folder = tempfile::tempdir().unwrap();
                fs::write(folder.path().join(name), &rows).unwrap();
                let arguments = [
                    "bulk",
                    "subscribers",
                    name,
                    "--keep",
                    kept,
                    "--output",
                    output,
                    "--report",
                    "report.html",
                ];
                let mut command = asking(&url, &arguments);
                command.current_dir(folder.path());
                let run = finish(command);
                let what = format!("bulk of {name} as {output} after {status}");
                assert_run_clean(&what, &run);
                let report = fs::read_to_string(folder.path().join("report.html")).unwrap();
                assert_clean(&what, &report);
                let mut command = asking(&url, &[&arguments[..], &["--dry-run"]].concat()[..]);
                command.current_dir(folder.path());
                assert_run_clean(&format!("dry run, {what}"), &finish(command));
            }
        }
    }
}

#[test]
fn the_json_of_results_means_what_was_given() {
    let text: String = hidden().chars().filter(|c| !c.is_control()).collect();
    let row = json!({"email": "a@b.example", "customerId": format!("C{text}")});
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rows.jsonl"), row.to_string()).unwrap();
    let mut command = program(&["bulk", "subscribers", "rows.jsonl", "--sandbox"]);
    command
        .args(["--output", "json"])
        .current_dir(folder.path());
    let run = finish(command);
    assert_clean("results", &run.stdout);
    assert!(run.stdout.contains("\\u202e"), "{}", run.stdout);
    let result: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(result["row"]["customerId"], row["customerId"]);
}

#[test]
fn what_is_typed_does_not_steer_the_terminal() {
    let text = hidden();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    fs::write(
        &config,
        format!("[default]\n\"{}\" = 1\n", text.escape_unicode()),
    )
    .unwrap();
    let file = format!("missing{text}.csv");
    for arguments in [
        &["explain", &text][..],
        &[&text],
        &[&format!("--{text}")],
        &["subscriber", "--email", &text, "--base-url", &text],
        &["subscriber", "--email", &text, "--sandbox"],
        &["subscriber", "--from", &file, "--sandbox"],
        &["subscriber", "--email", "a@b.example", "--profile", &text],
        &["bulk", "subscribers", &file, "--sandbox"],
        &["bulk", "subscribers", &file, "--sandbox", "--map", &text],
        &["template", &text],
        &["sandbox", "--scenario", &file],
        &["sandbox", "--port", &text],
    ] {
        let run = finish(program(arguments));
        assert!(
            run.code.is_some_and(|code| code != 0) || arguments[0] == "explain",
            "{run:?}"
        );
        assert_run_clean(&format!("{arguments:?}"), &run);
    }
    let mut command = program(&["subscriber", "--email", "a@b.example", "--sandbox"]);
    command.arg("--config").arg(&config).env("RUST_LOG", &text);
    assert_run_clean("the configuration", &finish(command));
}
