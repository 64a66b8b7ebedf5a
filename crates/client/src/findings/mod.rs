//! Validates requests before they are sent.

mod address;
mod broadworks_subscriber;
mod customer;
mod fields;
mod rule;
mod subscriber;
mod value;

use std::any::Any;
use std::fmt;

use serde::Serialize;
use webex_precheck_api::Operation;
use webex_precheck_escape::one_line;

pub use rule::{Rule, Severity};

/// An error or a warning about a request, found without asking Webex.
///
/// [Errors](Severity::Error) break Webex's documentation: a client does not send such a request,
/// unless [`validate_before_send`](crate::ClientBuilder::validate_before_send) is off.
/// [Warnings](Severity::Warning) deserve a look; the request is sent. Only Webex knows what it
/// accepts in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    rule: Rule,
    field: String,
    reason: String,
}

impl Finding {
    pub(crate) fn new(rule: Rule, field: String, reason: String) -> Self {
        Self {
            rule,
            field,
            reason,
        }
    }

    /// The rule that the request breaks.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// Whether the request is sent.
    pub fn severity(&self) -> Severity {
        self.rule.severity()
    }

    /// Path of the field in the JSON, such as `address.addressLine1`.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What is wrong, and what would be right.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Where the rule comes from.
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
    /// Checks only the rules of this severity, if any.
    only: Option<Severity>,
}

impl Findings {
    /// Checks that a rule `holds`, if its severity is wanted.
    fn require(
        &mut self,
        rule: Rule,
        field: &Path<'_>,
        holds: impl FnOnce() -> bool,
        reason: impl FnOnce() -> String,
    ) {
        let wanted = self.only.is_none_or(|only| only == rule.severity());
        if wanted && !holds() {
            self.add(rule, field.to_string(), reason());
        }
    }

    fn add(&mut self, rule: Rule, field: String, reason: String) {
        self.found.push(Finding::new(rule, field, reason));
    }
}

/// The path of a field: its name, and the path of its parent.
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
        let parent = Some(self);
        Self { parent, name }
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

/// The findings about a request.
pub(crate) fn of(request: &(impl Any + Serialize), operation: &Operation) -> Vec<Finding> {
    let (found, only) = (Vec::new(), None);
    let mut findings = Findings { found, only };
    check(request, &mut findings);
    // A request that cannot be encoded is not sent either.
    if let Ok(body) = serde_json::to_value(request) {
        fields::check(&body, operation, &mut findings);
    }
    findings.found
}

/// The findings about a request that are errors.
pub(crate) fn errors_of(request: &dyn Any) -> Vec<Finding> {
    let (found, only) = (Vec::new(), Some(Severity::Error));
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

/// The beginning of a value, enough to recognise it.
fn shown(value: &str) -> String {
    const MAX: usize = 60;
    let mut shown: String = one_line(value).chars().take(MAX).collect();
    if value.chars().count() > MAX {
        shown.push('…');
    }
    shown
}
