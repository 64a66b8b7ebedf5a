//! A scenario in progress: the step that a request takes.

use std::collections::VecDeque;

use super::Scenario;
use super::step::{self, Reply, Step};
use crate::answer::Answer;
use crate::refusal::{Refusal, Result};

/// Maximum number of unexpected requests that are reported.
const MAX_UNEXPECTED: usize = 20;

/// A scenario in progress.
#[derive(Default)]
pub(crate) struct Script {
    scenario: Scenario,
    /// Answers that are given before any step.
    pub(crate) next: VecDeque<Answer>,
    pub(crate) next_renewal: VecDeque<Answer>,
    unexpected: Vec<String>,
    /// Number of prechecks so far.
    prechecks: u64,
}

impl Script {
    pub(crate) fn new(scenario: Scenario) -> Self {
        Self {
            scenario,
            ..Self::default()
        }
    }

    /// Takes the next step with a precheck.
    pub(crate) fn precheck(&mut self, operation: &str, body: &[u8]) -> Result<Reply> {
        self.prechecks += 1;
        if let Some(answer) = self.next.pop_front() {
            return Ok(Reply::Answer(answer));
        }
        let Some(step) = self.scenario.steps.front() else {
            return if self.scenario.strict {
                Err(self.unexpected("it comes after the last step"))
            } else {
                Ok(Reply::Judged)
            };
        };
        let body = serde_json::from_slice(body).unwrap_or_default();
        if let Some(mismatch) = step.mismatch(operation, &body) {
            let message = format!("expected {step}; this one {mismatch}");
            return Err(self.unexpected(&message));
        }
        Ok(step::take(&mut self.scenario.steps))
    }

    /// Takes the next step with a renewal of an access token.
    pub(crate) fn renewal(&mut self) -> Reply {
        match self.next_renewal.pop_front() {
            Some(answer) => Reply::Answer(answer),
            None => step::take(&mut self.scenario.renewals),
        }
    }

    /// A status that Webex does not use, so that no client takes it for an answer of Webex.
    fn unexpected(&mut self, message: &str) -> Refusal {
        let message = format!("precheck {}: {message}", self.prechecks);
        if self.unexpected.len() < MAX_UNEXPECTED {
            self.unexpected.push(message.clone());
        }
        Refusal::new(
            501,
            format!("The scenario expects another request: {message}."),
        )
    }

    /// The requests that were not expected, and the steps that are left.
    pub(crate) fn unmet(&self) -> Vec<String> {
        let left = |kind: &'static str| {
            move |step: &Step| match step.times {
                1 => format!("{kind} is left: {step}"),
                times => format!("{kind} is left for {times} requests: {step}"),
            }
        };
        let mut unmet = self.unexpected.clone();
        unmet.extend(self.scenario.steps.iter().map(left("a step")));
        unmet.extend(self.scenario.renewals.iter().map(left("a renewal")));
        unmet
    }
}

#[cfg(test)]
mod tests;
