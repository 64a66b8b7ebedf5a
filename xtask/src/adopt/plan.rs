//! What follows for the repository from a source that changed: values in, values out.

use webex_precheck_contract::Inventory;
use webex_precheck_contract::deviations::{compare, hold};
use webex_precheck_contract::diff::{Comparison, diff, drift};
use webex_precheck_contract::rules::{Rebound, Rules};

use crate::codegen;
use crate::outcome::Failure;
use crate::workspace::{DEVIATIONS, facts, read_contract, read_deviations, read_rules};

use super::edits::Following;
use super::state::{Adoption, MOST_DIFFERENCES, Source, State};
use super::{deviations, layout, left, release};

/// Follows a source.
pub fn adopt(
    state: &State,
    source: &Source<'_>,
    allow_breaking: bool,
) -> Result<Adoption, Failure> {
    let excuses = read_deviations(&state.deviations)?;
    let stored = state.stored(source);
    let drift = stored.map(|stored| drift(stored, source.inventory));
    let drift = drift.unwrap_or_default();
    check_size(source, &drift)?;
    let original = read_contract(&state.contract)?;
    let before = codegen::parse(&state.contract)?;
    let held_before = hold(&state.captures, &original);
    let mut differing = held_before
        .iter()
        .filter(|it| !it.comparison.differences.is_empty());
    if excuses.iter().next().is_none() && differing.next().is_some() {
        return Err(Failure::new(format!(
            "{DEVIATIONS}: it has no entry, and the contract leaves its sources; is it the right file?"
        )));
    }

    let captures = state.captures_with(source);
    let edits = Following::new(&before, source, &excuses, &captures, allow_breaking).edits();
    let contract = layout::write(&state.contract, &before, &edits.contract)?;
    let changed = facts(&edits.contract);

    let kept = edits.kept(&compare(source.inventory, &changed));
    let held = hold(&captures, &changed);
    let held = [&held_before[..], &held];
    let deviations = deviations::follow(&state.deviations, source, &excuses, held, &kept)?;
    let changes = diff(&original, &changed);
    let (rules, rebound) = follow_rules(&state.rules, source, stored, &captures)?;
    let is_followed = stored.is_some_and(|it| it.operations == source.inventory.operations);
    // What was adopted before is no news, even where a person has yet to follow.
    let impact = if is_followed && changes.differences.is_empty() {
        None
    } else {
        release::impact(state, source)?
    };
    let mut adoption = Adoption {
        state: State {
            contract,
            deviations,
            rules,
            captures,
        },
        drift,
        changes,
        left: Vec::new(),
        rebound,
        impact,
    };
    adoption.left = left::find(&adoption, source, &before, &edits)?;
    Ok(adoption)
}

fn check_size(source: &Source<'_>, drift: &Comparison) -> Result<(), Failure> {
    let count = drift.differences.len();
    if count <= MOST_DIFFERENCES {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{}: {count} differences, more than anyone can review; `cargo xtask drift` lists them",
        source.name
    )))
}

/// The text of the rules: those whose sentence is stated elsewhere rest on that one, and what is to be
/// asked of a person is asked.
fn follow_rules(
    text: &str,
    source: &Source<'_>,
    stored: Option<&Inventory>,
    captures: &[(String, Inventory)],
) -> Result<(String, Vec<Rebound>), Failure> {
    let rules: Rules = read_rules(text)?;
    let (mut text, rebound) = rules.rebind(text, captures);
    if let Some(stored) = stored {
        for question in rules.ask(source.capture, stored, source.inventory) {
            text.push_str(&question.to_toml());
        }
    }
    Ok((text, rebound))
}
