//! How grave a difference is, judged for someone who calls the API with the client generated
//! before it.
//!
//! | what changes | impact |
//! |---|---|
//! | a field of the request is removed or renamed, or a required one appears | breaking |
//! | an optional field of the request, or a field of a response, appears | additive |
//! | a field of a response is removed, renamed or becomes optional | breaking |
//! | a field of the request becomes required | breaking; optional: additive |
//! | a type | breaking, unless it takes more (request) or promises more (response) |
//! | an enumerated value of the request disappears | breaking; appears: additive |
//! | a constraint of the request appears or narrows | breaking; disappears or widens: additive |
//! | a package needs another, or loses an alternative | breaking; the reverse: additive |
//! | a 2xx status appears or disappears | breaking |
//! | another status appears or disappears | additive: every client must expect any status |
//! | a server, a media type or a response header disappears | breaking; appears: additive |
//! | method, path | breaking |
//! | another kind of authentication, or a scope | breaking |
//! | a bearer token as `security` appears or disappears | wording: it is needed and sent either way |
//! | descriptions, titles, notes, examples, reason phrases | wording |

use serde::Serialize;

use crate::types::Type;

/// How grave a difference is.
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

/// Which way a value travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Request,
    Response,
}

impl Direction {
    pub(super) fn of(at: &str) -> Self {
        match at.starts_with("responses.") {
            true => Self::Response,
            false => Self::Request,
        }
    }

    /// Additive where callers may do, or can rely on, more than before.
    fn judge(eases: bool) -> Impact {
        match eases {
            true => Impact::Additive,
            false => Impact::Breaking,
        }
    }

    pub(super) fn added_field(self, required: Option<bool>) -> Impact {
        Self::judge(self == Self::Response || required != Some(true))
    }

    pub(super) fn requirement(self, now_required: bool) -> Impact {
        Self::judge(now_required == (self == Self::Response))
    }

    pub(super) fn ty(self, before: &Type, after: &Type) -> Impact {
        Self::judge(match self {
            Self::Request => before.is_within(after),
            Self::Response => after.is_within(before),
        })
    }

    /// Generated enumerations are open, so that a response may bring any value.
    pub(super) fn value(self, appears: bool) -> Impact {
        Self::judge(appears || self == Self::Response)
    }

    pub(super) fn enumeration(self, appears: bool) -> Impact {
        Self::judge(!appears || self == Self::Response)
    }

    pub(super) fn constraint(
        self,
        keyword: &str,
        before: Option<&str>,
        after: Option<&str>,
    ) -> Impact {
        let number = |value: Option<&str>| value.and_then(|v| v.parse::<f64>().ok());
        let keyword = keyword.trim_start_matches("items.");
        // `true` where the second constraint allows more than the first.
        let widens = match (before, after) {
            // A default is what is meant where nothing is sent.
            _ if keyword == "default" => self == Self::Request,
            (None, Some(value)) => keyword == "nullable" && value == "true",
            (Some(value), None) => !(keyword == "nullable" && value == "true"),
            _ => match (number(before), number(after)) {
                (Some(before), Some(after)) if keyword.starts_with("max") => after > before,
                (Some(before), Some(after)) if keyword.starts_with("min") => after < before,
                _ => keyword == "nullable" && after == Some("true"),
            },
        };
        Self::judge(widens == (self == Self::Request))
    }
}

pub(super) fn status(status: &str) -> Impact {
    match status.starts_with('2') {
        true => Impact::Breaking,
        false => Impact::Additive,
    }
}

/// That a bearer token is needed is known whether a source says so or not.
pub(super) fn security(before: &[String], after: &[String]) -> Impact {
    // An alternative without authentication changes nothing for those who authenticate.
    let needed = |alternatives: &[String]| -> Vec<String> {
        let needed = alternatives.iter().filter(|a| *a != "none");
        needed.cloned().collect()
    };
    let is_bearer = |alternatives: &[String]| {
        alternatives.is_empty() || alternatives.iter().any(|a| a == "http bearer")
    };
    let (before, after) = (needed(before), needed(after));
    let appears_or_disappears = before.is_empty() || after.is_empty();
    if before == after || (appears_or_disappears && is_bearer(&before) && is_bearer(&after)) {
        Impact::Wording
    } else {
        Impact::Breaking
    }
}
