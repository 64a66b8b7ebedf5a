//! What follows for the repository from a source that changed: values in, values out.

use webex_precheck_contract::deviations::compare_captures;
use webex_precheck_contract::diff::{Impact, diff};
use webex_precheck_contract::rules::UpdatedCitation;

use crate::outcome::Failure;
use crate::workspace::{DEVIATIONS, facts, read_rules};

use super::basis::Basis;
use super::edits::Edits;
use super::new_operation::NewOperation;
use super::state::{Adoption, Source, State};
use super::{deviations, layout, left, release};

/// Follows a source.
pub fn adopt(
    state: &State,
    source: &Source<'_>,
    allow_breaking: bool,
) -> Result<Adoption, Failure> {
    adopt_with(state, source, allow_breaking, None)
}

/// Follows a source, and brings in an operation of it that the contract does not have yet.
pub(super) fn adopt_with(
    state: &State,
    source: &Source<'_>,
    allow_breaking: bool,
    added: Option<&NewOperation>,
) -> Result<Adoption, Failure> {
    let basis = &Basis::of(state, source, added)?;
    if basis.is_too_much() {
        let count = basis.drift.differences.len();
        return Err(Failure::new(format!(
            "{}: {count} differences, more than anyone can review; `cargo xtask drift` lists them",
            source.name
        )));
    }
    let held_before = compare_captures(&state.captures, &basis.facts);
    let mut differences = held_before.iter().flat_map(|it| &it.comparison.differences);
    if basis.deviations.iter().next().is_none() && differences.next().is_some() {
        return Err(Failure::new(format!(
            "{DEVIATIONS}: it has no entry, and the contract leaves its sources; is it the right file?"
        )));
    }

    let edits = &Edits::settled(basis, allow_breaking);
    let contract = layout::write(&state.contract, &basis.original, &edits.contract)?;
    let edited = facts(&edits.contract);
    let changes = diff(&basis.facts, &edited);
    let held = [
        &held_before[..],
        &compare_captures(&basis.captures, &edited),
    ];
    let deviations = deviations::follow(edits, held)?;
    let (rules, rebound) = follow_rules(&state.rules, basis)?;
    let stored = basis.stored.map(|it| &it.operations);
    let is_followed = stored == Some(&source.inventory.operations);
    // What was adopted before is no news, even where a person has yet to follow.
    let impact = if is_followed && changes.differences.is_empty() {
        None
    } else {
        release::impact(basis)
    };
    let impact = impact.max(basis.added.as_ref().map(|_| Impact::Additive));
    let mut adoption = Adoption {
        state: State {
            contract,
            deviations,
            rules,
            captures: basis.captures.clone(),
        },
        added: basis.added.clone(),
        drift: basis.drift.clone(),
        changes,
        left: Vec::new(),
        rebound,
        impact,
    };
    adoption.left = left::find(&adoption, edits)?;
    Ok(adoption)
}

/// The text of the rules: those whose sentence is stated elsewhere rest on that one, and what is to be
/// asked of a person is asked.
fn follow_rules(text: &str, basis: &Basis<'_>) -> Result<(String, Vec<UpdatedCitation>), Failure> {
    let rules = read_rules(text)?;
    let (mut text, rebound) = rules.rebind(text, &basis.captures);
    let source = basis.source;
    let mut questions = Vec::new();
    if let Some(stored) = basis.stored {
        questions.extend(rules.ask(source.capture, stored, source.inventory));
    }
    if let Some(id) = &basis.added {
        let (capture, inventory) = (source.capture, source.inventory);
        questions.extend(rules.ask_about_new(capture, id, inventory, &basis.captures));
    }
    text.extend(questions.iter().map(|question| question.to_toml()));
    Ok((text, rebound))
}
