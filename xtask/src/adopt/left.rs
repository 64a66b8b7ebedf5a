//! What an adoption leaves for a person, with file and line.

use serde_json::Value;
use webex_precheck_contract::Inventory;
use webex_precheck_contract::diff::{Change, Difference, Impact, Part};
use webex_precheck_contract::location::{FieldPath, Section};
use webex_precheck_contract::rules::Question;

use crate::outcome::Failure;
use crate::workspace::{CONTRACT, DEVIATIONS, RULES, facts, read_deviations, read_rules};

use super::basis::Basis;
use super::consequence::{BY_HAND, Refusal};
use super::edits::Edits;
use super::layout::Lines;
use super::place::{Contract, Pointer};
use super::public_names;
use super::state::{Adoption, Left};
use super::write::REWORD;

/// What a person has to do. What is to be done in several places alike is said once.
pub(super) fn find(adoption: &Adoption, edits: &Edits<'_>) -> Result<Vec<Left>, Failure> {
    let basis = edits.basis;
    let lines = &Lines::of(&edits.contract);
    let deviations = read_deviations(&adoption.state.deviations)?;
    let mut groups = Groups::default();
    // Where the contract still differs from the source, and nothing excuses it.
    for difference in &basis.open(&facts(&edits.contract), &deviations) {
        let (Refusal::Keep(why) | Refusal::Leave(why)) =
            edits.refusal(difference).unwrap_or(Refusal::Leave(BY_HAND));
        let about = deviations.about(basis.source.capture, difference);
        let (file, line) = match about {
            Some(deviation) => (DEVIATIONS, deviation.line),
            None => (CONTRACT, lines.of_fact(difference)),
        };
        let what = format!("{}: {why}", difference.reversed_phrase());
        groups.add(difference, Left::new(file, line, what));
    }
    let drift = adoption.drift.differences.iter();
    let drift = drift.map(|it| (it, of_drift(&it.change), it.change.details()));
    let changes = adoption.changes.differences.iter();
    let changes = changes.map(|it| (it, of_contract(it), Vec::new()));
    for (difference, todo, details) in drift.chain(changes) {
        if let Some(todo) = todo {
            let mut what = vec![format!("{}: {todo}", difference.phrase())];
            what.extend(details);
            let line = lines.of_fact(difference);
            groups.add(difference, Left::new(CONTRACT, line, what.join("\n    ")));
        }
    }
    let mut left = groups.named();
    for (name, line) in lines.with_member(REWORD) {
        let what = format!(
            "{name}: its description only states facts: improve it, then remove `{REWORD}`"
        );
        left.push(Left::new(CONTRACT, line, what));
    }
    for (member, why) in of_added(basis, &edits.contract) {
        left.push(Left::new(
            CONTRACT,
            lines.of_pointer(&member),
            why.to_owned(),
        ));
    }
    if let Some((pointer, names)) = public_names::new(&basis.original, &edits.contract) {
        let todo = "new names of the public API; rename what does not fit before a release";
        let line = lines.of_pointer(&pointer);
        left.push(Left::new(CONTRACT, line, format!("{names}: {todo}")));
    }
    for deviation in deviations.to_review() {
        let todo = "this deviation was written for you: give its reason, then remove `review`";
        let what = format!("{}: {todo}", deviation.at);
        left.push(Left::new(DEVIATIONS, deviation.line, what));
    }
    let rules = read_rules(&adoption.state.rules)?;
    for rule in rules.judge(&basis.captures) {
        let todo = "read the new wording, then change the rule or its fingerprint";
        left.push(Left::new(RULES, rule.line, format!("{rule}; {todo}")));
    }
    for question in rules.questions() {
        let what = of_question(question, basis.source.inventory);
        left.push(Left::new(RULES, question.line, what));
    }
    Ok(left)
}

/// What no source says of an operation that is new.
fn of_added(basis: &Basis<'_>, root: &Value) -> Vec<(Pointer, &'static str)> {
    let Some(id) = &basis.added else {
        return Vec::new();
    };
    let operation = Contract { root, id }.operation().unwrap_or_default();
    let todo = [
        "no source names the scope of a token: add `x-webex-scope` if it is known",
        "add `\"x-safe\": true` if it changes nothing: until then it is sent again only if it was never sent",
        "its findings: what the documentation forbids and the contract cannot express, in crates/client/src/findings/",
    ];
    todo.map(|what| (operation.clone(), what)).into()
}

impl Left {
    fn new(file: &'static str, line: usize, what: String) -> Self {
        Self { file, line, what }
    }
}

/// What is to be done about facts, each with all places where it is, and with the line of the first.
#[derive(Default)]
struct Groups(Vec<(Left, Vec<String>)>);

impl Groups {
    fn add(&mut self, difference: &Difference, left: Left) {
        let place = format!("{} {}", difference.operation, difference.location());
        let mut known = self.0.iter_mut();
        match known.find(|(it, _)| (it.file, &it.what) == (left.file, &left.what)) {
            Some((_, places)) => places.push(place),
            None => self.0.push((left, vec![place])),
        }
    }

    fn named(self) -> Vec<Left> {
        let named = self.0.into_iter().map(|(left, places)| {
            let what = format!("{}: {}", places.join(", "), left.what);
            Left { what, ..left }
        });
        named.collect()
    }
}

const CONSTRUCTORS: &str = "constructors take it now; correct the calls that no longer compile";
const PLACE: &str = "give the field its place in the contract";

/// What client and program have to follow in a change of the contract.
fn of_contract(difference: &Difference) -> Option<&'static str> {
    let is_breaking = difference.impact == Impact::Breaking;
    let in_body = |path: &FieldPath| path.section == Section::Body && is_breaking;
    match &difference.change {
        Change::Added(Part::Field { field, .. }) if field.at.section == Section::Query => {
            Some("client and program do not send it yet")
        }
        Change::Added(Part::Field { field, .. }) if in_body(&field.at) => Some(CONSTRUCTORS),
        Change::Requirement(path, _) if in_body(path) => Some(CONSTRUCTORS),
        _ => None,
    }
}

/// What remains to be done about a change of the source that no edit follows from.
fn of_drift(change: &Change) -> Option<&'static str> {
    match change {
        // A sentence that looks like a rule is asked about by itself.
        Change::Wording(..) if !change.rule_hints().is_empty() => None,
        Change::Wording(..) | Change::Labels(..) | Change::Reason(..) => {
            Some("read the new wording; our words may have to follow")
        }
        Change::Undocumented(..) => {
            Some("the source no longer documents this; check whether it still holds")
        }
        Change::Added(Part::Unnamed(..)) | Change::Removed(Part::Unnamed(..)) => {
            Some("a description without a name was added or removed")
        }
        Change::Added(Part::Field { field, .. }) | Change::Removed(Part::Field { field, .. }) => {
            (!field.at.is_placed()).then_some(PLACE)
        }
        Change::Type(path, _)
        | Change::Requirement(path, _)
        | Change::Enumeration(path, _)
        | Change::Deprecation(path, _) => (!path.is_placed()).then_some(PLACE),
        _ => None,
    }
}

fn of_question(question: &Question, source: &Inventory) -> String {
    let why = if question.hints.is_empty() {
        "it stands beside a sentence that a rule rests on".to_owned()
    } else {
        format!("it looks like a rule: {}", question.hints.join(", "))
    };
    let sentence = question.sentence(source);
    format!(
        "{}: new sentence {} ({why}); make it a rule, or delete the question{}",
        question.at.join(", "),
        question.fingerprint,
        sentence.map_or(String::new(), |it| format!("\n    + {it}")),
    )
}
