//! An operation is data: one that is made up arrives by `adopt --add-operation`, and everything else has it
//! once code is generated and built.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fs;
use std::process::Command;

use conformance::mutation::compile::{Copy, run};
use conformance::root;
use serde_json::{Value, json};

/// Two operations that differ in their names alone: another method and path than Webex's, nested fields, a
/// number, an enumeration, and an object that the contract has a schema for.
fn made_up() -> Value {
    let address = json!({
        "type": "object",
        "required": ["addressLine1", "city", "country"],
        "properties": {
            "addressLine1": {"type": "string"},
            "addressLine2": {"type": "string"},
            "city": {"type": "string"},
            "stateOrProvince": {"type": "string"},
            "zipOrPostalCode": {"type": "string"},
            "country": {"type": "string"},
        },
    });
    let body = json!({
        "type": "object",
        "required": ["number", "site"],
        "properties": {
            "number": {"type": "string", "example": "+12405550100"},
            "lines": {"type": "number", "example": 3},
            "carrier": {"type": "string", "enum": ["alpha", "beta"]},
            "site": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "example": "Head Office"},
                    "address": address,
                },
            },
        },
    });
    let answer = json!({"message": "success", "info": [{"infoCode": 100, "description": "Fine."}]});
    let operation = json!({
        "summary": "Check a line",
        "description": "Says whether it would work.",
        "parameters": [],
        "requestBody": {"content": {"application/json": {
            "schema": body,
            "example": {"number": "+12405550100", "site": {"name": "Head Office"}},
        }}},
        "responses": {
            "200": {"description": "OK", "content": {"application/json": {
                "schema": {"type": "object", "properties": {
                    "message": {"type": "string"},
                    "info": {"type": "object", "properties": {
                        "infoCode": {"type": "number"}, "description": {"type": "string"},
                    }},
                }},
                "example": answer,
            }}},
            "400": {"description": "Bad Request: It is malformed."},
            "503": {"description": "Service Unavailable: It is overloaded."},
        },
    });
    json!({"openapi": "3.0.3", "info": {"title": "Voice", "version": "1"}, "paths": {
        "/voice/lines/check": {"put": operation},
        "/voice/queues/check": {"put": operation},
    }})
}

/// Asks both by the methods that are generated for them, of a sandbox that fails once.
const LIBRARY: &str = r#"
//! Both operations by the client.

#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use webex_precheck::{
    Client, RetryPolicy, Token, VoiceLinesCheckPrecheck, VoiceLinesCheckSite, VoiceQueuesCheckPrecheck,
};
use webex_precheck_sandbox::{Answer, Sandbox};

#[tokio::test]
async fn only_the_safe_one_is_sent_again() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = Token::new(sandbox.token()).unwrap();
    let client = Client::builder(token).base_url(sandbox.url()).build().unwrap();

    sandbox.answer_next(Answer::new(503));
    let site = VoiceLinesCheckSite::new("Head Office");
    let request = VoiceLinesCheckPrecheck::new("+12405550100", site).lines(3);
    let report = client.precheck_voice_lines_check(&request).await.unwrap();
    assert!(report.is_likely());
    assert_eq!(report.attempts(), 2);

    sandbox.answer_next(Answer::new(503));
    // Equal schemas are one type.
    let site = VoiceLinesCheckSite::new("Head Office");
    let request = VoiceQueuesCheckPrecheck::new("+12405550100", site);
    let error = client.precheck_voice_queues_check(&request).await.unwrap_err();
    assert_eq!((error.status(), error.attempts()), (Some(503), 1));
    let report = client.precheck(&request).await.unwrap();
    assert_eq!(report.info()[0].info_code.unwrap().0, 100);

    // What was never sent may be sent again.
    let token = Token::new(sandbox.token()).unwrap();
    let policy = RetryPolicy::new().max_attempts(2).backoff(Duration::ZERO, Duration::ZERO);
    let gone = Client::builder(token).base_url("http://127.0.0.1:9").retry_policy(policy);
    let error = gone.build().unwrap().precheck(&request).await.unwrap_err();
    assert!(error.is_connect());
    assert_eq!(error.attempts(), 2);

    let asked = sandbox.requests();
    let asked: Vec<_> = asked.iter().map(|it| (it.method.as_str(), it.path.as_str())).collect();
    let lines = ("PUT", "/v2/voice/lines/check");
    let queues = ("PUT", "/v2/voice/queues/check");
    assert_eq!(asked, [lines, lines, queues, queues]);
}
"#;

#[test]
#[ignore = "builds a copy of the workspace, which takes minutes"]
fn made_up_operation_has_command_bulk_kind_method_and_route() {
    let folder = root().join("target/new-operation");
    let copy = Copy::of_workspace(folder.clone()).unwrap();
    copy.seed().unwrap();
    let source = folder.join("voice-2099-12-31.json");
    fs::write(&source, made_up().to_string()).unwrap();
    for path in ["/v2/voice/lines/check", "/v2/voice/queues/check"] {
        let mut adopt = copy.cargo();
        adopt.args(["xtask", "adopt"]).arg(&source);
        let operation = format!("PUT {path}");
        let (_, said) = run(adopt.args(["--add-operation", &operation]));
        assert!(said.contains("next release: minor"), "{said}");
    }
    let file = copy.root().join("spec/openapi.json");
    let mut contract: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    for (path, is_safe) in [("lines", true), ("queues", false)] {
        let pointer = format!("/paths/~1v2~1voice~1{path}~1check/put");
        let operation = contract.pointer_mut(&pointer).unwrap();
        operation["x-webex-scope"] = json!("spark-admin:voice_write");
        if is_safe {
            operation["x-safe"] = json!(true);
        }
        // A schema that the contract has already is referred to.
        let schema = operation.pointer("/requestBody/content/application~1json/schema/$ref");
        assert!(schema.is_some());
    }
    assert!(
        contract
            .pointer("/components/schemas/SiteAddress")
            .is_none()
    );
    fs::write(&file, format!("{contract:#}\n")).unwrap();
    let test = copy.root().join("tests/e2e/tests/made_up.rs");
    fs::write(test, LIBRARY.trim_start()).unwrap();

    let succeeds = |command: &mut Command| {
        let (is_ok, said) = run(command);
        assert!(is_ok, "{command:?}: {said}");
        said
    };
    succeeds(copy.cargo().args(["xtask", "codegen"]));
    succeeds(copy.cargo().args(["xtask", "conform"]));
    succeeds(
        copy.cargo()
            .args(["test", "--package", "e2e", "--test", "made_up"]),
    );
    succeeds(
        copy.cargo()
            .args(["build", "--package", "webex-precheck-cli"]),
    );
    let program = || {
        let mut command = Command::new(folder.join("target/debug/webex-precheck"));
        command.current_dir(&folder).env_remove("WEBEX_BASE_URL");
        command
    };
    let flags = [
        "--sandbox",
        "--number",
        "+12405550100",
        "--site-name",
        "HQ",
        "--lines",
        "3",
    ];
    let said = succeeds(program().arg("voice-lines-check").args(flags));
    assert!(said.contains("likely"), "{said}");
    let template = succeeds(program().args(["template", "voice-lines-checks"]));
    assert!(template.contains("site.address.city"), "{template}");
    let rows = folder.join("rows.csv");
    fs::write(&rows, template).unwrap();
    let mut bulk = program();
    bulk.args(["bulk", "voice-lines-checks"]).arg(&rows);
    let said = succeeds(bulk.args(["--sandbox", "--restart"]));
    assert!(said.contains("likely"), "{said}");
    let schema = succeeds(program().args(["schema", "voice-lines-checks"]));
    assert!(schema.contains("\"carrier\""), "{schema}");
    let said = succeeds(program().args(["doctor", "--sandbox"]));
    assert!(said.contains("spark-admin:voice_write"), "{said}");
}
