//! The public API of the crates that people link, written by hand, as lists that are checked in: a change
//! of it is seen in review. `UPDATE_PUBLIC_API=1` writes them anew. What is generated is left out; it
//! follows the contract.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The release of Rust whose rustdoc JSON the crate `public-api` reads.
const RUST: &str = "rustc 1.95.";

/// The public items of a crate, in order; none with another release of Rust.
fn items(package: &str, features: &str) -> Option<Vec<String>> {
    let version = Command::new("rustc").arg("--version").output().unwrap();
    if !String::from_utf8_lossy(&version.stdout).starts_with(RUST) {
        eprintln!("not checked: rustdoc's JSON is read as {RUST}x writes it");
        return None;
    }
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("public-api");
    let run = Command::new(env!("CARGO"))
        .current_dir(conformance::root())
        .args(["rustdoc", "--quiet", "--lib", "--no-default-features"])
        .args(["--features", features, "--package", package])
        .arg("--target-dir")
        .arg(&target)
        .args(["--", "-Z", "unstable-options", "--output-format", "json"])
        .args(["--cap-lints", "allow"])
        .env("RUSTC_BOOTSTRAP", "1")
        .env_remove("RUSTDOCFLAGS")
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    let json = target.join(format!("doc/{}.json", package.replace('-', "_")));
    let api = public_api::Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .build()
        .unwrap();
    // Of the traits that the compiler implements by itself, people rely on `Send` and `Sync`.
    let unseen = [
        "Freeze",
        "RefUnwindSafe",
        "Unpin",
        "UnsafeUnpin",
        "UnwindSafe",
    ];
    let is_unseen = |item: &String| {
        let mut unseen = unseen.iter();
        unseen.any(|name| item.starts_with("impl") && item.contains(&format!("::{name} for ")))
    };
    let items = api.items().map(|item| item.to_string());
    Some(items.filter(|item| !is_unseen(item)).collect())
}

/// The generated files whose items the API and the client show.
const GENERATED: [&str; 2] = [
    "crates/api/src/generated.rs",
    "crates/client/src/request/generated.rs",
];

/// The names of what is generated: types, and constants of the operations.
fn generated(files: &[&str]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files {
        let text = conformance::read(file);
        for start in [
            "pub struct ",
            "pub enum ",
            "pub const ",
            "open_enum! {",
            "named_text! {",
        ] {
            for (index, _) in text.match_indices(start) {
                let rest = text[index + start.len()..].lines();
                // Behind attributes, which may take two lines, or a part of one.
                let name = rest
                    .map(str::trim)
                    .map(|line| match line.strip_prefix('#') {
                        Some(attribute) => attribute.rsplit_once("] ").map_or("#", |it| it.1),
                        None => line,
                    })
                    .find(|line| !line.starts_with(['#', '"']) && !line.is_empty());
                let name = name.unwrap_or_default();
                let end = name.find(|c: char| !c.is_alphanumeric() && c != '_');
                names.insert(name[..end.unwrap_or(name.len())].to_owned());
            }
        }
    }
    names
}

fn check(package: &str, features: &str, list: &str, hidden: &[&str], files: &[&str]) {
    let Some(items) = items(package, features) else {
        return;
    };
    let words = |item: &str| -> Vec<String> {
        let words = item.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
        words.map(str::to_owned).collect()
    };
    for item in &items {
        let shown = words(item).into_iter().find(|word| {
            let root = word.split("::").next().unwrap_or_default();
            word.contains("::") && hidden.iter().any(|hidden| root.starts_with(hidden))
        });
        assert_eq!(
            shown, None,
            "{package} shows a type that it must not show: {item}"
        );
    }
    let generated = generated(files);
    let is_generated = |item: &String| {
        let words = words(item);
        words
            .iter()
            .flat_map(|word| word.split("::"))
            .any(|part| generated.contains(part.trim_end_matches(':')))
    };
    let own: Vec<String> = items
        .into_iter()
        .filter(|item| !is_generated(item))
        .collect();
    let text = own.join("\n") + "\n";
    if std::env::var_os("UPDATE_PUBLIC_API").is_some() {
        fs::write(conformance::root().join(list), text).unwrap();
        return;
    }
    let known = conformance::read(list);
    let [known, now] = [&known, &text].map(|text| text.lines().collect::<BTreeSet<_>>());
    let removed: Vec<_> = known.difference(&now).collect();
    let added: Vec<_> = now.difference(&known).collect();
    assert!(
        removed.is_empty() && added.is_empty(),
        "the public API of {package} changed; run this test with UPDATE_PUBLIC_API=1 and review {list}\n\
         removed: {removed:#?}\nadded: {added:#?}"
    );
}

#[test]
fn the_client_shows_what_is_listed_and_no_type_of_its_http_client() {
    let hidden = ["reqwest", "progenitor", "hyper", "tokio"];
    check(
        "webex-precheck",
        "blocking,native-tls,rustls,test-util,tower",
        "crates/client/public-api.txt",
        &hidden,
        &GENERATED,
    );
}

#[test]
fn the_types_show_what_is_listed() {
    check(
        "webex-precheck-api",
        "client,schemars",
        "crates/api/public-api.txt",
        &[],
        &GENERATED,
    );
}

#[test]
fn the_escapes_show_what_is_listed() {
    check(
        "webex-precheck-escape",
        "",
        "crates/escape/public-api.txt",
        &[],
        &[],
    );
}

#[test]
fn the_contract_shows_what_is_listed() {
    check(
        "webex-precheck-contract",
        "clap",
        "crates/contract/public-api.txt",
        &["serde_saphyr", "quick_xml", "regex"],
        &[],
    );
}
