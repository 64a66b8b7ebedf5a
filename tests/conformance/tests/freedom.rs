//! No test depends on today's facts: the workspace follows a newer file, and all its tests still pass.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fs;

use conformance::mutation::compile::{Copy, run};
use conformance::{CHECKED_IN, documentation, real, root};
use serde_json::{Value, json};

/// The published file that is captured, with what Webex adds every few months: a field of text, one of
/// a number, a package, a status, and other words for something that no rule rests on.
fn newer(text: &str) -> String {
    let mut file: Value = serde_json::from_str(text).unwrap();
    let body = "requestBody/content/application~1json/schema/properties";
    file.pointer_mut("/components/schemas/WholesalePackagesCustomer/enum")
        .and_then(Value::as_array_mut)
        .unwrap()
        .push(json!("freedom_package"));
    let mut edit = |operation: &str, pointer: &str, edit: &dyn Fn(&mut Value)| {
        let path = format!("/paths/~1wholesale~1{operation}s~1validate/post/{pointer}");
        edit(file.pointer_mut(&path).unwrap_or_else(|| panic!("{path}")));
    };
    edit("customer", body, &|fields| {
        fields["freedomName"] =
            json!({"type": "string", "description": "What it is called.", "example": "Joe"});
    });
    edit("subscriber", body, &|fields| {
        fields["freedomCount"] =
            json!({"type": "number", "description": "How many there are.", "example": 5});
        fields["provisioningParameters"]["properties"]["lastName"]["description"] =
            json!("How the family is called.");
    });
    edit("subscriber", "responses", &|responses| {
        responses["418"] = json!({"description": "Teapot: Something is brewing."});
    });
    file.to_string()
}

/// The file of the captured revision, where it is at hand.
fn captured() -> Option<String> {
    let sources: toml::Table = CHECKED_IN.read("sources.toml").parse().unwrap();
    let date = sources["source"].as_array().unwrap()[0]["date"]
        .as_str()
        .unwrap();
    let name = format!("upstream/webex-wholesale-{date}.json");
    documentation().join(&name).exists().then(|| real(&name))?
}

#[test]
#[ignore = "builds and tests a copy of the workspace, which takes minutes"]
fn following_a_newer_file_breaks_no_test() {
    let Some(text) = captured() else {
        return;
    };
    let folder = root().join("target/freedom");
    let copy = Copy::of_workspace(folder.clone()).unwrap();
    copy.seed().unwrap();
    let source = folder.join("webex-wholesale-2099-12-31.json");
    fs::write(&source, newer(&text)).unwrap();
    let cargo = || {
        let mut command = copy.cargo();
        // Tests look for it beside the workspace.
        command.env(
            "PRECHECK_DOCUMENTATION",
            fs::canonicalize(documentation()).unwrap(),
        );
        command
    };
    let (_, said) = run(cargo().args(["xtask", "adopt"]).arg(&source));
    assert!(said.contains("next release: minor"), "{said}");
    for changed in ["freedomName", "freedomCount", "freedom_package", "\"418\""] {
        let contract = fs::read_to_string(copy.root().join("spec/openapi.json")).unwrap();
        assert!(
            contract.contains(changed),
            "{changed} was not followed: {said}"
        );
    }
    let (is_green, said) = run(cargo().args(["test", "--workspace", "--no-fail-fast"]));
    let failed: Vec<&str> = said
        .lines()
        .filter(|line| line.ends_with("FAILED") || line.starts_with("error"))
        .collect();
    assert!(is_green, "{failed:#?}");
    assert!(said.matches("test result: ok").count() > 20, "{said}");
}
