//! A bulk run that is killed, or cannot write, loses nothing.
//! The example `crash` of the package `e2e` is the long version.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use common::{PROGRAM, Run, finish, program};
use e2e::crash::Crash;
use webex_precheck_sandbox::Sandbox;

#[tokio::test]
async fn a_run_that_is_killed_goes_on_where_it_was() {
    let crash = Crash {
        rows: 200,
        kills: 6,
        per_second: 100,
        flaky: 3,
        seed: 7,
    };
    let folder = tempfile::tempdir().unwrap();
    let survived = crash.run(Path::new(PROGRAM), folder.path()).await.unwrap();
    assert!(survived.kills > 3, "{survived:?}");
    // What is lost with a process is what it had under way.
    assert!(survived.lost * 2 < survived.requests, "{survived:?}");
}

struct Bench {
    folder: tempfile::TempDir,
    sandbox: Sandbox,
}

impl Bench {
    async fn start() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            sandbox: Sandbox::start().await.unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn journal(&self) -> Vec<u8> {
        fs::read(self.path("rows.csv.precheck-journal")).unwrap()
    }

    fn asked(&self) -> u64 {
        self.sandbox.statuses().values().sum()
    }

    /// A run that asks the sandbox.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(&["bulk", "subscribers"]);
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env("WEBEX_ACCESS_TOKEN", self.sandbox.token())
            .env("WEBEX_BASE_URL", self.sandbox.url());
        command
    }

    /// Starts a run whose output is read when it has ended.
    #[cfg(unix)]
    fn start_run(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    async fn bulk(&self, arguments: &[&str]) -> Run {
        let command = self.command(arguments);
        // The sandbox goes on meanwhile.
        tokio::task::spawn_blocking(|| finish(command))
            .await
            .unwrap()
    }
}

fn rows(count: usize) -> String {
    let row = |row| format!("subscriber{row}@acme.com,ZjViMzYx\n");
    let rows: String = (0..count).map(row).collect();
    format!("email,customerId\n{rows}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_that_is_cut_off_anywhere_is_mended() {
    let bench = Bench::start().await;
    bench.write("rows.csv", &rows(3));
    assert_eq!(bench.bulk(&["rows.csv"]).await.code, Some(0));
    let whole = bench.journal();
    let last = whole[..whole.len() - 1]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .unwrap()
        + 1;
    // A few bytes apart, and at both ends of the line.
    let places = (last..whole.len()).filter(|cut| {
        let from_ends = (cut - last).min(whole.len() - 1 - cut);
        from_ends < 3 || from_ends % 7 == 0
    });
    for cut in places {
        fs::write(bench.path("rows.csv.precheck-journal"), &whole[..cut]).unwrap();
        let before = bench.asked();
        let run = bench
            .bulk(&["rows.csv", "--resume", "--output", "csv"])
            .await;
        assert_eq!(run.code, Some(0), "{cut}: {}", run.stderr);
        assert_eq!(run.stdout.lines().count(), 4, "{cut}: {}", run.stdout);
        // All but the end of the line is an answer; less is none.
        let is_whole = cut == whole.len() - 1;
        assert_eq!(bench.asked() - before, u64::from(!is_whole), "{cut}");
        assert_eq!(
            run.stderr.contains("was cut off"),
            cut != last,
            "{cut}: {}",
            run.stderr
        );
        // What was mended stays so.
        let again = bench.bulk(&["rows.csv", "--resume"]).await;
        assert!(!again.stderr.contains("warning"), "{cut}: {}", again.stderr);
        assert!(
            again.stderr.contains("3 from the journal"),
            "{cut}: {}",
            again.stderr
        );
    }
    // Cut off in the first line, there is no journal yet.
    let header = whole.iter().position(|byte| *byte == b'\n').unwrap();
    for cut in (0..header).step_by(7).chain([1, header]) {
        fs::write(bench.path("rows.csv.precheck-journal"), &whole[..cut]).unwrap();
        let run = bench.bulk(&["rows.csv", "--resume"]).await;
        assert_eq!(run.code, Some(0), "{cut}: {}", run.stderr);
        assert!(run.stderr.contains("3 asked"), "{cut}: {}", run.stderr);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_line_costs_its_row_alone() {
    let bench = Bench::start().await;
    bench.write("rows.csv", &rows(5));
    bench.bulk(&["rows.csv"]).await;
    let mut journal = bench.journal();
    // A letter in the third line.
    let start = journal
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .nth(1)
        .unwrap()
        .0;
    journal[start + 30] ^= 1;
    fs::write(bench.path("rows.csv.precheck-journal"), &journal).unwrap();
    let run = bench.bulk(&["rows.csv", "--resume"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("the first is line 3"), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("1 asked, 0 duplicates of others, 4 from the journal"),
        "{}",
        run.stderr
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_known_by_content_and_not_by_place() {
    let bench = Bench::start().await;
    bench.write("rows.csv", &rows(10));
    bench.bulk(&["rows.csv"]).await;
    // Moved, edited, added, removed; other names, another order of columns.
    bench.write(
        "rows.csv",
        "Customer ID;E-Mail\nZjViMzYx;subscriber9@acme.com\nZjViMzYx;new@acme.com\n\
         other;subscriber3@acme.com\nZjViMzYx; subscriber0@acme.com \n",
    );
    let run = bench
        .bulk(&["rows.csv", "--resume", "--ordered", "--output", "csv"])
        .await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let origins: Vec<&str> = run
        .stdout
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(4).unwrap())
        .collect();
    assert_eq!(origins, ["journal", "asked", "asked", "journal"]);
    assert_eq!(bench.asked(), 12);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_is_not_taken_for_another() {
    let bench = Bench::start().await;
    bench.write("rows.csv", &rows(2));
    bench.bulk(&["rows.csv"]).await;
    let before = bench.journal();
    let refused = async |arguments: &[&str], reason: &str| {
        let run = bench.bulk(arguments).await;
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(reason), "{arguments:?}: {}", run.stderr);
        assert_eq!(bench.journal(), before, "{arguments:?}");
        assert_eq!(bench.asked(), 2, "{arguments:?}");
    };
    refused(
        &["rows.csv"],
        "it holds 2 answers of an earlier run; use --resume",
    )
    .await;
    refused(
        &["rows.csv", "--resume", "--on-behalf-of", "x"],
        "it holds answers to subscribers asked of http://127",
    )
    .await;
    refused(
        &["rows.csv", "--resume", "--sandbox"],
        "it holds answers to subscribers asked of",
    )
    .await;
    bench.write("notes.txt", "webex-precheck-journal 1 my notes");
    refused(&["rows.csv", "--journal", "notes.txt"], "it is no journal").await;
    refused(&["rows.csv", "--journal", "/dev/null"], "it is no file").await;
    bench.write("notes.txt", "mine");
    refused(
        &["rows.csv", "--journal", "notes.txt", "--restart"],
        "it is no journal",
    )
    .await;
    assert_eq!(fs::read_to_string(bench.path("notes.txt")).unwrap(), "mine");
    refused(
        &["rows.csv", "--journal", "rows.csv"],
        "--journal is the input",
    )
    .await;
    refused(
        &["rows.csv", "--report", "rows.csv"],
        "--report is the input",
    )
    .await;
    // The journal of another input holds no answer to these rows, and keeps what it has.
    bench.write("other.csv", "email,customerId\nother@acme.com,ZjViMzYx\n");
    let run = bench
        .bulk(&[
            "other.csv",
            "--journal",
            "rows.csv.precheck-journal",
            "--resume",
        ])
        .await;
    assert!(
        run.stderr
            .contains("1 asked, 0 duplicates of others, 0 from"),
        "{}",
        run.stderr
    );
    assert!(bench.journal().starts_with(&before));
    let run = bench.bulk(&["rows.csv", "--resume"]).await;
    assert!(run.stderr.contains("2 from the journal"), "{}", run.stderr);
    let held = bench.journal();
    let old = || fs::read(bench.path("rows.csv.precheck-journal.old")).unwrap();
    // What cannot run sets nothing aside; what cannot ask loses nothing.
    let run = bench
        .bulk(&[
            "rows.csv",
            "--restart",
            "--report",
            "/nonexistent/report.html",
        ])
        .await;
    assert_eq!(
        (run.code, bench.journal() == held),
        (Some(2), true),
        "{}",
        run.stderr
    );
    let run = bench.bulk(&["rows.csv", "--restart"]).await;
    assert!(run.stderr.contains("2 asked"), "{}", run.stderr);
    assert!(old() == held);
    let again = bench
        .bulk(&[
            "rows.csv",
            "--report",
            "rows.csv.precheck-journal.old",
            "--restart",
        ])
        .await;
    assert!(
        again.stderr.contains("--report is a journal"),
        "{}",
        again.stderr
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_failed_is_asked_again_on_request() {
    let bench = Bench::start().await;
    bench.write(
        "rows.csv",
        "email,customerId\nfail-1-status-403@sandbox.example,x\n",
    );
    let run = bench
        .bulk(&["rows.csv", "--concurrency", "1", "--ordered"])
        .await;
    // Nothing but a 403 is the token's fault, and no answer of the row.
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    bench.write(
        "rows.csv",
        "email,customerId\nalice@acme.com,x\nfail-1-status-403@sandbox.example,x\n\
         fail-1-status-404@sandbox.example,x\n",
    );
    let run = bench
        .bulk(&["rows.csv", "--resume", "--concurrency", "1"])
        .await;
    assert_eq!(run.code, Some(4), "{}", run.stderr);
    assert!(
        run.stderr.contains("2 likely, 0 unlikely, 1 failed"),
        "{}",
        run.stderr
    );
    let run = bench.bulk(&["rows.csv", "--resume"]).await;
    assert_eq!(run.code, Some(4), "{}", run.stderr);
    assert!(
        run.stderr.contains("0 asked") && run.stderr.contains("3 from the journal"),
        "{}",
        run.stderr
    );
    let run = bench.bulk(&["rows.csv", "--retry-failed"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stderr.contains("1 asked") && run.stderr.contains("2 from the journal"),
        "{}",
        run.stderr
    );
    let run = bench.bulk(&["rows.csv", "--resume"]).await;
    assert!(run.stderr.contains("3 from the journal"), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_are_forbidden_have_a_result_once_the_token_is_known_to_be_good() {
    let bench = Bench::start().await;
    let forbidden: String = (0..5)
        .map(|row| format!("status-403+{row}@sandbox.example,x\n"))
        .collect();
    // Before the first verdict, behind it, and in a run of their own.
    bench.write(
        "rows.csv",
        &format!("email,customerId\n{forbidden}alice@acme.com,x\n"),
    );
    let run = bench.bulk(&["rows.csv", "--concurrency", "1"]).await;
    assert_eq!(run.code, Some(4), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("6 rows: 1 likely, 0 unlikely, 5 failed"),
        "{}",
        run.stderr
    );
    let run = bench.bulk(&["rows.csv", "--retry-failed"]).await;
    assert_eq!(run.code, Some(4), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("6 rows: 1 likely, 0 unlikely, 5 failed"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("5 asked"), "{}", run.stderr);
    // Where there are too many of them, it is the token's fault after all.
    let run = bench
        .bulk(&["rows.csv", "--retry-failed", "--stop-after", "4"])
        .await;
    assert_eq!(run.code, Some(3), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg(unix)]
async fn two_runs_do_not_share_a_journal_and_an_interruption_loses_nothing() {
    let bench = Bench::start().await;
    bench.write(
        "rows.csv",
        "email,customerId\nalice@acme.com,x\nstalled@sandbox.example,x\nbob@acme.com,x\nslow-1@sandbox.example,x\n",
    );
    let first = bench.start_run(&["rows.csv", "--output", "json"]);
    // The quick two are answered, the others under way.
    e2e::until(|| {
        bench.path("rows.csv.precheck-journal").exists()
            && bench.journal().split(|b| *b == b'\n').count() >= 4
    })
    .await;
    let second = bench.bulk(&["rows.csv", "--resume"]).await;
    assert_eq!(second.code, Some(2), "{}", second.stderr);
    assert!(
        second.stderr.contains("another run has it open"),
        "{}",
        second.stderr
    );
    let interrupt = || {
        let id = first.id().to_string();
        Command::new("kill").args(["-INT", &id]).status().unwrap();
    };
    interrupt();
    e2e::until(|| bench.journal().split(|b| *b == b'\n').count() >= 5).await;
    // One is stalled: the second time it does not wait.
    interrupt();
    let output = tokio::task::spawn_blocking(|| first.wait_with_output().unwrap())
        .await
        .unwrap();
    first_is_interrupted(&output);
    let run = bench
        .bulk(&[
            "rows.csv",
            "--resume",
            "--concurrency",
            "1",
            "--quiet",
            "--dry-run",
        ])
        .await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    bench.write(
        "rows.csv",
        "email,customerId\nalice@acme.com,x\nbob@acme.com,x\nslow-1@sandbox.example,x\n",
    );
    let run = bench.bulk(&["rows.csv", "--resume"]).await;
    assert!(
        run.stderr.contains("0 asked") && run.stderr.contains("3 from the journal"),
        "{}",
        run.stderr
    );
}

#[cfg(unix)]
fn first_is_interrupted(output: &std::process::Output) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    assert!(stderr.contains("Stopping: waiting for answers"), "{stderr}");
    assert!(stderr.contains("--resume goes on"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg(unix)]
async fn a_run_that_is_stopped_waits_for_what_is_under_way() {
    let bench = Bench::start().await;
    let slow: String = (0..300)
        .map(|row| format!("slow-1+{row}@sandbox.example,x\n"))
        .collect();
    bench.write("rows.csv", &format!("email,customerId\n{slow}"));
    let child = bench.start_run(&["rows.csv", "--concurrency", "2", "--report", "r.html"]);
    e2e::until(|| bench.sandbox.requests().len() + bench.asked() as usize >= 2).await;
    let id = child.id().to_string();
    Command::new("kill").args(["-TERM", &id]).status().unwrap();
    let output = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap())
        .await
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    let answered = bench.asked() as usize;
    assert!((1..=6).contains(&answered), "{answered}");
    // The header, and what was answered; the same in the results and on the page.
    assert_eq!(
        bench.journal().split(|byte| *byte == b'\n').count(),
        answered + 2
    );
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).lines().count(),
        answered + 1
    );
    let page = fs::read_to_string(bench.path("r.html")).unwrap();
    assert!(
        page.contains(&format!("<b id=\"total-rows\">{answered}</b>")),
        "{page}"
    );
    assert!(page.contains("Not all rows have a result: the run was interrupted"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg(unix)]
async fn a_reader_that_pauses_does_not_keep_answers_from_the_journal() {
    let bench = Bench::start().await;
    bench.write("rows.csv", &rows(3000));
    let child = bench.start_run(&["rows.csv", "--output", "json"]);
    // Nobody reads, so that it ends up with as many rows as it may have in memory.
    let answers = || {
        bench
            .journal()
            .split(|byte| *byte == b'\n')
            .count()
            .saturating_sub(2) as u64
    };
    let is_there = || bench.path("rows.csv.precheck-journal").exists();
    e2e::until(|| is_there() && answers() > 2000 && answers() == bench.asked()).await;
    let id = child.id().to_string();
    for _ in 0..2 {
        Command::new("kill").args(["-INT", &id]).status().unwrap();
    }
    let output = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap());
    let output = output.await.unwrap();
    assert_eq!(
        output.status.code(),
        Some(130),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(answers(), bench.asked());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg(target_os = "linux")]
async fn a_full_disk_stops_the_run_and_loses_nothing() {
    let bench = Bench::start().await;
    bench.write("rows.csv", &rows(200));
    // A process may not write files of more than so many blocks; the signal for it is ignored, so that
    // it is an error as that of a full disk.
    let script = format!(
        "trap '' XFSZ; ulimit -f 8; exec '{PROGRAM}' bulk subscribers rows.csv --concurrency 4"
    );
    let mut command = Command::new("bash");
    command
        .args(["-c", &script])
        .current_dir(&bench.folder)
        .env("WEBEX_ACCESS_TOKEN", bench.sandbox.token())
        .env("WEBEX_BASE_URL", bench.sandbox.url());
    let run = tokio::task::spawn_blocking(|| finish(command))
        .await
        .unwrap();
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("the journal cannot be written: File too large"),
        "{}",
        run.stderr
    );
    let journal = bench.journal();
    assert!(
        journal.len() <= 8192 && journal.ends_with(b"\n"),
        "{}",
        journal.len()
    );
    // What has a result is in the journal.
    let answers = journal.split(|byte| *byte == b'\n').count() - 2;
    assert_eq!(run.stdout.lines().count(), answers + 1);
    let run = bench.bulk(&["rows.csv", "--resume"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stderr.contains(&format!("{answers} from the journal")),
        "{}",
        run.stderr
    );
}
