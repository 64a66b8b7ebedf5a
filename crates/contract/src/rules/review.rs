//! Which rules someone must look at, because the wording under them has changed.

use std::collections::BTreeSet;
use std::fmt;

use super::file::{Citation, Rule, Rules};
use super::sentences;
use crate::diff::Difference;
use crate::inventory::{Inventory, OperationId};
use crate::location::Location;

/// A rule to be reviewed: a sentence that it rests on is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StaleRule<'r> {
    /// Line of the sentence in the file of rules.
    pub line: usize,
    /// The rule.
    pub rule: &'r Rule,
    /// The sentence, as it was when the rule was written.
    pub citation: &'r Citation,
    /// The operation; `None` where it is any, and the capture has none.
    pub operation: Option<OperationId>,
    /// What has become of it.
    pub cause: Cause,
}

/// What has become of a sentence that a rule rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
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

/// The sentences that stand where a cited one stood, for each operation of its rule.
pub(super) fn current<'c>(
    rule: &Rule,
    cited: &Citation,
    captures: &'c Captures,
) -> Result<Vec<(&'c OperationId, BTreeSet<&'c str>)>, Cause> {
    let capture = captures.iter().find(|(name, _)| *name == cited.source);
    let (_, inventory) = capture.ok_or(Cause::NoCapture)?;
    let operations = inventory.operations.iter().filter(|it| rule.is_for(&it.id));
    let places = operations.map(|it| (&it.id, sentences::at(it, &cited.at)));
    let places = Some(places.collect::<Vec<_>>()).filter(|places| !places.is_empty());
    places.ok_or(Cause::NoOperation)
}

impl Rules {
    /// The rules that rest on a sentence which does not stand where they say.
    pub fn judge(&self, captures: &Captures) -> Vec<StaleRule<'_>> {
        let mut stale = Vec::new();
        for (rule, citation) in self.citations() {
            let causes = match current(rule, citation, captures) {
                Err(cause) => vec![(rule.operation.clone(), cause)],
                Ok(places) => {
                    let places = places.into_iter();
                    let lost = places.filter(|(_, now)| !now.contains(&*citation.fingerprint));
                    lost.map(|(id, now)| (Some(id.clone()), self.cause(&now)))
                        .collect()
                }
            };
            stale.extend(causes.into_iter().map(|(operation, cause)| StaleRule {
                line: citation.line,
                rule,
                citation,
                operation,
                cause,
            }));
        }
        stale
    }

    /// What has become of a sentence, by those that stand in its place.
    fn cause(&self, now: &BTreeSet<&str>) -> Cause {
        if now.is_empty() {
            return Cause::NoText;
        }
        let without_rule = now.iter().filter(|sentence| !self.has_rule(sentence));
        Cause::Gone(without_rule.map(|it| (*it).to_owned()).collect())
    }

    /// The rules that rest on a sentence of a capture that a difference has removed: it no longer
    /// stands in what the source documents `now`.
    pub(crate) fn citing(&self, source: &str, removed: &Difference, now: &Inventory) -> Vec<&str> {
        let at = match removed.location() {
            Location::UnnamedAt(section, _) => Location::Unnamed(section),
            other => other,
        };
        let operation = now.operation(&removed.operation);
        let current = operation.map(|it| sentences::at(it, &at));
        let current = current.unwrap_or_default();
        let citations = self.citations_of(source, &removed.operation, &at);
        let lost = citations.filter(|(_, cited)| !current.contains(&*cited.fingerprint));
        let ids: BTreeSet<&str> = lost.map(|(rule, _)| rule.id.as_str()).collect();
        ids.into_iter().collect()
    }
}

impl fmt::Display for StaleRule<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rule, cited) = (self.rule, self.citation);
        let operation = self.operation.as_ref();
        let operation = operation.map_or(String::new(), |id| format!("{id} "));
        write!(
            f,
            "`{}` ({}) rests on {} at ",
            rule.id, rule.says, cited.fingerprint
        )?;
        write!(f, "{operation}{} of {}, ", cited.at, cited.source)?;
        match &self.cause {
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
    //! Sentences that stay, are removed, and are added, one place of a source at a time.
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
        let both = operation("first") + &operation("second");
        let text = format!("kind = \"openapi\"\nsource = \"x\"\n{both}");
        vec![("openapi".to_owned(), capture::read(&text).unwrap())]
    }

    fn rules(operation: &str, citations: &[(&str, &str)]) -> Rules {
        let citations = citations.iter().map(|(at, fingerprint)| {
            format!("\n{{ source = \"openapi\", at = \"{at}\", fingerprint = \"{fingerprint}\" }},")
        });
        let citations: String = citations.collect();
        let text = format!(
            "[[rule]]\nid = \"limit\"\nsays = \"x\"\n{operation}\nrests_on = [{citations}\n]\nkept_in = [\"x\"]"
        );
        Rules::read(&text).unwrap()
    }

    fn summary<'r>(found: &'r [StaleRule<'_>]) -> Vec<(usize, Option<&'r str>, Cause)> {
        let found = found.iter();
        found
            .map(|u| {
                (
                    u.line,
                    u.operation.as_ref().map(OperationId::as_str),
                    u.cause.clone(),
                )
            })
            .collect()
    }

    #[test]
    fn sentences_are_found_at_every_kind_of_place() {
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
    fn stale_rule_lists_the_sentences_that_stand_there_now() {
        let new = "0000000000f6";
        let now = source(&format!("{new} {OTHER}"), "");
        let first = rules(
            "operation = \"first\"",
            &[
                ("description", LIMIT),
                ("description", OTHER),
                ("body.city", LIMIT),
            ],
        );
        let gone = || Cause::Gone(vec![new.to_owned()]);
        assert_eq!(
            summary(&first.judge(&now)),
            [
                (6, Some("first"), gone()),
                (8, Some("first"), Cause::NoText)
            ]
        );
        let both = rules("", &[("description", LIMIT), ("description", OTHER)]);
        assert_eq!(
            summary(&both.judge(&now)),
            [(6, Some("first"), gone()), (6, Some("second"), gone())]
        );
        let message = both.judge(&now)[0].to_string();
        for part in ["`limit` (x)", LIMIT, "first description of openapi", new] {
            assert!(message.contains(part), "{message}");
        }
        assert!(!message.contains(OTHER), "{message}");
    }

    #[test]
    fn missing_capture_or_operation_is_the_cause() {
        let rules = rules("operation = \"second\"", &[("description", LIMIT)]);
        let causes = |captures: &Captures| -> Vec<Cause> {
            rules.judge(captures).into_iter().map(|u| u.cause).collect()
        };
        assert_eq!(causes(&[]), [Cause::NoCapture]);
        let mut one = source(LIMIT, "");
        one[0].1.operations.pop();
        assert_eq!(causes(&one), [Cause::NoOperation]);
    }
}
