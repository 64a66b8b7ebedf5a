//! No sentence of Webex's documentation is in this repository.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fs;
use std::path::Path;

use serde_json::Value;

/// Shorter texts are names and figures.
const FEWEST_WORDS: usize = 6;

/// Letters and digits alone, so that neither layout nor markup hides a sentence.
fn normalised(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn sentences(text: &str) -> impl Iterator<Item = String> {
    text.split(['\n', '|'])
        .flat_map(|line| line.split(". "))
        .filter(|sentence| sentence.split_whitespace().count() >= FEWEST_WORDS)
        // Lists of identifiers and examples are facts.
        .filter(|sentence| {
            let facts = ["is dependent on:", "Possible values:", "\": "];
            !facts.iter().any(|mark| sentence.contains(mark))
        })
        .map(normalised)
}

/// All texts in the two operations of a published file.
fn descriptions(value: &Value, found: &mut String) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(text) if key == "description" || key == "summary" => {
                        found.push_str(text);
                        found.push('\n');
                    }
                    value => descriptions(value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| descriptions(value, found)),
        _ => {}
    }
}

fn documentation() -> Vec<String> {
    let mut texts = Vec::new();
    for page in ["docs/precheck-customer.txt", "docs/precheck-subscriber.txt"] {
        texts.extend(conformance::real(page));
    }
    for file in conformance::real_files("upstream") {
        let file = Some(file.1);
        let document: Option<Value> = file.and_then(|text| serde_json::from_str(&text).ok());
        for (path, item) in document
            .iter()
            .flat_map(|d| d["paths"].as_object().unwrap())
        {
            if path.ends_with("/validate") {
                let mut found = String::new();
                descriptions(item, &mut found);
                texts.push(found);
            }
        }
    }
    texts
        .iter()
        .flat_map(|text| sentences(text).collect::<Vec<_>>())
        .collect()
}

fn files(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", ".git"].contains(&name.as_str()) {
                files(&path, found);
            }
        } else if let Ok(text) = fs::read_to_string(&path) {
            found.push((path.display().to_string(), normalised(&text)));
        }
    }
}

#[test]
fn no_sentence_of_the_documentation_is_in_the_repository() {
    let sentences = documentation();
    if sentences.is_empty() {
        return;
    }
    assert!(sentences.len() > 100, "{}", sentences.len());
    let mut texts = Vec::new();
    files(&conformance::root(), &mut texts);
    assert!(texts.len() > 80, "{}", texts.len());
    let copied: Vec<_> = texts
        .iter()
        .flat_map(|(file, text)| {
            let copied = sentences
                .iter()
                .filter(|sentence| text.contains(sentence.as_str()));
            copied.map(move |sentence| (file, sentence))
        })
        .collect();
    assert!(copied.is_empty(), "{copied:#?}");
}
