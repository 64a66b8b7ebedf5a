//! Scenarios: what the nth request is expected to be, and what it gets.

mod file;
mod script;

use std::fmt;
use std::path::Path;

use crate::operation::Operation;
use serde_json::Value;

use crate::answer::Answer;
use crate::test_values::TestValue;

pub(crate) use script::{Script, Taken};

/// What the prechecks get, one after the other, and the renewals of access tokens.
///
/// A sandbox that is dropped before all steps were taken panics and says which are left; so does
/// one that was asked anything else than its steps expect.
///
/// ```
/// use webex_precheck_sandbox::{Answer, Operation, Scenario, Step};
///
/// let scenario = Scenario::new()
///     .step(Step::judged().operation(Operation::Customer))
///     .step(Step::answer(Answer::new(429).header("Retry-After", "1")).times(2))
///     .step(Step::test_value("unlikely").field("email", "alice@example.com"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    steps: Vec<Step>,
    renewals: Vec<Step>,
    strict: bool,
}

/// One step of a [`Scenario`]: what a request gets, and what it is expected to be.
#[derive(Clone, Debug)]
pub struct Step {
    given: Given,
    times: u32,
    operation: Option<Operation>,
    fields: Vec<(String, Value)>,
    /// Where it was written, where that is a file.
    line: Option<usize>,
}

#[derive(Clone, Debug)]
enum Given {
    Judged,
    Answer(Answer),
    TestValue(String, TestValue),
}

impl Scenario {
    /// One without steps.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a step for the next prechecks.
    #[must_use]
    pub fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Adds a step for the next renewals of an access token.
    ///
    /// # Panics
    ///
    /// If the step expects an operation or a field: a renewal has none.
    #[must_use]
    pub fn renewal(mut self, step: Step) -> Self {
        assert!(
            step.operation.is_none() && step.fields.is_empty(),
            "a renewal has neither operation nor fields"
        );
        self.renewals.push(step);
        self
    }

    /// Takes a precheck after the last step as one that was not expected. Default: it is judged as
    /// ever.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Reads a scenario from TOML; the README of this crate shows the form.
    ///
    /// # Errors
    ///
    /// If the text is none; the error says where and why.
    pub fn from_toml(text: &str) -> Result<Self, ScenarioError> {
        file::read(text)
    }

    /// Reads a scenario from a file of TOML.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or holds none; the error names the file.
    pub fn read(file: impl AsRef<Path>) -> Result<Self, ScenarioError> {
        let file = file.as_ref();
        let read = std::fs::read_to_string(file)
            .map_err(|error| ScenarioError::new(None, &error.to_string()));
        read.and_then(|text| Self::from_toml(&text))
            .map_err(|error| error.of_file(file))
    }
}

impl Step {
    fn new(given: Given) -> Self {
        Self {
            given,
            times: 1,
            operation: None,
            fields: Vec::new(),
            line: None,
        }
    }

    /// The request gets this answer.
    pub fn answer(answer: Answer) -> Self {
        Self::new(Given::Answer(answer))
    }

    /// The request is judged as ever.
    pub fn judged() -> Self {
        Self::new(Given::Judged)
    }

    /// The request gets what this test value asks for, such as `status-503`, whatever is asked.
    ///
    /// # Panics
    ///
    /// If there is no such test value, or it is one that fails first and then succeeds.
    #[allow(clippy::panic, reason = "a test's own mistake")]
    pub fn test_value(word: &str) -> Self {
        match Given::test_value(word) {
            Ok(given) => Self::new(given),
            Err(message) => panic!("{message}"),
        }
    }

    /// So many requests take this step. Default: 1.
    ///
    /// # Panics
    ///
    /// If it is 0.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        assert!(times > 0, "a step is for one request at least");
        self.times = times;
        self
    }

    /// Expects this operation. Default: either.
    #[must_use]
    pub fn operation(mut self, operation: Operation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Expects this value at the dotted path of a field, such as `customerInfo.primaryEmail`.
    /// Default: any.
    #[must_use]
    pub fn field(mut self, path: impl Into<String>, value: impl Into<Value>) -> Self {
        self.fields.push((path.into(), value.into()));
        self
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.operation {
            Some(operation) => write!(f, "a precheck of a {}", operation.as_str())?,
            None => f.write_str("a request")?,
        }
        for (number, (path, value)) in self.fields.iter().enumerate() {
            let join = if number == 0 { " with" } else { " and" };
            write!(f, "{join} {path} = {value}")?;
        }
        match &self.given {
            Given::Judged => f.write_str(", which is judged")?,
            Given::TestValue(word, _) => write!(f, ", which gets `{word}`")?,
            Given::Answer(answer) => match answer.status() {
                Some(status) => write!(f, ", which gets status {status}")?,
                None => f.write_str(", which gets no answer")?,
            },
        }
        match self.line {
            Some(line) => write!(f, " (line {line})"),
            None => Ok(()),
        }
    }
}

impl Given {
    fn test_value(word: &str) -> Result<Self, String> {
        match TestValue::parse(word) {
            Some(value) if value.failures() > 0 => Err(format!(
                "`{word}` fails first and then goes through: write that as two steps"
            )),
            Some(value) => Ok(Self::TestValue(word.to_owned(), value)),
            None => Err(format!("there is no test value `{word}`")),
        }
    }
}

/// A scenario that cannot be read.
#[derive(Debug)]
pub struct ScenarioError(String);

impl ScenarioError {
    fn new(line: Option<usize>, message: &str) -> Self {
        Self(match line {
            Some(line) => format!("line {line}: {message}"),
            None => message.to_owned(),
        })
    }

    fn of_file(self, file: &Path) -> Self {
        Self(format!("{}: {}", file.display(), self.0))
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ScenarioError {}
