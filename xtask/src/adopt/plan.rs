//! What follows for the repository from a source that changed: values in, values out.

use serde_json::Value;
use webex_precheck_contract::deviations::{Deviations, Held, compare, follows_newer, hold};
use webex_precheck_contract::diff::{self, Comparison, Difference, Impact, Kind};
use webex_precheck_contract::rules::{Rebound, Rules};
use webex_precheck_contract::{Inventory, openapi};

use crate::outcome::Failure;
use crate::workspace::{CONTRACT, DEVIATIONS, RULES, read_contract, read_deviations, read_rules};

use super::deviations;
use super::edit::{self, Facts, Outcome};
use super::text;
use super::{examples, flag_names, public_names, shared};

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

impl Source<'_> {
    /// Its capture among others.
    fn stored_in<'c>(
        &self,
        captures: &'c [(String, Inventory)],
    ) -> Option<&'c (String, Inventory)> {
        captures.iter().find(|(name, _)| name == self.capture)
    }

    /// Its capture and date, for people.
    pub(super) fn dated(&self) -> String {
        match &self.inventory.date {
            Some(date) => format!("`{}` of {date}", self.capture),
            None => format!("`{}`", self.capture),
        }
    }
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
    /// Text of the rules that rest on wording.
    pub rules: String,
    /// The captures.
    pub captures: Vec<(String, Inventory)>,
    /// What is left for a person.
    pub left: Vec<Left>,
    /// Rules that rest on another sentence now, which is known to state them.
    pub rebound: Vec<Rebound>,
    /// What the release that follows the source means for those who use the crates, removals included
    /// that wait to be allowed.
    pub impact: Option<Impact>,
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

/// Follows a source.
pub fn adopt(
    state: &State,
    source: &Source<'_>,
    allow_breaking: bool,
) -> Result<Adoption, Failure> {
    let excuses = read_deviations(&state.deviations)?;
    let rules = read_rules(&state.rules)?;
    let stored = source.stored_in(&state.captures);
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

    let held_before = hold(&state.captures, &original);
    if excuses.iter().next().is_none()
        && held_before
            .iter()
            .any(|(_, _, it)| !it.differences.is_empty())
    {
        return Err(Failure::new(format!(
            "{DEVIATIONS}: it has no entry, and the contract leaves its sources; is it the right file?"
        )));
    }

    let mut edits = Edits::of(&before, source, &excuses, &captures, allow_breaking)?;
    examples::drop_contradictory(&mut edits.contract);
    flag_names::settle(&before, &mut edits.contract);
    shared::drop_orphans(&before, &mut edits.contract);
    let contract = text::write(&state.contract, &before, &edits.contract)?;
    let changed = facts(&edits.contract)?;

    let kept = edits.kept(&compare(source.inventory, &changed));
    let held: [Vec<Held>; 2] = [held_before, hold(&captures, &changed)];
    let deviations = deviations::follow(&state.deviations, source, &excuses, &held, &kept)?;
    let changes = diff::diff(&original, &changed);
    let (rules, rebound) = follow_rules(&state.rules, &rules, source, stored, &captures);
    let is_followed = stored.is_some_and(|(_, it)| it.operations == source.inventory.operations);
    let mut adoption = Adoption {
        // What was adopted before is no news, even where a person has yet to follow.
        impact: match is_followed && changes.differences.is_empty() {
            true => None,
            false => impact(state, source)?,
        },
        drift,
        changes,
        contract,
        deviations,
        rules,
        rebound,
        captures,
        left: Vec::new(),
    };
    adoption.left = left(&adoption, source, &edits, &before, &changed)?;
    Ok(adoption)
}

/// The text of the rules: those whose sentence is stated elsewhere rest on that one, and what is to be
/// asked of a person is asked.
fn follow_rules(
    text: &str,
    rules: &Rules,
    source: &Source<'_>,
    stored: Option<&(String, Inventory)>,
    captures: &[(String, Inventory)],
) -> (String, Vec<Rebound>) {
    let (mut text, rebound) = rules.rebind(text, captures);
    if let Some((_, stored)) = stored {
        for question in rules.ask(source.capture, stored, source.inventory) {
            text.push_str(&question.to_toml());
        }
    }
    (text, rebound)
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
        let is_older = follows_newer(source.inventory, others.iter().copied());
        let mut edits = Self {
            contract: before.clone(),
            decided: Vec::new(),
        };
        for _ in 0..MOST_ROUNDS {
            let facts = facts(&edits.contract)?;
            let mut open = compare(source.inventory, &facts).differences;
            open.retain(|it| excuses.excusing(source.capture, it).is_none() && !is_older(it));
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

    /// The differences that were decided to stay.
    fn kept(&self, now: &Comparison) -> Vec<(Difference, &'static str)> {
        let why = |difference: &Difference| match self.outcome(difference) {
            Some(Outcome::Kept(why)) => Some(*why),
            _ => None,
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
    examples::drop_contradictory(&mut settled);
    flag_names::settle(before, &mut settled);
    crate::codegen::parse(&settled.to_string()).is_ok()
        && crate::codegen::generate_all(&settled).is_ok()
}

/// What an adoption leaves for a person. What is to be done in several places alike is said once.
fn left(
    adoption: &Adoption,
    source: &Source<'_>,
    edits: &Edits,
    before: &Value,
    changed: &Inventory,
) -> Result<Vec<Left>, Failure> {
    let excuses = read_deviations(&adoption.deviations)?;
    let lines = text::Lines::of(&edits.contract);
    let mut items: Vec<(Left, String)> = Vec::new();
    let mut item = |file: &'static str, line: usize, difference: &Difference, what: String| {
        let place = format!("{} {}", difference.operation, difference.at);
        items.push((Left { file, line, what }, place));
    };
    let others = adoption.captures.iter().map(|(_, inventory)| inventory);
    let is_older = follows_newer(source.inventory, others);
    for difference in compare(source.inventory, changed).differences {
        if excuses.excusing(source.capture, &difference).is_some() || is_older(&difference) {
            continue;
        }
        let why = match edits.outcome(&difference) {
            Some(Outcome::Left(why) | Outcome::Kept(why)) => why,
            _ => edit::BY_HAND,
        };
        // What the source has beyond the contract is added by it, and not removed.
        let mut shown = difference.clone();
        std::mem::swap(&mut shown.before, &mut shown.after);
        shown.kind = match difference.kind {
            Kind::Added => Kind::Removed,
            Kind::Removed => Kind::Added,
            kind => kind,
        };
        let what = format!("{}: {why}", shown.phrase());
        match excuses.on(source.capture, &difference) {
            Some(deviation) => item(DEVIATIONS, deviation.line, &difference, what),
            None => {
                let line = lines.of_fact(&edits.contract, &difference);
                item(CONTRACT, line, &difference, what);
            }
        }
    }
    for difference in &adoption.drift.differences {
        if let Some(what) = of_drift(difference) {
            let line = lines.of_fact(&edits.contract, difference);
            item(CONTRACT, line, difference, what);
        }
    }
    for change in &adoption.changes.differences {
        let todo = match (change.kind, change.at.split('.').next()) {
            (Kind::Added, Some("query")) => "client and program do not send it yet",
            (Kind::Added | Kind::Requirement, Some("body"))
                if change.impact == Impact::Breaking =>
            {
                "constructors take it now; correct the calls that no longer compile"
            }
            _ => continue,
        };
        let line = lines.of_fact(&edits.contract, change);
        item(
            CONTRACT,
            line,
            change,
            format!("{}: {todo}", change.phrase()),
        );
    }
    let mut left = grouped(items);
    let mut add = |file: &'static str, line: usize, what: String| {
        left.push(Left { file, line, what });
    };
    for (name, line) in lines.marked() {
        let todo = "its description only states facts: improve it, then remove `x-reword`";
        add(CONTRACT, line, format!("{name}: {todo}"));
    }
    if let Some((pointer, names)) = public_names::new(before, &edits.contract) {
        let todo = "new names of the public API; rename what does not fit before a release";
        add(
            CONTRACT,
            lines.of_pointer(&pointer),
            format!("{names}: {todo}"),
        );
    }
    for (at, line) in excuses.to_review() {
        let todo = "this deviation was written for you: give its reason, then remove `review`";
        add(DEVIATIONS, line, format!("{at}: {todo}"));
    }
    let rules = read_rules(&adoption.rules)?;
    for rule in rules.judge(&adoption.captures) {
        let todo = "read the new wording, then change the rule or its fingerprint";
        add(RULES, rule.line, format!("{rule}; {todo}"));
    }
    for question in rules.questions() {
        let hints = match question.hints.is_empty() {
            true => "it stands beside a sentence that a rule rests on".to_owned(),
            false => format!("it looks like a rule: {}", question.hints.join(", ")),
        };
        let mut what = format!(
            "{}: new sentence {} ({hints}); make it a rule, or delete the question",
            question.at.join(", "),
            question.fingerprint
        );
        if let Some(sentence) = question.sentence(source.inventory) {
            what.push_str("\n    + ");
            what.push_str(&sentence);
        }
        add(RULES, question.line, what);
    }
    Ok(left)
}

/// What is to be done, with all places where it is; each with one of them at first.
fn grouped(items: Vec<(Left, String)>) -> Vec<Left> {
    let mut groups: Vec<(Left, Vec<String>)> = Vec::new();
    for (item, place) in items {
        let same = |(known, _): &&mut (Left, Vec<String>)| {
            (known.file, &known.what) == (item.file, &item.what)
        };
        match groups.iter_mut().find(same) {
            Some((_, places)) => places.push(place),
            None => groups.push((item, vec![place])),
        }
    }
    let left = groups.into_iter().map(|(mut item, places)| {
        item.what = format!("{}: {}", places.join(", "), item.what);
        item
    });
    left.collect()
}

/// The class of the release that follows a source: what changes in the contract decides, removals and
/// what a person has to follow included, and wording alone is a patch. None where nothing follows, or
/// more than anyone can review.
pub(crate) fn impact(state: &State, source: &Source<'_>) -> Result<Option<Impact>, Failure> {
    let stored = source.stored_in(&state.captures);
    let drift = stored.map(|(_, stored)| diff::drift(stored, source.inventory));
    let drift = drift.unwrap_or_default().differences;
    if drift.len() > MOST_DIFFERENCES {
        return Ok(None);
    }
    let is_changed = stored.is_some_and(|(_, it)| it.operations != source.inventory.operations);
    let excuses = read_deviations(&state.deviations)?;
    let before = crate::codegen::parse(&state.contract)?;
    let captures = with(&state.captures, source);
    let edits = Edits::one_by_one(&before, source, &excuses, &captures, true, false)?;
    let after = facts(&edits.contract)?;
    let changes = diff::diff(&facts(&before)?, &after);
    let open = compare(source.inventory, &after).differences;
    let by_hand = drift.iter().filter(|drifted| {
        let is_left = |it: &&Difference| matches!(edits.outcome(it), Some(Outcome::Left(_)));
        let mut left = open.iter().filter(is_left);
        left.any(|it| (it.operation, &it.at) == (drifted.operation, &drifted.at))
    });
    let by_hand = by_hand.map(|drifted| drifted.impact);
    let impacts = changes.differences.iter().map(of_crate).chain(by_hand);
    Ok(impacts.max().max(is_changed.then_some(Impact::Wording)))
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
        // A sentence that looks like a rule is asked about by itself.
        Kind::Wording if !difference.hints.is_empty() => return None,
        Kind::Wording => "read the new wording; our words may have to follow",
        Kind::Told => "the source no longer documents this; check whether it still holds",
        _ if difference.at.contains(".?.") => "give the field its place in the contract",
        _ if difference.at.contains(".unnamed[") => {
            "a description without a name was added, removed or changed"
        }
        _ => return None,
    };
    let mut what = format!("{}: {todo}", difference.phrase());
    for detail in &difference.details {
        what.push_str("\n    ");
        what.push_str(detail);
    }
    Some(what)
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
