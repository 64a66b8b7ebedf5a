//! The bench: many changes, one or two at a time, and what the comparison and an adoption make of them.

use std::collections::BTreeMap;

use fastrand::Rng;
use webex_precheck_contract::deviations::{Deviations, Violation, compare_captures};
use webex_precheck_contract::diff::{Impact, drift};
use webex_precheck_contract::{Inventory, capture, openapi, source};
use xtask::adopt::{self, Adoption, Source, State};

use super::{Mutation, Subject};

/// What was counted.
#[derive(Debug, Default)]
pub struct Numbers {
    /// Changes made one at a time.
    pub single: usize,
    /// Changes made two at a time.
    pub double: usize,
    /// Differences that had to be named.
    pub expected: usize,
    /// Differences that were named and had to be.
    pub named: usize,
    /// Differences that were named and should not have been.
    pub invented: usize,
    /// Those named with the right impact.
    pub impact_right: usize,
    /// Adoptions after which the comparison and the contract had to be clean.
    pub mechanical: usize,
    /// Adoptions from which code was generated.
    pub generated: usize,
    /// How many changes there were of each kind.
    pub kinds: BTreeMap<&'static str, usize>,
    /// What went wrong.
    pub failures: Vec<String>,
}

/// An adoption to build, and the change that it followed.
pub struct Sample {
    /// What was changed.
    pub what: String,
    /// What followed.
    pub adoption: Adoption,
}

/// Runs over a subject: every change by itself, or `most` of them at random; and as many pairs.
/// `keep` is asked for each adoption whether it is wanted as a sample.
pub fn run(
    subject: &Subject,
    most: usize,
    rng: &mut Rng,
    numbers: &mut Numbers,
    keep: &mut dyn FnMut(Sample),
) {
    let base = Base::of(subject, numbers);
    let Some(base) = base else {
        return;
    };
    let mut single: Vec<&Mutation> = subject.mutations.iter().collect();
    if single.len() > most {
        rng.shuffle(&mut single);
        single.truncate(most);
    }
    let count = single.len();
    for mutation in single {
        numbers.single += 1;
        base.check(&[mutation], numbers, keep);
    }
    let mut pairs = 0;
    // Some pairs touch each other, and others are drawn.
    for _ in 0..count * 20 {
        if pairs == count {
            break;
        }
        let pick = |rng: &mut Rng| rng.choice(&subject.mutations);
        let (Some(one), Some(other)) = (pick(rng), pick(rng)) else {
            break;
        };
        if one.is_apart_from(other) {
            pairs += 1;
            numbers.double += 1;
            base.check(&[one, other], numbers, keep);
        }
    }
}

/// A subject, captured and adopted as it is.
struct Base<'a> {
    subject: &'a Subject,
    stored: Inventory,
    capture: String,
    state: State,
    /// What differed from the contract without an excuse already.
    open: Vec<String>,
}

impl<'a> Base<'a> {
    fn of(subject: &'a Subject, numbers: &mut Numbers) -> Option<Self> {
        let stored = crate::captured(&subject.text, &crate::FROZEN.contract());
        let capture = capture::name(&stored, &crate::FROZEN.captures());
        let source = Source {
            name: subject.name,
            capture: &capture,
            inventory: &stored,
        };
        let adoption = match adopt::adopt(&crate::FROZEN.state(), &source, true) {
            Ok(adoption) => adoption,
            Err(failure) => {
                numbers
                    .failures
                    .push(format!("{}: {failure}", subject.name));
                return None;
            }
        };
        let open = open(&adoption);
        Some(Self {
            subject,
            stored,
            capture,
            state: adoption.state,
            open,
        })
    }

    fn check(&self, mutations: &[&Mutation], numbers: &mut Numbers, keep: &mut dyn FnMut(Sample)) {
        let kinds: Vec<&str> = mutations.iter().map(|mutation| mutation.kind).collect();
        let areas: Vec<&str> = mutations
            .iter()
            .map(|mutation| mutation.area.as_str())
            .collect();
        let what = format!(
            "{}: {} ({})",
            self.subject.name,
            kinds.join(" + "),
            areas.join(" + ")
        );
        for mutation in mutations {
            *numbers.kinds.entry(mutation.kind).or_default() += 1;
        }
        let text = self.subject.with(mutations);
        let (fresh, problems) = crate::read_source("copy", &text, &self.stored);
        if source::is_broken(&problems) {
            numbers
                .failures
                .push(format!("{what}: taken for broken: {problems:?}"));
            return;
        }
        if let Some(problem) = source::check_against(&self.stored, &fresh) {
            numbers.failures.push(format!("{what}: refused: {problem}"));
            return;
        }
        self.compare(mutations, &fresh, &what, numbers);
        self.follow(mutations, &fresh, what, numbers, keep);
    }

    /// Recall, precision and impact.
    fn compare(
        &self,
        mutations: &[&Mutation],
        fresh: &Inventory,
        what: &str,
        numbers: &mut Numbers,
    ) {
        let comparison = drift(&self.stored, fresh);
        let found: BTreeMap<String, Impact> = comparison
            .differences
            .iter()
            .map(|difference| (difference.id(), difference.impact))
            .collect();
        let expected: BTreeMap<&String, Impact> = mutations
            .iter()
            .flat_map(|mutation| &mutation.expected)
            .map(|(id, impact)| (id, *impact))
            .collect();
        numbers.expected += expected.len();
        let mut wrong = Vec::new();
        for (id, impact) in &expected {
            match found.get(*id) {
                Some(found) => {
                    numbers.named += 1;
                    if found == impact {
                        numbers.impact_right += 1;
                    } else {
                        wrong.push(format!("{id} is {found} and not {impact}"));
                    }
                }
                None => wrong.push(format!("{id} was missed")),
            }
        }
        for id in found.keys().filter(|id| !expected.contains_key(id)) {
            numbers.invented += 1;
            wrong.push(format!("{id} was invented"));
        }
        if !wrong.is_empty() {
            numbers
                .failures
                .push(format!("{what}: {}", wrong.join("; ")));
        }
    }

    /// What an adoption makes of it.
    fn follow(
        &self,
        mutations: &[&Mutation],
        fresh: &Inventory,
        what: String,
        numbers: &mut Numbers,
        keep: &mut dyn FnMut(Sample),
    ) {
        let mut fail = |why: String| numbers.failures.push(format!("{what}: {why}"));
        let source = Source {
            name: "copy",
            capture: &self.capture,
            inventory: fresh,
        };
        let adoption = match adopt::adopt(&self.state, &source, true) {
            Ok(adoption) => adoption,
            Err(failure) => return fail(format!("cannot be adopted: {failure}")),
        };
        // Stored and read again, as the next run will.
        let again = adoption
            .state
            .captures
            .iter()
            .find(|(name, _)| *name == self.capture);
        let stored =
            again.and_then(|(_, inventory)| capture::read(&capture::write(inventory).ok()?).ok());
        let Some(stored) = stored else {
            return fail("its capture cannot be stored".to_owned());
        };
        let text = self.subject.with(mutations);
        let (second, _) = crate::read_source("copy", &text, &stored);
        let rest = drift(&stored, &second);
        if !rest.differences.is_empty() {
            fail(format!("after adoption it drifts: {:?}", rest.differences));
        }
        if mutations.iter().all(|mutation| mutation.mechanical) {
            let mut open = open(&adoption);
            open.retain(|known| !self.open.contains(known));
            if !open.is_empty() {
                fail(format!(
                    "after adoption the contract differs: {}",
                    open.join("; ")
                ));
            }
        }
        match adopt::adopt(&adoption.state, &source, true) {
            Ok(twice) => {
                if twice.state.contract != adoption.state.contract
                    || twice.state.deviations != adoption.state.deviations
                {
                    fail("adopting it twice changes something".to_owned());
                }
            }
            Err(failure) => fail(format!("cannot be adopted twice: {failure}")),
        }
        let generated = adopt::generated(&adoption);
        match generated {
            Ok(files) => {
                for (file, code) in files.iter().filter(|(file, _)| file.ends_with(".rs")) {
                    if let Err(error) = syn::parse_file(code) {
                        fail(format!("{file} is no Rust: {error}"));
                    }
                }
            }
            Err(failure) => fail(format!("nothing can be generated: {failure}")),
        }
        numbers.generated += 1;
        numbers.mechanical += usize::from(mutations.iter().all(|mutation| mutation.mechanical));
        keep(Sample { what, adoption });
    }
}

/// What differs between the captures and the contract without an excuse, and the excuses for nothing.
fn open(adoption: &Adoption) -> Vec<String> {
    let (contract, problems) = openapi::read_contract("openapi.json", &adoption.state.contract);
    if !problems.is_empty() {
        return vec![format!("{problems:?}")];
    }
    let contract = contract.without_descriptions();
    let deviations = match Deviations::read(&adoption.state.deviations) {
        Ok(deviations) => deviations,
        Err(error) => return vec![error.to_string()],
    };
    let held = compare_captures(&adoption.state.captures, &contract);
    let findings = deviations.judge(&held);
    findings
        .iter()
        .map(|finding| match finding {
            Violation::Unexcused { source, difference } => {
                format!("{source} {}: {}", difference.id(), difference.phrase())
            }
            Violation::Unused { message, .. } => message.clone(),
        })
        .collect()
}
