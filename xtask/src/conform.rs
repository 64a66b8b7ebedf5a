//! `conform`: holds the contract, and the rules that rest on wording, against every capture.

use webex_precheck_contract::deviations::{Violation, compare_captures};
use webex_precheck_contract::evidence::Evidence;

use crate::outcome::{Failure, Outcome, note};
use crate::sources::SOURCES;
use crate::workspace::{CONTRACT, DEVIATIONS, EVIDENCE, RULES, Workspace, read_deviations};

/// Hold `spec/openapi.json`, `deviations.toml` and `rules.toml` against the captures, and check that
/// `spec/EVIDENCE.md`, the table of contradictions, is fresh
///
/// Exit codes: 0 all is well; 1 something differs, or a rule rests on a sentence that changed; 4 only
/// spec/EVIDENCE.md is stale.
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// Write spec/EVIDENCE.md anew
    #[arg(long)]
    write: bool,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Failure> {
    let contract = workspace.contract()?;
    let deviations = read_deviations(&workspace.read(DEVIATIONS)?)?;
    let captures = workspace.captures()?;
    let rules = workspace.rules()?;
    let mut to_mend = 0;
    let mut tell = |verb: &str, message: &str| {
        to_mend += 1;
        note(verb, message);
    };
    for source in workspace.sources()? {
        let captured = captures.iter().find(|(name, _)| *name == source.name);
        if let Some(what) = source.disagreement(captured.map(|(_, captured)| captured)) {
            tell("Stale", &format!("{SOURCES}: `{}` {what}", source.name));
        }
    }
    let held = compare_captures(&captures, &contract);
    for finding in deviations.judge(&held) {
        match finding {
            Violation::Unexcused { source, difference } => tell(
                "Unexcused",
                &format!(
                    "{source}: {} {}: {} (`removed` is documented and not in the contract, `added` the \
                     reverse); change {CONTRACT}, or add a deviation to {DEVIATIONS}",
                    difference.operation,
                    difference.location(),
                    difference.phrase()
                ),
            ),
            Violation::Unused { line, message } => {
                tell("Dead", &format!("{DEVIATIONS}:{line}: {message}"));
            }
        }
    }
    for rule in rules.judge(&captures) {
        let remedy = "read the new wording, then change the rule or its fingerprint";
        let line = rule.line;
        tell("Review", &format!("{RULES}:{line}: {rule}; {remedy}"));
    }
    for question in rules.questions() {
        let (line, at) = (question.line, question.at.join(", "));
        let what = "a sentence that may lay down a rule; make it a rule, or delete the question";
        note("Question", &format!("{RULES}:{line}: {at}: {what}"));
    }
    let evidence = Evidence {
        captures: &captures,
        contract: &contract,
    };
    let command = "cargo xtask conform --write";
    let text = evidence.to_markdown();
    let is_fresh = workspace.ensure_contents(EVIDENCE, &text, !arguments.write, command)?;
    let compared: usize = held.iter().map(|it| it.comparison.compared).sum();
    let differences: usize = held.iter().map(|it| it.comparison.differences.len()).sum();
    let message = format!(
        "{compared} facts of {} captures compared with the contract, {differences} deliberate or other differences, {to_mend} to mend",
        held.len(),
    );
    note(if to_mend == 0 { "Fresh" } else { "Failure" }, &message);
    if to_mend > 0 {
        Ok(Outcome::Differences)
    } else if is_fresh || arguments.write {
        Ok(Outcome::Clean)
    } else {
        Ok(Outcome::Stale)
    }
}
