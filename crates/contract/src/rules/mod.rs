//! Rules that sources state in words only, and the sentences that they rest on.
//!
//! A sentence is known by its fingerprint. When it no longer stands where it stood, someone must
//! read what stands there now, and see whether the rule still holds.

mod question;
mod rebind;
mod review;
mod sentences;

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use crate::inventory::OperationId;
use crate::location::Location;
use crate::prose::is_fingerprint;
use crate::toml_file::{self, FileError, line_at};

pub use question::Question;
pub use rebind::Rebound;
pub use review::{Cause, StaleRule};

/// The file of rules.
#[derive(Debug)]
pub struct Rules {
    rules: Vec<Rule>,
    questions: Vec<Question>,
}

/// A rule that we keep because a source states it in words.
#[derive(Debug)]
pub struct Rule {
    /// Its name: that of the client's rule where it has one.
    pub id: String,
    /// The rule in our words.
    pub says: String,
    /// One operation; both where it is absent.
    pub operation: Option<OperationId>,
    /// The sentences that state it.
    pub rests_on: Vec<Citation>,
    /// Where we keep it.
    pub kept_in: Vec<String>,
}

/// A sentence that a rule rests on.
#[derive(Debug)]
pub struct Citation {
    /// Line of the file that it stands on.
    pub line: usize,
    /// Name of the capture.
    pub source: String,
    /// Where it stands.
    pub at: Location,
    /// Its fingerprint.
    pub fingerprint: String,
    /// Where all of this stands in the file, in bytes.
    span: Range<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Spanned<RuleEntry>>,
    #[serde(default)]
    question: Vec<Spanned<question::Entry>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    id: String,
    says: String,
    operation: Option<OperationId>,
    rests_on: Vec<Spanned<CitationEntry>>,
    kept_in: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CitationEntry {
    source: String,
    at: Location,
    fingerprint: String,
}

impl Rules {
    /// Reads the file.
    pub fn read(text: &str) -> Result<Self, FileError> {
        let file: File = toml_file::read(text)?;
        let mut rules: Vec<Rule> = Vec::new();
        for spanned in file.rule {
            let line = line_at(text, spanned.span().start);
            let rule = spanned.into_inner().checked(text)?;
            let wrong = if rules.iter().any(|other| other.covers(&rule)) {
                Some("stands here twice for the same operation; give it another id")
            } else {
                rule.wrong()
            };
            if let Some(wrong) = wrong {
                return Err(FileError::new(line, format!("rule `{}` {wrong}", rule.id)));
            }
            rules.push(rule);
        }
        let questions = file.question.into_iter().map(|spanned| {
            let line = line_at(text, spanned.span().start);
            spanned.into_inner().checked(line)
        });
        let questions = questions.collect::<Result<_, _>>()?;
        Ok(Self { rules, questions })
    }

    /// The questions that nobody has answered yet, in the order of the file.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.questions.iter()
    }

    /// The rules, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }
}

impl Rule {
    /// Whether it is a rule for this operation.
    pub fn is_for(&self, operation: OperationId) -> bool {
        self.operation.is_none_or(|only| only == operation)
    }

    fn covers(&self, other: &Self) -> bool {
        self.id == other.id
            && OperationId::ALL
                .into_iter()
                .any(|operation| self.is_for(operation) && other.is_for(operation))
    }

    fn wrong(&self) -> Option<&'static str> {
        let is_kebab = |id: &str| {
            id.split('-').all(|word| {
                let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
                !word.is_empty() && word.bytes().all(known)
            })
        };
        if !is_kebab(&self.id) {
            Some("needs an `id` of lower-case words with hyphens between them")
        } else if self.says.trim().is_empty() {
            Some("needs to say something; put it into `says`")
        } else if self.rests_on.is_empty() {
            Some("rests on nothing; put the sentences that state it into `rests_on`")
        } else if self.kept_in.is_empty() {
            Some("is kept nowhere; say in `kept_in` where, or remove it")
        } else {
            None
        }
    }
}

impl RuleEntry {
    fn checked(self, text: &str) -> Result<Rule, FileError> {
        let citations = self.rests_on.into_iter().map(|spanned| {
            let span = spanned.span();
            let line = line_at(text, span.start);
            let CitationEntry {
                source,
                at,
                fingerprint,
            } = spanned.into_inner();
            if !is_fingerprint(&fingerprint) {
                let message = format!(
                    "`{fingerprint}` is no fingerprint; copy it from spec/documented/{source}.toml"
                );
                return Err(FileError::new(line, message));
            }
            Ok(Citation {
                line,
                source,
                at,
                fingerprint,
                span,
            })
        });
        Ok(Rule {
            rests_on: citations.collect::<Result<_, _>>()?,
            id: self.id,
            says: self.says,
            operation: self.operation,
            kept_in: self.kept_in,
        })
    }
}

#[cfg(test)]
mod tests {
    //! What is refused on reading, and on which line.
    use super::*;

    /// A rule whose `rests_on` begins on line 6.
    fn file(id: &str, fingerprint: &str) -> String {
        format!(
            "# rules\n\n[[rule]]\nid = \"{id}\"\nsays = \"x\"\nrests_on = [\n    \
             {{ source = \"openapi\", at = \"body\", fingerprint = \"{fingerprint}\" }},\n]\n\
             kept_in = [\"here\"]\n"
        )
    }

    #[test]
    fn a_rule_knows_its_lines() {
        let rules = Rules::read(&file("a-rule", "0123456789ab")).unwrap();
        let rule = rules.iter().next().unwrap();
        assert_eq!((rule.id.as_str(), rule.rests_on[0].line), ("a-rule", 7));
        assert!(OperationId::ALL.into_iter().all(|id| rule.is_for(id)));
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let good = file("a-rule", "0123456789ab");
        let twice = format!("{good}{}", &good["# rules\n\n".len()..]);
        for (text, expected) in [
            (file("a-rule", "0123"), "line 7: `0123` is no fingerprint"),
            (file("a-rule", "0123456789aX"), "line 7: `0123456789aX`"),
            (
                file("A rule", "0123456789ab"),
                "line 3: rule `A rule` needs an `id`",
            ),
            (
                good.replace("\"x\"", "\" \""),
                "line 3: rule `a-rule` needs to say",
            ),
            (
                good.replace("[\"here\"]", "[]"),
                "line 3: rule `a-rule` is kept nowhere",
            ),
            (good.replace("says", "sez"), "line 5: unknown field `sez`"),
            (twice, "line 10: rule `a-rule` stands here twice"),
            (
                "[[rule]]\nid = \"x\"\nsays = \"x\"\nrests_on = []\nkept_in = [\"x\"]".to_owned(),
                "line 1: rule `x` rests on nothing",
            ),
        ] {
            let error = Rules::read(&text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        let customer = good.replace("says", "operation = \"customer\"\nsays");
        let subscriber = customer.replace("customer", "subscriber");
        let both = format!("{customer}{}", &subscriber["# rules\n\n".len()..]);
        assert!(Rules::read(&both).is_ok());
    }
}
