//! A scenario in progress: the step that a request takes.

use std::collections::VecDeque;

use super::Scenario;
use super::step::{self, Reply, Step};
use crate::answer::Answer;
use crate::operation::Operation;
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
    pub(crate) fn precheck(&mut self, operation: Operation, body: &[u8]) -> Result<Reply> {
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
mod tests {
    //! The steps taken, one by one.
    use super::*;

    const FILE: &str = r#"
strict = true

[[request]]
operation = "customer"

[[request]]
times = 2
fields = { email = "a@b.c" }
status = 429
headers = { Retry-After = "1" }
json = { message = "wait" }

[[request]]
value = "unlikely"

[[renewal]]
status = 400
"#;

    fn status(reply: Result<Reply>) -> String {
        match reply {
            Ok(Reply::Judged) => "judged".to_owned(),
            Ok(Reply::Answer(answer)) => format!("{:?}", answer.status()),
            Ok(Reply::TestValue(_)) => "value".to_owned(),
            Err(_) => "unexpected".to_owned(),
        }
    }

    #[test]
    fn steps_are_taken_in_their_order() {
        let mut script = Script::new(Scenario::from_toml(FILE).unwrap());
        assert_eq!(script.unmet().len(), 4);
        let mut ask = |operation, body: &[u8]| status(script.precheck(operation, body));
        let (customer, subscriber) = (Operation::Customer, Operation::Subscriber);
        assert_eq!(ask(subscriber, b"{}"), "unexpected");
        assert_eq!(ask(customer, b"{}"), "judged");
        assert_eq!(ask(subscriber, br#"{"email": "x"}"#), "unexpected");
        assert_eq!(ask(subscriber, br#"{"email": "a@b.c"}"#), "Some(429)");
        assert_eq!(ask(customer, br#"{"email": "a@b.c"}"#), "Some(429)");
        assert_eq!(ask(subscriber, b"{}"), "value");
        assert_eq!(ask(subscriber, b"{}"), "unexpected");
        assert_eq!(status(Ok(script.renewal())), "Some(400)");
        assert_eq!(status(Ok(script.renewal())), "judged");
        assert_eq!(
            script.unmet(),
            [
                "precheck 1: expected a precheck of a customer, which is judged (line 4); \
                 this one asked about a subscriber",
                "precheck 3: expected a request with email = \"a@b.c\", which gets status 429 (line 7); \
                 this one has email = \"x\"",
                "precheck 7: it comes after the last step",
            ]
        );
    }
}
