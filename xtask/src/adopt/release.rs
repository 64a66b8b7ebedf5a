//! What the release that follows a source means for those who use the crates.

use webex_precheck_contract::deviations::compare;
use webex_precheck_contract::diff::{Change, Impact, Part, diff, drift};
use webex_precheck_contract::location::{FieldPath, Section};

use crate::codegen;
use crate::outcome::Failure;
use crate::workspace::{facts, read_deviations};

use super::edits::{Following, Outcome};
use super::state::{MOST_DIFFERENCES, Source, State};

/// The class of the release that follows a source: what changes in the contract decides, removals and
/// what a person has to follow included, and wording alone is a patch. None where nothing follows, or
/// more than anyone can review.
pub(super) fn impact(state: &State, source: &Source<'_>) -> Result<Option<Impact>, Failure> {
    let stored = state.stored(source);
    let drift = stored.map(|stored| drift(stored, source.inventory));
    let drift = drift.unwrap_or_default().differences;
    if drift.len() > MOST_DIFFERENCES {
        return Ok(None);
    }
    let is_changed = stored.is_some_and(|it| it.operations != source.inventory.operations);
    let excuses = read_deviations(&state.deviations)?;
    let before = codegen::parse(&state.contract)?;
    let captures = state.captures_with(source);
    let edits = Following::new(&before, source, &excuses, &captures, true).untried_edits();
    let after = facts(&edits.contract);
    let changes = diff(&facts(&before), &after).differences;
    let mut open = compare(source.inventory, &after).differences;
    open.retain(|it| matches!(edits.outcome(it), Some(Outcome::Left(_))));
    let by_hand = drift.iter().filter(|drifted| {
        open.iter()
            .any(|it| it.operation == drifted.operation && it.location() == drifted.location())
    });
    let by_hand = by_hand.map(|drifted| drifted.impact);
    let of_crate = changes.iter().map(|it| of_crate(&it.change, it.impact));
    let impact = of_crate.chain(by_hand).max();
    Ok(impact.max(is_changed.then_some(Impact::Wording)))
}

/// What a change of the contract means for those who use the generated types: they may have to follow
/// where those who send JSON need not.
fn of_crate(change: &Change, impact: Impact) -> Impact {
    let is_typed = |path: &FieldPath| match &path.section {
        Section::Body => !path.is_whole(),
        Section::Response(status) => status == "200" && !path.is_whole(),
        _ => false,
    };
    let changes_types = match change {
        Change::Type(path, _) | Change::Requirement(path, _) | Change::Enumeration(path, _) => {
            is_typed(path)
        }
        Change::Removed(part) | Change::Renamed(part, _) => match part {
            Part::Field { field, .. } => is_typed(&field.at),
            Part::Value(path, ..) => is_typed(path),
            _ => false,
        },
        _ => false,
    };
    if changes_types {
        Impact::Breaking
    } else {
        impact
    }
}
