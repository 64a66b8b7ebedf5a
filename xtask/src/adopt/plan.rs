//! What follows for the repository from a source that changed: values in, values out.

use serde_json::Value;
use webex_precheck_contract::deviations::Deviations;
use webex_precheck_contract::diff::{self, Comparison, Difference, Impact, Kind};
use webex_precheck_contract::rules::Rules;
use webex_precheck_contract::{Inventory, OperationId, openapi};

use crate::outcome::Failure;
use crate::workspace::{CONTRACT, DEVIATIONS, RULES, read_contract};

use super::deviations;
use super::edit::{self, Facts, Outcome};
use super::text;
use super::{examples, flag_names, shared};

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

/// More differences than two operations have, unless they are others.
const MOST_DIFFERENCES: usize = 1_000;
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
    let excuses = read_deviations(&state.deviations)?;
    let rules = Rules::read(&state.rules)
        .map_err(|error| Failure::new(format!("{RULES}: {error}; correct it")))?;
    let stored = state
        .captures
        .iter()
        .find(|(name, _)| name == source.capture);
    let drift = match stored {
        Some((_, stored)) => diff::drift(stored, source.inventory),
        None => Comparison::default(),
    };
    if drift.differences.len() > MOST_DIFFERENCES {
        return Err(Failure::new(format!(
            "{}: {} differences, more than anyone can review; `cargo xtask drift` tells them",
            source.name,
            drift.differences.len()
        )));
    }
    let captures = with(&state.captures, source);
    let original = read_contract(&state.contract)?;
    let before = crate::codegen::parse(&state.contract)?;

    let held_before = held(&state.captures, &original);
    if excuses.lines().next().is_none()
        && held_before
            .iter()
            .any(|(_, _, it)| !it.differences.is_empty())
    {
        return Err(Failure::new(format!(
            "{DEVIATIONS}: it has no entry, and the contract leaves its sources; is it the right file?"
        )));
    }

    let mut edits = Edits::of(&before, source, &excuses, &captures, allow_breaking)?;
    let dropped = examples::drop_contradictory(&mut edits.contract);
    flag_names::settle(&before, &mut edits.contract);
    shared::drop_orphans(&before, &mut edits.contract);
    let contract = text::write(&state.contract, &before, &edits.contract)?;
    let changed = facts(&edits.contract)?;

    let kept = edits.kept(&diff::diff(source.inventory, &changed), &dropped);
    let held = [held_before, held(&captures, &changed)];
    let deviations = deviations::follow(&state.deviations, source, &excuses, &held, &kept)?;
    let mut adoption = Adoption {
        drift,
        changes: diff::diff(&original, &changed),
        contract,
        deviations,
        captures,
        left: Vec::new(),
    };
    adoption.left = left(&adoption, source, &edits, &changed)?;
    // Those that lost their sentence, now or before, and those that a new one has come beside.
    let mut to_review = rules.judge(&adoption.captures);
    let news = rules.review(&state.captures, &adoption.captures);
    to_review.extend(
        news.into_iter()
            .filter(|rule| !to_review.contains(rule))
            .collect::<Vec<_>>(),
    );
    adoption.left.extend(to_review.iter().map(|rule| Left {
        file: RULES,
        line: rule.line,
        what: format!("{rule}; read the new wording, then change the rule or its fingerprint"),
    }));
    Ok(adoption)
}

/// The contract as it is edited, and what became of each difference between it and the source.
struct Edits {
    contract: Value,
    decided: Vec<(Difference, Outcome)>,
}

impl Edits {
    fn of(
        before: &Value,
        source: &Source<'_>,
        excuses: &Deviations,
        captures: &[(String, Inventory)],
        allow_breaking: bool,
    ) -> Result<Self, Failure> {
        let quick = Self::one_by_one(before, source, excuses, captures, allow_breaking, false)?;
        // Generating takes longer than everything else: it is asked for each edit only if all of
        // them together cannot be generated from.
        match can_be_generated(before, &quick.contract) {
            true => Ok(quick),
            false => Self::one_by_one(before, source, excuses, captures, allow_breaking, true),
        }
    }

    fn one_by_one(
        before: &Value,
        source: &Source<'_>,
        excuses: &Deviations,
        captures: &[(String, Inventory)],
        allow_breaking: bool,
        try_each: bool,
    ) -> Result<Self, Failure> {
        let others = captures.iter().filter(|(name, _)| name != source.capture);
        let others: Vec<&Inventory> = others.map(|(_, inventory)| inventory).collect();
        let mut edits = Self {
            contract: before.clone(),
            decided: Vec::new(),
        };
        for _ in 0..MOST_ROUNDS {
            let facts = facts(&edits.contract)?;
            let mut open = diff::diff(source.inventory, &facts).differences;
            open.retain(|difference| !excuses.excuse(source.capture, difference));
            let so_far = edits.contract.clone();
            for difference in &open {
                if edits
                    .outcome(difference)
                    .is_some_and(|it| *it != Outcome::Applied)
                {
                    continue;
                }
                let mut edited = edits.contract.clone();
                let outcome = match excuses.on(source.capture, difference) {
                    Some(_) => Outcome::Left("the contract leaves the source here on purpose"),
                    None => edit::apply(
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
                edits.decide(before, difference, (edited, outcome), try_each);
            }
            if edits.contract == so_far {
                break;
            }
        }
        Ok(edits)
    }

    /// Takes over an edit, unless no code can be generated from what it leads to.
    fn decide(
        &mut self,
        before: &Value,
        difference: &Difference,
        (edited, outcome): (Value, Outcome),
        try_it: bool,
    ) {
        let outcome = match outcome {
            Outcome::Applied
                if try_it && edited != self.contract && !can_be_generated(before, &edited) =>
            {
                Outcome::Left(
                    "no code can be generated from it: a name, a value or a type of it has no counterpart in Rust",
                )
            }
            outcome => {
                self.contract = edited;
                outcome
            }
        };
        self.decided.push((difference.clone(), outcome));
    }

    /// What became of a difference, the last time it was there.
    fn outcome(&self, difference: &Difference) -> Option<&Outcome> {
        let mut decided = self.decided.iter().rev();
        let found = decided.find(|(known, _)| known == difference);
        found.map(|(_, outcome)| outcome)
    }

    /// The differences that are to stay: those that were decided so, and the examples that were
    /// `dropped`.
    fn kept(
        &self,
        now: &Comparison,
        dropped: &[(OperationId, String)],
    ) -> Vec<(Difference, &'static str)> {
        let why = |difference: &Difference| {
            let was_dropped = dropped.iter().any(|(id, at)| {
                *id == difference.operation && difference.at == format!("examples.{at}")
            });
            match self.outcome(difference) {
                _ if was_dropped => Some("the example contradicts the types that are documented"),
                Some(Outcome::Kept(why)) => Some(*why),
                _ => None,
            }
        };
        let differences = now.differences.iter();
        differences
            .filter_map(|it| Some((it.clone(), why(it)?)))
            .collect()
    }
}

/// Whether code can be generated from a contract as it is edited so far.
fn can_be_generated(before: &Value, contract: &Value) -> bool {
    let mut settled = contract.clone();
    let _ = examples::drop_contradictory(&mut settled);
    flag_names::settle(before, &mut settled);
    crate::codegen::generate_all(&settled).is_ok()
}

/// What an adoption leaves for a person, but for the rules.
fn left(
    adoption: &Adoption,
    source: &Source<'_>,
    edits: &Edits,
    changed: &Inventory,
) -> Result<Vec<Left>, Failure> {
    let excuses = read_deviations(&adoption.deviations)?;
    let lines = text::Lines::of(&adoption.contract);
    let mut left = Vec::new();
    let mut add = |file: &'static str, line: usize, what: String| {
        left.push(Left { file, line, what });
    };
    for difference in diff::diff(source.inventory, changed).differences {
        if excuses.excuse(source.capture, &difference) {
            continue;
        }
        let why = match edits.outcome(&difference) {
            Some(Outcome::Left(why) | Outcome::Kept(why)) => why,
            _ => edit::BY_HAND,
        };
        let what = format!("{}: {why}", told(&difference));
        match excuses.on(source.capture, &difference) {
            Some(deviation) => add(DEVIATIONS, deviation.line, what),
            None => add(CONTRACT, lines.of_fact(&edits.contract, &difference), what),
        }
    }
    for difference in &adoption.drift.differences {
        if let Some(what) = of_drift(difference) {
            add(CONTRACT, lines.of_fact(&edits.contract, difference), what);
        }
    }
    for change in &adoption.changes.differences {
        if change.kind == Kind::Added && change.at.starts_with("query.") {
            let line = lines.of_fact(&edits.contract, change);
            let todo = "client and program do not send it yet";
            add(CONTRACT, line, format!("{}: {todo}", told(change)));
        }
    }
    for (name, line) in lines.marked() {
        let todo =
            "its description only states facts: put it into better words, then remove `x-reword`";
        add(CONTRACT, line, format!("{name}: {todo}"));
    }
    for (at, line) in excuses.to_review() {
        let todo = "this deviation was written for you: give its reason, then remove `review`";
        add(DEVIATIONS, line, format!("{at}: {todo}"));
    }
    Ok(left)
}

fn read_deviations(text: &str) -> Result<Deviations, Failure> {
    Deviations::read(text)
        .map_err(|error| Failure::new(format!("{DEVIATIONS}: {error}; correct it")))
}

impl Adoption {
    /// The class of the release that follows: what changed in the contract decides, and wording
    /// alone is a patch.
    pub fn impact(&self) -> Option<Impact> {
        let wording = (!self.drift.differences.is_empty()).then_some(Impact::Wording);
        let changes = self.changes.differences.iter();
        changes.map(of_crate).max().max(wording)
    }
}

/// What a change of the contract means for those who use the generated types: they may have to follow
/// where those who send JSON need not.
fn of_crate(change: &Difference) -> Impact {
    let is_typed = change.at.starts_with("body.") || change.at.starts_with("responses.200.");
    let changes_types = matches!(
        change.kind,
        Kind::Type | Kind::Requirement | Kind::Enumeration | Kind::Renamed | Kind::Removed
    );
    match is_typed && changes_types {
        true => Impact::Breaking,
        false => change.impact,
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
