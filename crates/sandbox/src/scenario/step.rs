//! A step: the request that it expects, and the reply.

use std::collections::VecDeque;
use std::fmt::{self, Display};

use serde_json::Value;

use crate::answer::Answer;
use crate::json::quoted;
use crate::operation;
use crate::test_values;

/// One step of a scenario: the request that it expects, and the reply.
#[derive(Clone, Debug)]
pub struct Step {
    reply: Reply,
    /// How many requests may still take it.
    pub(crate) times: u32,
    operation: Option<String>,
    fields: Vec<(String, Value)>,
    /// Where it is in a file, in parentheses.
    place: String,
}

/// The reply to a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// As without a scenario.
    Judged,
    Answer(Answer),
    TestValue(String),
}

impl Step {
    pub(crate) fn new(reply: Reply) -> Self {
        Self {
            reply,
            times: 1,
            operation: None,
            fields: Vec::new(),
            place: String::new(),
        }
    }

    /// The request gets this answer.
    pub fn answer(answer: Answer) -> Self {
        Self::new(Reply::Answer(answer))
    }

    /// The request is judged as without a scenario.
    pub fn judged() -> Self {
        Self::new(Reply::Judged)
    }

    /// The request gets the answer of this test value, such as `status-503`.
    ///
    /// # Panics
    ///
    /// If there is no such test value, or if it fails first and then succeeds.
    #[allow(clippy::panic, reason = "a mistake in a test")]
    pub fn test_value(value: &str) -> Self {
        match Reply::test_value(value) {
            Ok(reply) => Self::new(reply),
            Err(error) => panic!("{error}"),
        }
    }

    /// So many requests take this step. Default: 1.
    ///
    /// # Panics
    ///
    /// If it is 0.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        assert!(times > 0, "a step is for at least one request");
        self.times = times;
        self
    }

    /// Expects the operation of this name, such as `customer`. Default: any.
    ///
    /// # Panics
    ///
    /// If there is no such operation.
    #[must_use]
    pub fn operation(mut self, name: &str) -> Self {
        assert!(operation::named(name).is_some(), "no operation `{name}`");
        self.operation = Some(name.to_owned());
        self
    }

    /// Expects this value at the dotted path of a field, such as `customerInfo.primaryEmail`.
    /// Default: any.
    #[must_use]
    pub fn field(mut self, path: impl Into<String>, value: impl Into<Value>) -> Self {
        self.fields.push((path.into(), value.into()));
        self
    }

    pub(crate) fn place(mut self, place: &str) -> Self {
        self.place = format!(" ({place})");
        self
    }

    /// Whether it expects what only a precheck has.
    pub(crate) fn expects_precheck(&self) -> bool {
        self.operation.is_some() || !self.fields.is_empty()
    }

    /// How a precheck differs from the expected one.
    pub(crate) fn mismatch(&self, operation: &str, body: &Value) -> Option<String> {
        if self
            .operation
            .as_deref()
            .is_some_and(|expected| expected != operation)
        {
            return Some(format!("is `{operation}`"));
        }
        self.fields.iter().find_map(|(path, expected)| {
            let value = path.split('.').try_fold(body, |at, name| at.get(name));
            match value {
                Some(value) if value == expected => None,
                Some(value) => Some(format!("has {path} = {}", quoted(&value.to_string()))),
                None => Some(format!("has no {path}")),
            }
        })
    }
}

/// Takes the first of some steps.
pub(crate) fn take(steps: &mut VecDeque<Step>) -> Reply {
    let Some(step) = steps.front_mut() else {
        return Reply::Judged;
    };
    let reply = step.reply.clone();
    step.times -= 1;
    if step.times == 0 {
        steps.pop_front();
    }
    reply
}

impl Reply {
    pub(crate) fn test_value(value: &str) -> Result<Self, ScenarioError> {
        match test_values::failures(value) {
            Some(0) => Ok(Self::TestValue(value.to_owned())),
            Some(_) => Err(ScenarioError::new(format!(
                "`{value}` fails first and then goes through: write that as two steps"
            ))),
            None => Err(ScenarioError::new(format!(
                "there is no test value `{value}`"
            ))),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.operation {
            Some(operation) => write!(f, "`{operation}`")?,
            None => f.write_str("a request")?,
        }
        for (number, (path, value)) in self.fields.iter().enumerate() {
            let join = if number == 0 { " with" } else { " and" };
            write!(f, "{join} {path} = {value}")?;
        }
        match &self.reply {
            Reply::Judged => f.write_str(", which is judged")?,
            Reply::TestValue(value) => write!(f, ", which gets `{value}`")?,
            Reply::Answer(answer) => match answer.status() {
                Some(status) => write!(f, ", which gets status {status}")?,
                None => f.write_str(", which gets no answer")?,
            },
        }
        f.write_str(&self.place)
    }
}

/// A scenario cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ScenarioError(String);

impl ScenarioError {
    pub(crate) fn new(message: impl Display) -> Self {
        Self(message.to_string())
    }

    /// The same error at a place.
    pub(crate) fn at(self, place: impl Display) -> Self {
        Self(format!("{place}: {}", self.0))
    }
}
