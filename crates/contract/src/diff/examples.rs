//! Compares whole examples, leaf by leaf.

use serde_json::Value;

use crate::inventory::Example;

use super::ledger::Ledger;
use super::{Impact, Kind};

pub(super) fn compare(ledger: &mut Ledger<'_>, before: &[Example], after: &[Example]) {
    let find = |examples: &'_ [Example], at: &str| examples.iter().position(|e| e.at == at);
    for example in before {
        let at = format!("examples.{}", example.at);
        match find(after, &example.at) {
            Some(index) => {
                let parse = |json: &str| serde_json::from_str(json).unwrap_or(Value::Null);
                let (old, new): (Value, Value) = (parse(&example.json), parse(&after[index].json));
                values(ledger, &at, &old, &new);
            }
            // Only what a source shows can go; another source may show no example of this.
            None => {
                let json = Some(example.json.clone());
                ledger.add(&at, Kind::Removed, Impact::Wording, json, None);
            }
        }
    }
    for example in after {
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
