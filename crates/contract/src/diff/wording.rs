//! What a change says in words: the sentences that come and go with it.

use std::collections::BTreeSet;

use crate::text_digest::TextDigest;

use super::change::{Both, Change, Part};
use super::rule_hints::{RuleHint, rule_hints};

impl Change {
    /// More for a person to read: changed sentences, possible places.
    pub fn details(&self) -> Vec<String> {
        match self {
            Self::Wording(_, texts) => changed_sentences(texts),
            Self::Added(part) | Self::Removed(part) => {
                let mut details: Vec<String> = part.places().into_iter().collect();
                if matches!(self, Self::Added(_)) {
                    let texts = part.texts();
                    details.extend(texts.into_iter().flat_map(|(label, text)| {
                        let sentences = text.sentences_missing_in(&TextDigest::default());
                        sentences
                            .into_iter()
                            .map(move |it| format!("+ {label}{it}"))
                    }));
                }
                details
            }
            _ => Vec::new(),
        }
    }

    /// What rules the new sentences may lay down.
    pub fn rule_hints(&self) -> BTreeSet<RuleHint> {
        let nothing = TextDigest::default();
        let texts = match self {
            Self::Wording(_, texts) => vec![(&texts.before, &texts.after)],
            Self::Added(part) => {
                let texts = part.texts().into_iter();
                texts.map(|(_, text)| (&nothing, text)).collect()
            }
            _ => Vec::new(),
        };
        let new = texts
            .iter()
            .flat_map(|(before, after)| after.words_missing_in(before));
        new.flat_map(rule_hints).collect()
    }
}

impl Part {
    fn places(&self) -> Option<String> {
        match self {
            Self::Field { places, .. } if !places.is_empty() => {
                let places: Vec<String> = places.iter().map(ToString::to_string).collect();
                Some(format!("may stand at {}", places.join(" or ")))
            }
            _ => None,
        }
    }

    /// The texts in it, each with a label.
    fn texts(&self) -> Vec<(String, &TextDigest)> {
        match self {
            Self::Field { field, inner, .. } => {
                let mut texts = Vec::new();
                for it in std::iter::once(&**field).chain(inner) {
                    let name = field.at.relative(&it.at);
                    let label = if name.is_empty() {
                        String::new()
                    } else {
                        format!("{name}: ")
                    };
                    texts.extend(it.text.iter().map(|text| (label.clone(), text)));
                    let labels = it.labels.iter().flatten();
                    texts.extend(labels.map(|(value, text)| (format!("{name}[{value}]: "), text)));
                }
                texts
            }
            Self::Value(_, _, text) => text.iter().map(unlabelled).collect(),
            Self::Status(response) => response.text.iter().map(unlabelled).collect(),
            Self::Unnamed(_, _, text) => vec![unlabelled(text)],
            Self::Item(..) | Self::Dependency(..) | Self::Example(..) => Vec::new(),
        }
    }
}

fn unlabelled(text: &TextDigest) -> (String, &TextDigest) {
    (String::new(), text)
}

fn changed_sentences(Both { before, after }: &Both<TextDigest>) -> Vec<String> {
    let removed = before.sentences_missing_in(after);
    let added = after.sentences_missing_in(before);
    let mut details: Vec<String> = removed.iter().map(|it| format!("- {it}")).collect();
    details.extend(added.iter().map(|it| format!("+ {it}")));
    // The removed sentence may be known only by its hash; the sentences around it locate it.
    if added.is_empty()
        && !removed.is_empty()
        && let Some(text) = after.text()
    {
        let text = if text.is_empty() { "no text" } else { &text };
        details.push(format!("= {text}"));
    }
    let again = before.sentences_shown_otherwise_in(after).into_iter();
    details.extend(again.map(|it| format!("shown more or less often: {it}")));
    if details.is_empty() {
        details.push("the same sentences in another order".to_owned());
    }
    details
}
