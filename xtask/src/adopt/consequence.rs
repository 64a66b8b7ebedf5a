//! What follows from a difference between a source and the contract.

use webex_precheck_contract::diff::{Change, Difference, Part};
use webex_precheck_contract::inventory::{Field, Operation, Response};
use webex_precheck_contract::location::{FieldPath, List};

use super::basis::Basis;

/// Why the contract does not follow a source in a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The contract stays as it is, and a deviation is to say why.
    Keep(&'static str),
    /// A person must decide.
    Leave(&'static str),
}

use Refusal::{Keep, Leave};

/// What becomes of an edit that changes other places of the contract as well, because they share a
/// schema and nothing documents the same change there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WhenShared {
    /// It is harmless there, and no type that people use changes its name.
    Apply,
    /// The place gets a schema of its own first.
    Separate,
    /// The contract stays as it is.
    Keep,
    /// A person must decide.
    Leave,
}

/// A reason that needs no review.
pub(super) const TOKEN: &str =
    "`security` comes and goes between revisions; a bearer token is always needed.";
pub(super) const SHARED: &str = "The contract has one schema for several places, and the source documents it in another of them.";
pub(super) const BY_HAND: &str =
    "change the contract by hand, or excuse it in spec/deviations.toml";
pub(super) const REMOVAL: &str = "a removal, which only --allow-breaking applies";
const ELSEWHERE: &str = "Another source documents it.";
const NAMES: &str = "its name, or a name or value in it, is none that code, commands and documents can take as it is";

/// In what the contract is to follow, for a difference from the source to the contract.
pub(super) fn consequence(
    basis: &Basis<'_>,
    Difference {
        operation, change, ..
    }: &Difference,
    allow_breaking: bool,
) -> Result<Change, Refusal> {
    let others = || basis.others().filter_map(|it| it.operation(operation));
    let has_field = |path: &FieldPath| others().any(|it| it.field(path).is_some());
    let fresh = basis.source.inventory.operation(operation);
    let is_plain_at = |path: &FieldPath| {
        let fields = fresh.into_iter().flat_map(|it| &it.fields);
        let mut fields = fields.filter(|it| it.at == *path || path.is_above(&it.at));
        fields.all(is_plain_field)
    };
    match change {
        Change::Removed(part) | Change::Renamed(part, _) if !is_plain_part(part) => {
            return Err(Leave(NAMES));
        }
        Change::Type(path, _) | Change::Enumeration(path, _) if !is_plain_at(path) => {
            return Err(Leave(NAMES));
        }
        // The contract keeps what it has unless that may go; that is a difference of its own then.
        Change::Renamed(part @ Part::Field { field, .. }, known) => {
            let old = field.at.parent().map(|parent| parent.child(known));
            let stays = old.is_none_or(|old| has_field(&old)) || !allow_breaking;
            if stays || field.at.section.is_parameter() {
                return Ok(Change::Removed(part.clone()));
            }
        }
        Change::Added(part) if others().any(|other| documents(other, part)) => {
            return Err(Keep(ELSEWHERE));
        }
        Change::Body(section, both) if !both.before => {
            let by_hand = if allow_breaking { BY_HAND } else { REMOVAL };
            let is_elsewhere = has_field(&section.clone().into());
            return Err(if is_elsewhere {
                Keep(ELSEWHERE)
            } else {
                Leave(by_hand)
            });
        }
        Change::Security(both) if both.before.is_empty() => return Err(Keep(TOKEN)),
        _ => {}
    }
    Ok(change.clone())
}

/// The value whose schemas an edit changes wherever they are used, and what becomes of it if that is
/// wrong elsewhere. A client handles all answers alike, so that of their schemas there are no copies.
pub(super) fn sharing(change: &Change) -> Option<(FieldPath, WhenShared)> {
    use WhenShared::{Apply, Keep, Leave, Separate};
    let (path, of_request, of_answer) = match change {
        Change::Removed(Part::Field { field, .. }) => {
            let is_required = field.required == Some(true);
            (&field.at, if is_required { Separate } else { Apply }, Apply)
        }
        Change::Added(Part::Field { field, .. }) => (&field.at, Keep, Keep),
        Change::Renamed(Part::Field { field, .. }, _) => (&field.at, Separate, Keep),
        // A client that takes the value where it is new takes it everywhere.
        Change::Removed(Part::Value(path, ..)) | Change::Renamed(Part::Value(path, ..), _) => {
            (path, Separate, Apply)
        }
        Change::Added(Part::Value(path, ..)) => (path, Separate, Keep),
        Change::Type(path, _) | Change::Enumeration(path, _) => (path, Separate, Leave),
        Change::Requirement(path, both) => (path, Separate, if both.before { Keep } else { Apply }),
        // No type that people use gets another name for what shows in no type.
        Change::Deprecation(path, _) | Change::Constraint(path, ..) => {
            let is_parameter = path.section.is_parameter();
            (path, if is_parameter { Separate } else { Keep }, Keep)
        }
        Change::Added(_)
        | Change::Removed(_)
        | Change::Renamed(..)
        | Change::Method(_)
        | Change::Path(_)
        | Change::Security(_)
        | Change::OperationDeprecation(_)
        | Change::Body(..)
        | Change::Wording(..)
        | Change::Labels(..)
        | Change::Reason(..)
        | Change::FieldExample(..)
        | Change::Example(..)
        | Change::Undocumented(..) => return None,
    };
    let is_own = path.section.is_parameter() || matches!(change.part(), Some(Part::Value(..)));
    let target = if is_own { path.clone() } else { path.parent()? };
    let is_sent = path.section.is_request();
    Some((target, if is_sent { of_request } else { of_answer }))
}

/// Whether a source documents it for its operation.
fn documents(operation: &Operation, part: &Part) -> bool {
    let needed_by = |package: &str| operation.dependencies.as_ref()?.get(package);
    match part {
        Part::Field { field, .. } => operation.field(&field.at).is_some(),
        // It may also stand among the packages that others need.
        Part::Value(path, value, _) => {
            let listed = operation.field(path).map_or(&[][..], Field::listed_values);
            let table = operation.dependencies.iter().flatten();
            let mut packages = table.flat_map(|(package, needed)| needed.iter().chain([package]));
            listed.contains(value) || packages.any(|package| package == value)
        }
        Part::Item(List::Dependency(package), needed) => {
            needed_by(package).is_some_and(|it| it.contains(needed))
        }
        Part::Dependency(package, _) => needed_by(package).is_some(),
        Part::Status(Response { status, .. }) => operation.response(status).is_some(),
        Part::Item(List::Servers | List::MediaTypes(_) | List::Headers(_), _)
        | Part::Unnamed(..)
        | Part::Example(..) => false,
    }
}

/// Whether all names in it can be taken over.
fn is_plain_part(part: &Part) -> bool {
    match part {
        Part::Field { field, inner, .. } => {
            is_plain_field(field) && inner.iter().all(is_plain_field)
        }
        Part::Value(_, name, _)
        | Part::Dependency(name, _)
        | Part::Item(List::Dependency(_), name)
        | Part::Status(Response { status: name, .. }) => is_plain(name),
        Part::Item(..) | Part::Unnamed(..) | Part::Example(..) => true,
    }
}

/// Whether a field can be taken over, with its values. Of numbers, no code keeps the listed ones.
fn is_plain_field(field: &Field) -> bool {
    let values = field.listed_values();
    (field.at.is_whole() || is_plain(field.name()))
        && values.iter().all(|value| is_plain(value))
        && (values.is_empty() || field.ty.as_ref().is_none_or(|ty| ty.has_strings()))
}

/// Whether a name means nothing to a compiler, a shell, a terminal or a page: letters, digits and what
/// stands between them.
fn is_plain(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_-. +:$@".contains(c);
    name.len() <= 100
        && name.chars().all(allowed)
        && name.chars().any(|c| c.is_ascii_alphanumeric())
}
