//! Scenarios: what the nth request is expected to be, and what it gets.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;
use webex_precheck_contract::OperationId as Operation;

use crate::answer::Answer;
use crate::json;
use crate::test_values::TestValue;

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
        let lines = Lines::of(text);
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| lines.number(span.start));
            ScenarioError::new(line, &in_toml(error.message()))
        })?;
        let steps = |steps: Vec<Spanned<Entry>>, is_renewal| {
            let steps = steps.into_iter().map(|entry| {
                let line = lines.number(entry.span().start);
                let step = entry.into_inner().step(is_renewal);
                let mut step = step.map_err(|message| ScenarioError::new(Some(line), &message))?;
                step.line = Some(line);
                Ok(step)
            });
            steps.collect::<Result<Vec<_>, _>>()
        };
        let scenario = Self {
            steps: steps(file.request, false)?,
            renewals: steps(file.renewal, true)?,
            strict: file.strict,
        };
        if scenario.steps.is_empty() && scenario.renewals.is_empty() {
            let message = "there is no step: write [[request]], or [[renewal]], once for each";
            return Err(ScenarioError::new(None, message));
        }
        Ok(scenario)
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

    /// What is otherwise than expected.
    fn mismatch(&self, asked: Option<Operation>, body: &Value) -> Option<String> {
        if let (Some(expected), Some(asked)) = (self.operation, asked)
            && expected != asked
        {
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

/// Where the lines of a text begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let ends = text.match_indices('\n').map(|(end, _)| end + 1);
        Self(std::iter::once(0).chain(ends).collect())
    }

    /// The number of the line that this byte is in.
    fn number(&self, at: usize) -> usize {
        self.0.partition_point(|start| *start <= at)
    }
}

/// The parser speaks of Rust; the file is TOML.
fn in_toml(message: &str) -> String {
    let message = message.trim_end();
    if message.starts_with("invalid type: map, expected a sequence") {
        return "write [[request]] and [[renewal]] with two brackets, once for each".to_owned();
    }
    message
        .replace("struct Entry", "a table")
        .replace("expected u16", "expected a status")
        .replace("expected u32", "expected a number from 1 on")
        .replace("expected f64", "expected a number")
}

/// A value of TOML as JSON, which has no dates and no infinities.
fn json_of(value: toml::Value) -> Result<Value, String> {
    Ok(match value {
        toml::Value::String(text) => Value::from(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => serde_json::Number::from_f64(number)
            .map(Value::Number)
            .ok_or_else(|| format!("JSON has no {number}"))?,
        toml::Value::Boolean(is) => Value::from(is),
        toml::Value::Datetime(date) => {
            return Err(format!("JSON has no dates: write \"{date}\""));
        }
        toml::Value::Array(values) => {
            let values = values.into_iter().map(json_of);
            Value::Array(values.collect::<Result<_, _>>()?)
        }
        toml::Value::Table(values) => {
            let values = values
                .into_iter()
                .map(|(name, value)| Ok((name, json_of(value)?)));
            Value::Object(values.collect::<Result<_, String>>()?)
        }
    })
}

/// Expected fields by their dotted paths, however they are nested.
fn flatten(
    table: toml::Table,
    above: &str,
    fields: &mut Vec<(String, Value)>,
) -> Result<(), String> {
    for (name, value) in table {
        let path = match above {
            "" => name,
            above => format!("{above}.{name}"),
        };
        match value {
            toml::Value::Table(table) => flatten(table, &path, fields)?,
            value => fields.push((path, json_of(value)?)),
        }
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    strict: bool,
    #[serde(default)]
    request: Vec<Spanned<Entry>>,
    #[serde(default)]
    renewal: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    times: Option<u32>,
    operation: Option<String>,
    #[serde(default)]
    fields: toml::Table,
    value: Option<String>,
    status: Option<u16>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    json: Option<toml::Value>,
    text: Option<String>,
    after: Option<f64>,
    end: Option<String>,
}

impl Entry {
    fn step(self, is_renewal: bool) -> Result<Step, String> {
        let operation = match self.operation.as_deref() {
            None => None,
            Some(_) if is_renewal => {
                return Err("`operation` is for requests; a renewal has none".to_owned());
            }
            Some(name) => Some(
                Operation::ALL
                    .into_iter()
                    .find(|operation| operation.as_str() == name)
                    .ok_or("`operation` is \"customer\" or \"subscriber\"")?,
            ),
        };
        if is_renewal && !self.fields.is_empty() {
            return Err("`fields` is for requests; those of a renewal are secret".to_owned());
        }
        let times = self.times.unwrap_or(1);
        if times == 0 {
            return Err("`times` is 1 at least".to_owned());
        }
        let mut fields = Vec::new();
        flatten(self.fields.clone(), "", &mut fields)?;
        let mut step = Step::new(self.given()?).times(times);
        step.operation = operation;
        step.fields = fields;
        Ok(step)
    }

    fn given(self) -> Result<Given, String> {
        let needs_status = [
            ("headers", !self.headers.is_empty()),
            ("json", self.json.is_some()),
            ("text", self.text.is_some()),
            ("after", self.after.is_some()),
            ("end", self.end.is_some()),
        ];
        let needs_status = needs_status.iter().find(|(_, is_set)| *is_set);
        let (status, answer) = match (&self.value, self.status) {
            (Some(_), Some(_)) => return Err("set `value` or `status`, not both".to_owned()),
            (_, Some(status)) => (status, Answer::of_status(status)),
            (None, None) if self.end.as_deref() == Some("closed") => (200, Answer::of_status(200)),
            (value, None) => {
                if let Some((name, _)) = needs_status {
                    return Err(format!("`{name}` needs a `status` beside it"));
                }
                return match value {
                    Some(word) => Given::test_value(word),
                    None => Ok(Given::Judged),
                };
            }
        };
        let mut answer = answer.ok_or(format!("{status} is no status of a final answer"))?;
        answer = match (self.json, self.text) {
            (Some(_), Some(_)) => return Err("set `json` or `text`, not both".to_owned()),
            (Some(json), None) => answer.json(&json_of(json)?),
            (None, Some(text)) => answer.body(text),
            (None, None) => answer,
        };
        for (name, value) in &self.headers {
            answer = answer.try_header(name, value)?;
        }
        if let Some(seconds) = self.after {
            if !(0.0..=LONGEST_WAIT).contains(&seconds) {
                return Err(format!(
                    "`after` is a number of seconds from 0 to {LONGEST_WAIT}"
                ));
            }
            answer = answer.after(Duration::from_secs_f64(seconds));
        }
        let has_body = !answer.is_empty() || self.end.as_deref().is_some_and(|e| e != "closed");
        if [204, 304].contains(&status) && has_body {
            return Err(format!("an answer of status {status} has no body"));
        }
        Ok(Given::Answer(match self.end.as_deref() {
            None => answer,
            Some("cut") => answer.cut(),
            Some("stalled") => answer.stalled(),
            Some("closed") => answer.closed(),
            Some(_) => return Err("`end` is \"cut\", \"stalled\" or \"closed\"".to_owned()),
        }))
    }
}

/// Seconds that an answer of a file may be late.
const LONGEST_WAIT: f64 = 600.0;

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
            return match self.strict {
                true => self.unexpected("it comes after the last step".to_owned()),
                false => Taken::Judged,
            };
        };
        let body = serde_json::from_slice(body).unwrap_or_default();
        if let Some(mismatch) = step.mismatch(Some(operation), &body) {
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
    //! Files that are read, files that are not, and the steps taken.
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

    #[test]
    fn fields_may_be_nested() {
        let text = "[[request]]\nfields = { address.country = \"US\", \"a.b\" = 1 }";
        let scenario = Scenario::from_toml(text).unwrap();
        let mut fields = scenario.steps[0].fields.clone();
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        let expected = [
            ("a.b", Value::from(1)),
            ("address.country", Value::from("US")),
        ];
        assert_eq!(
            fields,
            expected.map(|(path, value)| (path.to_owned(), value))
        );
    }

    #[test]
    fn what_is_wrong_in_a_file_is_told_with_its_line() {
        for (text, expected) in [
            ("", "there is no step"),
            ("[[request]]\nstatus = 99", "line 1: 99 is no status"),
            (
                "[[request]]\n\n[[request]]\nvalue = \"likly\"",
                "line 3: there is no test value `likly`",
            ),
            ("[[request]]\nstatus = \"x\"", "line 2: invalid type"),
            ("[[request]]\nstaus = 503", "line 2: unknown field `staus`"),
            (
                "[[request]]\nstatus = 503\nvalue = \"likely\"",
                "line 1: set `value` or `status`",
            ),
            ("[[request]]\njson = {}", "line 1: `json` needs a `status`"),
            (
                "[[request]]\nstatus = 200\njson = {}\ntext = \"\"",
                "line 1: set `json` or `text`",
            ),
            ("[[request]]\nstatus = 200\nend = \"x\"", "line 1: `end` is"),
            (
                "[[request]]\nstatus = 200\nafter = -1",
                "line 1: `after` is a number",
            ),
            (
                "[[request]]\nstatus = 200\nheaders = { \"a b\" = \"c\" }",
                "line 1: a b: c is no header",
            ),
            ("[[request]]\ntimes = 0", "line 1: `times` is 1 at least"),
            ("[[request]]\noperation = \"x\"", "line 1: `operation` is"),
            (
                "[[request]]\nvalue = \"fail-2-closed\"",
                "line 1: `fail-2-closed` fails first",
            ),
            (
                "[[renewal]]\noperation = \"customer\"",
                "line 1: `operation` is for requests",
            ),
            (
                "[[renewal]]\nfields = { a = 1 }",
                "line 1: `fields` is for requests",
            ),
            ("[[request", "line 1: "),
        ] {
            let error = Scenario::from_toml(text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{text}\n{error}");
        }
    }
}
