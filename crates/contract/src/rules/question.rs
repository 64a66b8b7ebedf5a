//! Questions that new sentences raise: each may lay down a rule. They stay in the file of rules until
//! a person has turned them into a rule, or deleted them.

use std::collections::BTreeSet;

use toml::Value;
use webex_precheck_escape::escape;

use super::file::{Question, Rules};
use super::sentences;
use crate::diff::{RuleHint, rule_hints};
use crate::inventory::{Inventory, Operation, OperationId};

impl Rules {
    /// The questions that a source raises against what it said before: new sentences that look like
    /// rules, or that stand where a rule's sentence stands.
    pub fn ask(&self, source: &str, before: &Inventory, after: &Inventory) -> Vec<Question> {
        let mut raised: Vec<Question> = Vec::new();
        for operation in &after.operations {
            let Some(earlier) = before.operation(&operation.id) else {
                continue;
            };
            let known = sentences::all(earlier).map(|(_, it)| it.fingerprint);
            let known: BTreeSet<&str> = known.collect();
            for (at, sentence) in sentences::all(operation) {
                let fingerprint = sentence.fingerprint;
                if known.contains(fingerprint) || self.is_answered(source, fingerprint) {
                    continue;
                }
                let hints = sentence.words.map(rule_hints).unwrap_or_default();
                let mut beside = self.citations_of(source, &operation.id, &at);
                if hints.is_empty() && beside.next().is_none() {
                    continue;
                }
                let place = format!("{} {at}", operation.id);
                match raised.iter_mut().find(|it| it.fingerprint == fingerprint) {
                    Some(question) if question.at.contains(&place) => {}
                    Some(question) => question.at.push(place),
                    None => raised.push(Question {
                        line: 0,
                        source: source.to_owned(),
                        at: vec![place],
                        fingerprint: fingerprint.to_owned(),
                        hints: hints.iter().map(RuleHint::to_string).collect(),
                        since: after.date.clone(),
                    }),
                }
            }
        }
        raised
    }

    /// The questions that an operation raises which no source documented before: those about sentences
    /// that no capture has for another one.
    pub fn ask_about_new(
        &self,
        source: &str,
        id: &OperationId,
        after: &Inventory,
        captures: &[(String, Inventory)],
    ) -> Vec<Question> {
        let mut before = after.clone();
        before.operations = vec![Operation::unknown(id.clone())];
        let mut raised = self.ask(source, &before, after);
        let others = captures.iter().flat_map(|(_, it)| &it.operations);
        let others = others.filter(|operation| operation.id != *id);
        let said = others
            .flat_map(sentences::all)
            .map(|(_, it)| it.fingerprint);
        let said: BTreeSet<&str> = said.collect();
        raised.retain(|question| !said.contains(&*question.fingerprint));
        raised
    }

    /// Whether a rule rests on a sentence, or it is asked for already.
    fn is_answered(&self, source: &str, fingerprint: &str) -> bool {
        let mut questions = self.questions();
        self.has_rule(fingerprint)
            || questions.any(|it| it.source == source && it.fingerprint == fingerprint)
    }
}

impl Question {
    /// The question as it stands in the file of rules.
    pub fn to_toml(&self) -> String {
        let text = |text: &String| Value::from(&*escape(text));
        let list = |texts: &[String]| Value::Array(texts.iter().map(text).collect());
        let mut out = "\n[[question]]\n".to_owned();
        let mut line = |key: &str, value: Value| out.push_str(&format!("{key} = {value}\n"));
        line("source", text(&self.source));
        line("at", list(&self.at));
        line("fingerprint", text(&self.fingerprint));
        if !self.hints.is_empty() {
            line("hints", list(&self.hints));
        }
        if let Some(since) = &self.since {
            line("since", since.as_str().into());
        }
        out
    }

    /// The sentence, if `inventory` was just read and still has it.
    pub fn sentence(&self, inventory: &Inventory) -> Option<String> {
        let all = inventory.operations.iter().flat_map(sentences::all);
        let mut found = all.filter(|(_, it)| it.fingerprint == self.fingerprint);
        found.find_map(|(_, it)| it.words.map(|it| escape(it).into_owned()))
    }
}
