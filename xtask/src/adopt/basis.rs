//! What an adoption starts from, read and compared once.

use serde_json::Value;
use webex_precheck_contract::Inventory;
use webex_precheck_contract::deviations::{Deviations, NewerSources, compare};
use webex_precheck_contract::diff::{Comparison, Difference, drift};

use crate::codegen;
use crate::outcome::Failure;
use crate::workspace::{read_contract, read_deviations};

use super::state::{Source, State};

/// More differences than two operations have, unless they are others.
const MOST_DIFFERENCES: usize = 1_000;

/// What an adoption starts from.
pub(super) struct Basis<'a> {
    /// The source that is followed.
    pub(super) source: Source<'a>,
    /// What it documented when it was captured.
    pub(super) stored: Option<&'a Inventory>,
    /// What it documents otherwise than then.
    pub(super) drift: Comparison,
    /// The captures by name, in order, that of the source as it is now.
    pub(super) captures: Vec<(String, Inventory)>,
    /// What newer sources than this one document.
    newer: NewerSources,
    pub(super) deviations: Deviations,
    /// The contract, and its facts.
    pub(super) contract: Value,
    pub(super) facts: Inventory,
}

impl<'a> Basis<'a> {
    pub(super) fn of(state: &'a State, source: &Source<'a>) -> Result<Self, Failure> {
        let mut captures = state.captures.clone();
        captures.retain(|(name, _)| name != source.capture);
        captures.push((source.capture.to_owned(), source.inventory.clone()));
        captures.sort_by(|a, b| a.0.cmp(&b.0));
        let mut stored = state.captures.iter();
        let stored = stored.find(|(name, _)| name == source.capture);
        let stored = stored.map(|(_, inventory)| inventory);
        let drift = stored.map(|stored| drift(stored, source.inventory));
        let all = captures.iter().map(|(_, inventory)| inventory);
        Ok(Self {
            source: *source,
            stored,
            drift: drift.unwrap_or_default(),
            newer: NewerSources::of(source.inventory, all),
            captures,
            deviations: read_deviations(&state.deviations)?,
            facts: read_contract(&state.contract)?,
            contract: codegen::parse(&state.contract)?,
        })
    }

    /// Whether the source differs in more than anyone can review.
    pub(super) fn is_too_much(&self) -> bool {
        self.drift.differences.len() > MOST_DIFFERENCES
    }

    /// What the other sources document.
    pub(super) fn others(&self) -> impl Iterator<Item = &Inventory> {
        let captures = self.captures.iter();
        let others = captures.filter(|(name, _)| name != self.source.capture);
        others.map(|(_, inventory)| inventory)
    }

    /// How a contract differs from the source, and neither a deviation nor a newer source says why.
    pub(super) fn open(&self, contract: &Inventory, deviations: &Deviations) -> Vec<Difference> {
        let mut open = compare(self.source.inventory, contract).differences;
        let capture = self.source.capture;
        open.retain(|it| deviations.excusing(capture, it).is_none() && !self.newer.document(it));
        open
    }
}
