//! What the registry shows of each published crate, and what its dependencies ask of others.

#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use pulldown_cmark::{Event, Parser, Tag};
use serde_json::Value;

/// Those of <https://crates.io/category_slugs> that are used: the registry ignores any other.
const CATEGORIES: [&str; 7] = [
    "api-bindings",
    "command-line-utilities",
    "development-tools",
    "development-tools::testing",
    "parser-implementations",
    "text-processing",
    "web-programming::http-client",
];

fn published() -> Vec<Value> {
    let run = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(conformance::root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&run.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    let packages = packages.filter(|it| it["publish"].is_null());
    packages.cloned().collect()
}

#[test]
fn published_crates_are_described() {
    let packages = published();
    assert_eq!(packages.len(), 6);
    let mut readmes = BTreeSet::new();
    for package in &packages {
        let name = package["name"].as_str().unwrap();
        for key in [
            "description",
            "documentation",
            "license",
            "repository",
            "rust_version",
        ] {
            assert!(package[key].is_string(), "{name} has no {key}");
        }
        let categories = package["categories"].as_array().unwrap();
        let are_known = categories
            .iter()
            .all(|it| CATEGORIES.contains(&it.as_str().unwrap()));
        assert!(
            !categories.is_empty() && are_known,
            "{name}: {categories:?}"
        );
        let keywords = package["keywords"].as_array().unwrap();
        assert!((1..=5).contains(&keywords.len()), "{name}: {keywords:?}");
        let targets = package["targets"].as_array().unwrap().iter();
        if targets.clone().any(|it| it["kind"][0] == "lib") {
            let docs = &package["metadata"]["docs"]["rs"];
            assert_eq!(docs["all-features"], true, "{name}");
        }

        // Of its own, and with no link that leads nowhere in the registry.
        let folder = Path::new(package["manifest_path"].as_str().unwrap())
            .parent()
            .unwrap();
        let readme = fs::read_to_string(folder.join(package["readme"].as_str().unwrap())).unwrap();
        let title = readme.lines().next().unwrap();
        assert_eq!(title, format!("# {name}"));
        for event in Parser::new(&readme) {
            if let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event {
                let leads = dest_url.starts_with("https://") || dest_url.starts_with('#');
                assert!(leads, "{name}: {dest_url}");
            }
        }
        assert!(readmes.insert(readme), "{name}");
    }
}

/// Features add up over a whole program: with this one, all its JSON would change its order.
#[test]
fn no_library_turns_on_the_order_of_json() {
    for package in published() {
        let targets = package["targets"].as_array().unwrap();
        if targets.iter().all(|it| it["kind"][0] != "lib") {
            continue;
        }
        for dependency in package["dependencies"].as_array().unwrap() {
            let features = dependency["features"].as_array().unwrap();
            let is_on = features.iter().any(|it| it == "preserve_order");
            assert!(!is_on, "{} by {}", package["name"], dependency["name"]);
        }
    }
}
