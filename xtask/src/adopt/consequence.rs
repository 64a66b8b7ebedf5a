//! What follows from a difference between a source and the contract.

use webex_precheck_contract::Inventory;
use webex_precheck_contract::diff::{Change, Difference, Part};
use webex_precheck_contract::inventory::{Field, Operation, Response};
use webex_precheck_contract::location::{FieldPath, Keyword, List, Section};

/// What follows from a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Consequence {
    /// The contract is to follow.
    Edit(Edit),
    /// The contract stays as it is, and a deviation is to say why.
    Keep(&'static str),
    /// A person must decide.
    Leave(&'static str),
}

use Consequence::{Keep, Leave};

/// An edit of the contract that makes it agree with the source in one point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Edit {
    AddField(FieldPath),
    RemoveField(FieldPath),
    /// The field of the contract, and its new name.
    RenameField(FieldPath, String),
    /// Another type.
    Retype(FieldPath),
    /// Values that are listed now, or no longer.
    Relist(FieldPath),
    Require(FieldPath, bool),
    Deprecate(FieldPath, bool),
    DeprecateOperation(bool),
    Constrain(FieldPath, Keyword, Option<String>),
    AddValue(FieldPath, String),
    RemoveValue(FieldPath, String),
    AddStatus(String),
    RemoveStatus(String),
    /// A body for the response with this status.
    AddBody(String),
    /// A package's dependencies, or those that are missing.
    AddDependency(String),
    RemoveDependency(String),
    /// A package that another one needs.
    RemoveAlternative(String, String),
}

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
const ELSEWHERE: &str = "Another source documents it.";
const NAMES: &str = "its name, or a name or value in it, is none that code, commands and documents can take as it is";
pub(super) const REMOVAL: &str = "a removal, which only --allow-breaking applies";

/// What decides whether the contract may follow.
pub(super) struct Documented<'a> {
    /// By the source that is followed.
    pub(super) fresh: &'a Inventory,
    /// By the other sources.
    pub(super) others: Vec<&'a Inventory>,
    /// Whether removals are applied.
    pub(super) allow_breaking: bool,
}

impl Documented<'_> {
    /// What follows from a difference, from the source to the contract.
    pub(super) fn consequence(&self, difference: &Difference) -> Consequence {
        match &difference.change {
            Change::Removed(part) => addition(part),
            Change::Added(part) => self.removal(difference, part),
            Change::Renamed(part, known) => self.renaming(difference, part, known),
            Change::Type(path, _) => self.retyping(difference, path, Edit::Retype(path.clone())),
            Change::Enumeration(path, _) => {
                self.retyping(difference, path, Edit::Relist(path.clone()))
            }
            Change::Requirement(path, _) if path.is_whole() => Leave(BY_HAND),
            Change::Requirement(path, both) => {
                on_field(path, Edit::Require(path.clone(), both.before))
            }
            Change::Constraint(path, keyword, both) => {
                let edit = Edit::Constrain(path.clone(), keyword.clone(), both.before.clone());
                let of_parameter = ["style", "explode", "allowEmptyValue", "allowReserved"];
                if of_parameter.contains(&&*keyword.name) {
                    return Leave(BY_HAND);
                }
                on_field(path, edit)
            }
            Change::Deprecation(path, both) => {
                on_field(path, Edit::Deprecate(path.clone(), both.before))
            }
            Change::OperationDeprecation(both) => {
                Consequence::Edit(Edit::DeprecateOperation(both.before))
            }
            Change::Body(Section::Response(status), both) if both.before => {
                Consequence::Edit(Edit::AddBody(status.clone()))
            }
            Change::Body(section, _) => {
                let body = FieldPath::from(section.clone());
                if self.is_elsewhere(difference, |it| it.field(&body).is_some()) {
                    Keep(ELSEWHERE)
                } else {
                    Leave(if self.allow_breaking {
                        BY_HAND
                    } else {
                        REMOVAL
                    })
                }
            }
            Change::Security(both) if both.before.is_empty() => Keep(TOKEN),
            Change::Security(_)
            | Change::Method(_)
            | Change::Path(_)
            | Change::Wording(..)
            | Change::Labels(..)
            | Change::Reason(..)
            | Change::FieldExample(..)
            | Change::Example(..)
            | Change::Undocumented(..) => Leave(BY_HAND),
        }
    }

    /// The contract has it, and the source has not: it goes only where nobody documents it any more.
    fn removal(&self, difference: &Difference, part: &Part) -> Consequence {
        let is_elsewhere = |has: &dyn Fn(&Operation) -> bool| self.is_elsewhere(difference, has);
        let (edit, is_elsewhere) = match part {
            Part::Field { field, .. } => (
                Edit::RemoveField(field.at.clone()),
                is_elsewhere(&|it| it.field(&field.at).is_some()),
            ),
            Part::Value(path, value, _) => (
                Edit::RemoveValue(path.clone(), value.clone()),
                is_elsewhere(&|it| documents_value(it, path, value)),
            ),
            Part::Item(List::Dependency(package), needed) => (
                Edit::RemoveAlternative(package.clone(), needed.clone()),
                is_elsewhere(&|it| alternatives(it, package).contains(needed)),
            ),
            Part::Dependency(package, _) => (
                Edit::RemoveDependency(package.clone()),
                is_elsewhere(&|it| !alternatives(it, package).is_empty()),
            ),
            Part::Status(Response { status, .. }) => (
                Edit::RemoveStatus(status.clone()),
                is_elsewhere(&|it| it.response(status).is_some()),
            ),
            Part::Item(List::Servers | List::MediaTypes(_) | List::Headers(_), _)
            | Part::Unnamed(..)
            | Part::Example(..) => return Leave(BY_HAND),
        };
        if is_elsewhere {
            Keep(ELSEWHERE)
        } else {
            Consequence::Edit(edit)
        }
    }

    /// The source has it under another name than the contract, which keeps what it has unless that may
    /// go. What goes is a difference of its own then.
    fn renaming(&self, difference: &Difference, part: &Part, known: &str) -> Consequence {
        let added = addition(part);
        let (Part::Field { field, .. }, Consequence::Edit(_)) = (part, &added) else {
            return added;
        };
        match field.at.parent() {
            Some(parent) if self.allow_breaking && !field.at.section.is_parameter() => {
                let old = parent.child(known);
                if self.is_elsewhere(difference, |it| it.field(&old).is_some()) {
                    return added;
                }
                Consequence::Edit(Edit::RenameField(old, field.name().to_owned()))
            }
            _ => added,
        }
    }

    fn retyping(&self, difference: &Difference, path: &FieldPath, edit: Edit) -> Consequence {
        let operation = self.fresh.operation(difference.operation);
        let fields = operation.map(|it| it.field(path).into_iter().chain(it.below(path)));
        if fields.into_iter().flatten().all(is_plain_field) {
            on_field(path, edit)
        } else {
            Leave(NAMES)
        }
    }

    /// Whether another source documents it for the same operation.
    fn is_elsewhere(&self, difference: &Difference, has: impl Fn(&Operation) -> bool) -> bool {
        let others = self.others.iter();
        let mut others = others.filter_map(|other| other.operation(difference.operation));
        others.any(has)
    }
}

/// The source has it, and the contract has not.
fn addition(part: &Part) -> Consequence {
    let (names, edit) = match part {
        Part::Field { field, inner, .. } => {
            let section = &field.at.section;
            if section.is_parameter() && *section != Section::Query {
                return Leave(BY_HAND);
            }
            if !is_plain_field(field) || !inner.iter().all(is_plain_field) {
                return Leave(NAMES);
            }
            return on_field(&field.at, Edit::AddField(field.at.clone()));
        }
        Part::Value(path, value, _) => (value, Edit::AddValue(path.clone(), value.clone())),
        Part::Item(List::Dependency(package), needed) => {
            (needed, Edit::AddDependency(package.clone()))
        }
        Part::Dependency(package, _) => (package, Edit::AddDependency(package.clone())),
        Part::Status(Response { status, .. }) => (status, Edit::AddStatus(status.clone())),
        Part::Item(List::Servers | List::MediaTypes(_) | List::Headers(_), _)
        | Part::Unnamed(..)
        | Part::Example(..) => return Leave(BY_HAND),
    };
    if is_plain(names) {
        Consequence::Edit(edit)
    } else {
        Leave(NAMES)
    }
}

impl Edit {
    /// Whether it takes something away.
    pub(super) fn is_removal(&self) -> bool {
        matches!(
            self,
            Self::RemoveField(_)
                | Self::RemoveValue(..)
                | Self::RemoveStatus(_)
                | Self::RemoveDependency(_)
                | Self::RemoveAlternative(..)
        )
    }

    /// What becomes of it where others share what it edits. A client handles all answers alike, so that
    /// of their schemas there are no copies.
    pub(super) fn when_shared(&self, fresh: &Operation) -> WhenShared {
        let (path, of_answer) = match self {
            Self::AddField(path) => match fresh.field(path).and_then(|field| field.required) {
                Some(true) => (path, WhenShared::Apply),
                _ => return WhenShared::Apply,
            },
            // A client that takes the value where it is new takes it everywhere.
            Self::AddValue(path, _) | Self::Require(path, false) => (path, WhenShared::Apply),
            Self::Retype(path) | Self::Relist(path) => (path, WhenShared::Leave),
            Self::Require(path, true) | Self::RenameField(path, _) | Self::RemoveValue(path, _) => {
                (path, WhenShared::Keep)
            }
            // No type that people use gets another name for what shows in no type.
            Self::Deprecate(path, _) | Self::Constrain(path, ..) if path.section.is_parameter() => {
                return WhenShared::Separate;
            }
            Self::RemoveField(_) | Self::Deprecate(..) | Self::Constrain(..) => {
                return WhenShared::Keep;
            }
            Self::DeprecateOperation(_)
            | Self::AddStatus(_)
            | Self::RemoveStatus(_)
            | Self::AddBody(_)
            | Self::AddDependency(_)
            | Self::RemoveDependency(_)
            | Self::RemoveAlternative(..) => return WhenShared::Apply,
        };
        if path.section.is_request() {
            WhenShared::Separate
        } else {
            of_answer
        }
    }

    /// The value whose schemas must not be shared for the edit to change nothing else; `None` of an edit
    /// of the operation as such.
    pub(super) fn target(&self) -> Option<FieldPath> {
        match self {
            Self::AddValue(path, _) | Self::RemoveValue(path, _) => Some(path.clone()),
            Self::AddField(path)
            | Self::RemoveField(path)
            | Self::RenameField(path, _)
            | Self::Retype(path)
            | Self::Relist(path)
            | Self::Require(path, _)
            | Self::Deprecate(path, _)
            | Self::Constrain(path, ..) => {
                let is_parameter = path.section.is_parameter();
                if is_parameter {
                    Some(path.clone())
                } else {
                    path.parent()
                }
            }
            Self::DeprecateOperation(_)
            | Self::AddStatus(_)
            | Self::RemoveStatus(_)
            | Self::AddBody(_)
            | Self::AddDependency(_)
            | Self::RemoveDependency(_)
            | Self::RemoveAlternative(..) => None,
        }
    }
}

/// An edit of a field, unless nobody knows where the field stands.
fn on_field(path: &FieldPath, edit: Edit) -> Consequence {
    if path.is_placed() {
        Consequence::Edit(edit)
    } else {
        Leave(BY_HAND)
    }
}

/// Whether a name means nothing to a compiler, a shell, a terminal or a page: letters, digits and what
/// stands between them.
fn is_plain(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_-. +:$@".contains(c);
    name.len() <= 100
        && name.chars().all(allowed)
        && name.chars().any(|c| c.is_ascii_alphanumeric())
}

/// Whether a field can be taken over, with its values. Of numbers, no code keeps the listed ones.
fn is_plain_field(field: &Field) -> bool {
    let values = field.listed_values();
    (field.at.is_whole() || is_plain(field.name()))
        && values.iter().all(|value| is_plain(value))
        && (values.is_empty() || field.ty.as_ref().is_none_or(|ty| ty.has_strings()))
}

/// Whether a value is listed, or stands among the packages that others need.
fn documents_value(operation: &Operation, path: &FieldPath, value: &String) -> bool {
    let listed = operation.field(path).map_or(&[][..], Field::listed_values);
    let dependencies = operation.dependencies.iter().flatten();
    let mut packages = dependencies.flat_map(|(package, needed)| needed.iter().chain([package]));
    listed.contains(value) || packages.any(|package| package == value)
}

fn alternatives<'o>(operation: &'o Operation, package: &str) -> &'o [String] {
    let table = operation.dependencies.as_ref();
    table
        .and_then(|table| table.get(package))
        .map_or(&[], Vec::as_slice)
}
