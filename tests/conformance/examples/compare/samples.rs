//! Changes to compare: a few of each kind.

use conformance::mutation::{Mutation, Subject};
use serde_json::{Map, Value};
use webex_precheck_contract::diff::Impact;

/// A source before and after a change.
pub(crate) struct Sample {
    /// What kind of change it is.
    pub(crate) kind: String,
    /// What it means for callers, to us; nothing if there is nothing to tell.
    pub(crate) impact: Option<Impact>,
    pub(crate) before: String,
    pub(crate) after: String,
    /// By which the tools know what kind of file it is.
    extension: &'static str,
}

impl Sample {
    /// The names of the two files.
    pub(crate) fn files(&self) -> [String; 2] {
        ["before", "after"].map(|name| format!("{name}.{}", self.extension))
    }
}

/// The kind in which nothing changes, and the file is left as it is published.
pub(crate) const AS_PUBLISHED: &str = "nothing: references that lead nowhere";

/// How kinds begin that are changes of a page.
pub(crate) const PAGE: &str = "a documentation page changes: ";

/// How kinds begin of which nothing is to be told.
pub(crate) const NOTHING: &str = "nothing: ";

/// So many of each kind at most, in the order in which kinds come first.
pub(crate) fn all(most: usize) -> Vec<Sample> {
    let published = conformance::fixture("published.json");
    let mended = mended(&published);
    let mut samples = vec![Sample {
        kind: AS_PUBLISHED.to_owned(),
        impact: None,
        before: published.clone(),
        after: published,
        extension: "json",
    }];
    let file = Subject::file("published.json", mended);
    let mut kinds: Vec<&str> = Vec::new();
    for mutation in &file.mutations {
        if !kinds.contains(&mutation.kind) {
            kinds.push(mutation.kind);
        }
    }
    for kind in kinds {
        let of_kind = file.mutations.iter().filter(|it| it.kind == kind);
        let of_kind: Vec<&Mutation> = of_kind.collect();
        let chosen = spread(&of_kind, most);
        samples.extend(chosen.map(|it| sample(&file, it, kind.to_owned(), "json")));
    }
    let text = conformance::fixture;
    for page in [
        Subject::flat_page("customer", text("customer-page.txt")),
        Subject::nameless_page("subscriber", text("subscriber-page.txt")),
    ] {
        let kind = format!("{PAGE}{}", page.name);
        let changes = page.mutations.iter().filter(|it| !it.expected.is_empty());
        let mutations: Vec<&Mutation> = changes.collect();
        let chosen = spread(&mutations, most);
        samples.extend(chosen.map(|it| sample(&page, it, kind.clone(), "txt")));
    }
    samples
}

/// The first, the last, and some between them: fields of requests come before those of answers.
fn spread<'a>(all: &'a [&'a Mutation], most: usize) -> impl Iterator<Item = &'a Mutation> {
    let count = all.len().min(most);
    (0..count).map(move |n| all[n * (all.len() - 1) / (count - 1).max(1)])
}

fn sample(subject: &Subject, mutation: &Mutation, kind: String, extension: &'static str) -> Sample {
    Sample {
        kind,
        impact: mutation.expected.iter().map(|(_, impact)| *impact).max(),
        before: subject.text.clone(),
        after: subject.with(&[mutation]),
        extension,
    }
}

/// The file with anything in place of references that lead nowhere. As it is published, some tools
/// refuse it, which would say nothing of what they find.
fn mended(text: &str) -> String {
    let Ok(mut file) = serde_json::from_str::<Value>(text) else {
        return text.to_owned();
    };
    let whole = file.clone();
    mend(&mut file, &whole);
    file.to_string()
}

fn mend(value: &mut Value, whole: &Value) {
    let reference = value.get("$ref").and_then(Value::as_str);
    let leads_nowhere = reference.is_some_and(|it| {
        let pointer = it.strip_prefix('#');
        pointer.is_some_and(|pointer| whole.pointer(pointer).is_none())
    });
    match value {
        _ if leads_nowhere => *value = Value::Object(Map::new()),
        Value::Object(members) => members.values_mut().for_each(|it| mend(it, whole)),
        Value::Array(items) => items.iter_mut().for_each(|it| mend(it, whole)),
        _ => {}
    }
}
