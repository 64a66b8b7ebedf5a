//! What the release that follows a source means for those who use the crates.

use webex_precheck_contract::deviations::compare;
use webex_precheck_contract::diff::{Change, Impact, Part, diff};
use webex_precheck_contract::location::Section;

use crate::workspace::facts;

use super::basis::Basis;
use super::consequence::Refusal;
use super::edits::Edits;

/// The class of the release that follows a source: what changes in the contract decides, removals and
/// what a person has to follow included, and wording alone is a patch. None where nothing follows, or
/// more than anyone can review.
pub(super) fn impact(basis: &Basis<'_>) -> Option<Impact> {
    if basis.is_too_much() {
        return None;
    }
    let edits = Edits::new(basis, true, false);
    let after = facts(&edits.contract);
    let changes = diff(&basis.facts, &after).differences;
    let of_crate = changes.iter().map(|it| of_crate(&it.change, it.impact));
    let mut open = compare(basis.source.inventory, &after).differences;
    open.retain(|it| matches!(edits.refusal(it), Some(Refusal::Leave(_))));
    let by_hand = basis.drift.differences.iter().filter(|drifted| {
        open.iter()
            .any(|it| it.operation == drifted.operation && it.location() == drifted.location())
    });
    let impact = of_crate.chain(by_hand.map(|it| it.impact)).max();
    let stored = basis.stored.map(|it| &it.operations);
    let is_changed = stored.is_some_and(|stored| *stored != basis.source.inventory.operations);
    impact.max(is_changed.then_some(Impact::Wording))
}

/// What a change of the contract means for those who use the generated types: they may have to follow
/// where those who send JSON need not.
fn of_crate(change: &Change, impact: Impact) -> Impact {
    let path = match change {
        Change::Type(path, _)
        | Change::Requirement(path, _)
        | Change::Enumeration(path, _)
        | Change::Removed(Part::Value(path, ..))
        | Change::Renamed(Part::Value(path, ..), _) => path,
        Change::Removed(Part::Field { field, .. })
        | Change::Renamed(Part::Field { field, .. }, _) => &field.at,
        _ => return impact,
    };
    let is_typed = match &path.section {
        Section::Body => true,
        Section::Response(status) => status == "200",
        Section::Path | Section::Query | Section::Header | Section::Cookie => false,
    };
    if is_typed && !path.is_whole() {
        Impact::Breaking
    } else {
        impact
    }
}
