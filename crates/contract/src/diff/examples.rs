//! Compares whole examples, leaf by leaf.

use serde_json::Value;

use crate::inventory::{Example, Operation};

use super::ledger::Ledger;
use super::{Impact, Kind};

pub(super) fn compare(ledger: &mut Ledger<'_>, before: &Operation, after: &Operation) {
    // An example of what is documented no longer, or not before, was told of with that; and where
    // a page shows no address, it says nothing of an example in it.
    let documented = |example: &Example, operation: &Operation| {
        if example.at.starts_with("query.") {
            return operation.servers.is_some() && operation.field(&example.at).is_some();
        }
        let status = example.at.strip_prefix("responses.");
        let status = status.and_then(|at| at.split('.').next());
        status.is_none_or(|status| operation.field(&format!("responses.{status}")).is_some())
    };
    let find = |operation: &'_ Operation, at: &str| -> Option<Value> {
        let example = operation.examples.iter().find(|e| e.at == at)?;
        serde_json::from_str(&example.json).ok()
    };
    for example in before.examples.iter().filter(|e| documented(e, after)) {
        let at = format!("examples.{}", example.at);
        match (find(before, &example.at), find(after, &example.at)) {
            (Some(old), Some(new)) => values(ledger, &at, &old, &new),
            _ => {
                let json = Some(example.json.clone());
                ledger.add(&at, Kind::Removed, Impact::Wording, json, None);
            }
        }
    }
    for example in after.examples.iter().filter(|e| documented(e, before)) {
        if find(before, &example.at).is_none() {
            let at = format!("examples.{}", example.at);
            let json = Some(example.json.clone());
            ledger.add(&at, Kind::Added, Impact::Wording, None, json);
        }
    }
}

fn values(ledger: &mut Ledger<'_>, at: &str, before: &Value, after: &Value) {
    match (before, after) {
        (Value::Object(a), Value::Object(b)) => {
            let went = a.iter().filter(|(key, _)| !b.contains_key(*key));
            let renamed: Vec<(&String, &String)> = went
                .filter_map(|(key, value)| {
                    let mut same = b
                        .iter()
                        .filter(|(other, now)| !a.contains_key(*other) && *now == value);
                    match (same.next(), same.next()) {
                        (Some((other, _)), None) => Some((key, other)),
                        _ => None,
                    }
                })
                .collect();
            for (key, value) in a {
                let at = format!("{at}/{key}");
                match (b.get(key), renamed.iter().find(|(old, _)| *old == key)) {
                    (Some(now), _) => values(ledger, &at, value, now),
                    (None, Some((_, other))) => {
                        let names = (Some(key.clone()), Some((*other).clone()));
                        ledger.add(&at, Kind::Renamed, Impact::Wording, names.0, names.1);
                    }
                    (None, None) => {
                        let json = Some(value.to_string());
                        ledger.add(&at, Kind::Removed, Impact::Wording, json, None);
                    }
                }
            }
            for (key, value) in b {
                if !a.contains_key(key) && !renamed.iter().any(|(_, new)| *new == key) {
                    let at = format!("{at}/{key}");
                    let json = Some(value.to_string());
                    ledger.add(&at, Kind::Added, Impact::Wording, None, json);
                }
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (old, new)) in a.iter().zip(b).enumerate() {
                values(ledger, &format!("{at}/{index}"), old, new);
            }
        }
        _ => ledger.fact(
            at,
            Kind::Example,
            Some(before),
            Some(after),
            Value::to_string,
            |_, _| Impact::Wording,
        ),
    }
}
