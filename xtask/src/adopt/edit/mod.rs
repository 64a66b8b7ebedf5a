//! One difference between a source and the contract becomes an edit of the contract.

mod details;
mod fields;
mod lists;
mod removals;
mod responses;

use serde_json::{Map, Value};
use webex_precheck_contract::diff::{Difference, Kind};
use webex_precheck_contract::inventory::{Field, Operation};
use webex_precheck_contract::{Inventory, OperationId};

use super::place::{self, PARAMETERS, Pointer, plain};
use super::shared::{self, At, Reach, isolate};

/// What became of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The contract says now what the source says.
    Applied,
    /// The contract stays as it is, and a deviation is to say why.
    Kept(&'static str),
    /// A person must decide.
    Left(&'static str),
}

use Outcome::{Applied, Kept, Left};

const SHARED: &str = "The contract has one schema for several places, and the source documents it in another of them.";
/// A reason that needs no review.
pub(super) const TOKEN: &str =
    "`security` comes and goes between revisions; a bearer token is always needed.";
pub(super) const BY_HAND: &str =
    "change the contract by hand, or excuse it in spec/deviations.toml";
const NAMES: &str = "its name, or a name or value in it, is none that code, commands and documents can take as it is";
pub(super) const REMOVAL: &str = "a removal, which only --allow-breaking applies";

/// What edits follow from.
pub(super) struct Facts<'a> {
    /// What the source documents.
    pub(super) fresh: &'a Inventory,
    /// What the contract says.
    pub(super) contract: &'a Inventory,
    /// The differences from the source to the contract.
    pub(super) differences: &'a [Difference],
    /// What the other sources document.
    pub(super) others: &'a [&'a Inventory],
    pub(super) allow_breaking: bool,
}

/// Makes the contract agree with the source in one point.
pub(super) fn apply(contract: &mut Value, facts: &Facts<'_>, difference: &Difference) -> Outcome {
    let Some(operation) = facts.fresh.operation(difference.operation) else {
        return Left(BY_HAND);
    };
    if difference.kind != Kind::Added && !is_plain(operation, difference) {
        return Left(NAMES);
    }
    let edit = Edit {
        contract,
        facts,
        operation,
        difference,
        id: difference.operation,
    };
    edit.apply()
}

/// Whether what is to be added has names that mean nothing to a compiler, a shell, a terminal or a
/// page: letters, digits and what stands between them.
fn is_plain(operation: &Operation, difference: &Difference) -> bool {
    let plain = |name: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_-. +:$@".contains(c);
        !name.is_empty()
            && name.len() <= 100
            && name.chars().all(allowed)
            && name.chars().any(|c| c.is_ascii_alphanumeric())
    };
    match Fact::of(&difference.at) {
        Fact::Value(_, value) | Fact::Needed(_, value) | Fact::Dependency(value) => {
            let renamed = difference.kind == Kind::Renamed;
            plain(value) && (!renamed || difference.before.as_deref().is_none_or(plain))
        }
        Fact::Status(status) => plain(status),
        Fact::Field(at) => operation
            .fields
            .iter()
            .filter(|field| field.at == at || field.at.starts_with(&format!("{at}.")))
            .all(|field| {
                let values = field.values.as_ref();
                // A dot is escaped as a part of a path, and separates fields in commands.
                plain(field.name())
                    && values.is_none_or(|values| values.listed().iter().all(|value| plain(value)))
                    // Of numbers, no code keeps the ones that are listed.
                    && (values.is_none_or(|values| values.listed().is_empty())
                        || field.ty.as_ref().is_none_or(|ty| ty.as_str().contains("string")))
            }),
        _ => true,
    }
}

struct Edit<'e, 'a> {
    contract: &'e mut Value,
    facts: &'e Facts<'a>,
    operation: &'e Operation,
    difference: &'e Difference,
    id: OperationId,
}

/// What a location names.
enum Fact<'a> {
    Dependency(&'a str),
    /// A package that another one needs.
    Needed(&'a str, &'a str),
    Status(&'a str),
    /// An enumerated value.
    Value(&'a str, &'a str),
    Constraint(&'a str, &'a str),
    Field(&'a str),
    /// What is not edited by itself.
    Other,
}

impl<'a> Fact<'a> {
    fn of(at: &'a str) -> Self {
        let bracketed = at.strip_suffix(']').and_then(|at| at.split_once('['));
        if let Some(rest) = at.strip_prefix("dependencies.") {
            return match bracketed {
                Some((_, needed)) => Self::Needed(rest.split('[').next().unwrap_or(rest), needed),
                None => Self::Dependency(rest),
            };
        }
        let parts: Vec<&str> = at.split('.').collect();
        match (parts.as_slice(), bracketed) {
            (["responses", status], None) => Self::Status(status),
            (["responses", _, "headers" | "mediaTypes" | "reason"], None) => Self::Other,
            (["operation"], _) => Self::Field("operation"),
            (
                [
                    "body" | "path" | "query" | "header" | "cookie" | "responses",
                    ..,
                ],
                _,
            ) => {
                match (bracketed, at.split_once('#')) {
                    (Some((at, _)), _)
                        if at.ends_with(".headers")
                            || at.ends_with("ediaTypes")
                            || at.ends_with(".unnamed") =>
                    {
                        Self::Other
                    }
                    (Some((at, value)), _) => Self::Value(at, value),
                    (None, Some((at, keyword))) => Self::Constraint(at, keyword),
                    // A field without a place.
                    (None, None) if at.contains(".?.") => Self::Other,
                    (None, None) => Self::Field(at),
                }
            }
            _ => Self::Other,
        }
    }
}

impl Edit<'_, '_> {
    fn apply(mut self) -> Outcome {
        let at = self.difference.at.clone();
        let kind = self.difference.kind;
        match (Fact::of(&at), kind) {
            (Fact::Dependency(package), Kind::Removed) => self.add_dependency(package),
            (Fact::Dependency(package), Kind::Renamed) => match self.difference.before.clone() {
                // What the source has is added; the rest is a removal, told of next.
                Some(_) => self.add_dependency(package),
                None => Left(BY_HAND),
            },
            (Fact::Dependency(package), Kind::Added) => self.remove(package, None),
            (Fact::Needed(package, _), Kind::Removed | Kind::Renamed) => {
                self.add_dependency(package)
            }
            (Fact::Needed(package, needed), Kind::Added) => self.remove(package, Some(needed)),
            (Fact::Status(status), Kind::Removed | Kind::Renamed) => self.add_status(status),
            (Fact::Status(status), Kind::Added) => self.remove_status(status),
            (Fact::Status(status), Kind::Body) => self.add_body(status),
            (Fact::Value(at, value), Kind::Removed | Kind::Renamed) => self.add_value(at, value),
            (Fact::Value(at, value), Kind::Added) => self.remove_value(at, value),
            (Fact::Constraint(at, keyword), Kind::Constraint) => self.constraint(at, keyword),
            (Fact::Field(at), Kind::Removed) => self.add_field(at),
            (Fact::Field(at), Kind::Renamed) => self.rename_field(at),
            (Fact::Field(at), Kind::Added) => self.remove_field(at),
            (Fact::Field(at), Kind::Type | Kind::Enumeration) => self.retype(at),
            (Fact::Field(at), Kind::Requirement) if at != "body" => self.requirement(at),
            (Fact::Field(at), Kind::Deprecation) => self.deprecation(at),
            (Fact::Other, Kind::Security) if self.difference.before.as_deref() == Some("none") => {
                Kept(TOKEN)
            }
            _ => Left(BY_HAND),
        }
    }

    fn is_response(&self) -> bool {
        self.difference.at.starts_with("responses.")
    }

    fn object_at(&mut self, pointer: &str) -> Option<&mut Map<String, Value>> {
        self.contract.pointer_mut(pointer)?.as_object_mut()
    }

    fn fresh_field(&self, at: &str) -> Option<Field> {
        self.operation.field(at).cloned()
    }

    /// Whether everyone who shares what is edited documents the same change. `suffix` follows the
    /// place of the sharer in the location of its difference.
    fn all_agree(&self, sharers: &[At], suffix: &str) -> bool {
        sharers.iter().all(|(id, at)| {
            let same = |other: &&Difference| {
                other.operation == *id
                    && other.at == format!("{at}{suffix}")
                    && other.kind == self.difference.kind
                    && other.before == self.difference.before
            };
            if (*id, format!("{at}{suffix}")) == (self.id, self.difference.at.clone()) {
                return true;
            }
            match self.facts.fresh.operation(*id) {
                Some(_) => self.facts.differences.iter().any(|other| same(&other)),
                // What this source says nothing of is as another documents it.
                None => !self
                    .facts
                    .others
                    .iter()
                    .any(|other| other.operation(*id).is_some()),
            }
        })
    }

    /// Prepares an edit of the object that has the field `at`, or of the field's own schema: who
    /// shares it without the same change gets a copy. Of responses there are no copies, for a client
    /// handles both answers alike; the outcome is then what becomes of the difference instead.
    fn own(&mut self, at: &str, reach: Reach, suffix: &str) -> Result<(), Outcome> {
        let target = |contract: &Value, id: OperationId, at: &str| -> Option<Pointer> {
            match reach {
                Reach::Holder => place::find(contract, id, at).map(|place| place.site),
                Reach::Target => place::site(contract, id, at)
                    .and_then(|site| place::enumeration(contract, &site)),
            }
        };
        let Some(pointer) = target(self.contract, self.id, at) else {
            return Ok(());
        };
        let sharers = shared::with(self.contract, self.facts.contract, &pointer, target);
        if self.all_agree(&sharers, suffix) {
            return Ok(());
        }
        let is_detail = matches!(self.difference.kind, Kind::Deprecation | Kind::Constraint);
        // No type that people use gets another name for what shows in no type.
        if is_detail && parameter(at).is_none() {
            return Err(Kept(SHARED));
        }
        if !self.is_response() {
            match parameter(at) {
                Some((kind, name)) => isolate_parameter(self.contract, self.id, kind, &plain(name)),
                None => isolate(self.contract, self.id, at, reach),
            }
            return Ok(());
        }
        match self.difference.kind {
            // A client that takes the value where it is new takes it everywhere.
            Kind::Removed => Ok(()),
            Kind::Requirement if self.difference.before.as_deref() == Some("optional") => Ok(()),
            Kind::Type | Kind::Enumeration => Err(Left(SHARED)),
            _ => Err(Kept(SHARED)),
        }
    }
}

/// Gives an operation a parameter of its own.
fn isolate_parameter(contract: &mut Value, id: OperationId, kind: &str, name: &str) {
    let others = OperationId::ALL.into_iter().filter(|other| *other != id);
    let own = place::parameter(contract, id, kind, name);
    let is_shared = others
        .filter_map(|other| place::parameter(contract, other, kind, name))
        .any(|other| Some(other) == own);
    let (true, Some(own), Some(operation)) = (is_shared, own, place::operation(contract, id))
    else {
        return;
    };
    let value = contract.pointer(&own).cloned().unwrap_or_default();
    if let Some(Value::Array(parameters)) = contract.pointer_mut(&format!("{operation}/parameters"))
    {
        for parameter in parameters {
            if parameter.get("$ref").and_then(Value::as_str) == Some(&format!("#{own}")) {
                *parameter = value.clone();
            }
        }
    }
}

/// The kind and name of a parameter.
fn parameter(at: &str) -> Option<(&str, &str)> {
    let (kind, name) = at.split_once('.')?;
    PARAMETERS.contains(&kind).then_some((kind, name))
}

fn last(at: &str) -> &str {
    at.rsplit('.').next().unwrap_or(at)
}
