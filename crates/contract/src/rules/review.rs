//! Which rules someone must look at, because the wording under them has changed.

use std::collections::BTreeSet;
use std::fmt;

use super::{Citation, Rule, Rules, sentences};
use crate::diff::Difference;
use crate::inventory::{Inventory, OperationId};
use crate::location::Location;

/// A rule to be reviewed: a sentence that it rests on is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleRule {
    /// Line of the sentence in the file of rules.
    pub line: usize,
    /// The rule.
    pub id: String,
    /// What it says.
    pub says: String,
    /// Name of the capture.
    pub source: String,
    /// The operation; `None` where it is both, and the capture has neither.
    pub operation: Option<OperationId>,
    /// The place in the capture.
    pub at: Location,
    /// The sentence, as it was when the rule was written.
    pub fingerprint: String,
    /// What has become of it.
    pub cause: Cause,
}

/// What has become of a sentence that a rule rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// There is no such capture.
    NoCapture,
    /// The capture does not document the operation.
    NoOperation,
    /// No text stands there.
    NoText,
    /// It is gone; these stand there, and no rule rests on them.
    Gone(Vec<String>),
}

pub(super) type Captures = [(String, Inventory)];

/// The sentences at one place, operation by operation.
pub(super) type Standing<'c> = Vec<(OperationId, BTreeSet<&'c str>)>;

impl Rules {
    /// The rules that rest on a sentence which does not stand where they say.
    pub fn judge(&self, captures: &Captures) -> Vec<StaleRule> {
        let mut found = Vec::new();
        for (rule, cited) in self.citations() {
            match standing(rule, cited, captures) {
                Err(cause) => found.push(stale(rule, cited, rule.operation, cause)),
                Ok(places) => {
                    let lost = places
                        .into_iter()
                        .filter(|(_, now)| !now.contains(cited.fingerprint.as_str()));
                    found.extend(lost.map(|(operation, now)| {
                        let cause = if now.is_empty() {
                            Cause::NoText
                        } else {
                            Cause::Gone(self.without_rule(&now))
                        };
                        stale(rule, cited, Some(operation), cause)
                    }));
                }
            }
        }
        found
    }

    pub(super) fn citations(&self) -> impl Iterator<Item = (&Rule, &Citation)> {
        let rules = self.rules.iter();
        rules.flat_map(|rule| rule.rests_on.iter().map(move |cited| (rule, cited)))
    }

    /// Those of the sentences that no rule rests on, here or elsewhere.
    fn without_rule(&self, sentences: &BTreeSet<&str>) -> Vec<String> {
        let free = sentences.iter().filter(|sentence| !self.has_rule(sentence));
        free.map(|sentence| (*sentence).to_owned()).collect()
    }

    /// Whether a rule rests on a sentence, wherever it stands.
    pub(super) fn has_rule(&self, sentence: &str) -> bool {
        self.citations()
            .any(|(_, cited)| cited.fingerprint == sentence)
    }

    /// The rules that rest on a sentence of a capture which a difference has taken away: it no longer
    /// stands in what the source documents `now`.
    pub fn that_lost(&self, source: &str, lost: &Difference, now: &Inventory) -> Vec<&str> {
        let at = match lost.location() {
            Location::UnnamedAt(section, _) => Location::Unnamed(section),
            other => other,
        };
        let operation = now.operation(lost.operation);
        let standing = operation
            .map(|it| sentences::at(it, &at))
            .unwrap_or_default();
        let citations = self.citations().filter(|(rule, cited)| {
            rule.is_for(lost.operation)
                && (&*cited.source, &cited.at) == (source, &at)
                && !standing.contains(&*cited.fingerprint)
        });
        let mut ids: Vec<&str> = citations.map(|(rule, _)| rule.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

pub(super) fn standing<'c>(
    rule: &Rule,
    cited: &Citation,
    captures: &'c Captures,
) -> Result<Standing<'c>, Cause> {
    let capture = captures.iter().find(|(name, _)| *name == cited.source);
    let (_, inventory) = capture.ok_or(Cause::NoCapture)?;
    let places: Standing<'c> = inventory
        .operations
        .iter()
        .filter(|operation| rule.is_for(operation.id))
        .map(|operation| (operation.id, sentences::at(operation, &cited.at)))
        .collect();
    if places.is_empty() {
        return Err(Cause::NoOperation);
    }
    Ok(places)
}

fn stale(rule: &Rule, cited: &Citation, operation: Option<OperationId>, cause: Cause) -> StaleRule {
    StaleRule {
        line: cited.line,
        id: rule.id.clone(),
        says: rule.says.clone(),
        source: cited.source.clone(),
        operation,
        at: cited.at.clone(),
        fingerprint: cited.fingerprint.clone(),
        cause,
    }
}

impl fmt::Display for StaleRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line: _,
            id,
            says,
            source,
            operation,
            at,
            fingerprint,
            cause,
        } = self;
        write!(f, "`{id}` ({says}) rests on {fingerprint} at ")?;
        if let Some(operation) = operation {
            write!(f, "{operation} ")?;
        }
        write!(f, "{at} of {source}, ")?;
        match cause {
            Cause::NoCapture => f.write_str("and there is no such capture"),
            Cause::NoOperation => f.write_str("which does not document the operation"),
            Cause::NoText => f.write_str("where no text stands now"),
            Cause::Gone(now) if now.is_empty() => {
                f.write_str("where it stands no longer, and nothing new does")
            }
            Cause::Gone(now) => {
                write!(f, "where it stands no longer; no rule rests on what does: ")?;
                f.write_str(&now.join(" "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    //! Sentences that stand, went, and came, one place of a source at a time.
    use super::*;
    use crate::capture;

    const LIMIT: &str = "0000000000a1";
    const OTHER: &str = "0000000000b2";

    /// A source with this description and this text of `body.city`, for both operations.
    fn source(description: &str, city: &str) -> Vec<(String, Inventory)> {
        let operation = |id: &str| {
            format!(
                "[[operation]]\nid = \"{id}\"\ndescription = \"{description}\"\n\
                 [[operation.field]]\nat = \"body.city\"\ntext = \"{city}\"\n\
                 labels = {{ big = \"0000000000c3\" }}\n\
                 [[operation.unnamed]]\nwithin = \"body\"\ntext = \"0000000000d4\"\n\
                 [[operation.response]]\nstatus = \"429\"\ntext = \"0000000000e5x2\"\n"
            )
        };
        let both = operation("customer") + &operation("subscriber");
        let text = format!("kind = \"openapi\"\nsource = \"x\"\n{both}");
        vec![("openapi".to_owned(), capture::read(&text).unwrap())]
    }

    fn rules(operation: &str, grounds: &[(&str, &str)]) -> Rules {
        let grounds = grounds.iter().map(|(at, fingerprint)| {
            format!("\n{{ source = \"openapi\", at = \"{at}\", fingerprint = \"{fingerprint}\" }},")
        });
        let grounds: String = grounds.collect();
        let text = format!(
            "[[rule]]\nid = \"limit\"\nsays = \"x\"\n{operation}\nrests_on = [{grounds}\n]\nkept_in = [\"x\"]"
        );
        Rules::read(&text).unwrap()
    }

    fn told(found: &[StaleRule]) -> Vec<(usize, Option<OperationId>, Cause)> {
        let found = found.iter();
        found
            .map(|u| (u.line, u.operation, u.cause.clone()))
            .collect()
    }

    #[test]
    fn every_kind_of_place_is_found() {
        let rules = rules(
            "",
            &[
                ("description", LIMIT),
                ("body.city", OTHER),
                ("body.city[big]", "0000000000c3"),
                ("unnamed.body", "0000000000d4"),
                ("status.429", "0000000000e5"),
            ],
        );
        assert_eq!(rules.judge(&source(LIMIT, OTHER)), []);
    }

    #[test]
    fn a_rule_that_has_lost_its_sentence_is_told_with_what_stands_there() {
        use OperationId::{Customer, Subscriber};
        let new = "0000000000f6";
        let now = source(&format!("{new} {OTHER}"), "");
        let customer = rules(
            "operation = \"customer\"",
            &[
                ("description", LIMIT),
                ("description", OTHER),
                ("body.city", LIMIT),
            ],
        );
        let gone = || Cause::Gone(vec![new.to_owned()]);
        assert_eq!(
            told(&customer.judge(&now)),
            [
                (6, Some(Customer), gone()),
                (8, Some(Customer), Cause::NoText)
            ]
        );
        let both = rules("", &[("description", LIMIT), ("description", OTHER)]);
        assert_eq!(
            told(&both.judge(&now)),
            [(6, Some(Customer), gone()), (6, Some(Subscriber), gone())]
        );
        let message = both.judge(&now)[0].to_string();
        for part in ["`limit` (x)", LIMIT, "customer description of openapi", new] {
            assert!(message.contains(part), "{message}");
        }
        assert!(!message.contains(OTHER), "{message}");
    }

    #[test]
    fn a_capture_or_an_operation_that_is_missing_is_told() {
        let rules = rules("operation = \"subscriber\"", &[("description", LIMIT)]);
        let causes = |captures: &Captures| -> Vec<Cause> {
            rules.judge(captures).into_iter().map(|u| u.cause).collect()
        };
        assert_eq!(causes(&[]), [Cause::NoCapture]);
        let mut one = source(LIMIT, "");
        one[0].1.operations.pop();
        assert_eq!(causes(&one), [Cause::NoOperation]);
    }
}
