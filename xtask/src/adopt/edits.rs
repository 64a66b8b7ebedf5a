//! The contract as it is edited, difference by difference, until it agrees with a source.

use serde_json::Value;
use webex_precheck_contract::deviations::compare;
use webex_precheck_contract::diff::{Change, Difference};
use webex_precheck_contract::{Inventory, OperationId};

use crate::codegen;
use crate::workspace::facts;

use super::basis::Basis;
use super::consequence::{BY_HAND, REMOVAL, Refusal, SHARED, WhenShared, consequence, sharing};
use super::separate::{drop_orphans, separate};
use super::write::write;
use super::{examples, flag_names};

const DELIBERATE: &str = "the contract leaves the source here on purpose";
const NO_CODE: &str =
    "no code can be generated from it: a name, a value or a type of it has no counterpart in Rust";
/// Edits of a kind can bring forth others: a field that is added has values, and so on.
const MOST_ROUNDS: usize = 8;

/// The contract as it is edited, and why it does not follow the source in a difference, if it does not.
pub(super) struct Edits<'a> {
    pub(super) basis: &'a Basis<'a>,
    /// Whether removals are applied.
    allow_breaking: bool,
    pub(super) contract: Value,
    decided: Vec<(Difference, Option<Refusal>)>,
}

impl<'a> Edits<'a> {
    /// The contract in agreement with the source, but for what no code can be generated from, and with
    /// what hangs on its fields settled.
    pub(super) fn settled(basis: &'a Basis<'a>, allow_breaking: bool) -> Self {
        let mut edits = Self::new(basis, allow_breaking, false);
        // Generating takes longer than everything else: it is asked for each edit only if all of them
        // together cannot be generated from.
        if !edits.can_be_generated(&edits.contract) {
            edits = Self::new(basis, allow_breaking, true);
        }
        settle(&basis.contract, &mut edits.contract);
        drop_orphans(&basis.contract, &mut edits.contract);
        edits
    }

    /// The contract in agreement with the source. With `try_each`, no edit is made that no code can be
    /// generated from.
    pub(super) fn new(basis: &'a Basis<'a>, allow_breaking: bool, try_each: bool) -> Self {
        let mut edits = Self {
            basis,
            allow_breaking,
            contract: basis.contract.clone(),
            decided: Vec::new(),
        };
        for _ in 0..MOST_ROUNDS {
            let so_far = edits.contract.clone();
            for difference in basis.open(&facts(&so_far), &basis.deviations) {
                if edits.refusal(&difference).is_none() {
                    let edited = edits.followed(&difference, try_each);
                    let refusal = edited.map(|edited| edits.contract = edited).err();
                    edits.decided.push((difference, refusal));
                }
            }
            if edits.contract == so_far {
                break;
            }
        }
        edits
    }

    /// Why the contract does not follow the source in a difference, as it was decided last.
    pub(super) fn refusal(&self, difference: &Difference) -> Option<Refusal> {
        let mut decided = self.decided.iter().rev();
        decided.find(|(known, _)| known == difference)?.1
    }

    /// The contract, in agreement with the source in one more point.
    fn followed(&self, difference: &Difference, try_it: bool) -> Result<Value, Refusal> {
        let deviations = &self.basis.deviations;
        let deviation = deviations.about(self.basis.source.capture, difference);
        if deviation.is_some() {
            return Err(Refusal::Leave(DELIBERATE));
        }
        let change = consequence(self.basis, difference, self.allow_breaking)?;
        let edited = self.edited(&difference.operation, &change)?;
        if matches!(change, Change::Added(_)) && !self.allow_breaking {
            return Err(Refusal::Leave(REMOVAL));
        }
        if try_it && edited != self.contract && !self.can_be_generated(&edited) {
            return Err(Refusal::Leave(NO_CODE));
        }
        Ok(edited)
    }

    /// The contract with an edit. An edit of a schema that several places share changes others as well,
    /// which is right if the same is documented there.
    fn edited(&self, operation: &OperationId, change: &Change) -> Result<Value, Refusal> {
        let written = |mut contract: Value| {
            let fresh = self.basis.source.inventory.operation(operation);
            let done = fresh.and_then(|fresh| write(&mut contract, fresh, change));
            done.map(|()| contract).ok_or(Refusal::Leave(BY_HAND))
        };
        let edited = written(self.contract.clone())?;
        let Some((target, when_shared)) = sharing(change) else {
            return Ok(edited);
        };
        match when_shared {
            WhenShared::Apply => Ok(edited),
            _ if !self.is_disturbed_by(&edited) => Ok(edited),
            WhenShared::Keep => Err(Refusal::Keep(SHARED)),
            WhenShared::Leave => Err(Refusal::Leave(SHARED)),
            WhenShared::Separate => {
                let mut contract = self.contract.clone();
                separate(&mut contract, operation, &target);
                written(contract)
            }
        }
    }

    /// Whether an edited contract differs from its sources where it did not differ before.
    fn is_disturbed_by(&self, edited: &Value) -> bool {
        let known = self.differences(&facts(&self.contract));
        let now = self.differences(&facts(edited));
        now.iter().any(|it| !known.contains(it))
    }

    /// How a contract differs from the source, and from the others in what the source says nothing of.
    fn differences(&self, contract: &Inventory) -> Vec<Difference> {
        let fresh = self.basis.source.inventory;
        let mut differences = compare(fresh, contract).differences;
        for other in self.basis.others() {
            let unknown = compare(other, contract).differences.into_iter();
            differences.extend(unknown.filter(|it| fresh.operation(&it.operation).is_none()));
        }
        differences
    }

    /// Whether code can be generated from a contract as it is edited so far.
    fn can_be_generated(&self, contract: &Value) -> bool {
        let mut settled = contract.clone();
        settle(&self.basis.contract, &mut settled);
        codegen::parse(&settled.to_string()).is_ok() && codegen::generate_all(&settled).is_ok()
    }
}

/// Settles what hangs on the fields of a contract.
fn settle(original: &Value, contract: &mut Value) {
    examples::drop_contradictory(contract);
    flag_names::settle(original, contract);
}
