//! Rules whose sentence changed into one that states the same rule elsewhere: they rest on that one.

use super::file::{Citation, Rule, Rules};
use super::review::{Captures, current};

/// A rule that rests on another sentence than before.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UpdatedCitation {
    /// Line of the sentence in the file of rules.
    pub line: usize,
    /// The rule.
    pub id: String,
    /// The sentence that it rests on now.
    pub fingerprint: String,
}

impl Rules {
    /// The text of the file in which rules rest on sentences that changed, where the sentence that now
    /// stands there is known to state the same rule; and which rules those are.
    pub fn rebind(&self, text: &str, captures: &Captures) -> (String, Vec<UpdatedCitation>) {
        let mut text = text.to_owned();
        let mut updated = Vec::new();
        // From the end, so that what stands before stays where it is.
        let rules = self.iter().rev();
        let citations = rules.flat_map(|rule| rule.rests_on.iter().rev().map(move |it| (rule, it)));
        for (rule, entry) in citations {
            let cited = entry.get_ref();
            if let Some(fingerprint) = self.successor(rule, cited, captures) {
                let changed = text[entry.span()].replace(&cited.fingerprint, fingerprint);
                text.replace_range(entry.span(), &changed);
                updated.push(UpdatedCitation {
                    line: cited.line,
                    id: rule.id.clone(),
                    fingerprint: fingerprint.to_owned(),
                });
            }
        }
        updated.reverse();
        (text, updated)
    }

    /// The sentence that took the place of a lost one: the same for all operations of the rule.
    fn successor<'c>(
        &self,
        rule: &Rule,
        cited: &Citation,
        captures: &'c Captures,
    ) -> Option<&'c str> {
        let states_it = |sentence: &str| {
            let mut citations = self.citations();
            citations.any(|(other, it)| other.id == rule.id && it.fingerprint == sentence)
        };
        let places = current(rule, cited, captures).ok()?.into_iter();
        let mut found = places.map(|(_, now)| {
            let is_lost = !now.contains(&*cited.fingerprint);
            now.into_iter().find(|it| is_lost && states_it(it))
        });
        let first = found.next()??;
        found.all(|other| other == Some(first)).then_some(first)
    }
}

#[cfg(test)]
mod tests {
    //! Which sentence takes the place of another.
    use super::*;
    use crate::capture;
    use crate::inventory::Inventory;

    const OLD: &str = "0000000000a1";
    const NEW: &str = "0000000000b2";

    fn source(name: &str, first: &str, second: &str) -> (String, Inventory) {
        let operation = |id: &str, text: &str| {
            format!(
                "[[operation]]\nid = \"{id}\"\n[[operation.field]]\nat = \"body.city\"\ntext = \"{text}\"\n"
            )
        };
        let both = operation("first", first) + &operation("second", second);
        let text = format!("kind = \"page\"\nsource = \"x\"\n{both}");
        (name.to_owned(), capture::read(&text).unwrap())
    }

    /// A rule that rests on `OLD` in the file, and on `elsewhere` in the page.
    fn rules(id: &str, operation: &str, elsewhere: &str) -> String {
        let citation = |source: &str, fingerprint: &str| {
            format!(
                "    {{ source = \"{source}\", at = \"body.city\", fingerprint = \"{fingerprint}\" }},\n"
            )
        };
        format!(
            "[[rule]]\nid = \"limit\"\nsays = \"x\"\n{operation}rests_on = [\n{}]\nkept_in = [\"x\"]\n\n\
             [[rule]]\nid = \"{id}\"\nsays = \"x\"\noperation = \"second\"\nrests_on = [\n{}]\nkept_in = [\"x\"]\n",
            citation("file", OLD),
            citation("page", elsewhere)
        )
    }

    fn rebind(text: &str, captures: &Captures) -> (String, Vec<usize>) {
        let (text, updated) = Rules::read(text).unwrap().rebind(text, captures);
        (text, updated.into_iter().map(|it| it.line).collect())
    }

    #[test]
    fn citation_moves_to_the_sentence_that_states_the_rule_elsewhere() {
        let first = "operation = \"first\"\n";
        let captures = [source("file", NEW, ""), source("page", "", NEW)];
        let text = rules("limit", first, NEW);
        let (after, lines) = rebind(&text, &captures);
        assert_eq!(after, text.replacen(OLD, NEW, 1));
        assert_eq!(lines, [6]);
        // The sentence states another rule, or stands there still.
        for (text, captures) in [
            (rules("other", first, NEW), captures.clone()),
            (
                text.clone(),
                [
                    source("file", &format!("{OLD} {NEW}"), ""),
                    source("page", "", NEW),
                ],
            ),
        ] {
            assert_eq!(rebind(&text, &captures), (text, Vec::new()));
        }
    }

    #[test]
    fn rule_for_both_operations_needs_the_sentence_in_both() {
        let text = rules("limit-2", "", NEW).replace("limit-2", "limit");
        // Two rules of one id must be for different operations.
        assert!(Rules::read(&text).is_err());
        let text = text.replacen("fingerprint = \"0000000000a1\" },\n", &format!(
            "fingerprint = \"{OLD}\" }},\n    {{ source = \"page\", at = \"body.city\", fingerprint = \"{NEW}\" }},\n"
        ), 1);
        let text = text.split("\n\n").next().unwrap().to_owned();
        for (second, count) in [(NEW, 1), (OLD, 0), ("", 0)] {
            let captures = [source("file", NEW, second), source("page", NEW, NEW)];
            assert_eq!(rebind(&text, &captures).1.len(), count, "{second}");
        }
    }
}
