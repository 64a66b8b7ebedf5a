//! Changes of a source, made by a program: each says itself which differences it makes, and what they
//! mean for callers. The comparison is held against that, and so is what follows from it.

pub mod bench;
pub mod compile;
mod file;
mod flat;
mod nameless;

use serde_json::Value;
use webex_precheck_contract::diff::Impact;

/// A change of a source.
pub struct Mutation {
    /// What kind of change it is.
    pub kind: &'static str,
    /// Where; two changes can be made together if neither is at or above the other.
    pub area: String,
    edit: Edit,
    /// The differences that it makes: their IDs and impacts.
    pub expected: Vec<(String, Impact)>,
    /// Whether what follows from it can be done without judgement.
    pub mechanical: bool,
}

enum Edit {
    Json(Box<dyn Fn(&mut Value)>),
    Lines(Vec<Splice>),
}

/// Lines of a text that are put in the place of others.
#[derive(Clone)]
struct Splice {
    start: usize,
    remove: usize,
    lines: Vec<String>,
}

/// A text to change, with all single changes of it.
pub struct Subject {
    /// Its name, for people.
    pub name: &'static str,
    /// As it is.
    pub text: String,
    /// What can be changed about it.
    pub mutations: Vec<Mutation>,
}

impl Subject {
    /// A published file.
    pub fn file(name: &'static str, text: String) -> Self {
        let mutations = file::mutations(&text);
        Self {
            name,
            text,
            mutations,
        }
    }

    /// The flat page of the customer operation.
    pub fn flat_page(name: &'static str, text: String) -> Self {
        let mutations = flat::mutations(&text);
        Self {
            name,
            text,
            mutations,
        }
    }

    /// The page of the subscriber operation, which has lost its names.
    pub fn nameless_page(name: &'static str, text: String) -> Self {
        let mutations = nameless::mutations(&text);
        Self {
            name,
            text,
            mutations,
        }
    }

    /// The text with these changes, all at once.
    pub fn with(&self, mutations: &[&Mutation]) -> String {
        let mut splices: Vec<&Splice> = Vec::new();
        let mut value: Option<Value> = None;
        for mutation in mutations {
            match &mutation.edit {
                Edit::Json(edit) => edit(value.get_or_insert_with(|| {
                    serde_json::from_str(&self.text).expect("the subject is JSON")
                })),
                Edit::Lines(lines) => splices.extend(lines),
            }
        }
        if let Some(value) = value {
            return value.to_string();
        }
        // From the end, so that places stay where they are.
        splices.sort_by_key(|splice| std::cmp::Reverse(splice.start));
        let mut lines: Vec<&str> = self.text.split('\n').collect();
        for splice in splices {
            let range = splice.start..splice.start + splice.remove;
            lines.splice(range, splice.lines.iter().map(String::as_str));
        }
        lines.join("\n")
    }
}

impl Mutation {
    /// Whether two changes do not touch.
    pub fn is_apart_from(&self, other: &Self) -> bool {
        let above = |a: &str, b: &str| {
            a == b || b.strip_prefix(a).is_some_and(|rest| rest.starts_with('.'))
        };
        let overlap = match (&self.edit, &other.edit) {
            (Edit::Lines(a), Edit::Lines(b)) => a.iter().any(|a| {
                b.iter()
                    .any(|b| a.start <= b.start + b.remove && b.start <= a.start + a.remove)
            }),
            _ => false,
        };
        !overlap && !above(&self.area, &other.area) && !above(&other.area, &self.area)
    }
}

/// All sources: the fixtures, and the real ones where they are present.
pub fn subjects() -> Vec<Subject> {
    let fixture = crate::fixture;
    let mut subjects = vec![
        Subject::file("published.json", fixture("published.json")),
        Subject::flat_page("customer-page.txt", fixture("customer-page.txt")),
        Subject::nameless_page("subscriber-page.txt", fixture("subscriber-page.txt")),
    ];
    let real = crate::real;
    // Any revision will do.
    subjects.extend(
        real("upstream/webex-wholesale-2025-10-16.json")
            .map(|text| Subject::file("webex-wholesale-2025-10-16.json", text)),
    );
    subjects.extend(
        real("docs/precheck-customer.txt")
            .map(|text| Subject::flat_page("precheck-customer.txt", text)),
    );
    subjects.extend(
        real("docs/precheck-subscriber.txt")
            .map(|text| Subject::nameless_page("precheck-subscriber.txt", text)),
    );
    subjects
}
