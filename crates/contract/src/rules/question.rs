//! Questions that new sentences raise: each may lay down a rule. They stay in the file of rules until
//! a person has turned them into a rule, or deleted them.

use serde::Deserialize;
use toml::Value;

use super::sentences;
use crate::date::Date;
use crate::inventory::Inventory;
use crate::visible::visible;

/// A sentence that may lay down a rule, and that nobody has answered for yet.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
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

impl Question {
    /// The question as it stands in the file of rules.
    pub fn to_toml(&self) -> String {
        let text = |text: &String| Value::from(visible(text));
        let list = |texts: &[String]| Value::Array(texts.iter().map(text).collect());
        let hints = Some(&self.hints[..]).filter(|hints| !hints.is_empty());
        let entries = [
            ("source", Some(text(&self.source))),
            ("at", Some(list(&self.at))),
            ("fingerprint", Some(text(&self.fingerprint))),
            ("hints", hints.map(list)),
            ("since", self.since.as_ref().map(|it| it.as_str().into())),
        ];
        let entries = entries
            .into_iter()
            .filter_map(|(key, value)| Some((key, value?)));
        let lines: String = entries
            .map(|(key, value)| format!("{key} = {value}\n"))
            .collect();
        format!("\n[[question]]\n{lines}")
    }

    /// The sentence, if `inventory` was just read and still has it.
    pub fn sentence(&self, inventory: &Inventory) -> Option<String> {
        let all = inventory.operations.iter().flat_map(sentences::all);
        let mut found = all.filter(|(_, it)| it.fingerprint == self.fingerprint);
        found.find_map(|(_, it)| it.words.map(visible))
    }
}
