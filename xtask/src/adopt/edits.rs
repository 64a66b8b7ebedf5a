//! The contract as it is edited, difference by difference, until it agrees with a source.

use serde_json::Value;
use webex_precheck_contract::deviations::{Deviations, NewerSources, compare};
use webex_precheck_contract::diff::{Change, Comparison, Difference};
use webex_precheck_contract::{Inventory, OperationId};

use crate::codegen;
use crate::workspace::facts;

use super::consequence::{BY_HAND, Consequence, Documented, REMOVAL, SHARED, WhenShared, sharing};
use super::separate::{drop_orphans, separate};
use super::state::Source;
use super::write::write;
use super::{examples, flag_names};

/// What became of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The contract says now what the source says.
    Applied,
    /// The contract stays as it is, and a deviation is to say why.
    Kept(&'static str),
    /// A person must decide.
    Left(&'static str),
}

const DELIBERATE: &str = "the contract leaves the source here on purpose";
const NO_CODE: &str =
    "no code can be generated from it: a name, a value or a type of it has no counterpart in Rust";
/// Edits of a kind can bring forth others: a field that is added has values, and so on.
const MOST_ROUNDS: usize = 8;

/// The contract as it is edited, and what became of each difference between it and the source.
pub(super) struct Edits {
    pub(super) contract: Value,
    decided: Vec<(Difference, Outcome)>,
}

/// What edits follow from.
pub(super) struct Following<'a> {
    original: &'a Value,
    documented: Documented<'a>,
    deviations: &'a Deviations,
    capture: &'a str,
    newer: NewerSources,
}

impl Edits {
    /// The contract with what hangs on its fields settled.
    fn settled(mut self, original: &Value) -> Self {
        examples::drop_contradictory(&mut self.contract);
        flag_names::settle(original, &mut self.contract);
        drop_orphans(original, &mut self.contract);
        self
    }

    /// What became of a difference, the last time it was there.
    pub(super) fn outcome(&self, difference: &Difference) -> Option<Outcome> {
        let mut decided = self.decided.iter().rev();
        let found = decided.find(|(known, _)| known == difference);
        found.map(|(_, outcome)| *outcome)
    }

    /// The differences that were decided to stay, and why.
    pub(super) fn kept(&self, now: &Comparison) -> Vec<(Difference, &'static str)> {
        let kept = now
            .differences
            .iter()
            .filter_map(|it| match self.outcome(it) {
                Some(Outcome::Kept(why)) => Some((it.clone(), why)),
                _ => None,
            });
        kept.collect()
    }
}

impl<'a> Following<'a> {
    /// A source that the contract is to follow. Removals are applied if breaking changes are allowed.
    pub(super) fn new(
        original: &'a Value,
        source: &Source<'a>,
        deviations: &'a Deviations,
        captures: &'a [(String, Inventory)],
        allow_breaking: bool,
    ) -> Self {
        let others = captures.iter().filter(|(name, _)| name != source.capture);
        let others: Vec<&Inventory> = others.map(|(_, inventory)| inventory).collect();
        Self {
            original,
            newer: NewerSources::of(source.inventory, others.iter().copied()),
            documented: Documented {
                fresh: source.inventory,
                others,
                allow_breaking,
            },
            deviations,
            capture: source.capture,
        }
    }

    /// Edits the contract until it agrees with the source, and leaves what no code can be generated
    /// from.
    pub(super) fn edits(&self) -> Edits {
        let all = self.untried_edits();
        // Generating takes longer than everything else: it is asked for each edit only if all of them
        // together cannot be generated from.
        let edits = if self.can_be_generated(&all.contract) {
            all
        } else {
            self.edit(true)
        };
        edits.settled(self.original)
    }

    /// Edits the contract until it agrees with the source, whether code can be generated from it or not.
    pub(super) fn untried_edits(&self) -> Edits {
        self.edit(false)
    }

    fn edit(&self, try_each: bool) -> Edits {
        let mut edits = Edits {
            contract: self.original.clone(),
            decided: Vec::new(),
        };
        for _ in 0..MOST_ROUNDS {
            let mut open = compare(self.documented.fresh, &facts(&edits.contract)).differences;
            open.retain(|it| {
                self.deviations.excusing(self.capture, it).is_none() && !self.newer.document(it)
            });
            let so_far = edits.contract.clone();
            for difference in open {
                let known = edits.outcome(&difference);
                if known.is_none_or(|outcome| outcome == Outcome::Applied) {
                    let outcome = self.follow(&mut edits.contract, &difference, try_each);
                    edits.decided.push((difference, outcome));
                }
            }
            if edits.contract == so_far {
                break;
            }
        }
        edits
    }

    /// Makes the contract agree with the source in one point.
    fn follow(&self, contract: &mut Value, difference: &Difference, try_it: bool) -> Outcome {
        if self.deviations.about(self.capture, difference).is_some() {
            return Outcome::Left(DELIBERATE);
        }
        let change = match self.documented.consequence(difference) {
            Consequence::Follow(change) => change,
            Consequence::Keep(why) => return Outcome::Kept(why),
            Consequence::Leave(why) => return Outcome::Left(why),
        };
        let edited = match self.edited(contract, difference.operation, &change) {
            Ok(edited) => edited,
            Err(outcome) => return outcome,
        };
        if matches!(change, Change::Added(_)) && !self.documented.allow_breaking {
            return Outcome::Left(REMOVAL);
        }
        if try_it && edited != *contract && !self.can_be_generated(&edited) {
            return Outcome::Left(NO_CODE);
        }
        *contract = edited;
        Outcome::Applied
    }

    /// The contract with an edit. An edit of a schema that several places share changes others as well,
    /// which is right if the same is documented there.
    fn edited(
        &self,
        contract: &Value,
        operation: OperationId,
        change: &Change,
    ) -> Result<Value, Outcome> {
        let fresh = self.documented.fresh.operation(operation);
        let fresh = fresh.ok_or(Outcome::Left(BY_HAND))?;
        let written = |mut contract: Value| match write(&mut contract, fresh, change) {
            Some(()) => Ok(contract),
            None => Err(Outcome::Left(BY_HAND)),
        };
        let edited = written(contract.clone())?;
        let Some((target, when_shared)) = sharing(change) else {
            return Ok(edited);
        };
        match when_shared {
            WhenShared::Apply => Ok(edited),
            _ if !self.disturbs(contract, &edited) => Ok(edited),
            WhenShared::Keep => Err(Outcome::Kept(SHARED)),
            WhenShared::Leave => Err(Outcome::Left(SHARED)),
            WhenShared::Separate => {
                let mut contract = contract.clone();
                separate(&mut contract, operation, &target);
                written(contract)
            }
        }
    }

    /// Whether the contract differs from its sources where it did not differ before.
    fn disturbs(&self, before: &Value, after: &Value) -> bool {
        let [before, after] = [before, after].map(|contract| self.differences(&facts(contract)));
        after.iter().any(|it| !before.contains(it))
    }

    /// How a contract differs from the source, and from the others in what the source says nothing of.
    fn differences(&self, contract: &Inventory) -> Vec<Difference> {
        let Documented { fresh, others, .. } = &self.documented;
        let mut differences = compare(fresh, contract).differences;
        for other in others {
            let unknown = compare(other, contract).differences.into_iter();
            differences.extend(unknown.filter(|it| fresh.operation(it.operation).is_none()));
        }
        differences
    }

    /// Whether code can be generated from a contract as it is edited so far.
    fn can_be_generated(&self, contract: &Value) -> bool {
        let mut settled = contract.clone();
        examples::drop_contradictory(&mut settled);
        flag_names::settle(self.original, &mut settled);
        codegen::parse(&settled.to_string()).is_ok() && codegen::generate_all(&settled).is_ok()
    }
}
