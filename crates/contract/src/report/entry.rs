//! One difference as reports show it, of no form yet.

use crate::capture::Lines;
use crate::diff::{Change, Difference, Impact};
use crate::ignore::{Finding, FindingKind, Ignore, Origin};
use crate::location::Location;

pub(super) struct Entry<'a> {
    pub(super) difference: &'a Difference,
    /// The line of the capture that it is about.
    pub(super) line: usize,
    /// Why it does not count, if it does not.
    pub(super) ignored: Option<&'a Ignore>,
    /// The rules that rest on a sentence which changed.
    pub(super) rules: Vec<&'a str>,
}

/// How serious something is.
#[derive(Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub(super) enum Level {
    Error,
    Warning,
    Note,
}

impl Entry<'_> {
    pub(super) fn level(&self) -> Level {
        match self.difference.impact {
            Impact::Breaking => Level::Error,
            Impact::Additive => Level::Warning,
            Impact::Wording => Level::Note,
        }
    }

    /// The first line of what is said of it.
    pub(super) fn headline(&self) -> String {
        let Difference { operation, .. } = self.difference;
        let phrase = self.difference.phrase();
        format!("{operation} {}: {phrase}", self.difference.location())
    }

    /// What is said under it.
    pub(super) fn details(&self) -> Vec<String> {
        let mut details = self.difference.change.details();
        let hints = self.difference.change.rule_hints();
        let hints: Vec<&str> = hints.iter().map(|hint| hint.as_str()).collect();
        if !hints.is_empty() {
            details.push(format!("perhaps a rule: {}", hints.join(", ")));
        }
        let rules = self.rules.iter();
        details.extend(rules.map(|it| format!("the rule `{it}` rests on a sentence that changed")));
        if let Some(Ignore { reason, until, .. }) = self.ignored {
            let until = until.map_or(String::new(), |until| format!(" until {until}"));
            details.push(format!("ignored{until}: {reason}"));
        }
        details
    }

    /// All lines.
    pub(super) fn text(&self) -> Vec<String> {
        [vec![self.headline()], self.details()].concat()
    }
}

/// The line of what differs. What is new stands nowhere yet, even where something else has its name.
pub(super) fn line(lines: &Lines, difference: &Difference) -> usize {
    let at = difference.location();
    let at = match difference.change {
        Change::Added(_) => at.parent().unwrap_or(Location::Operation),
        _ => at,
    };
    lines.line(&difference.operation, &at)
}

pub(super) fn level(kind: FindingKind) -> Level {
    match kind {
        FindingKind::Unused => Level::Error,
        FindingKind::Expired => Level::Warning,
    }
}

/// File and line of a finding; what was typed is in no file.
pub(super) fn place(finding: &Finding) -> Option<(&str, usize)> {
    match &finding.origin {
        Origin::File { name, line } => Some((name, *line)),
        Origin::Flag(_) => None,
    }
}

/// A finding in one line.
pub(super) fn sentence(finding: &Finding) -> String {
    format!("{}: {}", finding.origin, finding.message)
}
