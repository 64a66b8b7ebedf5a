//! The impact of a change.

use serde::Serialize;

use crate::inventory::NO_SECURITY;
use crate::location::FieldPath;

use super::change::{Both, Change, Part};

/// The impact of a difference on callers whose client was generated before it.
///
/// | what changes | impact |
/// |---|---|
/// | a field of the request is removed or renamed, or a required one appears | breaking |
/// | an optional field of the request, or a field of a response, appears | additive |
/// | a field of a response is removed, renamed or becomes optional | breaking |
/// | a field of the request becomes required | breaking; optional: additive |
/// | a type | breaking, unless it takes more (request) or promises more (response) |
/// | an enumerated value of the request disappears | breaking; appears: additive |
/// | a constraint of the request appears or narrows | breaking; disappears or widens: additive |
/// | a package needs another, or loses an alternative | breaking; the reverse: additive |
/// | a 2xx status appears or disappears | breaking |
/// | another status appears or disappears | additive: every client must expect any status |
/// | a server, a media type or a response header disappears | breaking; appears: additive |
/// | method, path | breaking |
/// | another kind of authentication, or a scope | breaking |
/// | a bearer token as `security` appears or disappears | wording: it is needed and sent either way |
/// | a deprecation mark | additive |
/// | a request body appears or disappears, a response body disappears | breaking |
/// | a response body appears | additive |
/// | values of a request become an enumeration | breaking; the reverse, and those of a response: additive |
/// | a constraint of a response widens | breaking; narrows: additive. `default`: additive |
/// | a description without a field name is removed | breaking; added: additive |
/// | descriptions, titles, notes, examples, reason phrases, facts no longer documented | wording |
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
#[derive(strum::Display, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Impact {
    /// Nothing that a program can notice; perhaps a rule that only prose states
    Wording,
    /// Callers go on as before; the contract and the client must follow
    Additive,
    /// Calls that worked may fail, or answers lose something
    Breaking,
}

impl Impact {
    /// All, the mildest first.
    pub const ALL: [Self; 3] = [Self::Wording, Self::Additive, Self::Breaking];

    /// `wording`, `additive` or `breaking`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// What the next release of the client must be.
    pub fn release(self) -> Release {
        match self {
            Self::Wording => Release::Patch,
            Self::Additive => Release::Minor,
            Self::Breaking => Release::Major,
        }
    }
}

/// The class of a release (before 1.0, a major one raises the minor number).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, strum::Display)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Release {
    /// Nothing but documentation.
    Patch,
    /// Compatible.
    Minor,
    /// Not compatible.
    Major,
}

impl Impact {
    /// Additive where callers may do, or can rely on, more than before.
    fn easing(eases: bool) -> Self {
        if eases {
            Self::Additive
        } else {
            Self::Breaking
        }
    }

    /// Classifies a change by the table of the type.
    pub(super) fn of(change: &Change) -> Self {
        let is_sent = |path: &FieldPath| path.section.is_request();
        match change {
            Change::Added(part) => Self::of_added(part),
            Change::Removed(part) => Self::of_removed(part),
            Change::Renamed(part, to) => match part {
                Part::Status(response) => of_status(&response.status).max(of_status(to)),
                Part::Dependency(..) => Self::Breaking,
                part => Self::of_removed(part),
            },
            Change::Method(_) | Change::Path(_) => Self::Breaking,
            Change::Security(both) => of_security(&both.before, &both.after),
            Change::OperationDeprecation(_) | Change::Deprecation(..) => Self::Additive,
            Change::Type(path, both) => {
                let Both { before, after } = both;
                let eases = if is_sent(path) {
                    before.is_within(after)
                } else {
                    after.is_within(before)
                };
                Self::easing(eases)
            }
            Change::Requirement(path, both) => Self::easing(both.after != is_sent(path)),
            // Generated enumerations are open, so that a response may bring any value.
            Change::Enumeration(path, both) => {
                Self::easing(!both.after.is_enumeration() || !is_sent(path))
            }
            Change::Constraint(path, keyword, both) => {
                let widens = if keyword.name == "default" {
                    // A default is what is meant where nothing is sent.
                    is_sent(path)
                } else {
                    widens(&keyword.name, both)
                };
                Self::easing(widens == is_sent(path))
            }
            Change::Body(section, both) => Self::easing(!section.is_request() && both.after),
            Change::Wording(..)
            | Change::Labels(..)
            | Change::Reason(..)
            | Change::FieldExample(..)
            | Change::Example(..)
            | Change::Undocumented(..) => Self::Wording,
        }
    }

    fn of_added(part: &Part) -> Self {
        match part {
            Part::Field { field, .. } => {
                Self::easing(!field.at.section.is_request() || field.required != Some(true))
            }
            Part::Value(..) | Part::Item(..) | Part::Unnamed(..) => Self::Additive,
            Part::Dependency(..) => Self::Breaking,
            Part::Status(response) => of_status(&response.status),
            Part::Example(..) => Self::Wording,
        }
    }

    fn of_removed(part: &Part) -> Self {
        match part {
            Part::Value(path, ..) => Self::easing(!path.section.is_request()),
            Part::Field { .. } | Part::Item(..) | Part::Unnamed(..) => Self::Breaking,
            Part::Dependency(..) => Self::Additive,
            Part::Status(response) => of_status(&response.status),
            Part::Example(..) => Self::Wording,
        }
    }
}

fn of_status(status: &str) -> Impact {
    Impact::easing(!status.starts_with('2'))
}

/// Whether the second constraint allows more than the first.
fn widens(keyword: &str, Both { before, after }: &Both<Option<String>>) -> bool {
    let number = |value: &str| value.parse::<f64>().ok();
    let is_nullable = |value: &String| keyword == "nullable" && value == "true";
    match (before, after) {
        (None, value) => value.as_ref().is_some_and(is_nullable),
        (Some(value), None) => !is_nullable(value),
        (Some(before), Some(after)) => match (number(before), number(after)) {
            (Some(before), Some(after)) if keyword.starts_with("max") => after > before,
            (Some(before), Some(after)) if keyword.starts_with("min") => after < before,
            _ => is_nullable(after),
        },
    }
}

/// That a bearer token is needed is known whether a source says so or not.
fn of_security(before: &[String], after: &[String]) -> Impact {
    // An alternative without authentication changes nothing for those who authenticate.
    let needed = |alternatives: &[String]| -> Vec<String> {
        let needed = alternatives.iter().filter(|it| *it != NO_SECURITY);
        needed.cloned().collect()
    };
    let is_bearer = |alternatives: &[String]| {
        alternatives.is_empty() || alternatives.iter().any(|it| it == "http bearer")
    };
    let (before, after) = (needed(before), needed(after));
    let appears_or_disappears = before.is_empty() || after.is_empty();
    if before == after || (appears_or_disappears && is_bearer(&before) && is_bearer(&after)) {
        Impact::Wording
    } else {
        Impact::Breaking
    }
}
