//! The result of a row.

use std::borrow::Cow;

use super::answer::{Answer, Code, Status};
use super::problem::Problem;
use super::rows::Shown;

/// How it ended for a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Likely,
    Unlikely,
    /// Webex was asked, and gave no verdict.
    Failed,
    /// Webex was not asked.
    Refused,
}

impl Verdict {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Likely => "likely",
            Self::Unlikely => "unlikely",
            Self::Failed => "failed",
            Self::Refused => "refused",
        }
    }
}

/// Where a result is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Webex was asked for this row.
    Asked,
    /// Webex was asked for another row with the same content, in this run.
    Duplicate,
    /// Webex was asked in an earlier run.
    Journal,
    /// Webex was not asked.
    Local,
}

impl Origin {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Duplicate => "duplicate",
            Self::Journal => "journal",
            Self::Local => "local",
        }
    }
}

/// The result of a row.
pub(crate) struct Done {
    pub(crate) shown: Shown,
    pub(crate) origin: Origin,
    pub(crate) outcome: Outcome,
}

pub(crate) enum Outcome {
    Answer(Answer),
    Refused(Vec<Problem>),
}

impl Done {
    pub(crate) fn verdict(&self) -> Verdict {
        match &self.outcome {
            Outcome::Refused(_) => Verdict::Refused,
            Outcome::Answer(answer) => match answer.status {
                Status::Likely => Verdict::Likely,
                Status::Unlikely => Verdict::Unlikely,
                Status::Failed => Verdict::Failed,
            },
        }
    }

    /// The codes that count: why not, or what Webex found.
    pub(crate) fn codes(&self) -> &[Code] {
        match &self.outcome {
            Outcome::Answer(answer) if answer.errors.is_empty() => &answer.info,
            Outcome::Answer(answer) => &answer.errors,
            Outcome::Refused(_) => &[],
        }
    }

    /// What is to be said of it, in words.
    pub(crate) fn words(&self) -> Cow<'_, str> {
        match &self.outcome {
            Outcome::Refused(problems) => {
                let hard = problems.iter().filter(|problem| problem.is_hard());
                let words: Vec<String> = hard
                    .map(|problem| format!("{}; {}", problem.words(), problem.remedy))
                    .collect();
                words.join(". ").into()
            }
            Outcome::Answer(answer) if answer.status == Status::Failed => {
                answer.message.as_deref().unwrap_or_default().into()
            }
            Outcome::Answer(_) => match self.codes() {
                [code] => description(code),
                several => {
                    let mut words: Vec<Cow<'_, str>> = several.iter().map(description).collect();
                    words.retain(|words| !words.is_empty());
                    words.join("; ").into()
                }
            },
        }
    }
}

fn description(code: &Code) -> Cow<'_, str> {
    match (&code.field, &code.description) {
        (Some(field), Some(words)) => format!("{field}: {words}").into(),
        (Some(one), None) | (None, Some(one)) => one.into(),
        (None, None) => Cow::default(),
    }
}
