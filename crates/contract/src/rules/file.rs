//! The file of rules: rules, the sentences that they rest on, and questions about new sentences.

use serde::Deserialize;
use toml::Spanned;

use crate::date::Date;
use crate::inventory::OperationId;
use crate::location::Location;
use crate::text_digest::is_fingerprint;
use crate::toml_file::{self, FileError, line_at};

/// The file of rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    #[serde(default, rename = "rule")]
    rules: Vec<Spanned<Rule>>,
    #[serde(default, rename = "question")]
    questions: Vec<Spanned<Question>>,
}

/// A rule that we keep because a source states it in words.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Rule {
    /// Its name: that of the client's rule where it has one.
    pub id: String,
    /// The rule in our words.
    pub says: String,
    /// One operation; all where it is absent.
    pub operation: Option<OperationId>,
    /// The sentences that state it.
    pub rests_on: Vec<Spanned<Citation>>,
    /// Where we keep it.
    pub kept_in: Vec<String>,
}

/// A sentence that a rule rests on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
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
}

/// A sentence that may lay down a rule, and that nobody has answered for yet.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Question {
    /// Line of the file that it begins on; 0 for one that is not in the file yet.
    #[serde(skip)]
    pub line: usize,
    /// Name of the capture.
    pub source: String,
    /// Where the sentence stands: operation and place, such as `customer body.email`.
    pub at: Vec<String>,
    /// Its fingerprint.
    pub fingerprint: String,
    /// What the sentence may lay down; nothing where it only stands beside a rule's sentence.
    #[serde(default)]
    pub hints: Vec<String>,
    /// The date of the source that brought it.
    pub since: Option<Date>,
}

impl Rules {
    /// Reads the file.
    pub fn read(text: &str) -> Result<Self, FileError> {
        let mut file: Self = toml_file::read(text)?;
        for entry in &mut file.rules {
            for cited in &mut entry.get_mut().rests_on {
                let line = line_at(text, cited.span().start);
                cited.get_mut().line = line;
                let cited = cited.get_ref();
                let remedy = format!("copy it from spec/documented/{}.toml", cited.source);
                check_fingerprint(&cited.fingerprint, line, &remedy)?;
            }
        }
        for (index, entry) in file.rules.iter().enumerate() {
            let (rule, mut before) = (entry.get_ref(), file.rules[..index].iter());
            let is_repeated = before.any(|other| other.get_ref().covers(rule));
            if let Some(mistake) = rule.mistake(is_repeated) {
                let message = format!("rule `{}` {mistake}", rule.id);
                return Err(FileError::new(line_at(text, entry.span().start), message));
            }
        }
        for entry in &mut file.questions {
            let line = line_at(text, entry.span().start);
            entry.get_mut().line = line;
            check_fingerprint(&entry.get_ref().fingerprint, line, "delete this question")?;
        }
        Ok(file)
    }

    /// The questions that nobody has answered yet, in the order of the file.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.questions.iter().map(Spanned::get_ref)
    }

    /// The rules, in the order of the file.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Rule> {
        self.rules.iter().map(Spanned::get_ref)
    }

    /// The sentences that rules rest on, each with its rule, in the order of the file.
    pub(super) fn citations(&self) -> impl Iterator<Item = (&Rule, &Citation)> {
        let rules = self.iter();
        rules.flat_map(|rule| rule.rests_on.iter().map(move |it| (rule, it.get_ref())))
    }

    /// Those of one place of a source.
    pub(super) fn citations_of(
        &self,
        source: &str,
        operation: &OperationId,
        at: &Location,
    ) -> impl Iterator<Item = (&Rule, &Citation)> {
        self.citations().filter(move |(rule, cited)| {
            rule.is_for(operation) && (&*cited.source, &cited.at) == (source, at)
        })
    }

    /// Whether a rule rests on a sentence, wherever it stands.
    pub(super) fn has_rule(&self, fingerprint: &str) -> bool {
        let mut citations = self.citations();
        citations.any(|(_, cited)| cited.fingerprint == fingerprint)
    }
}

impl Rule {
    /// Whether it is a rule for this operation.
    pub fn is_for(&self, operation: &OperationId) -> bool {
        let only = self.operation.as_ref();
        only.is_none_or(|only| only == operation)
    }

    fn covers(&self, other: &Self) -> bool {
        let overlap = match (&self.operation, &other.operation) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        self.id == other.id && overlap
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
        assert_eq!(
            (rule.id.as_str(), rule.rests_on[0].get_ref().line),
            ("a-rule", 7)
        );
        assert!(rule.is_for(&OperationId::new("any")));
    }

    #[test]
    fn errors_name_their_line() {
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
        let first = good.replace("says", "operation = \"first\"\nsays");
        let second = first.replace("first", "second");
        let both = format!("{first}{}", &second["# rules\n\n".len()..]);
        assert!(Rules::read(&both).is_ok());
    }
}
