//! Questions that new sentences raise: each may lay down a rule. They stay in the file of rules until
//! a person has turned them into a rule, or deleted them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::Deserialize;

use super::{Rules, sentences};
use crate::date::Date;
use crate::diff::{RuleHint, rule_hints};
use crate::inventory::Inventory;
use crate::prose::is_fingerprint;
use crate::toml_file::FileError;
use crate::visible::visible;

/// A sentence that may lay down a rule, and that nobody has answered for yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Line of the file that it begins on; 0 for one that is not in the file yet.
    pub line: usize,
    /// Name of the capture.
    pub source: String,
    /// Where the sentence stands: operation and place, such as `customer body.email`.
    pub at: Vec<String>,
    /// Its fingerprint.
    pub fingerprint: String,
    /// What the sentence may lay down; nothing where it only stands beside a rule's sentence.
    pub hints: Vec<String>,
    /// The date of the source that brought it.
    pub since: Option<Date>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    source: String,
    at: Vec<String>,
    fingerprint: String,
    #[serde(default)]
    hints: Vec<String>,
    since: Option<Date>,
}

impl Entry {
    pub(super) fn checked(self, line: usize) -> Result<Question, FileError> {
        if !is_fingerprint(&self.fingerprint) {
            let fingerprint = &self.fingerprint;
            let message = format!("`{fingerprint}` is no fingerprint; delete this question");
            return Err(FileError::new(line, message));
        }
        Ok(Question {
            line,
            source: self.source,
            at: self.at,
            fingerprint: self.fingerprint,
            hints: self.hints,
            since: self.since,
        })
    }
}

impl Rules {
    /// The questions that a source raises against what it said before: new sentences that look like
    /// rules, or that stand where a rule's sentence stands.
    pub fn ask(&self, source: &str, before: &Inventory, after: &Inventory) -> Vec<Question> {
        let mut asked: Vec<Question> = Vec::new();
        for operation in &after.operations {
            let Some(was) = before.operation(operation.id) else {
                continue;
            };
            let known: BTreeSet<&str> = sentences::all(was).map(|(_, it)| it.fingerprint).collect();
            for (at, sentence) in sentences::all(operation) {
                let fingerprint = sentence.fingerprint;
                if known.contains(fingerprint) || self.is_answered(source, fingerprint) {
                    continue;
                }
                let hints = sentence.words.map(rule_hints).unwrap_or_default();
                let hints: Vec<String> = hints.iter().map(RuleHint::to_string).collect();
                let has_rule = self.citations().any(|(rule, cited)| {
                    rule.is_for(operation.id) && (&*cited.source, &cited.at) == (source, &at)
                });
                if hints.is_empty() && !has_rule {
                    continue;
                }
                let place = format!("{} {at}", operation.id);
                match asked.iter_mut().find(|it| it.fingerprint == fingerprint) {
                    Some(question) if question.at.contains(&place) => {}
                    Some(question) => question.at.push(place),
                    None => asked.push(Question {
                        line: 0,
                        source: source.to_owned(),
                        at: vec![place],
                        fingerprint: fingerprint.to_owned(),
                        hints,
                        since: after.date.clone(),
                    }),
                }
            }
        }
        asked
    }

    /// Whether a rule rests on a sentence, or it is asked for already.
    fn is_answered(&self, source: &str, fingerprint: &str) -> bool {
        self.has_rule(fingerprint)
            || self
                .questions()
                .any(|it| it.source == source && it.fingerprint == fingerprint)
    }
}

impl Question {
    /// The question as it stands in the file of rules.
    pub fn to_toml(&self) -> String {
        let list = |values: &[String]| {
            let values: Vec<String> = values.iter().map(|it| quoted(it)).collect();
            format!("[{}]", values.join(", "))
        };
        let mut out = String::from("\n[[question]]\n");
        let _ = writeln!(out, "source = {}", quoted(&self.source));
        let _ = writeln!(out, "at = {}", list(&self.at));
        let _ = writeln!(out, "fingerprint = {}", quoted(&self.fingerprint));
        if !self.hints.is_empty() {
            let _ = writeln!(out, "hints = {}", list(&self.hints));
        }
        if let Some(since) = &self.since {
            let _ = writeln!(out, "since = \"{since}\"");
        }
        out
    }

    /// The sentence, if `inventory` was just read and still has it.
    pub fn sentence(&self, inventory: &Inventory) -> Option<String> {
        let all = inventory.operations.iter().flat_map(sentences::all);
        let mut found = all.filter(|(_, it)| it.fingerprint == self.fingerprint);
        found.find_map(|(_, it)| it.words.map(visible))
    }
}

fn quoted(text: &str) -> String {
    format!(
        "\"{}\"",
        visible(text).replace('\\', "\\\\").replace('"', "\\\"")
    )
}
