//! The drift action, run as a runner does: what it pushes, what it proposes, and what fails.

#![cfg(unix)]
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use xtask::rehearse::{Run, Served, Stage, with_status};

const XTASK: &str = env!("CARGO_BIN_EXE_xtask");
const BRANCH: &str = "documentation-drift-openapi";

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap().to_owned()
}

/// The contract, as if Webex had published it.
fn published() -> String {
    fs::read_to_string(root().join("spec/openapi.json")).unwrap()
}

fn changed(status: &str) -> String {
    with_status(&published(), status).unwrap()
}

/// A stage whose base has captured what is served.
struct Rehearsal {
    stage: Stage,
    served: Served,
    address: String,
}

impl Rehearsal {
    fn new() -> Self {
        let stage = Stage::new(&root(), Path::new(XTASK)).unwrap();
        let served = Served::start(&published()).unwrap();
        let address = served.address("published.json");
        stage.capture(&address).unwrap();
        Self {
            stage,
            served,
            address,
        }
    }

    /// Serves a text and runs the action on it.
    fn run(&self, text: &str) -> Run {
        self.run_with(text, &[])
    }

    fn run_with(&self, text: &str, inputs: &[(&str, &str)]) -> Run {
        self.served.set(text);
        let source = [("source", self.address.as_str())];
        self.stage.run(&[&source, inputs].concat()).unwrap()
    }

    fn nothing_was_proposed(&self) {
        assert!(self.stage.pull_requests().unwrap().is_empty());
        assert!(self.stage.branches().unwrap().is_empty());
    }
}

#[track_caller]
fn ended(run: &Run, result: &str) {
    assert_eq!(run.failed, None, "{}", run.log);
    assert_eq!(run.output("result"), result, "{}", run.log);
}

#[test]
fn an_unchanged_source_is_clean_and_proposes_nothing() {
    let rehearsal = Rehearsal::new();
    let run = rehearsal.run(&published());
    ended(&run, "clean");
    assert_eq!(run.output("impact"), "");
    assert_eq!(run.output("pull-request"), "");
    assert!(run.summary.contains("no difference"), "{}", run.summary);
    rehearsal.nothing_was_proposed();
}

#[test]
fn one_pull_request_follows_the_source() {
    let rehearsal = Rehearsal::new();
    let stage = &rehearsal.stage;

    let first = rehearsal.run(&changed("418"));
    ended(&first, "drift");
    assert_eq!(first.output("impact"), "additive");
    let requests = stage.pull_requests().unwrap();
    let [request] = &requests[..] else {
        panic!("{requests:?}")
    };
    assert_eq!(first.output("pull-request"), request.url);
    assert_eq!(
        (request.head.as_str(), request.base.as_str()),
        (BRANCH, "main")
    );
    assert_eq!(
        request.title,
        "Follow Webex's documentation: openapi (additive)"
    );
    assert!(request.body.contains("418"), "{}", request.body);
    assert!(request.body.contains("What follows"), "{}", request.body);
    assert!(first.summary.contains(&request.body), "{}", first.summary);
    assert_eq!(stage.branches().unwrap(), [BRANCH]);
    let commits = stage.commits(BRANCH).unwrap();
    assert_eq!(commits.len(), 1, "{commits:?}");
    let by_the_bot = "github-actions[bot]: Follow Webex's documentation: openapi (additive)";
    assert!(commits[0].ends_with(by_the_bot), "{commits:?}");
    let files = stage.changed_files(BRANCH).unwrap();
    for file in [
        "spec/documented/openapi.toml",
        "spec/openapi.json",
        "CHANGELOG.md",
    ] {
        assert!(files.iter().any(|changed| changed == file), "{files:?}");
    }

    let second = rehearsal.run(&changed("418"));
    ended(&second, "drift");
    assert!(second.told("notice", "is up to date"), "{}", second.log);
    assert_eq!(second.output("pull-request"), request.url);
    assert_eq!(stage.commits(BRANCH).unwrap(), commits);
    assert_eq!(stage.pull_requests().unwrap(), requests);

    let third = rehearsal.run(&changed("451"));
    ended(&third, "drift");
    let after = stage.pull_requests().unwrap();
    let [request] = &after[..] else {
        panic!("{after:?}")
    };
    assert_eq!(request.edits, 1);
    assert!(request.body.contains("451"), "{}", request.body);
    assert!(!request.body.contains("418"), "{}", request.body);
    assert_eq!(stage.branches().unwrap(), [BRANCH]);
    let replaced = stage.commits(BRANCH).unwrap();
    assert_eq!(replaced.len(), 1, "{replaced:?}");
    assert_ne!(replaced, commits);

    // The source is again as it was captured: who knows what else is in the pull request.
    let fourth = rehearsal.run(&published());
    ended(&fourth, "clean");
    assert!(fourth.told("notice", "is still open"), "{}", fourth.log);
    assert_eq!(fourth.output("pull-request"), request.url);
    assert_eq!(stage.pull_requests().unwrap(), after);
}

#[test]
fn what_people_decided_stays() {
    let rehearsal = Rehearsal::new();
    let stage = &rehearsal.stage;
    rehearsal.run(&changed("418"));
    let mut requests = stage.pull_requests().unwrap();
    requests[0].state = "CLOSED".to_owned();
    stage.set_pull_requests(&requests).unwrap();

    // A pull request that was closed is not opened again before there is something new.
    let run = rehearsal.run(&changed("418"));
    ended(&run, "drift");
    assert!(run.told("notice", "was closed"), "{}", run.log);
    assert_eq!(stage.pull_requests().unwrap(), requests);
    ended(&rehearsal.run(&changed("451")), "drift");
    assert_eq!(stage.pull_requests().unwrap().len(), 2);

    // A person's commit on the branch is not overwritten.
    let note = |checkout: &Path| {
        fs::write(checkout.join("note.md"), "by hand").unwrap();
        Ok(())
    };
    stage.commit_to(BRANCH, "Add a note", note).unwrap();
    let commits = stage.commits(BRANCH).unwrap();
    let requests = stage.pull_requests().unwrap();
    let run = rehearsal.run(&changed("418"));
    ended(&run, "drift");
    assert!(
        run.told("warning", "is a person's, and stays"),
        "{}",
        run.log
    );
    assert_eq!(stage.commits(BRANCH).unwrap(), commits);
    assert_eq!(stage.pull_requests().unwrap(), requests);
}

#[test]
fn a_source_that_cannot_be_read_is_a_warning() {
    let rehearsal = Rehearsal::new();
    // A port that nobody listens on any more.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let unreachable = format!("http://127.0.0.1:{port}/published.json");
    for (text, source, why) in [
        (&published(), unreachable.as_str(), "refuses the connection"),
        (&String::new(), &rehearsal.address, "is empty"),
        (
            &"{\"openapi\": \"3.0.0\", \"paths\": {}}".to_owned(),
            &rehearsal.address,
            "paths are empty",
        ),
        (&"<html>".to_owned(), &rehearsal.address, "HTML"),
    ] {
        let run = rehearsal.run_with(text, &[("source", source), ("fail-on", "wording")]);
        ended(&run, "broken");
        assert!(run.told("warning", why), "{}", run.log);
        assert!(run.summary.contains(why), "{}", run.summary);
        assert_eq!(run.output("impact"), "");
        rehearsal.nothing_was_proposed();
    }
}

#[test]
fn the_job_fails_after_the_pull_request_was_made() {
    let rehearsal = Rehearsal::new();
    // The first one fails, and its pull request is there all the same.
    for (fail_on, failed) in [
        ("additive", Some("Judge")),
        ("wording", Some("Judge")),
        ("breaking", None),
        ("never", None),
    ] {
        let run = rehearsal.run_with(&changed("418"), &[("fail-on", fail_on)]);
        assert_eq!(run.failed.as_deref(), failed, "{fail_on}: {}", run.log);
        assert_eq!(rehearsal.stage.pull_requests().unwrap().len(), 1);
        let url = "https://github.com/rehearsed/rehearsed/pull/1";
        assert_eq!(run.output("pull-request"), url);
    }
}

#[test]
fn inputs_are_heeded_or_refused() {
    let rehearsal = Rehearsal::new();
    let run = rehearsal.run_with(&changed("418"), &[("pull-request", "false")]);
    ended(&run, "drift");
    rehearsal.nothing_was_proposed();
    for (input, value, why) in [
        ("fail-on", "serious", "fail-on is `serious`"),
        ("branch", "two words", "no name for a branch"),
        ("branch", "x\nresult=clean", "no name for a branch"),
        ("branch", "main", "branch and base are both"),
    ] {
        let run = rehearsal.run_with(&changed("418"), &[(input, value)]);
        assert!(run.failed.is_some(), "{}", run.log);
        assert!(run.told("error", why), "{}", run.log);
        rehearsal.nothing_was_proposed();
    }
    // What is ignored does not count.
    let ignored = rehearsal.stage.path("ignored.toml");
    let ignore = |operation: &str| {
        format!("[[ignore]]\nid = \"{operation}:responses.418*\"\nreason = \"A teapot\"\n")
    };
    fs::write(&ignored, ["customer", "subscriber"].map(ignore).concat()).unwrap();
    let inputs = [("ignore-file", ignored.to_str().unwrap())];
    let run = rehearsal.run_with(&changed("418"), &inputs);
    ended(&run, "clean");
    rehearsal.nothing_was_proposed();
    // An entry for nothing fails the job.
    let run = rehearsal.run_with(&published(), &inputs);
    assert!(run.failed.is_some(), "{}", run.log);
    assert!(run.told("error", "matches nothing"), "{}", run.log);
}

#[test]
fn the_base_may_be_another_branch() {
    let rehearsal = Rehearsal::new();
    let stage = &rehearsal.stage;
    stage.branch("next").unwrap();
    let note = |checkout: &Path| {
        fs::write(checkout.join("note.md"), "next").unwrap();
        Ok(())
    };
    stage.commit_to("next", "Go on", note).unwrap();
    let run = rehearsal.run_with(
        &changed("418"),
        &[("base", "next"), ("branch", "drift/next")],
    );
    ended(&run, "drift");
    let requests = stage.pull_requests().unwrap();
    assert_eq!(
        (requests[0].base.as_str(), requests[0].head.as_str()),
        ("next", "drift/next")
    );
    assert_eq!(stage.commits("drift/next").unwrap().len(), 2);
}

#[test]
fn what_a_source_says_is_never_obeyed() {
    let rehearsal = Rehearsal::new();
    let stage = &rehearsal.stage;
    let hostile = "`cd ..;touch pwned` $(cd ..;touch pwned) '; cd ..;touch pwned; ' \" ${{ inputs.token }}\n\
                   ::set-output name=result::broken\n::error::pwned\n##[set-output name=impact]pwned\n\
                   ::add-mask::pwned\n";
    // In what it says of an answer, in what it says everywhere else, and in its own name.
    let escaped = serde_json::to_string(hostile).unwrap();
    let escaped = escaped.trim_matches('"');
    let text = changed("418").replace("Rehearsed.", escaped);
    let text = text.replace(
        "\"description\": \"",
        &format!("\"description\": \"{escaped} "),
    );
    let source = stage.path(&format!("{hostile}.json"));
    fs::write(&source, text).unwrap();
    for _ in 0..2 {
        let run = stage.run(&[("source", source.to_str().unwrap())]).unwrap();
        ended(&run, "drift");
        assert_ne!(run.output("impact"), "pwned");
        assert!(
            run.commands
                .iter()
                .all(|(name, text)| text != "pwned" && name != "add-mask"),
            "{:?}",
            run.commands
        );
        assert_eq!(stage.branches().unwrap(), [BRANCH]);
        assert_eq!(stage.pull_requests().unwrap().len(), 1);
        assert!(!stage.path("pwned").exists());
        let files = stage.changed_files(BRANCH).unwrap();
        assert!(
            !files.iter().any(|file| file.contains("pwned")),
            "{files:?}"
        );
    }
    let request = stage.pull_requests().unwrap().remove(0);
    let title = "Follow Webex's documentation: openapi (additive)";
    assert_eq!(request.title, title);
    // GitHub takes no longer text.
    assert!(request.body.len() <= 65_536, "{}", request.body.len());
    assert!(request.body.contains("The rest is left out here"));
    // A broken source with such a name is named, and no more.
    fs::write(&source, "").unwrap();
    let run = stage.run(&[("source", source.to_str().unwrap())]).unwrap();
    ended(&run, "broken");
    assert!(
        run.commands.iter().all(|(_, text)| text != "pwned"),
        "{:?}",
        run.commands
    );
}

#[test]
fn the_verb_rehearses_all_of_it() {
    let output = Command::new(XTASK).arg("rehearse").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert_eq!(said.matches("commits on branches: 1").count(), 3, "{said}");
    assert!(said.contains("every run ended as it should"), "{said}");
}

/// The lines of a file below a key, as far as they are indented deeper.
fn block<'t>(text: &'t str, key: &str) -> Vec<&'t str> {
    let mut lines = text.lines().skip_while(|line| line.trim() != key);
    let indent = |line: &str| line.len() - line.trim_start().len();
    let depth = indent(lines.next().unwrap());
    lines
        .take_while(|line| line.is_empty() || indent(line) > depth)
        .collect()
}

#[test]
fn the_workflow_gives_the_action_what_it_takes() {
    let workflow = fs::read_to_string(root().join(".github/workflows/drift.yml")).unwrap();
    let action = fs::read_to_string(root().join(".github/actions/drift/action.yml")).unwrap();
    let names = |lines: Vec<&str>, depth: usize| -> BTreeSet<String> {
        let lines = lines.into_iter().filter_map(|line| {
            let name = line.strip_prefix(&" ".repeat(depth))?;
            let is_name = name.starts_with(|c: char| c.is_ascii_lowercase());
            is_name.then(|| name.split(':').next().unwrap_or_default().to_owned())
        });
        lines.collect()
    };
    let taken = names(block(&action, "inputs:"), 2);
    assert_eq!(taken.len(), 7);
    let step = workflow
        .split("uses: ./.github/actions/drift")
        .nth(1)
        .unwrap();
    assert_eq!(names(block(step, "with:"), 10), taken);
    for trigger in ["workflow_dispatch:", "workflow_call:"] {
        let mut offered = names(block(&block(&workflow, trigger).join("\n"), "inputs:"), 6);
        offered.insert("token".to_owned());
        assert_eq!(offered, taken, "{trigger}");
    }
    // The same source without inputs as the action's own default.
    let source = action.split("default: https").nth(1).unwrap();
    assert!(workflow.contains(source.lines().next().unwrap()));
}

#[test]
fn no_script_holds_an_expression() {
    let action = fs::read_to_string(root().join(".github/actions/drift/action.yml")).unwrap();
    let scripts = action.lines().filter(|line| line.contains("run:"));
    let scripts: Vec<&str> = scripts.collect();
    assert_eq!(scripts.len(), 3);
    for script in scripts {
        assert!(!script.contains("${{"), "{script}");
    }
}
