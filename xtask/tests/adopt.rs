//! Adopting sources, as a process, in a small workspace.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::fs;

use common::{Workspace, fixture};
use serde_json::{Value, json};

const CUSTOMER: &str = "/paths/~1wholesale~1customers~1validate/post";
const SUBSCRIBER: &str = "/paths/~1wholesale~1subscribers~1validate/post";
const BODY: &str = "requestBody/content/application~1json/schema";

/// A workspace in which the fixture of the published file was adopted as it is, so that nothing but
/// what a test changes is news.
fn settled() -> (Workspace, Value) {
    let workspace = Workspace::new();
    // The rules rest on Webex's words, which the fixture does not have.
    workspace.write("spec/rules.toml", "# None.\n");
    let file = fixture("published.json");
    let path = workspace.write("published.json", &file);
    // What Webex has added since is not in the fixture.
    let run = workspace.run(&["adopt", &path, "--allow-breaking"]);
    assert!(matches!(run.code, Some(0 | 1)), "{}", run.stderr);
    // What is written for a person to look at is looked at.
    workspace.write("spec/rules.toml", "# None.\n");
    let deviations = String::from_utf8(workspace.read("spec/deviations.toml")).unwrap();
    workspace.write(
        "spec/deviations.toml",
        deviations.replace("review = true\n", ""),
    );
    let mut looked_at = contract(&workspace);
    forget_marks(&mut looked_at);
    workspace.write("spec/openapi.json", format!("{looked_at:#}\n"));
    assert_eq!(workspace.run(&["codegen"]).code, Some(0));
    assert_eq!(workspace.run(&["conform", "--write"]).code, Some(0));
    let changelog =
        "# Changelog\n\n## Unreleased\n\n- Something else.\n\n## 0.1.0\n\n- The first.\n";
    workspace.write("CHANGELOG.md", changelog);
    (workspace, serde_json::from_str(&file).unwrap())
}

fn contract(workspace: &Workspace) -> Value {
    serde_json::from_slice(&workspace.read("spec/openapi.json")).unwrap()
}

fn forget_marks(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.shift_remove("x-reword");
            object.values_mut().for_each(forget_marks);
        }
        Value::Array(values) => values.iter_mut().for_each(forget_marks),
        _ => {}
    }
}

fn object<'a>(value: &'a mut Value, pointer: &str) -> &'a mut serde_json::Map<String, Value> {
    value.pointer_mut(pointer).unwrap().as_object_mut().unwrap()
}

/// Adopts a changed file; returns what was said, and the exit code.
fn adopt(workspace: &Workspace, file: &Value, flags: &[&str]) -> (Option<i32>, String, String) {
    let path = workspace.write("published.json", file.to_string());
    let run = workspace.run(&[&["adopt", &path, "--date", "2027-01-02"], flags].concat());
    (run.code, run.stdout, run.stderr)
}

#[test]
fn an_optional_text_reaches_everyone() {
    let (workspace, mut file) = settled();
    let before = contract(&workspace);
    let fields = object(&mut file, &format!("{CUSTOMER}/{BODY}/properties"));
    fields.insert(
        "freshName".to_owned(),
        json!({"type": "string", "description": "Up to 7 letters.", "example": "Joe"}),
    );
    let (code, stdout, stderr) = adopt(&workspace, &file, &[]);
    // A better description is left for a person.
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stdout.contains("customer body.freshName"), "{stdout}");
    // The contract has the new field, last as in the file, and is otherwise as it was.
    let mut after = contract(&workspace);
    let schema = object(
        &mut after,
        "/components/schemas/CustomerPrecheckRequest/properties",
    );
    assert_eq!(schema.keys().next_back().unwrap(), "freshName");
    assert_eq!(
        schema.shift_remove("freshName").unwrap(),
        json!({
            "type": "string",
            "example": "Joe",
            "description": "Fresh name of the customer.",
            "x-reword": true,
        })
    );
    // The template shows the documented example.
    let template = "/paths/~1v1~1wholesale~1customers~1validate/post/x-template";
    let example = object(&mut after, template).shift_remove("freshName");
    assert_eq!(example, Some(json!("Joe")));
    assert_eq!(after.to_string(), before.to_string());
    // Nothing of it was written by hand.
    for (file, part) in [
        (
            "crates/api/src/generated.rs",
            "pub fresh_name: ::std::option::Option<::std::string::String>",
        ),
        (
            "crates/client/src/request/generated.rs",
            "pub fn fresh_name(",
        ),
        ("crates/api/src/generated.rs", "path: \"freshName\""),
        ("crates/sandbox/documented.json", "\"name\": \"freshName\""),
        ("spec/documented/openapi.toml", "at = \"body.freshName\""),
    ] {
        let text = String::from_utf8(workspace.read(file)).unwrap();
        assert!(text.contains(part), "{file} lacks {part}");
    }
    let changelog = String::from_utf8(workspace.read("CHANGELOG.md")).unwrap();
    assert_eq!(
        changelog,
        "# Changelog\n\n## Unreleased\n\n- Something else.\n\
         - **Minor:** follow `openapi` of 2027-01-02.\n  \
           - customer `body.freshName`: `added: string, optional` (additive)\n\n\
         ## 0.1.0\n\n- The first.\n"
    );
    // What is left names file and line.
    let contract = String::from_utf8(workspace.read("spec/openapi.json")).unwrap();
    let line = 1 + contract
        .lines()
        .position(|line| line.contains("x-reword"))
        .unwrap();
    assert!(
        stderr.contains(&format!("Left spec/openapi.json:{line}: ")),
        "{stderr}"
    );
    // The page is older, and need not have it.
    let deviations = String::from_utf8(workspace.read("spec/deviations.toml")).unwrap();
    assert!(!deviations.contains("freshName"), "{deviations}");
    assert_eq!(workspace.run(&["conform"]).code, Some(0));
    assert_eq!(workspace.run(&["codegen", "--check"]).code, Some(0));
}

#[test]
fn adopting_twice_changes_nothing() {
    let (workspace, mut file) = settled();
    let fields = object(&mut file, &format!("{SUBSCRIBER}/{BODY}/properties"));
    fields.insert("output".to_owned(), json!({"type": "string"}));
    object(&mut file, &format!("{CUSTOMER}/responses")).insert(
        "418".to_owned(),
        json!({"description": "Teapot: our own words."}),
    );
    assert_eq!(adopt(&workspace, &file, &[]).0, Some(1));
    let once = workspace.snapshot();
    assert_eq!(adopt(&workspace, &file, &[]).0, Some(1));
    assert_eq!(workspace.snapshot(), once);
    let path = workspace.path("published.json");
    assert_eq!(
        workspace.run(&["drift", path.to_str().unwrap()]).code,
        Some(0)
    );
    // The program has a flag of that name already.
    let names = contract(&workspace);
    let names = names.pointer("/paths/~1v1~1wholesale~1subscribers~1validate/post/x-flag-names");
    assert_eq!(names.unwrap()["output"], "output-2");
    // The new status is like its neighbours.
    let teapot = contract(&workspace);
    let teapot = &teapot["components"]["responses"]["Teapot"];
    assert_eq!(teapot["description"], "Teapot: Webex lists this status.");
    assert!(teapot["headers"]["trackingid"].is_object());
}

#[test]
fn a_dry_run_writes_nothing_and_shows_everything() {
    let (workspace, mut file) = settled();
    let fields = object(&mut file, &format!("{CUSTOMER}/{BODY}/properties"));
    fields.insert("freshName".to_owned(), json!({"type": "string"}));
    workspace.write("published.json", file.to_string());
    let before = workspace.snapshot();
    let (code, stdout, stderr) = adopt(&workspace, &file, &["--dry-run"]);
    assert_eq!(code, Some(1), "{stderr}");
    assert_eq!(workspace.snapshot(), before);
    for name in [
        "spec/openapi.json",
        "spec/documented/openapi.toml",
        "spec/sources.toml",
        "crates/api/src/generated.rs",
        "CHANGELOG.md",
    ] {
        assert!(
            stdout.contains(&format!("--- a/{name}\n+++ b/{name}\n")),
            "{name}"
        );
    }
    // What is shown can be applied, and comes to the same.
    let patch = workspace.write("adoption.patch", &stdout);
    let applied = std::process::Command::new("git")
        .args(["apply", &patch])
        .current_dir(workspace.path(""))
        .status()
        .unwrap();
    assert!(applied.success());
    fs::remove_file(workspace.path("adoption.patch")).unwrap();
    let applied = workspace.snapshot();
    adopt(&workspace, &file, &[]);
    assert_eq!(workspace.snapshot(), applied);
}

#[test]
fn a_commit_follows_green_tests_and_nothing_else() {
    let (workspace, mut file) = settled();
    let git = |arguments: &[&str]| {
        let output = std::process::Command::new("git")
            .args([
                "-c",
                "user.name=A Tester",
                "-c",
                "user.email=tester@example.com",
            ])
            .args(arguments)
            .current_dir(workspace.path(""))
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    git(&["init", "--quiet"]);
    git(&["config", "user.name", "A Tester"]);
    git(&["config", "user.email", "tester@example.com"]);
    let fields = object(&mut file, &format!("{CUSTOMER}/{BODY}/properties"));
    fields.insert("freshName".to_owned(), json!({"type": "string"}));
    let outside = tempfile::TempDir::new().unwrap();
    let source = outside.path().join("published.json");
    fs::write(&source, file.to_string()).unwrap();
    // What stands for cargo writes down what it is asked for, and does as the test says.
    let cargo = outside.path().join("cargo");
    let asked = outside.path().join("asked");
    let run = |fails: &str| {
        let script = format!(
            "#!/bin/sh\necho \"$*\" >> {}\n[ \"$1\" != {fails} ]\n",
            asked.display()
        );
        fs::write(&cargo, script).unwrap();
        std::process::Command::new("chmod")
            .arg("+x")
            .arg(&cargo)
            .status()
            .unwrap();
        let mut command = workspace.command(&[
            "adopt",
            source.to_str().unwrap(),
            "--commit",
            "--date",
            "2027-01-02",
        ]);
        let output = command.env("CARGO", &cargo).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    // Nothing may be mixed up with it.
    let (code, stderr) = run("nothing");
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.contains("uncommitted changes"), "{stderr}");
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "Before"]);
    let (code, stderr) = run("test");
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("nothing is committed"), "{stderr}");
    assert_eq!(git(&["log", "--format=%s"]), "Before\n");
    git(&["checkout", "--quiet", "."]);
    fs::remove_file(&asked).unwrap();
    let (code, stderr) = run("nothing");
    assert_eq!(code, Some(1), "{stderr}");
    assert_eq!(
        fs::read_to_string(&asked).unwrap(),
        "test --workspace --no-fail-fast\n"
    );
    assert_eq!(
        git(&["log", "-1", "--format=%s"]),
        "Follow `openapi` of 2027-01-02: minor\n"
    );
    assert!(git(&["log", "-1", "--format=%b"]).contains("- spec/openapi.json:"));
    assert_eq!(git(&["status", "--porcelain"]), "");
    // There is nothing to do any more.
    let (_, stderr) = run("test");
    assert!(stderr.contains("nothing to commit"), "{stderr}");
}

/// What no code can be made of is left, and does not keep the rest from being adopted.
#[test]
fn names_that_cannot_be_generated_are_left_for_a_person() {
    let text = || json!({"type": "string"});
    for (what, name, schema) in [
        ("a method", "new", text()),
        ("a method by hand", "findings", text()),
        ("another field in Rust", "org_id", text()),
        ("a carriage return", "a\rb", text()),
        ("an escape", "a\u{1b}[31m", text()),
        ("an override of direction", "a\u{202e}b", text()),
        ("HTML", "k`<b>", text()),
        ("nothing", "", text()),
        ("a per cent sign", "a%2Eb", text()),
        (
            "values that are one in Rust",
            "choice",
            json!({"type": "string", "enum": ["a-b", "a_b"]}),
        ),
        (
            "a value with a line break",
            "choice",
            json!({"type": "string", "enum": ["a\nb"]}),
        ),
        ("no type", "nothing", json!({"type": "null"})),
        (
            "a constraint of OpenAPI 3.1",
            "level",
            json!({"type": "integer", "exclusiveMinimum": 0}),
        ),
        (
            "listed numbers",
            "level",
            json!({"type": "integer", "enum": [1, 2]}),
        ),
    ] {
        let (workspace, mut file) = settled();
        let fields = object(&mut file, &format!("{CUSTOMER}/{BODY}/properties"));
        fields.insert(name.to_owned(), schema);
        fields.insert("freshName".to_owned(), text());
        let (code, _, stderr) = adopt(&workspace, &file, &[]);
        assert_eq!(code, Some(1), "{what}: {stderr}");
        let place = "/components/schemas/CustomerPrecheckRequest/properties";
        let contract = contract(&workspace);
        let fields = contract.pointer(place).unwrap().as_object().unwrap();
        assert!(fields.contains_key("freshName"), "{what}");
        assert!(!fields.contains_key(name), "{what}");
        let reasons = [
            "its name, or a name or value in it, is none",
            "no code can be generated",
        ];
        assert!(
            reasons.iter().any(|why| stderr.contains(why)),
            "{what}: {stderr}"
        );
        // What is left is told again, and is no news.
        let changelog = workspace.read("CHANGELOG.md");
        let (code, _, stderr) = adopt(&workspace, &file, &[]);
        assert_eq!(code, Some(1), "{what}: {stderr}");
        assert_eq!(workspace.read("CHANGELOG.md"), changelog, "{what}");
        for file in ["CHANGELOG.md", "crates/api/src/generated.rs"] {
            let text = String::from_utf8(workspace.read(file)).unwrap();
            let strange = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
            assert!(!text.contains(strange), "{what}: {file}");
        }
        assert_eq!(
            workspace.run(&["codegen", "--check"]).code,
            Some(0),
            "{what}"
        );
        let path = workspace.path("published.json");
        assert_eq!(
            workspace.run(&["drift", path.to_str().unwrap()]).code,
            Some(0),
            "{what}"
        );
    }
}

#[test]
fn a_removal_waits_to_be_allowed() {
    let (workspace, mut file) = settled();
    // Nobody but the file documents this field by name.
    let place = format!("{SUBSCRIBER}/{BODY}/properties/provisioningParameters/properties");
    object(&mut file, &place).shift_remove("extension");
    let field = "/components/schemas/SubscriberProvisioningParameters/properties/extension";
    // Another operation may have a field of that name.
    let flags = || {
        let table = String::from_utf8(workspace.read("crates/api/src/generated.rs")).unwrap();
        table.matches("flag: \"extension\"").count()
    };
    let before = flags();
    let (code, _, stderr) = adopt(&workspace, &file, &[]);
    assert_eq!(code, Some(1));
    assert!(contract(&workspace).pointer(field).is_some());
    assert!(
        stderr.contains(": a removal, which only --allow-breaking applies"),
        "{stderr}"
    );
    let (_, _, stderr) = adopt(&workspace, &file, &["--allow-breaking"]);
    assert!(contract(&workspace).pointer(field).is_none(), "{stderr}");
    assert!(stderr.contains("next release: major"), "{stderr}");
    let changelog = String::from_utf8(workspace.read("CHANGELOG.md")).unwrap();
    assert!(
        changelog.contains("- **Major:** follow `openapi` of 2027-01-02."),
        "{changelog}"
    );
    assert_eq!(workspace.run(&["conform"]).code, Some(0));
    // Neither a flag nor the template speaks of it.
    assert_eq!(flags(), before - 1);
}

#[test]
fn what_another_source_documents_stays() {
    let (workspace, mut file) = settled();
    object(&mut file, &format!("{CUSTOMER}/{BODY}/properties")).shift_remove("externalId");
    let (code, _, stderr) = adopt(&workspace, &file, &["--allow-breaking"]);
    assert_eq!(code, Some(1), "{stderr}");
    let field = "/components/schemas/CustomerPrecheckRequest/properties/externalId";
    assert!(contract(&workspace).pointer(field).is_some());
    assert_eq!(workspace.run(&["conform"]).code, Some(0));
    // When the file has it again, the excuse goes.
    let with_excuse = workspace.read("spec/deviations.toml");
    assert!(
        String::from_utf8(with_excuse)
            .unwrap()
            .contains("at = \"body.externalId\"")
    );
    let whole = serde_json::from_str(&fixture("published.json")).unwrap();
    let (code, _, stderr) = adopt(&workspace, &whole, &[]);
    assert_eq!(code, Some(0), "{stderr}");
    let without = String::from_utf8(workspace.read("spec/deviations.toml")).unwrap();
    assert!(!without.contains("at = \"body.externalId\""), "{without}");
    assert!(without.contains("# --- Answers"));
}

#[test]
fn a_rule_in_words_is_left_for_a_person() {
    let (workspace, mut file) = settled();
    let city = format!("{CUSTOMER}/{BODY}/properties/address/properties/city");
    object(&mut file, &city).insert(
        "description".to_owned(),
        "A town whose name must not exceed 30 characters.".into(),
    );
    let before = contract(&workspace);
    let (code, _, stderr) = adopt(&workspace, &file, &[]);
    assert_eq!(code, Some(1));
    assert_eq!(contract(&workspace), before);
    for part in [
        "customer body.address.city: new sentence",
        "it looks like a rule: limit, size, requirement, prohibition, number",
        "A town whose name must not exceed 30 characters.",
        "next release: patch",
    ] {
        assert!(stderr.contains(part), "`{part}` is missing:\n{stderr}");
    }
}

#[test]
fn another_layout_is_refused_and_nothing_is_written() {
    let (workspace, file) = settled();
    let text = String::from_utf8(workspace.read("spec/openapi.json")).unwrap();
    workspace.write("spec/openapi.json", text.replace("  ", "   "));
    let path = workspace.write("published.json", file.to_string());
    let before = workspace.snapshot();
    let run = workspace.run(&["adopt", &path]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert!(run.stderr.contains("two spaces a level"), "{}", run.stderr);
    assert_eq!(workspace.snapshot(), before);
}

#[test]
fn broken_and_foreign_sources_are_refused_by_all_and_a_grown_one_is_no_drift() {
    let (workspace, mut file) = settled();
    let whole = file.to_string();
    let mut foreign = file.clone();
    object(&mut foreign, "/paths").retain(|path, _| !path.contains("validate"));
    let mut page = fixture("customer-page.txt");
    page.truncate(page.len() / 3);
    while !page.is_char_boundary(page.len()) {
        page.pop();
    }
    for (what, text) in [
        ("empty", String::new()),
        ("halved", whole[..whole.len() / 2].to_owned()),
        ("foreign", foreign.to_string()),
        (
            "no paths",
            json!({"openapi": "3.0.3", "info": {}, "paths": {}}).to_string(),
        ),
        ("a third of a page", page),
        ("prose", "Nothing of interest.\n".repeat(40)),
    ] {
        let path = workspace.write("source", text);
        let before = workspace.snapshot();
        for verb in ["capture", "drift", "adopt"] {
            let run = workspace.run(&[verb, &path]);
            assert_eq!(run.code, Some(3), "{what}: {verb}: {}", run.stderr);
            assert!(
                run.stderr.contains("source: "),
                "{what}: {verb}: {}",
                run.stderr
            );
            assert_eq!(workspace.snapshot(), before, "{what}: {verb}");
        }
    }
    fs::remove_file(workspace.path("source")).unwrap();
    for index in 0..300 {
        object(&mut file, "/paths").insert(
            format!("/telephony/things{index}"),
            json!({"get": {"responses": {"200": {"description": "OK: fine."}}}}),
        );
    }
    let path = workspace.write("published.json", file.to_string());
    let before = workspace.snapshot();
    for verb in ["drift", "adopt"] {
        let run = workspace.run(&[verb, &path]);
        assert_eq!(run.code, Some(0), "{verb}: {}", run.stderr);
    }
    assert_eq!(workspace.snapshot(), before);
}

#[test]
fn what_a_person_has_to_follow_decides_the_release_too() {
    let (workspace, mut file) = settled();
    let header =
        json!({"name": "X-Tenant", "in": "header", "required": true, "schema": {"type": "string"}});
    object(&mut file, CUSTOMER).insert("parameters".to_owned(), json!([header]));
    workspace.write("published.json", file.to_string());
    let path = workspace.path("published.json");
    let drift = workspace.run(&["drift", path.to_str().unwrap()]);
    assert!(
        drift.stdout.contains("next release: major"),
        "{}",
        drift.stdout
    );
    let (code, _, stderr) = adopt(&workspace, &file, &[]);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("header.X-Tenant: added"), "{stderr}");
    assert!(stderr.contains("next release: major"), "{stderr}");
}

#[test]
fn a_required_field_asks_for_the_calls_and_lists_its_name() {
    let (workspace, mut file) = settled();
    let body = format!("{CUSTOMER}/{BODY}");
    object(&mut file, &format!("{body}/properties"))
        .insert("freshName".to_owned(), json!({"type": "string"}));
    file.pointer_mut(&format!("{body}/required"))
        .and_then(Value::as_array_mut)
        .unwrap()
        .push(json!("freshName"));
    let (code, _, stderr) = adopt(&workspace, &file, &[]);
    assert_eq!(code, Some(1), "{stderr}");
    for told in [
        "constructors take it now",
        "members CustomerPrecheckRequest.freshName; flags --fresh-name",
        "next release: major",
    ] {
        assert!(stderr.contains(told), "{told}: {stderr}");
    }
}
