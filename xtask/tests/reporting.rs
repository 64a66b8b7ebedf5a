//! What `drift` can be asked for: forms, colours, files, what does not count, and its exit codes.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::fs;

use common::{Run, Workspace, fixture};

/// A workspace whose capture of the published file is fresh, but for one renamed field (breaking)
/// and one mended sentence, and that file.
fn drifted() -> (Workspace, String) {
    let workspace = Workspace::new();
    let source = workspace.write("published.json", fixture("published.json"));
    assert_eq!(workspace.run(&["capture", &source]).code, Some(0));
    let changed = fixture("published.json")
        .replace("\"orgId\"", "\"orgID\"")
        .replacen("It was here once.", "It must be here.", 1);
    workspace.write("published.json", changed);
    (workspace, source)
}

const RENAMED: &str = "customer:body.orgId:renamed";

#[test]
fn fail_on_sets_the_mildest_impact_that_fails() {
    let workspace = Workspace::new();
    let source = workspace.write("published.json", fixture("published.json"));
    workspace.run(&["capture", &source]);
    let reworded = fixture("published.json").replace("It was here once.", "It was here.");
    workspace.write("published.json", reworded);
    for (threshold, code) in [("wording", 1), ("additive", 0), ("breaking", 0)] {
        let run = workspace.run(&["drift", &source, "--fail-on", threshold]);
        assert_eq!(run.code, Some(code), "{threshold}");
        assert!(run.stdout.contains("It was here."), "{}", run.stdout);
    }
}

#[test]
fn every_form_names_the_difference_its_line_and_what_smells_of_a_rule() {
    let (workspace, source) = drifted();
    let capture = String::from_utf8(workspace.read("spec/documented/openapi.toml")).unwrap();
    let line = capture
        .lines()
        .position(|line| line == "at = \"body.orgId\"")
        .unwrap()
        + 1;
    for (form, expected) in [
        (
            "text",
            "  Breaking customer body.orgId: renamed: orgId -> orgID\n".to_owned(),
        ),
        (
            "json",
            format!("\"id\": \"{RENAMED}\",\n      \"line\": {line}\n"),
        ),
        (
            "markdown",
            format!(
                "| breaking | customer | `body.orgId` | `renamed: orgId -> orgID` | {line} |\n"
            ),
        ),
        (
            "github",
            format!(
                "::error file=spec/documented/openapi.toml,line={line},title=customer%3Abody.orgId%3Arenamed::customer body.orgId: renamed"
            ),
        ),
        (
            "junit",
            format!(
                "name=\"{RENAMED}\" file=\"spec/documented/openapi.toml\" line=\"{line}\">\n      <failure type=\"breaking\" message=\"renamed: orgId -&gt; orgID\">"
            ),
        ),
        ("sarif", format!("\"startLine\": {line}\n")),
    ] {
        let run = workspace.run(&["drift", &source, "--format", form]);
        assert_eq!(run.code, Some(1), "{form}: {}", run.stderr);
        assert!(run.stdout.contains(&expected), "{form}: {}", run.stdout);
        assert!(run.stdout.contains("requirement"), "{form}: {}", run.stdout);
    }
}

#[test]
fn several_forms_are_written_in_one_run() {
    let (workspace, source) = drifted();
    let file = |name: &str| workspace.path(name).display().to_string();
    let write = [
        format!("markdown={}", file("report.md")),
        format!("sarif={}", file("report.sarif")),
        format!("text={}", file("report.txt")),
    ];
    let mut arguments = vec!["drift", &source, "--format", "json"];
    for write in &write {
        arguments.extend(["--write", write]);
    }
    let run = workspace.run(&arguments);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stdout.starts_with('{'), "{}", run.stdout);
    for (form, name) in [
        ("markdown", "report.md"),
        ("sarif", "report.sarif"),
        ("text", "report.txt"),
    ] {
        let alone = workspace.run(&["drift", &source, "--format", form]);
        assert_eq!(workspace.read(name), alone.stdout.as_bytes(), "{form}");
    }
    let nowhere = format!("json={}", file("no/such/folder"));
    let run = workspace.run(&["drift", &source, "--write", &nowhere]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("is the path right?"), "{}", run.stderr);
}

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    let (workspace, source) = drifted();
    let plain = workspace.run(&["drift", &source]);
    assert!(!plain.stdout.contains('\u{1b}'), "{}", plain.stdout);
    let mut command = workspace.command(&["drift", &source]);
    let forced: Run = command.env("CLICOLOR_FORCE", "1").output().unwrap().into();
    // Bright red and bold, and plain again before the text.
    assert!(
        forced
            .stdout
            .contains("\u{1b}[1m\u{1b}[91m  Breaking\u{1b}[0m customer"),
        "{:?}",
        forced.stdout
    );
    let mut command = workspace.command(&["drift", &source]);
    let refused = command.env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1");
    let refused: Run = refused.output().unwrap().into();
    assert_eq!(refused.stdout, plain.stdout);
}

#[test]
fn what_is_ignored_is_shown_and_does_not_fail() {
    let (workspace, source) = drifted();
    let run = workspace.run(&[
        "drift",
        &source,
        "--fail-on",
        "breaking",
        "--ignore",
        "customer:*:renamed; a slip; they know",
    ]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout
            .contains("   Ignored customer body.orgId: renamed"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("ignored: a slip; they know"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("1 ignored; next release: patch"),
        "{}",
        run.stdout
    );
    let run = workspace.run(&["drift", &source, "--ignore", "*; all"]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout.contains("no difference, 2 ignored"),
        "{}",
        run.stdout
    );
}

#[test]
fn an_ignore_file_holds_until_its_day_has_passed() {
    let (workspace, source) = drifted();
    let text = format!(
        "# ours\n[[ignore]]\nid = \"{RENAMED}\"\nreason = \"a slip\"\nuntil = \"2026-06-30\"\n"
    );
    let file = workspace.write("ignored.toml", text);
    for (today, code) in [("2026-06-30", 0), ("2026-07-01", 1)] {
        let run = workspace.run(&[
            "drift",
            &source,
            "--fail-on",
            "breaking",
            "--ignore-file",
            &file,
            "--today",
            today,
        ]);
        assert_eq!(
            run.code,
            Some(code),
            "{today}: {}{}",
            run.stdout,
            run.stderr
        );
        let told = format!("   Expired {file}:2: `{RENAMED}` was ignored until 2026-06-30");
        assert_eq!(run.stdout.contains(&told), code == 1, "{}", run.stdout);
    }
}

#[test]
fn what_ignores_nothing_fails_and_is_named() {
    let workspace = Workspace::new();
    let source = workspace.write("published.json", fixture("published.json"));
    workspace.run(&["capture", &source]);
    let file = workspace.write(
        "ignored.toml",
        "\n\n[[ignore]]\nid = \"x\"\nreason = \"y\"\n",
    );
    for (flag, value, named) in [
        (
            "--ignore-file",
            &*file,
            format!("{file}:3: no difference is called `x`"),
        ),
        (
            "--ignore",
            "x; y",
            "--ignore 'x; y': no difference is called `x`".to_owned(),
        ),
    ] {
        let run = workspace.run(&["drift", &source, flag, value]);
        assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
        assert!(
            run.stdout.contains(&format!("    Unused {named}")),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn wrong_usage_exits_with_2_and_says_what_to_do() {
    let workspace = Workspace::new();
    let bad = workspace.write("bad.toml", "[[ignore]]\nid = \"x\"\n");
    let gone = workspace.path("gone.toml").display().to_string();
    let before = workspace.snapshot();
    for (arguments, expected) in [
        (
            &["--format", "xml"][..],
            "possible values: text, json, markdown, github, junit, sarif",
        ),
        (
            &["--fail-on", "never"],
            "possible values: wording, additive, breaking",
        ),
        (&["--write", "report.md"], "such as `markdown=report.md`"),
        (&["--write", "json="], "such as `markdown=report.md`"),
        (
            &["--write", "xml=x"],
            "use one of text, json, markdown, github, junit, sarif",
        ),
        (&["--ignore", "x"], "there is no reason to ignore `x`"),
        (
            &["--ignore", "x; y; until 2026-13-01"],
            "`2026-13-01` is no date",
        ),
        (&["--ignore-file", &bad], "line 1: missing field `reason`"),
        (&["--ignore-file", &gone], "is the path right?"),
        (&["--today", "now"], "--today"),
    ] {
        // The source is not looked at before all is understood.
        let run = workspace.run(&[&["drift", "nowhere"], arguments].concat());
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.stderr);
        assert!(
            run.stderr.contains(expected),
            "{arguments:?}: {}",
            run.stderr
        );
    }
    assert_eq!(workspace.snapshot(), before);
}

#[test]
fn a_failure_does_not_steer_the_terminal() {
    let workspace = Workspace::new();
    let source = workspace.write(
        "published.json",
        fixture("published.json").replace("/wholesale/customers/validate", "/\\u001b[2J/validate"),
    );
    let run = workspace.run(&["drift", &source]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert!(!run.stderr.contains('\u{1b}'), "{:?}", run.stderr);
    let run = workspace.run(&["drift", "\u{1b}[2Jnowhere"]);
    assert!(run.stderr.contains("\\u{1b}[2Jnowhere"), "{:?}", run.stderr);
    fs::remove_file(source).unwrap();
}
