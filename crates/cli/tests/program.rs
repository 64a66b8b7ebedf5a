//! The program as a process: what it prints, where, and its exit codes.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::io::Write;

use common::{finish, program, run, run_with_stdin};
use serde_json::{Value, json};
use webex_precheck_contract::location::{FieldPath, Section};
use webex_precheck_sandbox::Sandbox;

const CUSTOMER: [&str; 12] = [
    "customer",
    "--sandbox",
    "--address-line1",
    "771 Alder Drive",
    "--city",
    "Milpitas",
    "--state-or-province",
    "CA",
    "--zip-or-postal-code",
    "95035",
    "--country",
    "US",
];

#[test]
fn the_readme_command_is_likely_with_code_100_and_its_meaning() {
    let readme = include_str!("../../../README.md");
    let line = readme
        .lines()
        .find_map(|line| {
            line.trim()
                .strip_prefix("cargo run -- subscriber --sandbox ")
        })
        .unwrap_or_else(|| panic!("the README has no such command"));
    let mut arguments = vec!["subscriber", "--sandbox"];
    arguments.extend(line.split_whitespace());
    let run = run(&arguments);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let mut lines = run.stdout.lines();
    assert_eq!(lines.next(), Some("likely"));
    assert!(run.stdout.contains("infoCode  100"), "{}", run.stdout);
    assert!(
        run.stdout
            .contains("Webex expects the provisioning to go through.")
    );
}

#[test]
fn json_goes_to_stdout_alone() {
    let run = run(&[&CUSTOMER[..], &["--output", "json"]].concat());
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let mut report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(report["milliseconds"].is_u64() && report["trackingId"].is_string());
    report["milliseconds"] = json!(0);
    report["trackingId"] = json!("x");
    assert_eq!(
        report,
        json!({
            "verdict": "likely",
            "message": "success",
            "infoCodes": [{
                "code": 100,
                "description": "Provisioning preCheck validation successful.",
                "meaning": "Webex expects the provisioning to go through.",
            }],
            "errorCodes": [],
            "status": 200,
            "trackingId": "x",
            "attempts": 1,
            "milliseconds": 0,
        })
    );
}

#[test]
fn unlikely_exits_with_1_and_names_code_and_field() {
    let run = run(&[&CUSTOMER[..], &["--packages", "fax"]].concat());
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.starts_with("unlikely\n"), "{}", run.stdout);
    assert!(
        run.stdout.contains("900002") && run.stdout.contains("packages"),
        "{}",
        run.stdout
    );
}

#[test]
fn what_the_documentation_forbids_is_not_sent_and_exits_with_2() {
    let run = run(&[
        "customer",
        "--sandbox",
        "--address-line1",
        "x",
        "--city",
        " ",
        "--country",
        "USA",
    ]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    for finding in [
        "address.city: it is required, but empty (",
        "address.country: `USA` must have two letters, such as US (",
    ] {
        assert!(run.stderr.contains(finding), "{}", run.stderr);
    }
}

#[test]
fn every_field_of_the_contract_has_a_flag() {
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../spec/openapi.json"
    ));
    let (contract, _) =
        webex_precheck_contract::openapi::read_contract("openapi.json", &text.unwrap());
    for operation in &contract.operations {
        let help = run(&[operation.id.as_str(), "--help"]).stdout;
        let help: String = help.split_whitespace().collect();
        let fields = operation.fields.iter().filter_map(|field| {
            let is_sent = field.at.section == Section::Body && !field.at.is_whole();
            let is_leaf = field.ty.as_ref().is_some_and(|ty| !ty.is_object());
            (is_sent && is_leaf).then(|| FieldPath::body().relative(&field.at))
        });
        let without: Vec<String> = fields
            .filter(|path| !help.contains(&format!("({path})")))
            .collect();
        assert_eq!(without, [] as [String; 0], "{}", operation.id);
    }
}

#[test]
fn every_flag_sets_its_field() {
    // Each flag of the help, with the field that it names, sets that field and no other: a wrong
    // path would be refused as unknown, a value of its own comes back by a clash with --from.
    for subject in ["customer", "subscriber"] {
        let help = run(&[subject, "--help"]).stdout;
        let section = help.split("Fields of the request:").nth(1).unwrap();
        let section = section.split("Configuration:").next().unwrap();
        let mut flags = Vec::new();
        let text = section.split_whitespace().collect::<Vec<_>>();
        for (index, word) in text.iter().enumerate() {
            if word.starts_with("--")
                && text
                    .get(index + 1)
                    .is_some_and(|next| next.starts_with('<') && *next != "<JSON>")
            {
                let field = text[index..]
                    .iter()
                    .find_map(|w| w.strip_prefix('(')?.strip_suffix(')'));
                let takes = text[index + 1].to_owned();
                flags.push((word.to_string(), takes, field.unwrap().to_owned()));
            }
        }
        assert!(!flags.is_empty(), "{help}");
        for (flag, takes, field) in flags {
            // A value of the wrong type in the file is named, unless the flag replaces it.
            let mut body = match subject {
                "customer" => {
                    json!({"address": {"addressLine1": "x", "city": "y", "country": "US"},
                    "customerInfo": {"primaryEmail": "a@b.c"},
                    "provisioningParameters": {"calling": {"location": {"name": "x", "timezone": "x", "language": "x",
                        "address": {"addressLine1": "x", "city": "y", "country": "US"}}}}})
                }
                _ => json!({"email": "a@b.c", "customerInfo": {"primaryEmail": "a@b.c"}}),
            };
            let mut at = &mut body;
            for name in field.split('.') {
                at = &mut at[name];
            }
            *at = json!({"no": "field"});
            let wrong = run_with_stdin(&[subject, "--sandbox", "--from", "-"], body.to_string());
            assert_eq!(wrong.code, Some(2), "{field}");
            assert!(
                wrong.stderr.contains(&format!("`{field}`")),
                "{field}: {}",
                wrong.stderr
            );
            assert!(wrong.stderr.contains("expected"), "{}", wrong.stderr);
            let value = if takes == "<NUMBER>" {
                "7"
            } else if takes == "<BOOLEAN>" {
                "true"
            } else if flag.contains("country") {
                "US"
            } else if flag.contains("email") {
                "a@b.c"
            } else {
                "webex_calling"
            };
            let set = run_with_stdin(
                &[subject, "--sandbox", "--from", "-", &flag, value],
                body.to_string(),
            );
            assert_eq!(set.code, Some(0), "{flag}: {}{}", set.stdout, set.stderr);
        }
    }
}

#[test]
fn required_fields_that_are_missing_are_all_named_with_their_flags() {
    let run = run(&["customer", "--sandbox", "--city", "x"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    for flag in [
        "--address-line1 (address.addressLine1)",
        "--country (address.country)",
    ] {
        assert!(run.stderr.contains(flag), "{}", run.stderr);
    }
    assert!(!run.stderr.contains("--city"), "{}", run.stderr);
}

#[test]
fn an_unknown_package_is_sent_with_a_warning() {
    let run = run(&[
        "subscriber",
        "--sandbox",
        "--email",
        "a@b.c",
        "--packages",
        "webex_tomorrow",
    ]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert!(
        run.stderr
            .starts_with("warning: packages: this release knows no package `webex_tomorrow`; known are webex_calling, "),
        "{}",
        run.stderr
    );
    assert!(run.stdout.contains("webex_tomorrow"), "{}", run.stdout);
}

#[test]
fn an_unknown_field_of_json_is_sent_with_a_warning() {
    let json = r#"{"email": "alice.anderson@acme.com", "customerId": "c", "emial": null}"#;
    let run = run_with_stdin(&["subscriber", "--sandbox", "--from", "-"], json);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let expected = "warning: emial: this release does not know this field; do you mean email?";
    assert!(run.stderr.starts_with(expected), "{}", run.stderr);
}

#[test]
fn bad_input_exits_with_2_and_says_where() {
    for (stdin, expected) in [
        ("", "stdin: it is empty"),
        ("x", "stdin: not JSON"),
        ("[]", "expected a JSON object"),
        (
            "{\"email\": 5}",
            "`email`: invalid type: integer `5`, expected a string",
        ),
        (
            "{\"email\": \"a\", \"provisioningParameters\": {\"extension\": 5}}",
            "`provisioningParameters.extension`",
        ),
        ("{\"email\": \"a\", \"packages\": \"x\"}", "`packages`"),
        ("{\"email\": \"a\", \"packages\": [5]}", "`packages[0]`"),
        (
            "{\"email\": \"a\", \"package\": \"x\", \"packages\": [\"y\"]}",
            "`package` and `packages` are set; Webex takes one of them",
        ),
        ("{\"email\": \"a\"", "line 1"),
    ] {
        let run = run_with_stdin(&["subscriber", "--sandbox", "--from", "-"], stdin);
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (Some(2), ""),
            "{stdin}: {}",
            run.stderr
        );
        assert!(run.stderr.contains(expected), "{stdin}: {}", run.stderr);
    }
    for (arguments, expected) in [
        (
            &["subscriber", "--sandbox", "--from", "/nowhere.json"][..],
            "/nowhere.json",
        ),
        (&["subscriber", "--sandbox", "--from", "/"], "--from /"),
        (
            &[
                "subscriber",
                "--sandbox",
                "--email",
                "a@b.c",
                "--colour",
                "red",
            ],
            "--colour",
        ),
        (
            &[
                "subscriber",
                "--sandbox",
                "--base-url",
                "https://x.example",
                "--email",
                "a",
            ],
            "--base-url",
        ),
        (&["subscriber", "--email"], "--email"),
        (&["subscriber", "--sandbox", "--email", ""], "--email"),
        (
            &["subscriber", "--email", "a", "--base-url", ""],
            "--base-url",
        ),
        (&["fly"], "fly"),
        (&[], "Usage"),
    ] {
        let run = run(arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.stderr);
        assert!(
            run.stderr.contains(expected),
            "{arguments:?}: {}",
            run.stderr
        );
    }
}

#[test]
fn without_a_token_it_exits_with_3_and_says_where_one_comes_from() {
    let run = run(&["subscriber", "--email", "a@b.c"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""));
    assert!(
        run.stderr.contains("WEBEX_ACCESS_TOKEN") && run.stderr.contains("--sandbox"),
        "{}",
        run.stderr
    );
}

#[test]
fn an_address_that_is_not_safe_for_a_token_exits_with_2() {
    let mut command = program(&[
        "subscriber",
        "--email",
        "a@b.c",
        "--base-url",
        "http://webex.example",
    ]);
    command.env("WEBEX_ACCESS_TOKEN", "secret-token");
    let run = finish(command);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("https") && !run.stderr.contains("secret-token"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_password_in_an_address_is_not_shown() {
    let url = "https://user:hidden-1@webex.example/?key=hidden-2";
    let mut command = program(&["subscriber", "--email", "a@b.c", "--base-url", url]);
    command.env("WEBEX_ACCESS_TOKEN", "hidden-3");
    let run = finish(command);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("webex.example"), "{}", run.stderr);
    assert!(!run.stderr.contains("hidden"), "{}", run.stderr);
}

#[test]
fn nobody_listening_exits_with_4() {
    // Port 9 is for discarding, and nobody discards.
    let mut command = program(&[
        "subscriber",
        "--email",
        "a@b.c",
        "--base-url",
        "http://127.0.0.1:9",
    ]);
    command.env("WEBEX_ACCESS_TOKEN", "secret-token");
    let run = finish(command);
    assert_eq!((run.code, run.stdout.as_str()), (Some(4), ""));
    assert!(run.stderr.contains("is unreachable"), "{}", run.stderr);
    assert!(!run.stderr.contains("secret-token"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn token_and_address_come_from_the_environment_and_flags_win() {
    let sandbox = Sandbox::builder()
        .token("right-token")
        .start()
        .await
        .unwrap();
    let ask = |token: &'static str, variable: String, flag: Option<String>| async move {
        tokio::task::spawn_blocking(move || {
            let mut command = program(&["subscriber", "--email", "a@b.c"]);
            command
                .env("WEBEX_ACCESS_TOKEN", token)
                .env("WEBEX_BASE_URL", variable);
            if let Some(flag) = flag {
                command.args(["--base-url", &flag]);
            }
            finish(command)
        })
        .await
        .unwrap()
    };
    let run = ask("right-token", sandbox.url(), None).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let run = ask(
        "\"right-token\"\n",
        "http://127.0.0.1:9".to_owned(),
        Some(sandbox.url()),
    )
    .await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let run = ask("wrong-token", sandbox.url(), None).await;
    assert_eq!(run.code, Some(3));
    assert!(
        run.stderr.contains("401") && !run.stderr.contains("wrong-token"),
        "{}",
        run.stderr
    );
}

#[test]
fn help_documents_the_exit_codes() {
    let help = run(&["--help"]);
    assert_eq!(help.code, Some(0));
    for line in [
        "0    likely",
        "1    unlikely",
        "2    bad usage",
        "3    no access",
        "4    Webex is",
        "130  interrupted",
    ] {
        assert!(help.stdout.contains(line), "{line}");
    }
}

#[test]
fn rust_log_says_what_is_told_on_the_way() {
    let run_with = |filter: &str| {
        let mut command = program(&CUSTOMER);
        command.env("RUST_LOG", filter);
        finish(command)
    };
    let run = run_with("webex_precheck=debug");
    assert_eq!(run.code, Some(0));
    assert!(
        run.stderr.contains("got a verdict verdict=\"likely\""),
        "{}",
        run.stderr
    );
    assert!(run.stdout.starts_with("likely\n"), "{}", run.stdout);
    let run = run_with("=[");
    assert_eq!(run.code, Some(0));
    assert!(
        run.stderr.starts_with("warning: RUST_LOG: "),
        "{}",
        run.stderr
    );
}

#[test]
fn a_proxy_of_the_environment_is_asked_and_gets_no_token() {
    let proxy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = proxy.local_addr().unwrap();
    let asked = std::thread::spawn(move || {
        let mut asked = Vec::new();
        // The program tries five times.
        for _ in 0..5 {
            let (mut stream, _) = proxy.accept().unwrap();
            let mut read = Vec::new();
            let mut chunk = [0; 1024];
            while !read.ends_with(b"\r\n\r\n") {
                let count = std::io::Read::read(&mut stream, &mut chunk).unwrap();
                assert!(count > 0);
                read.extend_from_slice(&chunk[..count]);
            }
            stream
                .write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
                .unwrap();
            asked.push(String::from_utf8(read).unwrap());
        }
        asked
    });
    let mut command = program(&["subscriber", "--email", "a@b.co", "--customer-id", "c"]);
    command
        .env("WEBEX_ACCESS_TOKEN", "canary")
        .env("HTTPS_PROXY", format!("http://{address}"))
        .env_remove("NO_PROXY");
    let run = finish(command);
    assert_eq!(run.code, Some(4), "{}", run.stderr);
    assert!(
        run.stderr.contains("is unreachable (5 attempts)"),
        "{}",
        run.stderr
    );
    for asked in asked.join().unwrap() {
        assert!(asked.starts_with("CONNECT webexapis.com:443 "), "{asked}");
        assert!(!asked.contains("canary"), "{asked}");
    }
    // This machine is asked without it.
    let mut command = program(&CUSTOMER);
    let nowhere = "http://127.0.0.1:1";
    command.env("HTTP_PROXY", nowhere).env("ALL_PROXY", nowhere);
    assert_eq!(finish(command).code, Some(0));
}
