//! Compares whole examples, leaf by leaf.

use serde_json::Value;

use crate::inventory::{Example, Operation};
use crate::location::{ExampleId, Section};

use super::change::{Both, Change, Part};
use super::lists::renames;
use super::walk::Walk;

pub(super) fn compare(walk: &mut Walk<'_>) {
    let (before, after) = (walk.before, walk.after);
    for example in before.examples.iter().filter(|it| is_documented(it, after)) {
        match (json(before, &example.at), json(after, &example.at)) {
            (Some(old), Some(new)) => values(walk, (&example.at, &[]), &old, &new),
            _ => walk.changes.push(Change::Removed(whole(example))),
        }
    }
    for example in after.examples.iter().filter(|it| is_documented(it, before)) {
        if json(before, &example.at).is_none() {
            walk.changes.push(Change::Added(whole(example)));
        }
    }
}

/// An example of what is documented no longer, or not before, is part of that difference; and where
/// a page shows no address, it says nothing of an example in it.
fn is_documented(example: &Example, operation: &Operation) -> bool {
    match (&example.at.section, &example.at.name) {
        (Section::Body, _) => true,
        (section @ Section::Response(_), _) => operation.field(&section.clone().into()).is_some(),
        (section, name) => {
            let name = name.as_deref().unwrap_or_default();
            operation.servers.is_some() && operation.field(&section.field(name)).is_some()
        }
    }
}

fn json(operation: &Operation, at: &ExampleId) -> Option<Value> {
    let example = operation.examples.iter().find(|it| it.at == *at)?;
    serde_json::from_str(&example.json).ok()
}

fn whole(example: &Example) -> Part {
    Part::Example(example.at.clone(), Vec::new(), example.json.clone())
}

/// Compares the parts that these keys lead to.
fn values(walk: &mut Walk<'_>, (id, keys): (&ExampleId, &[String]), before: &Value, after: &Value) {
    let inside = |key: &str| [keys, &[key.to_owned()]].concat();
    match (before, after) {
        (Value::Object(a), Value::Object(b)) => {
            let part =
                |key: &str, json: &Value| Part::Example(id.clone(), inside(key), json.to_string());
            let went: Vec<_> = a.iter().filter(|(key, _)| !b.contains_key(*key)).collect();
            let came: Vec<_> = b.iter().filter(|(key, _)| !a.contains_key(*key)).collect();
            let renamed = renames(&went, &came, |(_, old), (_, new)| old == new);
            for (key, value) in a {
                let new = renamed.iter().find(|((old, _), _)| *old == key);
                match (b.get(key), new) {
                    (Some(now), _) => values(walk, (id, &inside(key)), value, now),
                    (None, Some((_, (name, _)))) => {
                        walk.changes
                            .push(Change::Renamed(part(key, value), (*name).clone()));
                    }
                    (None, None) => walk.changes.push(Change::Removed(part(key, value))),
                }
            }
            let added = came
                .iter()
                .filter(|it| !renamed.iter().any(|(_, new)| new == *it));
            let added = added.map(|(key, value)| Change::Added(part(key, value)));
            walk.changes.extend(added);
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (old, new)) in a.iter().zip(b).enumerate() {
                values(walk, (id, &inside(&index.to_string())), old, new);
            }
        }
        _ => {
            walk.compared += 1;
            if before != after {
                let both = Both::of(before.to_string(), after.to_string());
                walk.changes
                    .push(Change::Example(id.clone(), keys.to_vec(), both));
            }
        }
    }
}
