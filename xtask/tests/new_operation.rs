//! Bringing in an operation that the contract does not have, as a process, in a small workspace.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use common::Workspace;
use serde_json::{Value, json};

/// A file with one operation, whose `contact` is like a schema of the contract.
fn file() -> String {
    let contact = json!({"type": "object", "required": ["primaryEmail"], "properties": {
        "primaryEmail": {"type": "string"},
    }});
    let operation = json!({
        "summary": "Check a line",
        "description": "A line must have 10 digits at most.",
        "requestBody": {"content": {"application/json": {"schema": {
            "type": "object",
            "required": ["digits"],
            "properties": {"digits": {"type": "string", "example": "12"}, "contact": contact},
        }}}},
        "responses": {"200": {"description": "OK"}, "429": {"description": "Too Many Requests: Wait."}},
    });
    let file = json!({"openapi": "3.0.3", "paths": {"/voice/lines/validate": {"post": operation}}});
    file.to_string()
}

fn text(workspace: &Workspace, file: &str) -> String {
    String::from_utf8(workspace.read(file)).unwrap()
}

#[test]
fn new_operation_gets_entry_capture_source_and_what_is_left() {
    let workspace = Workspace::new();
    let path = workspace.write("voice-2027-01-02.json", file());
    let flags = ["--add-operation", "POST /v1/voice/lines/validate"];
    let run = workspace.run(&[&["adopt", &path], &flags[..]].concat());
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    for left in [
        "names the scope",
        "\"x-safe\": true",
        "its findings",
        "new sentence",
        "types VoiceLinePrecheckRequest; flags --digits",
    ] {
        assert!(run.stderr.contains(left), "{left}: {}", run.stderr);
    }
    let contract: Value = serde_json::from_str(&text(&workspace, "spec/openapi.json")).unwrap();
    let operation = &contract["paths"]["/v1/voice/lines/validate"]["post"];
    assert_eq!(operation["operationId"], "precheckVoiceLine");
    assert_eq!(
        operation["x-template"],
        json!({"digits": "12", "contact": {"primaryEmail": "john.anderson@acme.com"}})
    );
    assert!(operation.get("x-safe").is_none());
    // Statuses and schemas are those that the contract has.
    let statuses: Vec<&String> = operation["responses"].as_object().unwrap().keys().collect();
    assert_eq!(statuses, ["200", "429"]);
    let request = &contract["components"]["schemas"]["VoiceLinePrecheckRequest"];
    let contact = &request["properties"]["contact"]["allOf"][0]["$ref"];
    assert_eq!(contact, "#/components/schemas/SubscriberCustomerInfo");
    assert!(text(&workspace, "spec/documented/voice.toml").contains("id = \"voice-line\""));
    let sources = text(&workspace, "spec/sources.toml");
    assert!(sources.contains("name = \"voice\""), "{sources}");
    assert!(
        sources.contains("operations = [\"voice-line\"]"),
        "{sources}"
    );
    assert!(text(&workspace, "CHANGELOG.md").contains("the operation `voice-line`"));
    assert!(text(&workspace, "crates/client/src/generated.rs").contains("fn precheck_voice_line"));
    assert!(
        text(&workspace, "crates/sandbox/documented.json").contains("/v1/voice/lines/validate")
    );
    // What it says now is what it said.
    assert_eq!(workspace.run(&["drift", &path]).code, Some(0));
    assert_eq!(
        workspace.run(&["conform"]).code,
        Some(0),
        "every difference is excused"
    );
}

#[test]
fn operations_that_are_known_or_not_there_are_refused_and_nothing_is_written() {
    let workspace = Workspace::new();
    let path = workspace.write("voice.json", file());
    let before = workspace.snapshot();
    for (operation, code, expected) in [
        (
            "POST /v1/wholesale/customers/validate",
            2,
            "has it already: customer",
        ),
        ("POST /v1/customer", 2, "rename that one first"),
        ("POST /v1/voice/lines/check", 3, "the right file"),
        ("voice", 2, "write a method and a path"),
        ("POST /v1/{id}/validate", 2, "write a method and a path"),
    ] {
        let run = workspace.run(&["adopt", &path, "--add-operation", operation]);
        assert_eq!(run.code, Some(code), "{operation}: {}", run.stderr);
        assert!(run.stderr.contains(expected), "{operation}: {}", run.stderr);
    }
    assert_eq!(workspace.snapshot(), before);
}
