//! Bulk runs as their users see them: exit codes, pipes, terminals, configuration.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use common::{PROGRAM, Run, finish, program, run, run_with_stdin};
use serde_json::Value;
use webex_precheck_sandbox::Sandbox;

/// Asks a sandbox of its own, with what comes from stdin.
fn ask(input: &str, arguments: &[&str]) -> Run {
    run_with_stdin(
        &[&["bulk", "subscribers", "-", "--sandbox"], arguments].concat(),
        input,
    )
}

const LIKELY: &str = "email,customerId\nalice@acme.com,x\n";

#[test]
fn every_exit_code_is_reached() {
    assert_eq!(ask(LIKELY, &[]).code, Some(0));
    let unlikely = format!("{LIKELY}unlikely@sandbox.example,x\n");
    assert_eq!(ask(&unlikely, &[]).code, Some(1));
    let refused = format!("{unlikely},x\n");
    assert_eq!(ask(&refused, &[]).code, Some(2));
    let failed = format!("{refused}status-404@sandbox.example,x\n");
    assert_eq!(ask(&failed, &[]).code, Some(4));
    // Before any verdict, a 403 and a 401 are the token's fault.
    for status in ["403", "401"] {
        let run = ask(
            &format!("email,customerId\nstatus-{status}@sandbox.example,x\n"),
            &[],
        );
        assert_eq!(run.code, Some(3), "{}", run.stderr);
        assert!(run.stderr.contains("0 rows:"), "{}", run.stderr);
    }
    let no_token = run_with_stdin(&["bulk", "subscribers", "-"], LIKELY);
    assert_eq!(no_token.code, Some(3), "{}", no_token.stderr);
    for arguments in [
        &["bulk"][..],
        &["bulk", "subscribers"],
        &["bulk", "subscribers", "/nonexistent.csv"],
        &["bulk", "subscribers", "-", "--resume", "--restart"],
        &["bulk", "subscribers", "-", "--resume"],
        &["bulk", "subscribers", "-", "--map", "x"],
        &["bulk", "subscribers", "-", "--map", "x=nofield"],
        &["bulk", "customers", "-", "--default", "timezone=UTC"],
        &["bulk", "subscribers", "-", "--delimiter", "::"],
        &["bulk", "subscribers", "-", "--encoding", "klingon"],
        &["bulk", "subscribers", "-", "--rate", "0/s"],
        &[
            "bulk",
            "subscribers",
            "-",
            "--map",
            "x=email",
            "--map",
            "X=customerId",
        ],
        &["bulk", "subscribers", "-", "--keep", "x", "--keep", "X"],
        &[
            "bulk",
            "subscribers",
            "-",
            "--default",
            "customerId=a\u{1b}b",
        ],
        &[
            "bulk",
            "subscribers",
            "-",
            "--dry-run",
            "--report",
            "x.html",
        ],
    ] {
        let run = run(arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.stderr);
        assert!(
            !run.stderr.is_empty() && run.stdout.is_empty(),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_webex_that_is_gone_stops_the_run() {
    // Nobody listens there any more.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let rows: String = (0..50)
        .map(|row| format!("subscriber{row}@acme.com,x\n"))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("rows.csv"),
        format!("email,customerId\n{rows}"),
    )
    .unwrap();
    let mut command = program(&["bulk", "subscribers", "rows.csv", "--stop-after", "3"]);
    command
        .current_dir(&folder)
        .env("WEBEX_ACCESS_TOKEN", "canary-token")
        .env("WEBEX_BASE_URL", &url);
    let run = finish(command);
    assert_eq!(run.code, Some(4), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("rows in a row failed, so the run was stopped"),
        "{}",
        run.stderr
    );
    assert!(run.stdout.contains("is unreachable"), "{}", run.stdout);
    assert!(run.stdout.lines().count() < 25, "{}", run.stdout);
    assert!(!format!("{run:?}").contains("canary"));
}

#[test]
fn results_in_a_pipe_hold_no_escapes_and_progress_is_lines() {
    for output in ["table", "csv", "json"] {
        let run = ask(
            "email,customerId\nalice@acme.com,x\nunlikely@sandbox.example,y\n",
            &["--output", output],
        );
        assert_eq!(run.code, Some(1));
        assert!(
            !run.stdout.contains('\x1b') && !run.stderr.contains('\x1b'),
            "{run:?}"
        );
        assert!(
            !run.stdout.contains('\r') && !run.stderr.contains('\r'),
            "{run:?}"
        );
        assert!(
            run.stderr
                .contains("2 rows: 1 likely, 1 unlikely, 0 failed, 0 refused"),
            "{}",
            run.stderr
        );
    }
    let quiet = ask(LIKELY, &["--quiet"]);
    // That there is no journal is a warning.
    assert_eq!(quiet.stderr.lines().count(), 1, "{}", quiet.stderr);
    let refused = ask(LIKELY, &["--journal", "/nonexistent/journal"]);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.stderr.contains("--journal takes another place"),
        "{}",
        refused.stderr
    );
}

#[test]
fn duplicates_are_asked_once_and_answered_each() {
    let run = ask(
        "email,customerId,Team\nalice@acme.com,x,A\nALICE@acme.com,x,B\nalice@acme.com,x,C\n alice@acme.com ,x,=D\n",
        &[
            "--output",
            "csv",
            "--ordered",
            "--keep",
            "team",
            "--concurrency",
            "1",
        ],
    );
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let rows: Vec<Vec<&str>> = run
        .stdout
        .lines()
        .map(|line| line.split(',').take(6).collect())
        .collect();
    assert_eq!(
        rows,
        [
            ["line", "email", "customerId", "team", "verdict", "origin"],
            ["2", "alice@acme.com", "x", "A", "likely", "asked"],
            ["3", "ALICE@acme.com", "x", "B", "likely", "asked"],
            ["4", "alice@acme.com", "x", "C", "likely", "duplicate"],
            ["5", "alice@acme.com", "x", "'=D", "likely", "duplicate"],
        ]
    );
    assert!(
        run.stderr.contains("2 asked, 2 duplicates of others"),
        "{}",
        run.stderr
    );
}

#[test]
fn more_equal_rows_than_fit_in_memory_are_asked_once() {
    // So short that more of them are read at a time than have room.
    let rows = "a@b.co,x\n".repeat(10_000);
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("rows.csv");
    fs::write(&input, format!("email,customerId\n{rows}")).unwrap();
    let input = input.to_str().unwrap();
    let run = run(&["bulk", "subscribers", input, "--sandbox", "--output", "csv"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stdout.lines().count(), 10_001);
    assert!(
        run.stderr.contains("1 asked, 9999 duplicates of others"),
        "{}",
        run.stderr
    );
}

#[test]
fn rows_from_a_pipe_are_answered_while_it_is_open() {
    let mut child = program(&["bulk", "subscribers", "-", "--sandbox", "--output", "csv"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (line, lines) = mpsc::channel();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    thread::spawn(move || {
        stdout
            .lines()
            .map_while(Result::ok)
            .try_for_each(|it| line.send(it))
    });
    // It takes no time; what never comes ends the test.
    let next = || lines.recv_timeout(Duration::from_secs(60));
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"email,customerId\n").unwrap();
    assert!(next().unwrap().starts_with("line,email,customerId,"));
    for (number, name) in [(2, "alice"), (3, "bob")] {
        writeln!(stdin, "{name}@acme.com,x").unwrap();
        let expected = format!("{number},{name}@acme.com,x,likely,asked,");
        let line = next();
        assert!(
            line.as_ref().is_ok_and(|it| it.starts_with(&expected)),
            "{line:?}"
        );
    }
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn json_results_hold_what_is_known() {
    let run = ask(
        "email,customerId\nunlikely@sandbox.example,x\n,x\n",
        &["--output", "json", "--ordered"],
    );
    let rows: Vec<Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let names = |row: &Value| row.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(&rows[0]),
        [
            "line",
            "row",
            "verdict",
            "origin",
            "infoCodes",
            "errorCodes",
            "message",
            "status",
            "trackingId",
            "attempts",
            "milliseconds"
        ]
    );
    assert_eq!(rows[0]["errorCodes"][0]["code"], 10022);
    assert_eq!(rows[0]["errorCodes"][0]["field"], "email");
    assert_eq!(
        (&rows[0]["status"], &rows[0]["attempts"]),
        (&Value::from(400), &Value::from(1))
    );
    assert!(
        rows[0]["trackingId"]
            .as_str()
            .unwrap()
            .starts_with("SANDBOX_")
    );
    assert_eq!(
        names(&rows[1]),
        ["line", "row", "verdict", "origin", "problems"]
    );
    assert_eq!(rows[1]["problems"][0]["rule"], "required");
    assert_eq!(rows[1]["problems"][0]["column"], "A");
}

/// Answers name people, whatever a user's umask lets others read.
#[test]
#[cfg(unix)]
fn files_with_answers_are_created_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("rows.csv");
    fs::write(&input, "email\nalice@example.com\n").unwrap();
    let program = format!(
        "umask 000; cd {}; {PROGRAM} bulk subscribers rows.csv --sandbox --report report.html",
        folder.path().display()
    );
    for again in ["", " --restart"] {
        let run = Command::new("sh")
            .args(["-c", &format!("{program}{again}")])
            .output();
        assert!(run.unwrap().status.success());
    }
    let files = fs::read_dir(folder.path()).unwrap();
    let modes = files.map(|file| {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        (file.file_name().into_string().unwrap(), mode)
    });
    let mut modes: Vec<_> = modes.filter(|(name, _)| name != "rows.csv").collect();
    modes.sort();
    let names: Vec<_> = modes.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "report.html",
            "rows.csv.precheck-journal",
            "rows.csv.precheck-journal.old"
        ]
    );
    assert!(modes.iter().all(|(_, mode)| *mode == 0o600), "{modes:?}");
}

#[test]
fn results_come_in_order_on_request() {
    let slow: String = (0..40)
        .map(|row| match row % 10 {
            0 => format!("fail-1-status-503+{row}@sandbox.example,x\n"),
            5 => ",x\n".to_owned(),
            _ => format!("subscriber{row}@acme.com,x\n"),
        })
        .collect();
    let run = ask(
        &format!("email,customerId\n{slow}"),
        &["--output", "csv", "--ordered"],
    );
    let lines: Vec<u32> = run
        .stdout
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(lines, (2..42).collect::<Vec<_>>());
}

#[test]
fn a_reader_that_goes_away_stops_the_run() {
    let rows: String = (0..3000)
        .map(|row| format!("subscriber{row}@acme.com,x\n"))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("rows.csv"),
        format!("email,customerId\n{rows}"),
    )
    .unwrap();
    let script = format!(
        "set -o pipefail; '{PROGRAM}' bulk subscribers rows.csv --sandbox --output csv | head -n 2"
    );
    let mut command = Command::new("bash");
    command
        .args(["-c", &script])
        .current_dir(&folder)
        .env("XDG_CONFIG_HOME", "/nonexistent");
    let run = finish(command);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert_eq!(run.stdout.lines().count(), 2);
    assert!(
        run.stderr
            .contains("the results cannot be written: Broken pipe"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("--resume goes on"), "{}", run.stderr);
}

/// Runs a command in a terminal of 100 columns; gives what the terminal got.
#[cfg(target_os = "linux")]
fn in_a_terminal(command: &str, sandbox: &Sandbox) -> String {
    let mut terminal = Command::new("script");
    terminal
        .args(["--quiet", "--return", "--command"])
        .arg(format!("stty cols 100 rows 30; {command}"))
        .arg("/dev/null")
        .env("WEBEX_ACCESS_TOKEN", sandbox.token())
        .env("WEBEX_BASE_URL", sandbox.url())
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .env("TERM", "xterm")
        .env("TZ", "UTC")
        .env_remove("NO_COLOR")
        .stdin(Stdio::null());
    let output = terminal.output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg(target_os = "linux")]
async fn a_terminal_shows_the_progress_of_a_throttled_run() {
    use std::time::Duration;
    let sandbox = Sandbox::builder()
        .limit(30, Duration::from_secs(2))
        .start()
        .await
        .unwrap();
    let rows: String = (0..70)
        .map(|row| format!("subscriber{row}@acme.com,x\n"))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.csv");
    let waits = "fail-1-status-429-retry-after-3@sandbox.example,x";
    fs::write(&file, format!("email,customerId\n{waits}\n{rows},x\n")).unwrap();
    let command = format!(
        "'{PROGRAM}' bulk subscribers '{}' --output csv > /dev/null",
        file.display()
    );
    let shown = tokio::task::spawn_blocking(move || in_a_terminal(&command, &sandbox))
        .await
        .unwrap();
    let lines: Vec<&str> = shown.split("\r\x1b[K").collect();
    assert!(lines.len() > 5, "{shown:?}");
    for part in [
        "of 72 rows (",
        " likely, 0 unlikely, 0 failed, 1 refused, ",
        "waiting for Webex until ",
        " s left",
    ] {
        assert!(
            lines.iter().any(|line| line.contains(part)),
            "{part}: {shown:?}"
        );
    }
    // No line is wider than the terminal, and the last one is gone when the summary comes.
    let widest = lines
        .iter()
        .take(lines.len() - 1)
        .map(|line| line.chars().count())
        .max();
    assert!(widest < Some(100), "{shown:?}");
    assert!(
        lines.last().unwrap().starts_with("72 rows: 71 likely"),
        "{shown:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg(target_os = "linux")]
async fn results_on_a_terminal_are_coloured_and_not_torn_by_progress() {
    let sandbox = Sandbox::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.csv");
    fs::write(
        &file,
        "email,customerId\nalice@acme.com,x\nslow-1-unlikely@sandbox.example,y\n",
    )
    .unwrap();
    let command = format!("'{PROGRAM}' bulk subscribers '{}'", file.display());
    let shown = tokio::task::spawn_blocking(move || in_a_terminal(&command, &sandbox))
        .await
        .unwrap();
    assert!(
        shown.contains("      2  \x1b[32mlikely  \x1b[0m  alice@acme.com x"),
        "{shown:?}"
    );
    // The line of progress is removed before the result.
    assert!(
        shown.contains("\r\x1b[K      3  \x1b[33munlikely\x1b[0m"),
        "{shown:?}"
    );
}

#[test]
fn a_profile_says_what_is_not_typed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    let file = file.to_str().unwrap();
    fs::write(
        file,
        "[default]\noutput = 'json'\n[acme]\noutput = 'csv'\naccess-token-file = 'token'\nbase-url = 'http://127.0.0.1:9'\n",
    )
    .unwrap();
    let with = |arguments: &[&str]| {
        run_with_stdin(
            &[
                &[
                    "--config",
                    file,
                    "bulk",
                    "subscribers",
                    "-",
                    "--sandbox",
                    "-q",
                ],
                arguments,
            ]
            .concat(),
            LIKELY,
        )
    };
    assert!(with(&[]).stdout.starts_with("{\"line\":2"));
    assert!(
        with(&["--profile", "acme"])
            .stdout
            .starts_with("line,email,")
    );
    assert!(with(&["--output", "table"]).stdout.starts_with("   line"));
    let unknown = with(&["--profile", "nobody"]);
    assert_eq!(unknown.code, Some(2));
    assert!(
        unknown.stderr.contains("it has acme, default"),
        "{}",
        unknown.stderr
    );
    // The token is read from the file that the profile names.
    let acme = [
        "--config",
        file,
        "--profile",
        "acme",
        "subscriber",
        "--email",
        "a@b.c",
        "--customer-id",
        "x",
    ];
    let no_token = run(&acme);
    assert_eq!(no_token.code, Some(3), "{}", no_token.stderr);
    assert!(no_token.stderr.contains("token"), "{}", no_token.stderr);
    let bad = run(&["--config", "/nonexistent.toml", "doctor", "--sandbox"]);
    assert_eq!(bad.code, Some(2), "{}", bad.stderr);
    // The default place.
    fs::create_dir(folder.path().join("webex-precheck")).unwrap();
    fs::copy(file, folder.path().join("webex-precheck/config.toml")).unwrap();
    let mut command = program(&[
        "subscriber",
        "--sandbox",
        "--email",
        "a@b.c",
        "--customer-id",
        "x",
    ]);
    command.env("XDG_CONFIG_HOME", folder.path());
    assert!(finish(command).stdout.starts_with("{\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_tells_them_apart() {
    let sandbox = Sandbox::start().await.unwrap();
    let url = sandbox.url();
    let doctor = |token: String, arguments: Vec<&'static str>, url: String| async move {
        let mut command = program(&["doctor"]);
        command.args(arguments).env("WEBEX_BASE_URL", url);
        if !token.is_empty() {
            command.env("WEBEX_ACCESS_TOKEN", token);
        }
        tokio::task::spawn_blocking(|| finish(command))
            .await
            .unwrap()
    };
    let own = sandbox.token();
    for (token, arguments, code, said) in [
        (
            own.to_owned(),
            vec![],
            0,
            &[
                "ok network",
                "ok token Webex accepts",
                "ok customers",
                "ok subscribers",
                "ok entitlement",
                "ok clock",
            ][..],
        ),
        (
            format!("{own}-customers-only"),
            vec![],
            3,
            &[
                "ok customers",
                "!! subscribers the scope spark-admin:wholesale_subscribers_write is missing",
                "ok entitlement",
            ],
        ),
        (
            format!("{own}-no-scope"),
            vec![],
            3,
            &["!! customers", "!! subscribers", "? entitlement"],
        ),
        (
            "canary-of-another".to_owned(),
            vec![],
            3,
            &["!! token Webex does not accept the access token"],
        ),
        (
            own.to_owned(),
            vec!["--on-behalf-of", "sandbox:status-403"],
            3,
            &["!! sub-partner sandbox:status-403 is at fault"],
        ),
        (
            own.to_owned(),
            vec!["--on-behalf-of", "partner"],
            0,
            &["ok sub-partner"],
        ),
        (
            own.to_owned(),
            vec!["--base-url", "http://127.0.0.1:9"],
            4,
            &["!! network Webex is unreachable"],
        ),
    ] {
        let run = doctor(token, arguments.clone(), url.clone()).await;
        assert_eq!(
            run.code,
            Some(code),
            "{arguments:?}: {} {}",
            run.stdout,
            run.stderr
        );
        let words: Vec<&str> = run.stdout.split_whitespace().collect();
        let stdout = words.join(" ");
        for said in said {
            assert!(
                stdout.contains(said),
                "{arguments:?}: {said}: {}",
                run.stdout
            );
        }
        assert!(!format!("{run:?}").contains("canary"), "{run:?}");
    }
    let none = doctor(String::new(), vec![], url).await;
    assert_eq!(none.code, Some(3), "{}", none.stderr);
    assert!(
        none.stderr.contains("WEBEX_ACCESS_TOKEN is not set"),
        "{}",
        none.stderr
    );
}

#[test]
fn codes_are_explained() {
    for (code, said) in [
        ("100", "infoCode 100: "),
        ("1001", "required is missing"),
        ("429", "HTTP 429: Webex limits"),
        (
            "country-size",
            "error; a request that breaks it is not sent",
        ),
        ("900005", "one of the sandbox"),
    ] {
        let run = run(&["explain", code]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(run.stdout.contains(said), "{code}: {}", run.stdout);
    }
    let unknown = run(&["explain", "424242"]);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (Some(2), ""));
    assert!(
        unknown
            .stderr
            .contains("nothing is documented about `424242`"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn shells_and_manuals_know_the_program() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = run(&["completions", shell]);
        assert_eq!(run.code, Some(0));
        assert!(run.stdout.contains("retry-failed"), "{shell}");
    }
    // A shell reads its script.
    let script = run(&["completions", "bash"]).stdout;
    let checked = Command::new("bash")
        .args(["-n", "-c", &script])
        .status()
        .unwrap();
    assert!(checked.success());
    let manual = run(&["man"]).stdout;
    assert!(
        manual.starts_with(".ie") || manual.contains(".TH webex-precheck 1"),
        "{manual}"
    );
    for part in [
        "BULK SUBSCRIBERS",
        "retry\\-failed",
        "Exit codes",
        "WEBEX_ACCESS_TOKEN",
    ] {
        assert!(manual.contains(part), "{part}");
    }
}

#[test]
fn a_single_verdict_may_be_csv() {
    let run = run(&[
        "subscriber",
        "--sandbox",
        "--email",
        "unlikely@sandbox.example",
        "--customer-id",
        "x",
        "--output",
        "csv",
    ]);
    assert_eq!(run.code, Some(1));
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(
        lines[0],
        "verdict,origin,infoCodes,errorCodes,words,httpStatus,trackingId,attempts,milliseconds"
    );
    assert!(
        lines[1].starts_with("unlikely,asked,,10022,email: "),
        "{}",
        lines[1]
    );
}
