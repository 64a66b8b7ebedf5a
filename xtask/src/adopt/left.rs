//! What an adoption leaves for a person, with file and line.

use serde_json::Value;
use webex_precheck_contract::deviations::{NewerSources, compare};
use webex_precheck_contract::diff::{Change, Difference, Impact, Part};
use webex_precheck_contract::location::{FieldPath, Section};

use crate::outcome::Failure;
use crate::workspace::{CONTRACT, DEVIATIONS, RULES, facts, read_deviations, read_rules};

use super::consequence::BY_HAND;
use super::edits::{Edits, Outcome};
use super::layout::Lines;
use super::public_names;
use super::schema::REWORD;
use super::state::{Adoption, Left, Source};

/// What a person has to do. What is to be done in several places alike is said once.
pub(super) fn find(
    adoption: &Adoption,
    source: &Source<'_>,
    original: &Value,
    edits: &Edits,
) -> Result<Vec<Left>, Failure> {
    let mut found = Found {
        lines: Lines::of(&edits.contract),
        left: Vec::new(),
    };
    found.open(adoption, source, edits)?;
    found.drift(adoption);
    found.changes(adoption);
    let mut left = grouped(found.left);
    for (name, line) in found.lines.with_member(REWORD) {
        let what = format!(
            "{name}: its description only states facts: improve it, then remove `{REWORD}`"
        );
        left.push(Left::new(CONTRACT, line, what));
    }
    if let Some((pointer, names)) = public_names::new(original, &edits.contract) {
        let line = found.lines.of_pointer(&pointer);
        let todo = "new names of the public API; rename what does not fit before a release";
        left.push(Left::new(CONTRACT, line, format!("{names}: {todo}")));
    }
    for deviation in read_deviations(&adoption.state.deviations)?.to_review() {
        let todo = "this deviation was written for you: give its reason, then remove `review`";
        let what = format!("{}: {todo}", deviation.at);
        left.push(Left::new(DEVIATIONS, deviation.line, what));
    }
    left.extend(of_rules(adoption, source)?);
    Ok(left)
}

impl Left {
    fn new(file: &'static str, line: usize, what: String) -> Self {
        Self { file, line, what }
    }
}

struct Found<'c> {
    lines: Lines<'c>,
    /// What is to be done, and where.
    left: Vec<(Left, String)>,
}

impl Found<'_> {
    fn add(&mut self, difference: &Difference, what: String) {
        let line = self.lines.of_fact(difference);
        self.add_at(CONTRACT, line, difference, what);
    }

    fn add_at(&mut self, file: &'static str, line: usize, difference: &Difference, what: String) {
        let place = format!("{} {}", difference.operation, difference.location());
        self.left.push((Left::new(file, line, what), place));
    }

    /// Where the contract still differs from the source, and nothing excuses it.
    fn open(
        &mut self,
        adoption: &Adoption,
        source: &Source<'_>,
        edits: &Edits,
    ) -> Result<(), Failure> {
        let excuses = read_deviations(&adoption.state.deviations)?;
        let others = adoption
            .state
            .captures
            .iter()
            .map(|(_, inventory)| inventory);
        let newer = NewerSources::of(source.inventory, others);
        for difference in compare(source.inventory, &facts(&edits.contract)).differences {
            if excuses.excusing(source.capture, &difference).is_some()
                || newer.document(&difference)
            {
                continue;
            }
            let why = match edits.outcome(&difference) {
                Some(Outcome::Left(why) | Outcome::Kept(why)) => why,
                Some(Outcome::Applied) | None => BY_HAND,
            };
            let what = format!("{}: {why}", difference.reversed_phrase());
            match excuses.about(source.capture, &difference) {
                Some(deviation) => self.add_at(DEVIATIONS, deviation.line, &difference, what),
                None => self.add(&difference, what),
            }
        }
        Ok(())
    }

    /// What changed in the source, and no edit follows from.
    fn drift(&mut self, adoption: &Adoption) {
        for difference in &adoption.drift.differences {
            if let Some(todo) = of_drift(&difference.change) {
                let mut what = format!("{}: {todo}", difference.phrase());
                for detail in difference.change.details() {
                    what.push_str("\n    ");
                    what.push_str(&detail);
                }
                self.add(difference, what);
            }
        }
    }

    /// What changed in the contract, and client and program have to follow.
    fn changes(&mut self, adoption: &Adoption) {
        for difference in &adoption.changes.differences {
            let is_breaking = difference.impact == Impact::Breaking;
            let in_body = |path: &FieldPath| path.section == Section::Body && is_breaking;
            let todo = match &difference.change {
                Change::Added(Part::Field { field, .. }) if field.at.section == Section::Query => {
                    "client and program do not send it yet"
                }
                Change::Added(Part::Field { field, .. }) if in_body(&field.at) => CONSTRUCTORS,
                Change::Requirement(path, _) if in_body(path) => CONSTRUCTORS,
                _ => continue,
            };
            self.add(difference, format!("{}: {todo}", difference.phrase()));
        }
    }
}

const CONSTRUCTORS: &str = "constructors take it now; correct the calls that no longer compile";

/// What remains to be done about a change of the source that no edit follows from.
fn of_drift(change: &Change) -> Option<&'static str> {
    let is_placed = |part: &Part| match part {
        Part::Field { field, .. } => field.at.is_placed(),
        _ => true,
    };
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
        Change::Added(part) | Change::Removed(part) if !is_placed(part) => {
            Some("give the field its place in the contract")
        }
        Change::Type(path, _)
        | Change::Requirement(path, _)
        | Change::Enumeration(path, _)
        | Change::Deprecation(path, _)
            if !path.is_placed() =>
        {
            Some("give the field its place in the contract")
        }
        _ => None,
    }
}

fn of_rules(adoption: &Adoption, source: &Source<'_>) -> Result<Vec<Left>, Failure> {
    let mut left = Vec::new();
    let rules = read_rules(&adoption.state.rules)?;
    for rule in rules.judge(&adoption.state.captures) {
        let todo = "read the new wording, then change the rule or its fingerprint";
        left.push(Left::new(RULES, rule.line, format!("{rule}; {todo}")));
    }
    for question in rules.questions() {
        let why = if question.hints.is_empty() {
            "it stands beside a sentence that a rule rests on".to_owned()
        } else {
            format!("it looks like a rule: {}", question.hints.join(", "))
        };
        let mut what = format!(
            "{}: new sentence {} ({why}); make it a rule, or delete the question",
            question.at.join(", "),
            question.fingerprint
        );
        if let Some(sentence) = question.sentence(source.inventory) {
            what.push_str("\n    + ");
            what.push_str(&sentence);
        }
        left.push(Left::new(RULES, question.line, what));
    }
    Ok(left)
}

/// What is to be done, with all places where it is; each with one of them at first.
fn grouped(items: Vec<(Left, String)>) -> Vec<Left> {
    let mut groups: Vec<(Left, Vec<String>)> = Vec::new();
    for (item, place) in items {
        let mut known = groups.iter_mut();
        match known.find(|(it, _)| (it.file, &it.what) == (item.file, &item.what)) {
            Some((_, places)) => places.push(place),
            None => groups.push((item, vec![place])),
        }
    }
    let left = groups.into_iter().map(|(item, places)| {
        let what = format!("{}: {}", places.join(", "), item.what);
        Left { what, ..item }
    });
    left.collect()
}
