//! The published revisions in order: what each changed, and what following them leads to.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;

use conformance::FROZEN;
use conformance::mutation::compile::Copy;
use webex_precheck_contract::deviations::{Deviations, compare_captures};
use webex_precheck_contract::diff::{Impact, drift};
use webex_precheck_contract::rules::Rules;
use webex_precheck_contract::{Date, Inventory, openapi, source};
use xtask::adopt::{Adoption, Source, State, adopt, generated};

/// A revision of the wholesale file.
struct Revision {
    name: String,
    inventory: Inventory,
}

/// The revisions at hand up to the newest that is worked out below, in order; and those that are broken.
fn revisions() -> (Vec<Revision>, Vec<String>) {
    let mut files = conformance::real_files("upstream");
    files.retain(|(name, _)| {
        let stem = name.strip_prefix("webex-wholesale-");
        stem.is_some_and(|stem| CHANGES.iter().any(|(day, _)| stem == format!("{day}.json")))
            || stem == Some("2025-07-18.json")
    });
    // A second revision of a day, `-b`, comes after the first.
    files.sort_by_key(|(name, _)| name.trim_end_matches(".json").to_owned());
    let (mut revisions, mut broken) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let (mut inventory, problems) = conformance::read_source(&name, &text, &FROZEN.contract());
        inventory.date = Date::in_name(&name);
        if source::is_broken(&problems) {
            broken.push(name)
        } else {
            revisions.push(Revision { name, inventory })
        }
    }
    (revisions, broken)
}

/// What each revision changed in the two operations, worked out with `diff` on the files.
const CHANGES: [(&str, &[(&str, Impact)]); 8] = {
    use Impact::{Additive, Wording};
    [
        ("2025-06-28", &[]),
        (
            "2025-07-23",
            &[
                ("customer:security:security", Wording),
                ("subscriber:security:security", Wording),
            ],
        ),
        (
            "2025-10-16",
            &[
                ("customer:body.address:wording", Wording),
                (
                    "customer:body.provisioningParameters.calling.location.address:wording",
                    Wording,
                ),
            ],
        ),
        (
            "2026-02-03",
            &[(
                "customer:body.provisioningParameters.packages:added",
                Additive,
            )],
        ),
        (
            "2026-02-24",
            &[(
                "customer:body.provisioningParameters.calling.location.address.stateOrProvince:wording",
                Wording,
            )],
        ),
        (
            "2026-04-01",
            &[
                (
                    "customer:body.packages[webex_calling_standard]:added",
                    Additive,
                ),
                ("customer:body.packages[cx_premium_agent]:added", Additive),
                ("customer:body.packages[cx_standard_agent]:added", Additive),
                ("customer:body.packages[cx_voice_ports]:added", Additive),
                ("customer:body.packages[cx_ai_assistant]:added", Additive),
                ("customer:body.packages[webex_ai_agent]:added", Additive),
                ("customer:responses.200.info:wording", Wording),
                (
                    "subscriber:body.packages[webex_calling_standard]:added",
                    Additive,
                ),
                ("subscriber:body.packages[cx_premium_agent]:added", Additive),
                (
                    "subscriber:body.packages[cx_standard_agent]:added",
                    Additive,
                ),
                ("subscriber:responses.200.info:wording", Wording),
            ],
        ),
        (
            "2026-04-01-b",
            &[
                ("customer:body.packages[cx_essentials]:wording", Wording),
                ("subscriber:body.package[cx_essentials]:wording", Wording),
                ("subscriber:body.packages[cx_essentials]:wording", Wording),
            ],
        ),
        ("2026-04-17", &[]),
    ]
};

#[test]
fn each_revision_changes_exactly_what_was_worked_out_by_hand() {
    let (revisions, broken) = revisions();
    if revisions.is_empty() {
        return;
    }
    assert_eq!(broken, ["webex-wholesale-2025-07-18.json"]);
    assert_eq!(revisions.len(), CHANGES.len());
    for (pair, (day, expected)) in revisions.windows(2).zip(&CHANGES[1..]) {
        let [before, after] = pair else { panic!() };
        assert!(after.name.contains(day), "{}", after.name);
        assert_eq!(
            source::check_against(&before.inventory, &after.inventory),
            None
        );
        let differences = drift(&before.inventory, &after.inventory).differences;
        let found: Vec<_> = differences.iter().map(|it| (it.id(), it.impact)).collect();
        let found: Vec<_> = found.iter().map(|(id, impact)| (&**id, *impact)).collect();
        assert_eq!(found, *expected, "{day}");
    }
}

/// Follows a revision; checks that what follows holds together.
fn follow(state: &State, revision: &Revision, allow_breaking: bool) -> Adoption {
    let source = Source {
        name: &revision.name,
        capture: "openapi",
        inventory: &revision.inventory,
    };
    let adoption = adopt(state, &source, allow_breaking).unwrap();
    let stored = adoption
        .state
        .captures
        .iter()
        .find(|(name, _)| name == "openapi");
    let (_, stored) = stored.unwrap();
    assert_eq!(
        drift(stored, &revision.inventory).differences,
        [],
        "{}",
        revision.name
    );
    let (contract, problems) = openapi::read_contract("openapi.json", &adoption.state.contract);
    assert_eq!(problems, [], "{}", revision.name);
    let contract = contract.without_descriptions();
    let deviations = Deviations::read(&adoption.state.deviations).unwrap();
    let held = compare_captures(&adoption.state.captures, &contract);
    assert_eq!(deviations.judge(&held), [], "{}", revision.name);
    adoption
}

/// The rules that have lost their sentence.
fn lost(adoption: &Adoption) -> BTreeSet<String> {
    let rules = Rules::read(&adoption.state.rules).unwrap();
    let lost = rules.judge(&adoption.state.captures).into_iter();
    lost.map(|stale| stale.rule.id.clone()).collect()
}

/// The oldest revision as the state of the repository, then every other one, and the rules that the
/// sources do not state at that time.
fn walk(mut each: impl FnMut(&str, &Adoption)) -> Option<(Adoption, Adoption)> {
    let (revisions, _) = revisions();
    let (first, later) = revisions.split_first()?;
    let start = follow(&FROZEN.state(), first, true);
    // The frozen rules are those of the newest revision.
    let unstated = |day: &str| -> BTreeSet<String> {
        let rules = [
            ("address-line-length", "2025-10-16"),
            ("state-format", "2026-02-24"),
        ];
        let unstated = rules.into_iter().filter(|(_, since)| day < *since);
        unstated.map(|(id, _)| id.to_owned()).collect()
    };
    assert_eq!(lost(&start), unstated("2025-06-28"));
    let mut last = start.clone();
    for revision in later {
        last = follow(&last.state, revision, false);
        let day = revision.inventory.date.as_ref().unwrap();
        assert_eq!(lost(&last), unstated(day.as_str()), "{}", revision.name);
        each(&revision.name, &last);
    }
    let jump = follow(&start.state, later.last()?, false);
    Some((last, jump))
}

#[test]
fn following_every_revision_leads_where_a_jump_to_the_newest_leads() {
    let Some((last, jump)) = walk(|name, adoption| {
        assert!(generated(adoption).is_ok(), "{name}");
    }) else {
        return;
    };
    assert!(last.state.contract == jump.state.contract);
    assert_eq!(last.state.deviations, jump.state.deviations);
    assert_eq!(last.state.captures, jump.state.captures);
    assert_eq!(lost(&last), lost(&jump));
}

#[test]
#[ignore = "compiles client and program after every revision, which takes minutes"]
fn the_code_of_every_revision_compiles() {
    let folder = conformance::root().join("target/history");
    let copy = Copy::of_workspace(folder).unwrap();
    walk(|name, adoption| {
        let checked = copy.check(&generated(adoption).unwrap(), "webex-precheck-cli");
        assert!(checked.is_ok(), "{name}: {checked:?}");
    });
}
