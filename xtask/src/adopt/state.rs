//! What is adopted, from what, and what follows.

use std::fmt;

use webex_precheck_contract::diff::{Comparison, Impact, Release};
use webex_precheck_contract::rules::UpdatedCitation;
use webex_precheck_contract::{Inventory, OperationId};

/// What is adopted into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Text of the contract.
    pub contract: String,
    /// Text of the deviations.
    pub deviations: String,
    /// Text of the rules that rest on wording.
    pub rules: String,
    /// The captures by name, in order.
    pub captures: Vec<(String, Inventory)>,
}

/// A source that changed.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Its name, for people.
    pub name: &'a str,
    /// Name of its capture.
    pub capture: &'a str,
    /// What it documents.
    pub inventory: &'a Inventory,
}

/// What follows.
#[derive(Clone, Debug)]
pub struct Adoption {
    /// The files as they follow.
    pub state: State,
    /// The operation that was brought in.
    pub added: Option<OperationId>,
    /// What the source documents otherwise than before.
    pub drift: Comparison,
    /// What changed in the contract.
    pub changes: Comparison,
    /// What is left for a person.
    pub left: Vec<Left>,
    /// Rules that rest on another sentence now, which is known to state them.
    pub rebound: Vec<UpdatedCitation>,
    /// What the release that follows the source means for those who use the crates, removals included
    /// that wait to be allowed.
    pub impact: Option<Impact>,
}

/// Something that only a person can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The file to look at.
    pub file: &'static str,
    /// The line in it; 0 for the file as a whole.
    pub line: usize,
    /// What to do there.
    pub what: String,
}

impl Adoption {
    /// What the next release must be; none where nothing follows.
    pub(super) fn release(&self) -> Option<Release> {
        self.impact.map(Impact::release)
    }
}

impl Source<'_> {
    /// Its capture and date, for people.
    pub(super) fn dated(&self) -> String {
        match &self.inventory.date {
            Some(date) => format!("`{}` of {date}", self.capture),
            None => format!("`{}`", self.capture),
        }
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}
