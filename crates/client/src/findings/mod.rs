//! What is found wrong with a request before it is sent.

mod address;
mod broadworks_subscriber;
mod customer;
mod rule;
mod subscriber;
mod value;

use std::any::Any;
use std::fmt;

use crate::excerpt;

pub use rule::{Rule, Severity};

/// Something that is wrong with a request, or looks like it, found without asking Webex.
///
/// [Hard](Severity::Hard) findings are what Webex's documentation forbids: a client does not send
/// such a request, unless it is [told to](crate::ClientBuilder::refuse_hard_findings). Soft ones
/// are worth a look; the request is sent all the same. What is accepted in the end, only Webex
/// knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    rule: Rule,
    field: String,
    reason: String,
}

impl Finding {
    /// The rule that the request does not follow. It tells severity and source.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// Whether the request is refused for it.
    pub fn severity(&self) -> Severity {
        self.rule.severity()
    }

    /// Dotted path of the field, as it is sent: `address.addressLine1`.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What is wrong, and what would be right.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Who says so.
    pub fn source(&self) -> &'static str {
        self.rule.source()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.field, self.reason, self.source())
    }
}

/// Collects findings.
struct Findings {
    found: Vec<Finding>,
    /// Looks for those of this severity, or for all.
    only: Option<Severity>,
}

impl Findings {
    /// Checks `holds`, unless findings of this rule are not looked for.
    fn require(
        &mut self,
        rule: Rule,
        field: &Path<'_>,
        holds: impl FnOnce() -> bool,
        reason: impl FnOnce() -> String,
    ) {
        let wanted = self.only.is_none_or(|only| only == rule.severity());
        if wanted && !holds() {
            self.found.push(Finding {
                rule,
                field: field.to_string(),
                reason: reason(),
            });
        }
    }
}

/// Where a field is: its name, after that of what it is in.
#[derive(Clone, Copy)]
struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    name: &'a str,
}

impl<'a> Path<'a> {
    const fn root(name: &'a str) -> Self {
        Self { parent: None, name }
    }

    const fn child(&'a self, name: &'a str) -> Self {
        Self {
            parent: Some(self),
            name,
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            write!(f, "{parent}.")?;
        }
        f.write_str(self.name)
    }
}

/// Findings of a request, those of one severity or all.
pub(crate) fn of(request: &dyn Any, only: Option<Severity>) -> Vec<Finding> {
    let found = Vec::new();
    let mut findings = Findings { found, only };
    check(request, &mut findings);
    findings.found
}

/// The checks of each request: what the contract cannot express, in a file of its own.
fn check(request: &dyn Any, findings: &mut Findings) {
    if let Some(request) = request.downcast_ref() {
        customer::check(request, findings);
    } else if let Some(request) = request.downcast_ref() {
        subscriber::check(request, findings);
    } else if let Some(request) = request.downcast_ref() {
        broadworks_subscriber::check(request, findings);
    }
}

/// What a finding shows of a value: enough to recognise it.
fn shown(value: &str) -> String {
    const MOST: usize = 60;
    let mut shown: String = value.chars().map(excerpt::shown).take(MOST).collect();
    if value.chars().count() > MOST {
        shown.push('…');
    }
    shown
}

/// The packages that there are.
fn known<P: fmt::Display>(packages: &[P]) -> String {
    let names: Vec<String> = packages.iter().map(ToString::to_string).collect();
    format!("known are {}", names.join(", "))
}
