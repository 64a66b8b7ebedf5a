//! `conform`: holds the contract, and the rules that rest on wording, against every capture.

use webex_precheck_contract::deviations::Finding;
use webex_precheck_contract::diff::diff;

use crate::outcome::{Failure, Outcome, note};
use crate::workspace::{CONTRACT, DEVIATIONS, RULES, Workspace};

/// Tell where `spec/openapi.json` leaves the captures without a deviation that says why, and which
/// rules rest on sentences that stand there no longer
#[derive(clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(workspace: &Workspace, _: &Arguments) -> Result<Outcome, Failure> {
    let contract = workspace.contract()?;
    let deviations = workspace.deviations()?;
    let captures = workspace.captures()?;
    let unfounded = workspace.rules()?.judge(&captures);
    let mut held = Vec::new();
    for (name, inventory) in captures {
        let comparison = diff(&inventory, &contract);
        held.push((name, inventory, comparison));
    }
    let findings = deviations.judge(&held, &contract);
    for finding in &findings {
        match finding {
            Finding::Unexcused { source, difference } => note(
                "Unexcused",
                &format!(
                    "{source}: {} {}: {}",
                    difference.operation,
                    difference.at,
                    difference.phrase()
                ),
            ),
            Finding::Dead { line, message } => {
                note("Dead", &format!("{DEVIATIONS}:{line}: {message}"));
            }
        }
    }
    if findings
        .iter()
        .any(|f| matches!(f, Finding::Unexcused { .. }))
    {
        note(
            "Hint",
            &format!(
                "`removed` is documented and not in the contract, `added` the reverse; \
                 change {CONTRACT}, or add a [[deviation]] with sources, at, kind and why to {DEVIATIONS}"
            ),
        );
    }
    for rule in &unfounded {
        note(
            "Review",
            &format!(
                "{RULES}:{}: {rule}; read the new wording, then change the rule or its fingerprint",
                rule.line
            ),
        );
    }
    let to_mend = findings.len() + unfounded.len();
    let compared: usize = held
        .iter()
        .map(|(_, _, comparison)| comparison.compared)
        .sum();
    let differences: usize = held.iter().map(|(_, _, c)| c.differences.len()).sum();
    note(
        if to_mend == 0 { "Fresh" } else { "Failure" },
        &format!(
            "{compared} facts of {} captures compared with the contract, {differences} deliberate or other differences, {to_mend} to mend",
            held.len(),
        ),
    );
    match to_mend {
        0 => Ok(Outcome::Clean),
        _ => Ok(Outcome::Differences),
    }
}
