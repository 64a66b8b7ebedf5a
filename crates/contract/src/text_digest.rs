//! Descriptions as fingerprints: a change of wording is seen, and no sentence is stored.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

/// A description, sentence by sentence.
///
/// Two descriptions are equal when their fingerprints are: letter case, white space, Markdown and
/// link targets do not count. An empty `TextDigest` is a place that documents no text.
#[derive(Clone, Debug, Default)]
pub struct TextDigest {
    sentences: Vec<Sentence>,
}

#[derive(Clone, Debug)]
struct Sentence {
    fingerprint: String,
    /// How often the source shows it: pages show some descriptions twice.
    copies: u32,
    /// The sentence itself, where this inventory was just read; never stored.
    words: Option<String>,
}

/// A sentence: its fingerprint, and its words where it was just read.
pub(crate) struct Words<'a> {
    pub(crate) fingerprint: &'a str,
    pub(crate) words: Option<&'a str>,
}

impl TextDigest {
    /// Reads a description in Markdown or plain text.
    pub fn new(text: &str) -> Self {
        let mut prose = Self::default();
        for sentence in sentences(text) {
            prose.push(sentence);
        }
        prose
    }

    fn push(&mut self, words: String) {
        self.sentences.push(Sentence {
            fingerprint: fingerprint(&words),
            copies: 1,
            words: Some(words),
        });
    }

    /// Appends what `other` says.
    pub fn extend(&mut self, other: TextDigest) {
        self.sentences.extend(other.sentences);
    }

    /// Takes `other` for another showing of this text.
    pub fn merge_copy(&mut self, other: &TextDigest) {
        for sentence in &other.sentences {
            let known = |s: &&mut Sentence| s.fingerprint == sentence.fingerprint;
            match self.sentences.iter_mut().find(known) {
                Some(known) => known.copies += 1,
                None => self.sentences.push(sentence.clone()),
            }
        }
    }

    fn has(&self, fingerprint: &str) -> bool {
        self.sentences.iter().any(|s| s.fingerprint == fingerprint)
    }

    /// Whether the place documents no text.
    pub fn is_empty(&self) -> bool {
        self.sentences.is_empty()
    }

    /// Whether every sentence of this text stands in `other` too.
    pub fn is_within(&self, other: &TextDigest) -> bool {
        self.sentences.iter().all(|s| other.has(&s.fingerprint))
    }

    /// The fingerprints, in order.
    pub fn fingerprints(&self) -> impl Iterator<Item = &str> {
        self.sentences.iter().map(|s| s.fingerprint.as_str())
    }

    /// The sentences, in order.
    pub(crate) fn sentences(&self) -> impl Iterator<Item = Words<'_>> {
        self.sentences.iter().map(|sentence| Words {
            fingerprint: &sentence.fingerprint,
            words: sentence.words.as_deref(),
        })
    }

    /// What `self` has that `other` has not, for a person to read.
    pub(crate) fn sentences_missing_in(&self, other: &TextDigest) -> Vec<String> {
        self.sentences
            .iter()
            .filter(|s| !other.has(&s.fingerprint))
            .map(Sentence::for_people)
            .collect()
    }

    /// The sentences of a text that was just read, and that `other` has not; none of a stored one.
    pub(crate) fn words_missing_in(&self, other: &TextDigest) -> impl Iterator<Item = &str> {
        self.sentences
            .iter()
            .filter(|s| !other.has(&s.fingerprint))
            .filter_map(|s| s.words.as_deref())
    }

    /// The text as it was read; `None` of a stored one.
    pub(crate) fn text(&self) -> Option<String> {
        let words: Option<Vec<&str>> = self.sentences.iter().map(|s| s.words.as_deref()).collect();
        words.map(|words| words.join(" "))
    }

    /// The lower-case words of a text that was just read; none of a stored one.
    pub(crate) fn words(&self) -> impl Iterator<Item = String> {
        let sentences = self.sentences.iter().filter_map(|s| s.words.as_deref());
        sentences
            .flat_map(|s| s.split(|c: char| !c.is_alphanumeric()))
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
    }

    /// The sentences that both texts have, and `other` shows more or less often.
    pub(crate) fn sentences_shown_otherwise_in(&self, other: &TextDigest) -> Vec<String> {
        let differs = |s: &&Sentence| {
            let now = other
                .sentences
                .iter()
                .find(|o| o.fingerprint == s.fingerprint);
            now.is_some_and(|now| now.copies != s.copies)
        };
        let sentences = self.sentences.iter().filter(differs);
        sentences.map(|s| s.for_people()).collect()
    }
}

impl Sentence {
    fn for_people(&self) -> String {
        match &self.words {
            Some(words) => words.clone(),
            None => format!("(the sentence captured as {})", self.fingerprint),
        }
    }
}

impl PartialEq for TextDigest {
    fn eq(&self, other: &Self) -> bool {
        let shown = |prose: &Self| -> Vec<(String, u32)> {
            let sentences = prose.sentences.iter();
            sentences
                .map(|s| (s.fingerprint.clone(), s.copies))
                .collect()
        };
        shown(self) == shown(other)
    }
}

impl Eq for TextDigest {}

/// Stored as the fingerprints, separated by spaces; `x2` follows what is shown twice.
impl Serialize for TextDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sentences = self.sentences.iter().map(|s| match s.copies {
            1 => s.fingerprint.clone(),
            copies => format!("{}x{copies}", s.fingerprint),
        });
        serializer.serialize_str(&sentences.collect::<Vec<_>>().join(" "))
    }
}

impl<'de> Deserialize<'de> for TextDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = String::deserialize(deserializer)?;
        let sentences = stored.split_whitespace().map(|part| {
            let (fingerprint, copies) = part.split_once('x').unwrap_or((part, "1"));
            match copies.parse() {
                Ok(copies) if is_fingerprint(fingerprint) => Ok(Sentence {
                    fingerprint: fingerprint.to_owned(),
                    copies,
                    words: None,
                }),
                _ => Err(de::Error::custom(format!("`{part}` is no fingerprint"))),
            }
        });
        Ok(Self {
            sentences: sentences.collect::<Result<_, _>>()?,
        })
    }
}

const FINGERPRINT_DIGITS: usize = 12;

/// Whether a text is what the fingerprint of a sentence looks like.
pub(crate) fn is_fingerprint(text: &str) -> bool {
    text.len() == FINGERPRINT_DIGITS && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The first 48 bits of the SHA-256 of the normalised sentence.
fn fingerprint(sentence: &str) -> String {
    let normalised: String = EMPHASIS
        .replace_all(sentence, "")
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            '\u{2018}' | '\u{2019}' => '\'',
            '\u{201c}' | '\u{201d}' => '"',
            '\u{2010}'..='\u{2014}' => '-',
            other => other,
        })
        .collect();
    let digest = Sha256::digest(normalised.as_bytes());
    digest.iter().take(FINGERPRINT_DIGITS / 2).fold(
        String::with_capacity(FINGERPRINT_DIGITS),
        |mut hex, byte| {
            use std::fmt::Write;
            let _ = write!(hex, "{byte:02x}");
            hex
        },
    )
}

/// Plain sentences of a Markdown text. Paragraphs and list items end a sentence, single line
/// breaks do not.
fn sentences(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut paragraph = String::new();
    for line in strip_markup(text).lines() {
        let trimmed = line.trim();
        let item = trimmed.strip_prefix(['*', '-', '\u{2022}']);
        if trimmed.is_empty() || item.is_some_and(|rest| rest.starts_with([' ', '\t'])) {
            split_paragraph(&paragraph, &mut found);
            paragraph.clear();
        }
        let words = match item {
            Some(rest) if rest.starts_with([' ', '\t']) => rest.trim(),
            _ => trimmed,
        };
        if !words.is_empty() {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(words);
        }
    }
    split_paragraph(&paragraph, &mut found);
    found
}

fn split_paragraph(paragraph: &str, found: &mut Vec<String>) {
    let mut keep = |sentence: &str| {
        let sentence = sentence.replace("**", "").trim().to_owned();
        if sentence.chars().any(char::is_alphanumeric) {
            found.push(sentence);
        }
    };
    let mut start = 0;
    let mut chars = paragraph.char_indices().peekable();
    while let Some((index, c)) = chars.next() {
        if !matches!(c, '.' | '!' | '?') {
            continue;
        }
        let end = index + c.len_utf8();
        if chars
            .peek()
            .is_some_and(|(_, next)| next.is_whitespace() || *next == '(')
        {
            keep(&paragraph[start..end]);
            start = end;
        }
    }
    keep(&paragraph[start..]);
}

/// Asterisks, and underscores around a word; those within one belong to a name.
static EMPHASIS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\*|\b_+|_+\b"));

/// HTML tags that descriptions have, and backticks.
static MARKUP: LazyLock<Regex> = LazyLock::new(|| {
    let tags = "a|b|br|callout|code|div|em|h[1-4]|i|img|li|ol|p|pre|span|strong|su[bp]|ul";
    pattern(&format!(r"</*(?i-u:{tags})\b[^<>]*>|`"))
});

/// A link in Markdown: its text, and its target.
static LINK: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[([^\[\]]*)\]\([^)]*\)"));

fn pattern(text: &str) -> Regex {
    #[allow(clippy::expect_used, reason = "the patterns are those above")]
    Regex::new(text).expect("a pattern")
}

/// Drops HTML tags, backticks and link targets.
fn strip_markup(text: &str) -> String {
    let text = MARKUP.replace_all(text, "");
    LINK.replace_all(&text, "$1").into_owned()
}

#[cfg(test)]
mod tests {
    //! What counts as the same wording, and what does not.
    use super::*;

    #[test]
    fn case_space_markdown_and_link_targets_do_not_count() {
        let page = TextDigest::new("Send PACKAGES\ninstead .  See Time zones for more.");
        let file =
            TextDigest::new("**Send** `packages` instead. See [Time zones](/a/b#c) for more.");
        assert_eq!(page, file);
        let emphasised = TextDigest::new("Send *PACKAGES* __instead__. _See_ Time zones for more.");
        assert_eq!(page, emphasised);
        assert_ne!(
            TextDigest::new("webex_suite"),
            TextDigest::new("webexsuite")
        );
    }

    #[test]
    fn a_changed_word_counts_and_touches_one_sentence() {
        let before = TextDigest::new("One rule. Two rules.");
        let after = TextDigest::new("One rule. Three rules.");
        assert_ne!(before, after);
        assert_eq!(after.sentences_missing_in(&before), ["Three rules."]);
    }

    #[test]
    fn a_parenthesis_after_a_full_stop_is_a_sentence_of_its_own() {
        let before = TextDigest::new("Where they live.");
        let after = TextDigest::new("Where they live.(At most nine words.)");
        assert!(before.is_within(&after));
        assert_eq!(
            after.sentences_missing_in(&before),
            ["(At most nine words.)"]
        );
    }

    #[test]
    fn a_fingerprint_is_the_head_of_the_sha256_of_the_normalised_sentence() {
        // printf 'abc.' | sha256sum
        assert_eq!(
            TextDigest::new("A b\nC.")
                .fingerprints()
                .collect::<Vec<_>>(),
            ["5ac9481b887d"]
        );
    }

    #[test]
    fn storing_loses_the_words_and_keeps_the_rest() {
        let mut prose = TextDigest::new("One. Two.");
        prose.merge_copy(&TextDigest::new("One. 2."));
        let stored = serde_json::to_string(&prose).unwrap();
        assert!(!stored.contains("One"));
        let back: TextDigest = serde_json::from_str(&stored).unwrap();
        assert_eq!(back, prose);
        // One twice, the others once each.
        assert_eq!(stored.matches("x2").count(), 1);
        assert_eq!(back.fingerprints().count(), 3);
        assert!(serde_json::from_str::<TextDigest>("\"xyz\"").is_err());
    }

    #[test]
    fn unclosed_markup_is_text() {
        for text in ["a <b", "](", "`", "[x](y", "a < b", "é]"] {
            let _ = TextDigest::new(text);
        }
        assert_eq!(TextDigest::new("a [b](c"), TextDigest::new("a[b](c"));
        // What is no HTML is a word.
        assert_ne!(TextDigest::new("Line <one>."), TextDigest::new("Line."));
        assert_eq!(
            TextDigest::new("<div>Line</div>."),
            TextDigest::new("Line.")
        );
    }
}
