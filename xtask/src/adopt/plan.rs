//! What follows for the repository from a source that changed: values in, values out.

use serde_json::Value;
use webex_precheck_contract::deviations::Deviations;
use webex_precheck_contract::diff::{self, Comparison, Difference, Impact, Kind};
use webex_precheck_contract::rules::Rules;
use webex_precheck_contract::{Inventory, openapi};

use crate::outcome::Failure;
use crate::workspace::{CONTRACT, DEVIATIONS, RULES, read_contract};

use super::deviations;
use super::edit::{self, Facts, Outcome};
use super::text;
use super::{examples, flag_names};

/// What is adopted, and from what.
pub struct State {
    /// Text of the contract.
    pub contract: String,
    /// Text of the deviations.
    pub deviations: String,
    /// Text of the rules that rest on wording.
    pub rules: String,
    /// The captures by name, in order.
    pub captures: Vec<(String, Inventory)>,
}

/// A source that changed.
pub struct Source<'a> {
    /// Its name, for people.
    pub name: &'a str,
    /// Name of its capture.
    pub capture: &'a str,
    /// What it documents.
    pub inventory: &'a Inventory,
}

/// What follows.
#[derive(Clone, Debug)]
pub struct Adoption {
    /// What the source documents otherwise than before.
    pub drift: Comparison,
    /// What changed in the contract.
    pub changes: Comparison,
    /// Text of the contract.
    pub contract: String,
    /// Text of the deviations.
    pub deviations: String,
    /// The captures.
    pub captures: Vec<(String, Inventory)>,
    /// What is left for a person.
    pub left: Vec<Left>,
}

/// Something that only a person can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The file to look at.
    pub file: &'static str,
    /// The line in it; 0 for the file as a whole.
    pub line: usize,
    /// What to do there.
    pub what: String,
}

/// Edits of a kind can bring forth others: a field that is added has values, and so on.
const MOST_ROUNDS: usize = 8;

/// A capture by its name, and how the contract differs from it.
pub(super) type Held = (String, Inventory, Comparison);

/// Follows a source.
pub fn adopt(
    state: &State,
    source: &Source<'_>,
    allow_breaking: bool,
) -> Result<Adoption, Failure> {
    let read = |text: &str| {
        Deviations::read(text).map_err(|error| Failure::new(format!("{DEVIATIONS}: {error}")))
    };
    let excuses = read(&state.deviations)?;
    let stored = state
        .captures
        .iter()
        .find(|(name, _)| name == source.capture);
    let drift = match stored {
        Some((_, stored)) => diff::drift(stored, source.inventory),
        None => Comparison::default(),
    };
    let captures = with(&state.captures, source);
    let original = read_contract(&state.contract)?;
    let value = crate::codegen::parse(&state.contract)?;
    let mut edited = value.clone();
    let mut decided: Vec<(Difference, Outcome)> = Vec::new();
    let others: Vec<&Inventory> = captures
        .iter()
        .filter(|(name, _)| name != source.capture)
        .map(|(_, inventory)| inventory)
        .collect();
    for _ in 0..MOST_ROUNDS {
        let facts = facts(&edited)?;
        let open: Vec<Difference> = diff::diff(source.inventory, &facts)
            .differences
            .into_iter()
            .filter(|difference| !excuses.excuse(source.capture, difference))
            .collect();
        let before = edited.clone();
        for difference in &open {
            if let Some((_, outcome)) = decided.iter().find(|(known, _)| known == difference)
                && *outcome != Outcome::Applied
            {
                continue;
            }
            let on_purpose = excuses.on(source.capture, difference).is_some();
            let outcome = match on_purpose {
                true => Outcome::Left("the contract leaves the source here on purpose"),
                false => edit::apply(
                    &mut edited,
                    &Facts {
                        fresh: source.inventory,
                        contract: &facts,
                        differences: &open,
                        others: &others,
                        allow_breaking,
                    },
                    difference,
                ),
            };
            decided.push((difference.clone(), outcome));
        }
        if edited == before {
            break;
        }
    }
    let dropped = examples::drop_contradictory(&mut edited);
    flag_names::settle(&value, &mut edited);
    let contract = text::write(&state.contract, &value, &edited)?;
    let changed = facts(&edited)?;
    let mut kept: Vec<Difference> = decided
        .iter()
        .filter(|(_, outcome)| matches!(outcome, Outcome::Kept(_)))
        .map(|(difference, _)| difference.clone())
        .collect();
    let differences = diff::diff(source.inventory, &changed).differences;
    kept.extend(differences.into_iter().filter(|difference| {
        dropped.iter().any(|(id, at)| {
            *id == difference.operation && difference.at == format!("examples.{at}")
        })
    }));
    let before = held(&state.captures, &original);
    let after = held(&captures, &changed);
    let deviations = deviations::follow(
        &state.deviations,
        source,
        &excuses,
        [&before, &after],
        &kept,
    )?;
    let excuses = read(&deviations)?;
    let changes = diff::diff(&original, &changed);
    let lines = text::Lines::of(&contract);
    let mut left = Vec::new();
    for difference in diff::diff(source.inventory, &changed).differences {
        if excuses.excuse(source.capture, &difference) {
            continue;
        }
        let known = decided.iter().rev().find(|(known, _)| *known == difference);
        let why = match known {
            Some((_, Outcome::Left(why) | Outcome::Kept(why))) => why,
            _ => "change the contract by hand, or excuse it in spec/deviations.toml",
        };
        let (file, line) = match excuses.on(source.capture, &difference) {
            Some(deviation) => (DEVIATIONS, deviation.line),
            None => (CONTRACT, lines.of_fact(&edited, &difference)),
        };
        left.push(Left {
            file,
            line,
            what: format!("{}: {why}", told(&difference)),
        });
    }
    for difference in &drift.differences {
        if let Some(what) = of_drift(difference) {
            let line = lines.of_fact(&edited, difference);
            left.push(Left {
                file: CONTRACT,
                line,
                what,
            });
        }
    }
    let rules = Rules::read(&state.rules)
        .map_err(|error| Failure::new(format!("{RULES}: {error}; correct it")))?;
    for rule in rules.review(&state.captures, &captures) {
        left.push(Left {
            file: RULES,
            line: rule.line,
            what: format!("{rule}; read the new wording, then change the rule or its fingerprint"),
        });
    }
    left.extend(lines.marked().into_iter().map(|line| Left {
        file: CONTRACT,
        line,
        what: "a description that only states facts: put it into better words, then remove `x-reword`"
            .to_owned(),
    }));
    left.extend(
        excuses.to_review().map(|line| Left {
            file: DEVIATIONS,
            line,
            what: "a deviation that was written for you: give its reason, then remove `review`"
                .to_owned(),
        }),
    );
    Ok(Adoption {
        drift,
        changes,
        contract,
        deviations,
        captures,
        left,
    })
}

impl Adoption {
    /// The class of the release that follows: what changed in the contract decides, and wording
    /// alone is a patch.
    pub fn impact(&self) -> Option<Impact> {
        let wording = (!self.drift.differences.is_empty()).then_some(Impact::Wording);
        self.changes.impact().max(wording)
    }
}

/// What remains to be done about a difference that no edit follows from.
fn of_drift(difference: &Difference) -> Option<String> {
    let todo = match difference.kind {
        Kind::Wording => "read the new wording; our words, or a rule, may have to follow",
        Kind::Told => "the source tells this no longer; look whether it still holds",
        _ if difference.at.contains(".?.") => "give the field its place in the contract",
        _ if difference.at.contains(".unnamed[") => {
            "a description without a name came, went or changed"
        }
        _ => return None,
    };
    let mut what = format!("{}: {todo}", told(difference));
    if !difference.hints.is_empty() {
        let hints: Vec<&str> = difference.hints.iter().map(|hint| hint.as_str()).collect();
        what.push_str(&format!(" (it smells of a rule: {})", hints.join(", ")));
    }
    for detail in &difference.details {
        what.push_str("\n    ");
        what.push_str(detail);
    }
    Some(what)
}

fn told(difference: &Difference) -> String {
    format!(
        "{} {}: {}",
        difference.operation,
        difference.at,
        difference.phrase()
    )
}

/// The captures with what the source documents now.
fn with(captures: &[(String, Inventory)], source: &Source<'_>) -> Vec<(String, Inventory)> {
    let mut captures: Vec<(String, Inventory)> = captures
        .iter()
        .filter(|(name, _)| name != source.capture)
        .cloned()
        .collect();
    captures.push((source.capture.to_owned(), source.inventory.clone()));
    captures.sort_by(|a, b| a.0.cmp(&b.0));
    captures
}

fn facts(contract: &Value) -> Result<Inventory, Failure> {
    let (facts, _) = openapi::read(CONTRACT, &contract.to_string());
    Ok(facts.without_prose())
}

/// Compares captures with the contract.
fn held(captures: &[(String, Inventory)], contract: &Inventory) -> Vec<Held> {
    let held = captures.iter().map(|(name, inventory)| {
        let comparison = diff::diff(inventory, contract);
        (name.clone(), inventory.clone(), comparison)
    });
    held.collect()
}
