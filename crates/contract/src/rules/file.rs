//! The file of rules: what each says, and the sentences that it rests on.

use std::ops::Range;

use serde::{Deserialize, Deserializer};
use toml::Spanned;

use crate::inventory::OperationId;
use crate::location::Location;
use crate::prose::is_fingerprint;
use crate::toml_file::{self, FileError, line_at};

use super::question::Question;

/// The file of rules.
#[derive(Debug)]
pub struct Rules {
    rules: Vec<Rule>,
    questions: Vec<Question>,
}

/// A rule that we keep because a source states it in words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name: that of the client's rule where it has one.
    pub id: String,
    /// The rule in our words.
    pub says: String,
    /// One operation; both where it is absent.
    pub operation: Option<OperationId>,
    /// The sentences that state it.
    #[serde(deserialize_with = "with_spans")]
    pub rests_on: Vec<Citation>,
    /// Where we keep it.
    pub kept_in: Vec<String>,
}

/// A sentence that a rule rests on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citation {
    /// Line of the file that it stands on.
    #[serde(skip)]
    pub line: usize,
    /// Name of the capture.
    pub source: String,
    /// Where it stands.
    pub at: Location,
    /// Its fingerprint.
    pub fingerprint: String,
    /// Where all of this stands in the file, in bytes.
    #[serde(skip)]
    pub(super) span: Range<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Spanned<Rule>>,
    #[serde(default)]
    question: Vec<Spanned<Question>>,
}

impl Rules {
    /// Reads the file.
    pub fn read(text: &str) -> Result<Self, FileError> {
        let file: File = toml_file::read(text)?;
        let mut rules: Vec<Rule> = Vec::new();
        for entry in file.rule {
            let line = line_at(text, entry.span().start);
            let mut rule = entry.into_inner();
            for cited in &mut rule.rests_on {
                cited.line = line_at(text, cited.span.start);
                let remedy = format!("copy it from spec/documented/{}.toml", cited.source);
                check_fingerprint(&cited.fingerprint, cited.line, &remedy)?;
            }
            let is_repeated = rules.iter().any(|other| other.covers(&rule));
            if let Some(mistake) = rule.mistake(is_repeated) {
                let message = format!("rule `{}` {mistake}", rule.id);
                return Err(FileError::new(line, message));
            }
            rules.push(rule);
        }
        let questions = toml_file::checked(text, file.question, |question: Question, line| {
            check_fingerprint(&question.fingerprint, line, "delete this question")?;
            Ok(Question { line, ..question })
        })?;
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

    /// The sentences that rules rest on, each with its rule, in the order of the file.
    pub(super) fn citations(&self) -> impl DoubleEndedIterator<Item = (&Rule, &Citation)> {
        let rules = self.rules.iter();
        rules.flat_map(|rule| rule.rests_on.iter().map(move |cited| (rule, cited)))
    }

    /// Those of one place of a source.
    pub(super) fn citations_of(
        &self,
        source: &str,
        operation: OperationId,
        at: &Location,
    ) -> impl Iterator<Item = (&Rule, &Citation)> {
        self.citations().filter(move |(rule, cited)| {
            rule.is_for(operation) && (&*cited.source, &cited.at) == (source, at)
        })
    }

    /// Whether a rule rests on a sentence, wherever it stands.
    pub(super) fn has_rule(&self, fingerprint: &str) -> bool {
        self.citations()
            .any(|(_, cited)| cited.fingerprint == fingerprint)
    }
}

impl Rule {
    /// Whether it is a rule for this operation.
    pub fn is_for(&self, operation: OperationId) -> bool {
        self.operation.is_none_or(|only| only == operation)
    }

    fn covers(&self, other: &Self) -> bool {
        let mut operations = OperationId::ALL.into_iter();
        self.id == other.id && operations.any(|it| self.is_for(it) && other.is_for(it))
    }

    fn mistake(&self, is_repeated: bool) -> Option<&'static str> {
        let is_word = |word: &str| {
            let mut bytes = word.bytes();
            !word.is_empty() && bytes.all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9'))
        };
        if is_repeated {
            Some("stands here twice for the same operation; give it another id")
        } else if !self.id.split('-').all(is_word) {
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

/// Reads citations that know where they stand in the file.
fn with_spans<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Citation>, D::Error> {
    let citations = Vec::<Spanned<Citation>>::deserialize(deserializer)?.into_iter();
    let citations = citations.map(|it| Citation {
        span: it.span(),
        ..it.into_inner()
    });
    Ok(citations.collect())
}

fn check_fingerprint(fingerprint: &str, line: usize, remedy: &str) -> Result<(), FileError> {
    if is_fingerprint(fingerprint) {
        return Ok(());
    }
    let message = format!("`{fingerprint}` is no fingerprint; {remedy}");
    Err(FileError::new(line, message))
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
    fn citations_know_their_lines() {
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
