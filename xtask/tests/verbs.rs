//! The verbs as processes, in a small workspace: exit codes, what is written,
//! and what is said of bad input.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use common::{Run, Workspace, fixture};

#[test]
fn codegen_restores_the_generated_file_byte_for_byte() {
    let workspace = Workspace::new();
    let generated = "crates/api/src/generated.rs";
    let committed = workspace.read(generated);
    for _ in 0..2 {
        fs::remove_file(workspace.path(generated)).unwrap();
        assert_eq!(workspace.run(&["codegen"]).code, Some(0));
        assert!(workspace.read(generated) == committed);
        assert_eq!(workspace.run(&["codegen", "--check"]).code, Some(0));
    }
}

#[test]
fn codegen_check_tells_a_hand_edited_file_and_leaves_it() {
    let workspace = Workspace::new();
    let generated = "crates/api/src/generated.rs";
    let mut text = String::from_utf8(workspace.read(generated)).unwrap();
    text.push_str("// by hand\n");
    workspace.write(generated, &text);
    let before = workspace.snapshot();
    let run = workspace.run(&["codegen", "--check"]);
    assert_eq!(run.code, Some(4), "{}", run.stderr);
    assert!(run.stdout.contains("-// by hand"), "{}", run.stdout);
    assert!(run.stderr.contains("cargo xtask codegen"), "{}", run.stderr);
    assert_eq!(workspace.snapshot(), before);
}

#[test]
fn codegen_check_tells_a_missing_file_and_an_edited_copy() {
    let workspace = Workspace::new();
    fs::remove_file(workspace.path("crates/api/src/generated.rs")).unwrap();
    assert_eq!(workspace.run(&["codegen", "--check"]).code, Some(4));
    let workspace = Workspace::new();
    workspace.write("crates/sandbox/documented.json", "");
    assert_eq!(workspace.run(&["codegen", "--check"]).code, Some(4));
}

#[test]
fn codegen_refuses_a_broken_contract_and_an_edited_capture() {
    for (file, text) in [
        ("spec/openapi.json", "{"),
        ("spec/openapi.json", "{}"),
        (
            "spec/openapi.json",
            r#"{"openapi":"3.0.3","info":{"title":"x","version":"1"},"paths":{}}"#,
        ),
        (
            "spec/documented/openapi.toml",
            "kind = \"openapi\"\nsource = \"x\"\noperation = []\n",
        ),
        ("spec/documented/openapi.toml", "nonsense"),
        ("spec/openapi.json", "TYPO type"),
        ("spec/openapi.json", "TYPO required"),
        ("spec/openapi.json", "TYPO properties"),
        ("spec/openapi.json", "TYPO reference"),
    ] {
        let workspace = Workspace::new();
        let contract = String::from_utf8(workspace.read("spec/openapi.json")).unwrap();
        let text = match text {
            "TYPO type" => contract.replacen("\"type\": \"integer\"", "\"type\": \"intger\"", 1),
            "TYPO required" => contract.replacen("\"email\"\n", "\"emial\"\n", 1),
            "TYPO properties" => contract.replace("\"properties\"", "\"propertes\""),
            "TYPO reference" => contract.replacen("schemas/Location\"", "schemas/Loction\"", 1),
            text => text.to_owned(),
        };
        assert_ne!(text, contract);
        workspace.write(file, &text);
        let generated = workspace.read("crates/api/src/generated.rs");
        let run = workspace.run(&["codegen"]);
        assert_eq!(run.code, Some(3), "{}", run.stderr);
        assert!(run.stderr.contains(file), "{}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        if file == "spec/openapi.json" {
            assert!(workspace.read("crates/api/src/generated.rs") == generated);
        }
    }
}

#[test]
fn a_captured_source_is_fresh_and_a_changed_one_drifts() {
    let workspace = Workspace::new();
    for name in ["customer-page.txt", "subscriber-page.txt", "published.json"] {
        let source = workspace.write(name, fixture(name));
        assert_eq!(workspace.run(&["capture", &source]).code, Some(0), "{name}");
        let run = workspace.run(&["drift", &source]);
        assert_eq!(run.code, Some(0), "{name}: {}", run.stdout);
        assert!(
            run.stdout.contains("facts compared, no difference"),
            "{}",
            run.stdout
        );
        let changed = workspace.write(
            name,
            fixture(name).replace("Vanished", "").replace("410", "411"),
        );
        let run = workspace.run(&["drift", &changed]);
        assert_eq!(run.code, Some(1), "{name}: {}", run.stdout);
        assert!(
            run.stdout.contains("status.410: renamed: 410 -> 411"),
            "{}",
            run.stdout
        );
    }
}

/// A folder with a copy of every source, each as it was captured.
fn copies(workspace: &Workspace) -> PathBuf {
    let folder = workspace.path("copies");
    fs::create_dir_all(folder.join("pages")).unwrap();
    for (name, copy) in [
        ("published.json", "copies/webex-wholesale-2027-01-02.json"),
        ("customer-page.txt", "copies/pages/precheck-customer.txt"),
        (
            "subscriber-page.txt",
            "copies/pages/precheck-subscriber.txt",
        ),
    ] {
        let path = workspace.write(copy, fixture(name));
        assert_eq!(workspace.run(&["capture", &path]).code, Some(0), "{name}");
    }
    folder
}

#[test]
fn all_sources_are_compared_at_once_and_what_cannot_be_read_is_skipped() {
    let workspace = Workspace::new();
    let folder = copies(&workspace);
    let from = ["drift", "--from", folder.to_str().unwrap()];
    let run = workspace.run(&from);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert_eq!(
        run.stdout.matches("no difference").count(),
        3,
        "{}",
        run.stdout
    );
    let changed = fixture("published.json").replace("410", "411");
    workspace.write("copies/webex-wholesale-2027-02-03.json", changed);
    workspace.write("copies/pages/precheck-customer.txt", "nonsense");
    let run = workspace.run(&from);
    assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout.contains("2027-02-03.json against"),
        "{}",
        run.stdout
    );
    assert!(
        run.stderr.contains("Skipped customer-page: "),
        "{}",
        run.stderr
    );
    // One document for all of them, in every form.
    for (form, starts) in [("json", "{"), ("sarif", "{"), ("junit", "<?xml")] {
        let run = workspace.run(&[&from[..], &["--format", form]].concat());
        assert!(run.stdout.starts_with(starts), "{form}: {}", run.stdout);
        // A log of findings says nothing of a source without one.
        let told = if form == "sarif" {
            "openapi"
        } else {
            "precheck-subscriber"
        };
        assert!(run.stdout.contains(told), "{form}: {}", run.stdout);
        assert_eq!(
            run.stdout.matches("<?xml").count(),
            usize::from(form == "junit")
        );
        if form == "json" {
            assert_eq!(run.stdout.lines().count(), 2, "{}", run.stdout);
        }
    }
    // Only if none can be read it fails.
    let run = workspace.run(&["drift", "--from", workspace.path("spec").to_str().unwrap()]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert_eq!(run.stderr.matches("Skipped").count(), 4, "{}", run.stderr);
    let run = workspace.run(&["drift", "x.json", "--from", "spec"]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
}

#[test]
fn yaml_is_read_as_json_is() {
    let workspace = Workspace::new();
    let source = workspace.write("published.json", fixture("published.json"));
    assert_eq!(workspace.run(&["capture", &source]).code, Some(0));
    let json: serde_json::Value = serde_json::from_str(&fixture("published.json")).unwrap();
    let yaml = format!(
        "# As YAML.\nopenapi: 3.0.3\ninfo: {{}}\npaths: {}\ncomponents: {}\n",
        json["paths"], json["components"]
    );
    let source = workspace.write("published.yaml", &yaml);
    let run = workspace.run(&["drift", &source]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    let source = workspace.write("published.yaml", yaml.replace("410", "411"));
    assert_eq!(workspace.run(&["drift", &source]).code, Some(1));
}

#[test]
fn a_workspace_is_found_when_it_is_needed() {
    // Where the program was built is no guide.
    let workspace = Workspace::new();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_xtask"));
    let command = command.arg("conform").env_remove("CARGO_MANIFEST_DIR");
    let inside: Run = command
        .current_dir(workspace.path("spec"))
        .output()
        .unwrap()
        .into();
    assert_eq!(inside.code, Some(0), "{}", inside.stderr);
    let package = workspace.path("xtask");
    let run: Run = command
        .current_dir("/")
        .env("CARGO_MANIFEST_DIR", &package)
        .output()
        .unwrap()
        .into();
    assert_eq!((run.code, run.stderr), (inside.code, inside.stderr));
    let nowhere = tempfile::TempDir::new().unwrap();
    let command = command.env_remove("CARGO_MANIFEST_DIR");
    let run: Run = command.current_dir(nowhere.path()).output().unwrap().into();
    assert_eq!(run.code, Some(2), "{}", run.stderr);
}

#[test]
fn stdin_is_a_source() {
    let workspace = Workspace::new();
    let source = workspace.write("published.json", fixture("published.json"));
    workspace.run(&["capture", &source]);
    let mut command = workspace.command(&["drift", "-"]);
    command
        .stdin(fs::File::open(&source).unwrap())
        .stdout(Stdio::piped());
    let run: Run = command.output().unwrap().into();
    assert_eq!(run.code, Some(0), "{}", run.stdout);
}

#[test]
fn conform_names_a_deviation_that_excuses_nothing_with_its_line() {
    let workspace = Workspace::new();
    assert_eq!(workspace.run(&["conform"]).code, Some(0));
    let mut text = String::from_utf8(workspace.read("spec/deviations.toml")).unwrap();
    let line = text.lines().count() + 2;
    text.push_str("\n[[deviation]]\nsources = [\"openapi\"]\nat = \"body.adress\"\nkind = \"added\"\nwhy = \"x\"\n");
    workspace.write("spec/deviations.toml", text);
    let run = workspace.run(&["conform"]);
    assert_eq!(run.code, Some(1));
    let expected = format!(
        "spec/deviations.toml:{line}: `openapi` and the contract do not differ in `body.adress`"
    );
    assert!(run.stderr.contains(&expected), "{}", run.stderr);
    workspace.write("spec/deviations.toml", "[[deviation]]\nsources = 5\n");
    let run = workspace.run(&["conform"]);
    assert_eq!(run.code, Some(3));
    assert!(run.stderr.contains("line 2"), "{}", run.stderr);
}

#[test]
fn conform_lists_a_rule_whose_sentence_has_changed_and_refuses_a_broken_file() {
    let workspace = Workspace::new();
    let rules = String::from_utf8(workspace.read("spec/rules.toml")).unwrap();
    let capture = String::from_utf8(workspace.read("spec/documented/openapi.toml")).unwrap();
    // "One package for now", of the subscriber's `packages`.
    let capture = capture.replace("39c697d2844b d6a6b5fb4779", "39c697d2844b 000000000001");
    workspace.write("spec/documented/openapi.toml", capture);
    let run = workspace.run(&["conform"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let mut lines = rules.lines();
    let line = lines.position(|l| l.contains("\"openapi\"") && l.contains("d6a6b5fb4779"));
    let expected = format!(
        "Review spec/rules.toml:{}: `one-package`",
        line.unwrap() + 1
    );
    let line = run.stderr.lines().find(|line| line.contains(&expected));
    let line = line.unwrap_or_else(|| panic!("{}", run.stderr));
    for part in [
        "d6a6b5fb4779 at subscriber body.packages of openapi",
        "000000000001",
        "change the rule or its fingerprint",
    ] {
        assert!(line.contains(part), "{line}");
    }
    assert!(run.stderr.contains("1 to mend"), "{}", run.stderr);
    workspace.write("spec/rules.toml", "# x\n[[rule]]\nid = 5\n");
    let run = workspace.run(&["conform"]);
    assert_eq!(run.code, Some(3));
    assert!(
        run.stderr.contains("spec/rules.toml: line 3: "),
        "{}",
        run.stderr
    );
    fs::remove_file(workspace.path("spec/rules.toml")).unwrap();
    let run = workspace.run(&["conform"]);
    assert_eq!(run.code, Some(3));
    assert!(run.stderr.contains("spec/rules.toml: "), "{}", run.stderr);
}

#[test]
fn conform_finds_a_stale_or_missing_table_of_contradictions_and_write_restores_it() {
    let workspace = Workspace::new();
    let file = "spec/EVIDENCE.md";
    let committed = workspace.read(file);
    for stale in [Some("# Old\n"), None] {
        match stale {
            Some(text) => drop(workspace.write(file, text)),
            None => fs::remove_file(workspace.path(file)).unwrap(),
        }
        let before = workspace.snapshot();
        let run = workspace.run(&["conform"]);
        assert_eq!(run.code, Some(4), "{}", run.stderr);
        let remedy = "run `cargo xtask conform --write`";
        assert!(run.stderr.contains(remedy), "{}", run.stderr);
        assert_eq!(workspace.snapshot(), before);
        assert_eq!(workspace.run(&["conform", "--write"]).code, Some(0));
        assert!(workspace.read(file) == committed);
    }
}

#[test]
fn conform_names_a_difference_that_nothing_excuses() {
    let workspace = Workspace::new();
    let contract = String::from_utf8(workspace.read("spec/openapi.json")).unwrap();
    workspace.write(
        "spec/openapi.json",
        contract.replace("\"externalId\"", "\"foreignId\""),
    );
    let run = workspace.run(&["conform"]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("openapi: customer body.externalId"),
        "{}",
        run.stderr
    );
}

#[test]
fn wrong_usage_exits_with_2() {
    let workspace = Workspace::new();
    for arguments in [
        &["capture"][..],
        &["fly"],
        &["drift", "http://example.com/x.json"],
        &["drift", ""],
        &["drift", "www.example.com/x?token=secret"],
        &["adopt", "https:user:secret@example.com/x"],
    ] {
        let run = workspace.run(arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}");
        assert!(!run.stderr.contains("secret"), "{}", run.stderr);
    }
}

/// What each bad source is, and a part of what is said of it.
fn bad_sources() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let published = fixture("published.json");
    let page = fixture("customer-page.txt");
    let nameless = fixture("subscriber-page.txt");
    let ours = "/wholesale/customers/validate";
    let response = "#/components/schemas/CustomerProvisioningPrecheckResponse";
    let circle = published.replace(
        "\"components\": {\n    \"schemas\": {",
        "\"components\": {\n    \"schemas\": {\n      \"A\": {\"$ref\": \"#/components/schemas/B\"},\n      \"B\": {\"$ref\": \"#/components/schemas/A\"},",
    );
    assert_ne!(circle, published);
    let doubling: String = (0..40)
        .map(|n| {
            let next = n + 1;
            format!(
                "\"D{n}\": {{\"type\": \"object\", \"properties\": {{\"a\": {{\"$ref\": \"#/components/schemas/D{next}\"}}, \"b\": {{\"$ref\": \"#/components/schemas/D{next}\"}}}}}},"
            )
        })
        .collect();
    let bomb = published
        .replace(
            "\"components\": {\n    \"schemas\": {",
            &format!(
                "\"components\": {{\n    \"schemas\": {{\"D40\": {{\"type\": \"string\"}},{doubling}"
            ),
        )
        .replace(response, "#/components/schemas/D0");
    vec![
        ("empty", Vec::new(), "empty"),
        ("blank", b" \n\n ".to_vec(), "empty"),
        (
            "html",
            b"<!DOCTYPE html><html><body>502</body></html>".to_vec(),
            "HTML",
        ),
        ("plain text", b"upstream connect error".to_vec(), "no"),
        (
            "not UTF-8",
            b"Precheck\n\xff\xfe".to_vec(),
            "line 2: not UTF-8",
        ),
        (
            "truncated JSON",
            published.as_bytes()[..published.len() / 2].to_vec(),
            "not complete JSON",
        ),
        ("JSON list", b"[]".to_vec(), "JSON, but not an object"),
        (
            "YAML list",
            b"- a\n- b\n".to_vec(),
            "YAML, but not an object",
        ),
        (
            "other YAML",
            b"message: Not Found\nerrors: []\n".to_vec(),
            "YAML, but no OpenAPI description",
        ),
        (
            "broken YAML",
            b"openapi: 3.0.3\npaths: {\n".to_vec(),
            "not complete YAML",
        ),
        (
            "YAML in circles",
            b"openapi: 3.0.3\npaths: &a {x: *a}\n".to_vec(),
            "not complete YAML",
        ),
        (
            "other JSON",
            b"{\"message\": \"Not Found\"}".to_vec(),
            "no `openapi` version",
        ),
        (
            "old version",
            b"{\"swagger\": \"2.0\", \"paths\": {}}".to_vec(),
            "no `openapi` version",
        ),
        (
            "empty paths",
            b"{\"openapi\": \"3.0.0\", \"paths\": {}}".to_vec(),
            "the paths are empty",
        ),
        ("no paths", b"{\"openapi\": \"3.0.0\"}".to_vec(), "no paths"),
        (
            "operation missing",
            published
                .replace(ours, "/wholesale/customers/check")
                .into_bytes(),
            "the customer operation is gone",
        ),
        (
            "reference to nothing",
            published
                .replace(response, "#/components/schemas/Gone")
                .into_bytes(),
            "leads to nothing",
        ),
        (
            "reference to itself",
            circle
                .replace(response, "#/components/schemas/A")
                .into_bytes(),
            "leads back to itself",
        ),
        (
            "reference elsewhere",
            published.replace(response, "other.json#/A").into_bytes(),
            "leaves the file",
        ),
        ("doubling references", bomb.into_bytes(), "repeats itself"),
        (
            "deep JSON",
            "[".repeat(100_000).into_bytes(),
            "not complete JSON",
        ),
        (
            "page of another operation",
            page.replace(ours, "/wholesale/customers").into_bytes(),
            "the page of `/v1/wholesale/customers`",
        ),
        (
            "nameless page of another operation",
            nameless.replace("Precheck of", "Provision").into_bytes(),
            "neither a path nor a title",
        ),
        (
            "page without fields",
            page.replace("stringrequired", "")
                .replace("string", "")
                .replace("object", "")
                .into_bytes(),
            "looks like a broken source",
        ),
        (
            "page cut off",
            page.split("Response Codes")
                .next()
                .unwrap()
                .as_bytes()
                .to_vec(),
            "ends before its `Response Codes`",
        ),
        (
            "page without statuses",
            page.split("200OK").next().unwrap().as_bytes().to_vec(),
            "no status",
        ),
        (
            "two pages",
            format!("{page}\n{nameless}").into_bytes(),
            "more than one page",
        ),
        (
            "page cut off in its statuses",
            page.split("404Not").next().unwrap().as_bytes().to_vec(),
            "ends before the example of an answer",
        ),
        (
            "page cut off in its example",
            page.split("\"infoCode\": 100")
                .next()
                .unwrap()
                .as_bytes()
                .to_vec(),
            "no complete JSON",
        ),
        (
            "nameless page cut off in its form",
            nameless
                .split("- packages")
                .next()
                .unwrap()
                .as_bytes()
                .to_vec(),
            "ends before the example of an answer",
        ),
        (
            "page without a title",
            page.replace(
                "
Precheck of a Wholesale Customer
",
                "
",
            )
            .replace("POST/v1/wholesale/customers/validate", "")
            .into_bytes(),
            "neither a path nor a title",
        ),
        (
            "nameless page of another operation, spaced",
            format!(
                "

{}",
                nameless.replacen(
                    "Precheck of a Wholesale Subscriber",
                    "Provision a Wholesale Subscriber
",
                    1
                )
            )
            .into_bytes(),
            "neither a path nor a title",
        ),
        (
            "wrong types",
            published
                .replace("\"required\": [", "\"required\": 7, \"was\": [")
                .into_bytes(),
            "expected a list of names",
        ),
        (
            "endless page",
            "{}
"
            .repeat(100_000)
            .into_bytes(),
            "not",
        ),
        (
            "page that lost its fields",
            without_most_fields(&page).into_bytes(),
            "looks like a broken source",
        ),
    ]
}

/// The page with the first three fields of its body alone.
fn without_most_fields(page: &str) -> String {
    let start = page.find("\nexternalId\n").unwrap();
    let end = page.find("\nResponse Properties").unwrap();
    format!("{}{}", &page[..start], &page[end..])
}

#[test]
fn bad_sources_are_refused_with_a_sentence_and_nothing_is_written() {
    let workspace = Workspace::new();
    for name in ["customer-page.txt", "subscriber-page.txt", "published.json"] {
        let source = workspace.write(name, fixture(name));
        assert_eq!(workspace.run(&["capture", &source]).code, Some(0));
    }
    for (what, bytes, expected) in bad_sources() {
        let source = workspace.write("bad", bytes);
        let before = workspace.snapshot();
        for verb in ["drift", "capture"] {
            let run = workspace.run(&[verb, &source]);
            assert_eq!(
                run.code,
                Some(3),
                "{what}: {verb}: {}{}",
                run.stdout,
                run.stderr
            );
            assert!(run.stderr.contains(expected), "{what}: {}", run.stderr);
            assert!(run.stderr.contains(&source), "{what}: {}", run.stderr);
            assert!(!run.stderr.contains("panicked"), "{what}: {}", run.stderr);
            assert_eq!(
                run.stderr.trim_end().lines().count(),
                1,
                "{what}: {}",
                run.stderr
            );
            assert_eq!(workspace.snapshot(), before, "{what}: {verb} wrote");
        }
    }
}

#[test]
fn a_file_that_is_not_there_a_folder_and_a_huge_file_are_refused() {
    let workspace = Workspace::new();
    let huge = workspace.path("huge");
    fs::File::create(&huge)
        .unwrap()
        .set_len(50 * 1024 * 1024)
        .unwrap();
    for (source, expected) in [
        (workspace.path("nowhere"), "is the path right?"),
        (workspace.path("spec"), "irectory"),
        (huge, "over 16 MiB"),
        (
            PathBuf::from("https://127.0.0.1:9/x.json"),
            "cannot be fetched",
        ),
    ] {
        let run = workspace.run(&["drift", source.to_str().unwrap()]);
        assert_eq!(run.code, Some(3), "{}", run.stderr);
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    }
}

#[test]
fn a_capture_that_cannot_be_read_is_captured_anew() {
    let workspace = Workspace::new();
    let source = workspace.write("published.json", fixture("published.json"));
    workspace.write("spec/documented/openapi.toml", "kind = 5\n");
    let run = workspace.run(&["drift", &source]);
    assert_eq!(run.code, Some(3));
    assert!(
        run.stderr.contains("openapi.toml: line 1") && run.stderr.contains("cargo xtask capture"),
        "{}",
        run.stderr
    );
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    assert_eq!(workspace.run(&["capture", &source]).code, Some(0));
    assert_eq!(workspace.run(&["drift", &source]).code, Some(0));
}

#[test]
fn a_source_without_a_capture_is_told_how_to_get_one() {
    let workspace = Workspace::new();
    fs::remove_file(workspace.path("spec/documented/openapi.toml")).unwrap();
    let source = workspace.write("published.json", fixture("published.json"));
    let run = workspace.run(&["drift", &source]);
    assert_eq!(run.code, Some(3));
    assert!(run.stderr.contains("cargo xtask capture"), "{}", run.stderr);
}

#[test]
#[cfg(unix)]
fn interop_says_what_is_missing() {
    let workspace = Workspace::new();
    // A judge is not asked before all is there.
    for (only, missing) in [
        ("schemathesis", "python3: "),
        ("clients", "java: "),
        ("prism", "npm: "),
    ] {
        let output = workspace
            .command(&["interop", "--only", only])
            .env("PATH", "/nowhere")
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(missing), "{said}");
        assert!(said.contains("Python 3.11"), "{said}");
    }
}
