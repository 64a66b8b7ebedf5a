//! A scenario on its way: which step a request takes.

use std::collections::VecDeque;

use crate::operation::Operation;
use serde_json::Value;

use super::{Given, Scenario, Step};
use crate::answer::Answer;
use crate::json;
use crate::test_values::TestValue;

/// A scenario on its way.
#[derive(Default)]
pub(crate) struct Script {
    steps: VecDeque<Step>,
    renewals: VecDeque<Step>,
    strict: bool,
    /// Answers that are given before any step.
    pub(crate) next: VecDeque<Answer>,
    pub(crate) next_renewal: VecDeque<Answer>,
    unmet: Vec<String>,
    /// Prechecks so far.
    asked: u64,
}

/// What a request is to get.
pub(crate) enum Taken {
    Judged,
    Answer(Answer),
    TestValue(TestValue),
    /// It was not expected, for this reason.
    Unexpected(String),
}

/// Requests that nobody expected, of which one tells.
const MOST_UNEXPECTED: usize = 20;

impl Script {
    pub(crate) fn new(scenario: Scenario) -> Self {
        Self {
            steps: scenario.steps.into(),
            renewals: scenario.renewals.into(),
            strict: scenario.strict,
            ..Self::default()
        }
    }

    /// Takes the next step with a precheck.
    pub(crate) fn precheck(&mut self, operation: Operation, body: &[u8]) -> Taken {
        self.asked += 1;
        if let Some(answer) = self.next.pop_front() {
            return Taken::Answer(answer);
        }
        let Some(step) = self.steps.front_mut() else {
            return if self.strict {
                self.unexpected("it comes after the last step".to_owned())
            } else {
                Taken::Judged
            };
        };
        let body = serde_json::from_slice(body).unwrap_or_default();
        if let Some(mismatch) = step.mismatch(operation, &body) {
            let message = format!("expected {step}; this one {mismatch}");
            return self.unexpected(message);
        }
        take(&mut self.steps)
    }

    /// Takes the next step with a renewal of an access token.
    pub(crate) fn renewal(&mut self) -> Taken {
        match self.next_renewal.pop_front() {
            Some(answer) => Taken::Answer(answer),
            None => take(&mut self.renewals),
        }
    }

    fn unexpected(&mut self, message: String) -> Taken {
        let message = format!("precheck {}: {message}", self.asked);
        if self.unmet.len() < MOST_UNEXPECTED {
            self.unmet.push(message.clone());
        }
        Taken::Unexpected(message)
    }

    /// What was not as expected, and the steps that are left.
    pub(crate) fn unmet(&self) -> Vec<String> {
        let left = |kind: &'static str| {
            move |step: &Step| match step.times {
                1 => format!("{kind} is left: {step}"),
                times => format!("{kind} is left for {times} requests: {step}"),
            }
        };
        let steps = self.steps.iter().map(left("a step"));
        let renewals = self.renewals.iter().map(left("a renewal"));
        self.unmet
            .iter()
            .cloned()
            .chain(steps)
            .chain(renewals)
            .collect()
    }
}

impl Step {
    /// What is otherwise than expected.
    fn mismatch(&self, asked: Operation, body: &Value) -> Option<String> {
        if self.operation.is_some_and(|expected| expected != asked) {
            return Some(format!("asked about a {}", asked.as_str()));
        }
        self.fields.iter().find_map(|(path, expected)| {
            let value = path.split('.').try_fold(body, |at, name| at.get(name));
            match value {
                Some(value) if value == expected => None,
                Some(value) => {
                    let value = json::told(&value.to_string());
                    Some(format!("has {path} = {value}"))
                }
                None => Some(format!("has no {path}")),
            }
        })
    }
}

fn take(steps: &mut VecDeque<Step>) -> Taken {
    let Some(step) = steps.front_mut() else {
        return Taken::Judged;
    };
    let given = step.given.clone();
    step.times = step.times.saturating_sub(1);
    if step.times == 0 {
        steps.pop_front();
    }
    match given {
        Given::Judged => Taken::Judged,
        Given::Answer(answer) => Taken::Answer(answer),
        Given::TestValue(_, value) => Taken::TestValue(value),
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

    fn status(taken: &Taken) -> String {
        match taken {
            Taken::Judged => "judged".to_owned(),
            Taken::Answer(answer) => format!("{:?}", answer.status()),
            Taken::TestValue(_) => "value".to_owned(),
            Taken::Unexpected(message) => message.clone(),
        }
    }

    #[test]
    fn steps_are_taken_in_their_order() {
        let mut script = Script::new(Scenario::from_toml(FILE).unwrap());
        assert_eq!(script.unmet().len(), 4);
        let mut ask = |operation, body: &[u8]| status(&script.precheck(operation, body));
        let (customer, subscriber) = (Operation::Customer, Operation::Subscriber);
        assert_eq!(
            ask(subscriber, b"{}"),
            "precheck 1: expected a precheck of a customer, which is judged (line 4); \
             this one asked about a subscriber"
        );
        assert_eq!(ask(customer, b"{}"), "judged");
        assert_eq!(
            ask(subscriber, br#"{"email": "x"}"#),
            "precheck 3: expected a request with email = \"a@b.c\", which gets status 429 (line 7); \
             this one has email = \"x\""
        );
        assert_eq!(ask(subscriber, br#"{"email": "a@b.c"}"#), "Some(429)");
        assert_eq!(ask(customer, br#"{"email": "a@b.c"}"#), "Some(429)");
        assert_eq!(ask(subscriber, b"{}"), "value");
        assert_eq!(
            ask(subscriber, b"{}"),
            "precheck 7: it comes after the last step"
        );
        assert_eq!(status(&script.renewal()), "Some(400)");
        assert_eq!(status(&script.renewal()), "judged");
        assert_eq!(script.unmet().len(), 3);
    }
}
