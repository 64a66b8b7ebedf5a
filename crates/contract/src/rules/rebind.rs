//! Rules whose sentence changed into one that states the same rule elsewhere: they rest on that one.

use super::Rules;
use super::review::{Captures, standing};

/// A rule that rests on another sentence than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebound {
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
    pub fn rebind(&self, text: &str, captures: &Captures) -> (String, Vec<Rebound>) {
        let mut text = text.to_owned();
        let mut rebound = Vec::new();
        // From the end, so that what stands before stays where it is.
        let citations: Vec<_> = self.citations().collect();
        for (rule, cited) in citations.into_iter().rev() {
            let Ok(places) = standing(rule, cited, captures) else {
                continue;
            };
            let states_it = |sentence: &&&str| {
                self.citations()
                    .any(|(other, known)| other.id == rule.id && known.fingerprint == **sentence)
            };
            // One sentence for all operations that the rule is for.
            let mut found = places.iter().map(|(_, now)| {
                let is_lost = !now.contains(cited.fingerprint.as_str());
                now.iter().find(|sentence| is_lost && states_it(sentence))
            });
            let Some(Some(first)) = found.next() else {
                continue;
            };
            if found.any(|other| other != Some(first)) {
                continue;
            }
            let entry = text[cited.span.clone()].replace(&cited.fingerprint, first);
            text.replace_range(cited.span.clone(), &entry);
            rebound.push(Rebound {
                line: cited.line,
                id: rule.id.clone(),
                fingerprint: (*first).to_owned(),
            });
        }
        rebound.reverse();
        (text, rebound)
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

    fn source(name: &str, customer: &str, subscriber: &str) -> (String, Inventory) {
        let operation = |id: &str, text: &str| {
            format!(
                "[[operation]]\nid = \"{id}\"\n[[operation.field]]\nat = \"body.city\"\ntext = \"{text}\"\n"
            )
        };
        let both = operation("customer", customer) + &operation("subscriber", subscriber);
        let text = format!("kind = \"page\"\nsource = \"x\"\n{both}");
        (name.to_owned(), capture::read(&text).unwrap())
    }

    /// A rule that rests on `OLD` in the file, and on `elsewhere` in the page.
    fn rules(id: &str, operation: &str, elsewhere: &str) -> String {
        let ground = |source: &str, fingerprint: &str| {
            format!(
                "    {{ source = \"{source}\", at = \"body.city\", fingerprint = \"{fingerprint}\" }},\n"
            )
        };
        format!(
            "[[rule]]\nid = \"limit\"\nsays = \"x\"\n{operation}rests_on = [\n{}]\nkept_in = [\"x\"]\n\n\
             [[rule]]\nid = \"{id}\"\nsays = \"x\"\noperation = \"subscriber\"\nrests_on = [\n{}]\nkept_in = [\"x\"]\n",
            ground("file", OLD),
            ground("page", elsewhere)
        )
    }

    fn rebind(text: &str, captures: &Captures) -> (String, Vec<usize>) {
        let (text, rebound) = Rules::read(text).unwrap().rebind(text, captures);
        (text, rebound.into_iter().map(|it| it.line).collect())
    }

    #[test]
    fn a_rule_rests_on_the_sentence_that_states_it_elsewhere() {
        let customer = "operation = \"customer\"\n";
        let captures = [source("file", NEW, ""), source("page", "", NEW)];
        let text = rules("limit", customer, NEW);
        let (after, lines) = rebind(&text, &captures);
        assert_eq!(after, text.replacen(OLD, NEW, 1));
        assert_eq!(lines, [6]);
        // The sentence states another rule, or stands there still.
        for (text, captures) in [
            (rules("other", customer, NEW), captures.clone()),
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
    fn a_rule_of_both_operations_needs_the_sentence_in_both() {
        let text = rules("limit-2", "", NEW).replace("limit-2", "limit");
        // Two rules of one id must be for different operations.
        assert!(Rules::read(&text).is_err());
        let text = text.replacen("fingerprint = \"0000000000a1\" },\n", &format!(
            "fingerprint = \"{OLD}\" }},\n    {{ source = \"page\", at = \"body.city\", fingerprint = \"{NEW}\" }},\n"
        ), 1);
        let text = text.split("\n\n").next().unwrap().to_owned();
        for (subscriber, count) in [(NEW, 1), (OLD, 0), ("", 0)] {
            let captures = [source("file", NEW, subscriber), source("page", NEW, NEW)];
            assert_eq!(rebind(&text, &captures).1.len(), count, "{subscriber}");
        }
    }
}
