//! Words that look like a rule. Most rules of the API are stated in prose alone, and a person who
//! reads what changed should not miss one among corrected commas.

use std::collections::BTreeSet;

use serde::Serialize;
use strum::VariantArray;

/// What a sentence may lay down. A hint is a guess: it marks a sentence that is worth reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[derive(strum::Display, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase")]
#[non_exhaustive]
pub enum RuleHint {
    /// A bound, as in "at most".
    Limit,
    /// A length or a size, as in "characters".
    Size,
    /// How a value is written, as in "encoded".
    Format,
    /// What must be, as in "mandatory".
    Requirement,
    /// What must not be, as in "cannot".
    Prohibition,
    /// One of several, as in "either".
    Choice,
    /// What is on its way out, as in "deprecated".
    Deprecation,
    /// The name of a standard, as in "ISO 3166".
    Standard,
    /// A figure.
    Number,
}

impl RuleHint {
    /// Every hint.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As it stands in reports.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Phrases that give the hint. `*` at the end of a word stands for any letters or digits, `#`
    /// for digits or none; punctuation and case do not count.
    fn phrases(self) -> impl Iterator<Item = &'static str> {
        let lines = PHRASES.lines().filter_map(|line| line.split_once(": "));
        let mine = lines.filter(move |(name, _)| *name == self.as_str());
        mine.flat_map(|(_, phrases)| phrases.split(", "))
    }
}

/// A line a hint. Any word that begins with a digit gives the hint of a number.
const PHRASES: &str = include_str!("rule_hints.txt");

/// What a sentence may lay down.
pub(crate) fn rule_hints(sentence: &str) -> BTreeSet<RuleHint> {
    let plain = sentence.to_lowercase().replace('\u{2019}', "'");
    let words: Vec<&str> = plain
        .split(|c: char| !c.is_alphanumeric() && !['\'', '_'].contains(&c))
        .map(|word| word.trim_matches('_'))
        .filter(|word| !word.is_empty())
        .collect();
    let gives = |hint: &RuleHint| match hint {
        RuleHint::Number => words
            .iter()
            .any(|word| word.starts_with(|c: char| c.is_ascii_digit())),
        hint => hint.phrases().any(|phrase| has(&words, phrase)),
    };
    RuleHint::ALL.iter().copied().filter(gives).collect()
}

/// Whether a phrase stands anywhere among the words.
fn has(words: &[&str], phrase: &str) -> bool {
    let phrase: Vec<&str> = phrase.split(' ').collect();
    words.windows(phrase.len()).any(|window| {
        window
            .iter()
            .zip(&phrase)
            .all(|(word, pattern)| is(word, pattern))
    })
}

fn is(word: &str, pattern: &str) -> bool {
    if let Some(stem) = pattern.strip_suffix('*') {
        return word.starts_with(stem);
    }
    match pattern.strip_suffix('#') {
        Some(stem) => word
            .strip_prefix(stem)
            .is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit())),
        None => word == pattern,
    }
}

#[cfg(test)]
mod tests {
    //! Sentences that state a rule are marked with what it is about; ordinary ones are not.
    use super::*;

    #[test]
    fn rules_are_marked() {
        for (sentence, expected) in [
            ("A nickname has at most 40 characters.", "limit size number"),
            ("The Maximum is nine.", "limit"),
            ("Lists that exceed the limit are cut.", "limit"),
            ("Give it up to two letters.", "limit size"),
            ("Its length counts.", "size"),
            ("Written in the date format of the shop.", "format"),
            ("URL-encoded, please.", "format"),
            ("A colour is mandatory.", "requirement"),
            ("The colour MUST be known.", "requirement"),
            ("A shop must not sell itself.", "requirement prohibition"),
            ("Green can\u{2019}t be had with blue.", "prohibition"),
            ("It's not allowed to whistle.", "prohibition"),
            ("Either green or blue.", "choice"),
            ("Takes one of the colours below.", "choice"),
            ("For resellers only.", "choice"),
            ("This colour is deprecated; take blue.", "deprecation"),
            ("Brown is no longer supported.", "deprecation"),
            ("As ISO-3166 has it.", "standard number"),
            ("As ISO3166 has it.", "standard"),
            ("A number of E.164.", "standard number"),
            ("Text in UTF-8.", "standard number"),
            ("See RFC 3339 there.", "standard number"),
            ("Kept for 30 days.", "number"),
            ("(Required: see 2.)", "requirement number"),
            ("It is _mandatory_.", "requirement"),
        ] {
            let found: Vec<&str> = rule_hints(sentence)
                .into_iter()
                .map(RuleHint::as_str)
                .collect();
            assert_eq!(found.join(" "), expected, "{sentence}");
        }
    }

    #[test]
    fn ordinary_sentences_are_not() {
        for sentence in [
            "",
            "The colour of the roof.",
            "A phone number, if the shop has one.",
            "Set addressLine1 and line_2 to where the shop is.",
            "People of an isolated island call it home.",
            "See the colours of other shops.",
            "An unlimited view of the sea.",
            "A limb and a mustang went to the minister.",
            "Information about the roof as it was sold.",
        ] {
            assert_eq!(rule_hints(sentence), BTreeSet::new(), "{sentence}");
        }
    }

    #[test]
    fn every_hint_is_listed_once_and_named_as_it_is_stored() {
        let distinct: BTreeSet<RuleHint> = RuleHint::ALL.iter().copied().collect();
        assert_eq!(distinct.len(), RuleHint::ALL.len());
        for hint in RuleHint::ALL {
            assert_eq!(serde_json::json!(hint), hint.as_str());
        }
    }
}
