//! What an adoption starts from, read and compared once.

use serde_json::Value;
use webex_precheck_contract::deviations::{Deviations, NewerSources, compare};
use webex_precheck_contract::diff::{Comparison, Difference, drift};
use webex_precheck_contract::{Inventory, OperationId};

use crate::codegen;
use crate::outcome::Failure;
use crate::workspace::{self, read_contract, read_deviations};

use super::new_operation::{self, NewOperation};
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
    /// The deviations, and their text.
    pub(super) deviations: Deviations,
    pub(super) deviations_text: String,
    /// An operation that the contract does not have yet.
    pub(super) added: Option<OperationId>,
    /// The contract as it is.
    pub(super) original: Value,
    /// The contract with that operation, and its facts.
    pub(super) contract: Value,
    pub(super) facts: Inventory,
}

impl<'a> Basis<'a> {
    pub(super) fn of(
        state: &'a State,
        source: &Source<'a>,
        added: Option<&NewOperation>,
    ) -> Result<Self, Failure> {
        let mut captures = state.captures.clone();
        captures.retain(|(name, _)| name != source.capture);
        captures.push((source.capture.to_owned(), source.inventory.clone()));
        captures.sort_by(|a, b| a.0.cmp(&b.0));
        let mut stored = state.captures.iter();
        let stored = stored.find(|(name, _)| name == source.capture);
        let stored = stored.map(|(_, inventory)| inventory);
        let drift = stored.map(|stored| drift(stored, source.inventory));
        let all = captures.iter().map(|(_, inventory)| inventory);
        let mut facts = read_contract(&state.contract)?;
        let original = codegen::parse(&state.contract)?;
        let mut contract = original.clone();
        let mut deviations_text = state.deviations.clone();
        let mut deviations = read_deviations(&deviations_text)?;
        let id = added.map(|added| added.endpoint().id);
        if let Some((added, id)) = added.zip(id.as_ref()) {
            let fresh = source.inventory.operation(id);
            let done = fresh.and_then(|fresh| added.add(&mut contract, fresh));
            done.ok_or_else(|| Failure::new(format!("{}: no {id} can be added", source.name)))?;
            facts = workspace::facts(&contract);
            let (text, known) = (&deviations_text, &deviations);
            deviations_text =
                new_operation::extended_deviations(text, known, source, &captures, &facts)?;
            deviations = read_deviations(&deviations_text)?;
        }
        Ok(Self {
            source: *source,
            stored,
            drift: drift.unwrap_or_default(),
            newer: NewerSources::of(source.inventory, all),
            captures,
            deviations,
            deviations_text,
            added: id,
            original,
            facts,
            contract,
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
