//! Scenarios as TOML files.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::time::Duration;

use crate::operation;
use serde::Deserialize;
use serde_json::{Map, Value};
use toml::Spanned;

use super::Scenario;
use super::step::{Reply, ScenarioError, Step};
use crate::answer::{Answer, End};

/// Maximum delay of an answer, in seconds.
const MAX_DELAY: f64 = 600.0;

/// The name in which the parser hides a date.
const TOML_DATE: &str = "$__toml_private_datetime";

impl Scenario {
    /// Reads a scenario from TOML; the README of this crate describes the format.
    ///
    /// # Errors
    ///
    /// If the text is not a scenario; the error has the line and the reason.
    pub fn from_toml(text: &str) -> Result<Self, ScenarioError> {
        let line = |at: usize| format!("line {}", text[..at].matches('\n').count() + 1);
        let file: File = toml::from_str(text).map_err(|error| {
            let message = ScenarioError::new(error.message().trim_end());
            match error.span() {
                Some(span) => message.at(line(span.start)),
                None => message,
            }
        })?;
        let steps = |entries: Vec<Spanned<Entry>>, is_renewal| {
            let steps = entries.into_iter().map(|entry| {
                let line = line(entry.span().start);
                let step = entry.into_inner().step(is_renewal);
                step.map(|step| step.place(&line))
                    .map_err(|error| error.at(line))
            });
            steps.collect::<Result<VecDeque<_>, _>>()
        };
        let scenario = Self {
            steps: steps(file.request, false)?,
            renewals: steps(file.renewal, true)?,
            strict: file.strict,
        };
        if scenario.steps.is_empty() && scenario.renewals.is_empty() {
            let message = "there is no step: write [[request]], or [[renewal]], once for each";
            return Err(ScenarioError::new(message));
        }
        Ok(scenario)
    }

    /// Reads a scenario from a TOML file.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is not a scenario; the error names the file.
    pub fn read(file: impl AsRef<Path>) -> Result<Self, ScenarioError> {
        let file = file.as_ref();
        let text = std::fs::read_to_string(file).map_err(ScenarioError::new);
        text.and_then(|text| Self::from_toml(&text))
            .map_err(|error| error.at(file.display()))
    }
}

/// Adds expected fields, nested or with dotted names, to a step.
fn with_fields(mut step: Step, fields: Map<String, Value>, prefix: &str) -> Step {
    for (name, value) in fields {
        let path = format!("{prefix}{name}");
        step = match value {
            Value::Object(fields) => with_fields(step, fields, &format!("{path}.")),
            value => step.field(path, value),
        };
    }
    step
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    strict: bool,
    request: Vec<Spanned<Entry>>,
    renewal: Vec<Spanned<Entry>>,
}

#[derive(Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "expected a table")]
struct Entry {
    times: Option<u32>,
    operation: Option<String>,
    fields: Map<String, Value>,
    value: Option<String>,
    status: Option<u16>,
    headers: BTreeMap<String, String>,
    json: Option<Value>,
    text: Option<String>,
    after: Option<f64>,
    end: End,
}

impl Entry {
    fn step(mut self, is_renewal: bool) -> Result<Step, ScenarioError> {
        let error = |message| Err(ScenarioError::new(message));
        let (times, operation) = (self.times.take().unwrap_or(1), self.operation.take());
        let fields = std::mem::take(&mut self.fields);
        if times == 0 {
            return error("`times` is 1 at least");
        }
        if is_renewal && (operation.is_some() || !fields.is_empty()) {
            return error("`operation` and `fields` are for requests; a renewal has neither");
        }
        let reply = match self.value.take() {
            value if self != Self::default() => match value {
                Some(_) => return error("`value` is an answer; set no other beside it"),
                None => Reply::Answer(self.answer()?),
            },
            Some(value) => Reply::test_value(&value)?,
            None => Reply::Judged,
        };
        let step = with_fields(Step::new(reply).times(times), fields, "");
        Ok(match operation {
            Some(name) if operation::named(&name).is_none() => {
                let names: Vec<&str> = operation::all().iter().map(|it| &*it.name).collect();
                let names = names.join(", ");
                return Err(ScenarioError::new(format!("`operation` is one of {names}")));
            }
            Some(name) => step.operation(&name),
            None => step,
        })
    }

    fn answer(self) -> Result<Answer, ScenarioError> {
        let error = |message| Err(ScenarioError::new(message));
        let has_body = self.json.is_some() || self.text.is_some();
        let status = self.status.unwrap_or(200);
        let Some(mut answer) = Answer::of_status(status) else {
            return error(format!("{status} is no status of a final answer"));
        };
        answer = match (self.json, self.text) {
            (Some(_), Some(_)) => return error("set `json` or `text`, not both".to_owned()),
            (Some(json), None) if json.to_string().contains(TOML_DATE) => {
                return error("JSON has no dates: write them in quotation marks".to_owned());
            }
            (Some(json), None) => answer.json(&json),
            (None, Some(text)) => answer.body(text),
            (None, None) => answer,
        };
        for (name, value) in &self.headers {
            answer = answer.try_header(name, value).map_err(ScenarioError::new)?;
        }
        let seconds = self.after.unwrap_or_default();
        if !(0.0..=MAX_DELAY).contains(&seconds) {
            return error(format!(
                "`after` is a number of seconds from 0 to {MAX_DELAY}"
            ));
        }
        if [204, 304].contains(&status)
            && (has_body || self.end == End::Cut || self.end == End::Stalled)
        {
            return error(format!("an answer of status {status} has no body"));
        }
        Ok(answer.after(Duration::from_secs_f64(seconds)).end(self.end))
    }
}

#[cfg(test)]
mod tests {
    //! Files that are read, and files that are not.
    use super::*;

    #[test]
    fn fields_may_be_nested() {
        let text = "[[request]]\nfields = { address.country = \"US\", \"a.b\" = 1 }";
        let scenario = Scenario::from_toml(text).unwrap();
        let step = scenario.steps[0].to_string();
        for field in ["a.b = 1", "address.country = \"US\""] {
            assert!(step.contains(field), "{step}");
        }
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
                "line 1: `value` is an answer",
            ),
            (
                "[[request]]\njson = { at = 2026-01-01 }",
                "line 1: JSON has no dates",
            ),
            (
                "[[request]]\nstatus = 200\njson = {}\ntext = \"\"",
                "line 1: set `json` or `text`",
            ),
            (
                "[[request]]\nstatus = 200\nend = \"x\"",
                "line 3: unknown variant `x`, expected one of `cut`, `stalled`, `closed`",
            ),
            (
                "[[request]]\nstatus = 200\nafter = -1",
                "line 1: `after` is a number",
            ),
            (
                "[[request]]\nstatus = 200\nheaders = { \"a b\" = \"c\" }",
                "line 1: a b: c is no header",
            ),
            ("[[request]]\ntimes = 0", "line 1: `times` is 1 at least"),
            (
                "[[request]]\noperation = \"x\"",
                "line 1: `operation` is one of ",
            ),
            (
                "[[request]]\nvalue = \"fail-2-closed\"",
                "line 1: `fail-2-closed` fails first",
            ),
            (
                "[[renewal]]\noperation = \"customer\"",
                "line 1: `operation` and `fields` are for requests",
            ),
            (
                "[[renewal]]\nfields = { a = 1 }",
                "line 1: `operation` and `fields` are for requests",
            ),
            ("[[request", "line 1: "),
        ] {
            let error = Scenario::from_toml(text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{text}\n{error}");
        }
    }
}
