//! Scenarios as files of TOML.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::operation::Operation;
use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;

use super::{Given, Scenario, ScenarioError, Step};
use crate::answer::Answer;

/// Reads a scenario.
pub(super) fn read(text: &str) -> Result<Scenario, ScenarioError> {
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
    let scenario = Scenario {
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

#[cfg(test)]
mod tests {
    //! Files that are read, and files that are not.
    use super::*;

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
