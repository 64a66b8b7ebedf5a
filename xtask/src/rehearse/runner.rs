//! Runs the steps of an action as GitHub's runner does.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::action::{Action, Context, Step};

/// What is the same for all steps of a job.
pub(super) struct Job {
    pub(super) action_folder: PathBuf,
    pub(super) workspace: PathBuf,
    /// A folder for files of the job alone.
    pub(super) temporary: PathBuf,
    pub(super) variables: BTreeMap<String, String>,
}

/// What a job did.
#[derive(Debug, Default)]
pub struct Run {
    /// The step that failed, if one did.
    pub failed: Option<String>,
    /// Outputs of the action.
    pub outputs: BTreeMap<String, String>,
    /// Commands that the runner obeyed: their name and their text.
    pub commands: Vec<(String, String)>,
    /// The summary of the job.
    pub summary: String,
    /// All that the steps wrote.
    pub log: String,
}

impl Run {
    /// An output of the action, or nothing.
    pub fn output(&self, name: &str) -> &str {
        self.outputs.get(name).map_or("", String::as_str)
    }

    /// Whether the runner was told something that holds a text, as an error, a warning or a notice.
    pub fn told(&self, level: &str, part: &str) -> bool {
        let mut commands = self.commands.iter();
        commands.any(|(name, text)| name == level && text.contains(part))
    }
}

impl Job {
    /// Runs an action with its inputs, until a step fails.
    pub(super) fn run(&self, inputs: &[(&str, &str)]) -> Result<Run, String> {
        let file = self.action_folder.join("action.yml");
        let text = fs::read_to_string(&file).map_err(|error| at(&file, error))?;
        let action = Action::read(&text).map_err(|error| at(&file, error))?;
        let mut context = self.context(&action, inputs)?;
        let mut run = Run::default();
        for step in &action.runs.steps {
            let condition = step.condition.as_deref();
            let outputs = match condition.map_or(Ok(true), |text| context.holds(text))? {
                true => self.step(step, &context, &mut run)?,
                false => BTreeMap::new(),
            };
            if let Some(id) = &step.id {
                context.steps.insert(id.clone(), outputs);
            }
            if run.failed.is_some() {
                break;
            }
        }
        for (name, output) in &action.outputs {
            // What a failed step kept others from telling is empty.
            let value = context.substitute(&output.value);
            let value = match run.failed {
                Some(_) => value.unwrap_or_default(),
                None => value?,
            };
            run.outputs.insert(name.clone(), value);
        }
        Ok(run)
    }

    fn context(&self, action: &Action, inputs: &[(&str, &str)]) -> Result<Context, String> {
        let mut context = Context {
            github: BTreeMap::from([
                ("action_path", self.action_folder.display().to_string()),
                ("token", "the token of the job".to_owned()),
            ]),
            inputs: BTreeMap::new(),
            steps: BTreeMap::new(),
        };
        for (name, input) in &action.inputs {
            let value = context.substitute(&input.default)?;
            context.inputs.insert(name.clone(), value);
        }
        for (name, value) in inputs {
            match context.inputs.get_mut(*name) {
                Some(input) => *input = (*value).to_owned(),
                None => return Err(format!("the action has no input `{name}`")),
            }
        }
        Ok(context)
    }

    /// Runs a step, and returns its outputs.
    fn step(
        &self,
        step: &Step,
        context: &Context,
        run: &mut Run,
    ) -> Result<BTreeMap<String, String>, String> {
        let file = |name: &str| self.temporary.join(name);
        let failed = |error| at(&self.temporary, error);
        fs::write(file("script"), context.substitute(&step.run)?).map_err(failed)?;
        for name in ["output", "summary", "env"] {
            fs::write(file(name), "").map_err(failed)?;
        }
        let log = File::create(file("log")).map_err(failed)?;
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-e", "-o", "pipefail"])
            .arg(file("script"))
            .current_dir(&self.workspace)
            .env_clear()
            .envs(&self.variables)
            .env("GITHUB_ACTION_PATH", &self.action_folder)
            .env("GITHUB_WORKSPACE", &self.workspace)
            .env("GITHUB_OUTPUT", file("output"))
            .env("GITHUB_STEP_SUMMARY", file("summary"))
            .env("GITHUB_ENV", file("env"))
            .env("RUNNER_TEMP", &self.temporary)
            .stdin(std::process::Stdio::null())
            .stdout(log.try_clone().map_err(failed)?)
            .stderr(log);
        for (name, value) in &step.env {
            command.env(name, context.substitute(value)?);
        }
        let status = command.status().map_err(|error| format!("bash: {error}"))?;
        if !status.success() {
            run.failed = Some(step.name.clone());
        }
        let read = |name| fs::read(file(name)).map_err(failed);
        let text = |name| read(name).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let log = text("log")?;
        if !text("env")?.is_empty() {
            return Err(format!(
                "{}: the rehearsal hands on no GITHUB_ENV",
                step.name
            ));
        }
        let mut outputs = outputs(&text("output")?)?;
        for (name, properties, data) in obeyed(&log) {
            // It is out of use, and works still.
            if name == "set-output" {
                let output = properties.trim_start_matches("name=");
                outputs.insert(output.to_owned(), data.clone());
            }
            run.commands.push((name, data));
        }
        run.summary += &text("summary")?;
        run.log += &log;
        Ok(outputs)
    }
}

/// The outputs of a step: NAME=VALUE in lines.
fn outputs(text: &str) -> Result<BTreeMap<String, String>, String> {
    let output = |line: &str| {
        let (name, value) = line.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    };
    let outputs = text.lines().map(|line| {
        output(line).ok_or_else(|| format!("GITHUB_OUTPUT: `{line}` is not NAME=VALUE"))
    });
    outputs.collect()
}

/// The commands in an output that a runner obeys, in both of their forms: name, properties, text.
fn obeyed(log: &str) -> Vec<(String, String, String)> {
    let mut commands = Vec::new();
    let mut stopped: Option<String> = None;
    for line in log.lines() {
        let command = match line.trim_start().strip_prefix("::") {
            Some(command) => command.split_once("::"),
            None => line
                .split_once("##[")
                .and_then(|(_, command)| command.split_once(']')),
        };
        let Some((head, data)) = command else {
            continue;
        };
        let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
        match &stopped {
            Some(word) if word == name => stopped = None,
            Some(_) => {}
            None if name == "stop-commands" => stopped = Some(data.to_owned()),
            None => commands.push((name.to_owned(), properties.to_owned(), data.to_owned())),
        }
    }
    commands
}

fn at(path: &Path, error: impl std::fmt::Display) -> String {
    format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_obeyed_in_both_forms_until_they_are_stopped() {
        let log = "::error file=a::one\n  ::notice::two\nsee ##[set-output name=x]three\nno ::error::\n\
                   ::stop-commands::word\n::error::four\n##[error]five\n::word::\n::warning::six\n";
        let names: Vec<_> = obeyed(log).into_iter().map(|(_, _, data)| data).collect();
        assert_eq!(names, ["one", "two", "three", "six"]);
    }
}
