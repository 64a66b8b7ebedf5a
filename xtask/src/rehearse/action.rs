//! A composite action, as far as the ones here go: what is not known is an error.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Action {
    #[serde(rename = "name")]
    _name: String,
    #[serde(rename = "description")]
    _description: String,
    pub(super) inputs: BTreeMap<String, Input>,
    pub(super) outputs: BTreeMap<String, Output>,
    pub(super) runs: Runs,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    #[serde(rename = "description")]
    _description: String,
    pub(super) default: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Output {
    #[serde(rename = "description")]
    _description: String,
    pub(super) value: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Runs {
    #[serde(rename = "using")]
    _using: Using,
    pub(super) steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Using {
    Composite,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) name: String,
    pub(super) id: Option<String>,
    #[serde(rename = "if")]
    pub(super) condition: Option<String>,
    #[serde(rename = "shell")]
    _shell: Shell,
    pub(super) run: String,
    #[serde(default)]
    pub(super) env: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Shell {
    Bash,
}

impl Action {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        serde_saphyr::from_str(text).map_err(|error| error.to_string())
    }
}

/// What expressions may name.
pub(super) struct Context {
    pub(super) github: BTreeMap<&'static str, String>,
    pub(super) inputs: BTreeMap<String, String>,
    /// The outputs of the steps with an ID.
    pub(super) steps: BTreeMap<String, BTreeMap<String, String>>,
}

impl Context {
    /// A text with the values of its expressions.
    pub(super) fn substitute(&self, text: &str) -> Result<String, String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${{") {
            let (expression, after) = after
                .split_once("}}")
                .ok_or_else(|| format!("`{text}`: an expression has no end"))?;
            out.push_str(before);
            out.push_str(&self.value(expression)?);
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    /// Whether a condition holds: comparisons, all of which must.
    pub(super) fn holds(&self, condition: &str) -> Result<bool, String> {
        let mut holds = true;
        for comparison in condition.split("&&") {
            let (sides, equal) = match comparison.split_once("==") {
                Some(sides) => (sides, true),
                None => (
                    comparison
                        .split_once("!=")
                        .ok_or_else(|| unknown(comparison))?,
                    false,
                ),
            };
            // Without regard to case, as GitHub compares.
            let [left, right] = [self.value(sides.0)?, self.value(sides.1)?];
            holds &= left.eq_ignore_ascii_case(&right) == equal;
        }
        Ok(holds)
    }

    fn value(&self, expression: &str) -> Result<String, String> {
        let expression = expression.trim();
        let literal = expression
            .strip_prefix('\'')
            .and_then(|text| text.strip_suffix('\''))
            .filter(|text| !text.contains('\''));
        if let Some(literal) = literal {
            return Ok(literal.to_owned());
        }
        let parts: Vec<&str> = expression.split('.').collect();
        let value = match parts[..] {
            ["github", name] => self.github.get(name).cloned(),
            ["inputs", name] => self.inputs.get(name).cloned(),
            // A step that did not run, or that said nothing, has the output all the same.
            ["steps", id, "outputs", name] => {
                let outputs = self.steps.get(id);
                outputs.map(|outputs| outputs.get(name).cloned().unwrap_or_default())
            }
            _ => None,
        };
        value.ok_or_else(|| unknown(expression))
    }
}

fn unknown(expression: &str) -> String {
    let expression = expression.trim();
    format!("`{expression}` is an expression that the rehearsal does not know")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> Context {
        let step = BTreeMap::from([("result".to_owned(), "drift".to_owned())]);
        Context {
            github: BTreeMap::from([("action_path", "/a".to_owned())]),
            inputs: BTreeMap::from([("source".to_owned(), "${{ inputs.x }}".to_owned())]),
            steps: BTreeMap::from([("drift".to_owned(), step)]),
        }
    }

    #[test]
    fn expressions_have_values_and_their_values_are_none() {
        for (text, expected) in [
            ("plain", "plain"),
            ("<${{ github.action_path }}/x>", "</a/x>"),
            ("${{inputs.source}}", "${{ inputs.x }}"),
            ("${{ steps.drift.outputs.result }}", "drift"),
            ("${{ steps.drift.outputs.none }}", ""),
        ] {
            assert_eq!(context().substitute(text).unwrap(), expected);
        }
        for text in [
            "${{ inputs.none }}",
            "${{ steps.none.outputs.result }}",
            "${{ always() }}",
            "${{ inputs.source || 'x' }}",
            "${{ inputs.source",
        ] {
            assert!(context().substitute(text).is_err(), "{text}");
        }
    }

    #[test]
    fn conditions_hold_or_not() {
        for (condition, expected) in [
            ("steps.drift.outputs.result == 'drift'", true),
            ("steps.drift.outputs.result != 'drift'", false),
            ("steps.drift.outputs.none == ''", true),
            ("'a' == 'A' && 'a' != 'b'", true),
            ("'a' == 'a' && 'a' == 'b'", false),
        ] {
            assert_eq!(context().holds(condition), Ok(expected), "{condition}");
        }
        for condition in ["always()", "'a' == 'a' || 'b' == 'b'", "inputs.none == ''"] {
            assert!(context().holds(condition).is_err(), "{condition}");
        }
    }

    #[test]
    fn what_an_action_may_hold_beyond_this_is_refused() {
        let action = "name: x\ndescription: x\ninputs: {}\noutputs: {}\nruns: {using: composite, steps: [STEP]}";
        for (step, read) in [
            ("{name: x, shell: bash, run: x}", true),
            ("{name: x, shell: pwsh, run: x}", false),
            ("{name: x, uses: actions/checkout@v5}", false),
            (
                "{name: x, shell: bash, run: x, continue-on-error: true}",
                false,
            ),
        ] {
            let action = Action::read(&action.replace("STEP", step));
            assert_eq!(action.is_ok(), read, "{step}");
        }
    }
}
