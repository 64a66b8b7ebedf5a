//! `conform`: holds the contract against every capture.

use webex_precheck_contract::deviations::{Deviations, Finding};
use webex_precheck_contract::diff::diff;

use crate::outcome::{Failure, Outcome, note};
use crate::workspace::{CONTRACT, DEVIATIONS, Workspace};

/// Tell where `spec/openapi.json` leaves the captures without a deviation that says why
#[derive(clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(workspace: &Workspace, _: &Arguments) -> Result<Outcome, Failure> {
    let contract = workspace.contract()?;
    let deviations = Deviations::read(&workspace.read(DEVIATIONS)?)
        .map_err(|error| Failure::new(format!("{DEVIATIONS}: {error}")))?;
    let mut held = Vec::new();
    for (name, inventory) in workspace.captures()? {
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
    let compared: usize = held
        .iter()
        .map(|(_, _, comparison)| comparison.compared)
        .sum();
    let differences: usize = held.iter().map(|(_, _, c)| c.differences.len()).sum();
    note(
        if findings.is_empty() {
            "Fresh"
        } else {
            "Failure"
        },
        &format!(
            "{compared} facts of {} captures compared with the contract, {differences} deliberate or other differences, {} to mend",
            held.len(),
            findings.len()
        ),
    );
    match findings.is_empty() {
        true => Ok(Outcome::Clean),
        false => Ok(Outcome::Differences),
    }
}
