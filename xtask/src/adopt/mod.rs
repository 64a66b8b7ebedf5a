//! `adopt`: follows a source that changed, as a maintainer would do by hand.
//!
//! `plan.rs` names the steps, `basis.rs` reads and compares once what they start from. `edits.rs` takes the
//! differences between source and contract one by one: `consequence.rs` says what follows from a change,
//! `place.rs` where it stands in the contract, and `write/` writes it. `separate.rs` keeps apart what shares a
//! schema, `write/schema.rs` makes new ones with `names.rs`, `flag_names.rs` and `examples.rs` settle what
//! hangs on them, `layout.rs` keeps the layout.
//! `left.rs` lists what is left for a person, `release.rs` classes the release. `deviations.rs` and
//! `changelog.rs` write those files, `report.rs` the pull request, `commit.rs` commits.

mod basis;
mod changelog;
mod commit;
mod consequence;
mod deviations;
mod edits;
mod examples;
mod flag_names;
mod layout;
mod left;
mod names;
pub(crate) mod new_operation;
mod place;
mod plan;
mod public_names;
mod release;
mod report;
mod separate;
mod state;
mod write;

use std::fs;
use std::path::Path;

use webex_precheck_contract::capture;
use webex_precheck_contract::diff::{Impact, Release};
use webex_precheck_contract::evidence::Evidence;
use webex_precheck_contract::ignore::Ignores;
use webex_precheck_contract::report::{Format, Report};

use crate::codegen;
use crate::outcome::{Failure, Outcome, note, print_styled};
use crate::reporting::Compared;
use crate::source::{Dating, Fresh};
use crate::sources::{self, SOURCES};
use crate::workspace::{
    CHANGELOG, CONTRACT, DEVIATIONS, EVIDENCE, RULES, Workspace, capture_file, read_contract,
};

use basis::Basis;
use new_operation::NewOperation;

pub use plan::adopt;
pub use state::{Adoption, Left, Source, State};

/// Files of the workspace by path, and what they are to contain.
type Files = Vec<(String, String)>;

/// Follow a source that changed: capture, contract, rules, generated files, changelog
///
/// Applies what needs no judgement, and lists what is left for a person, with file and line. Exit codes: 0 nothing is left; 1 something is; 3 the source is unreadable or broken, and
/// nothing was written.
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The name of a source in spec/sources.toml, a file, `-`, or an https address; a published OpenAPI
    /// file or a documentation page as text
    #[arg(value_name = "SOURCE")]
    source: String,
    #[command(flatten)]
    dating: Dating,
    /// Write nothing, and show everything as a diff
    #[arg(long)]
    dry_run: bool,
    /// Apply removals as well
    #[arg(long)]
    allow_breaking: bool,
    /// Bring in an operation that the contract does not have yet, by its method and path
    #[arg(long, value_name = "METHOD PATH")]
    add_operation: Option<NewOperation>,
    /// Run all tests, and commit if they pass
    #[arg(long, conflicts_with = "dry_run")]
    commit: bool,
    /// Write what was done and what is left to this file, as Markdown for a pull request
    #[arg(long, value_name = "FILE")]
    report: Option<std::path::PathBuf>,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Failure> {
    if arguments.commit {
        commit::check(workspace)?;
    }
    let fresh = crate::source::read_to_store(
        workspace,
        &arguments.source,
        &arguments.dating,
        arguments.add_operation.as_ref(),
    )?;
    for problem in &fresh.problems {
        note("Note", &format!("{}: {problem}", fresh.name));
    }
    let mut state = State::of(workspace)?;
    let mut captures = state.captures.iter_mut();
    if let Some((_, stored)) = captures.find(|(name, _)| *name == fresh.capture)
        && let Some(known) = &fresh.stored
    {
        // With the words of its sentences, where they are known.
        stored.clone_from(known);
    }
    let added = arguments.add_operation.as_ref();
    let source = Source::of(&fresh);
    let adoption = plan::adopt_with(&state, &source, arguments.allow_breaking, added)?;
    let drift = adoption.drift.clone();
    let compared = Compared::new(workspace, fresh, drift, adoption.release())?;
    let (fresh, source) = (&compared.fresh, Source::of(&compared.fresh));
    let ignores = Ignores::default();
    let drift = Report {
        // They are noted above.
        problems: &[],
        ..compared.report(&ignores)
    };
    // Everything is there before anything is written.
    let files = files(workspace, fresh, &adoption)?;
    if let Some(file) = &arguments.report {
        let text = report::markdown(&source, &adoption, &drift.render(Format::Markdown));
        write_report(workspace, file, &files, &text)?;
    }
    let mut fresh_enough = true;
    if arguments.dry_run {
        for (file, text) in &files {
            fresh_enough &= workspace.show_difference(file, text)?;
        }
    } else {
        fresh_enough = workspace.replace_all(&files)?;
    }
    for it in &adoption.rebound {
        let message = format!("{RULES}:{}: {} rests on {}", it.line, it.id, it.fingerprint);
        note("Rebound", &format!("{message}, which is known to state it"));
    }
    let is_green = !arguments.commit || commit::run(workspace, &source, &adoption)?;
    for left in &adoption.left {
        note("Left", &left.to_string());
    }
    if !arguments.dry_run {
        print_styled(&drift.render(Format::Terminal))?;
    }
    let done = if arguments.dry_run {
        "Dry run"
    } else {
        "Adopted"
    };
    let verb = if fresh_enough { "Fresh" } else { done };
    note(verb, &report::summary(&source, &adoption));
    Ok(if adoption.left.is_empty() && is_green {
        Outcome::Clean
    } else {
        Outcome::Differences
    })
}

/// Writes the report, before anything else: where it cannot be, nothing is.
fn write_report(
    workspace: &Workspace,
    file: &Path,
    files: &Files,
    text: &str,
) -> Result<(), Failure> {
    let failed = |what: &str| Failure::usage(format!("--report {}: {what}", file.display()));
    let is_ours = |(name, _): &(String, String)| {
        let ours = workspace.path(name).canonicalize();
        ours.is_ok_and(|ours| file.canonicalize().is_ok_and(|file| file == ours))
    };
    if files.iter().any(is_ours) {
        return Err(failed("this is a file that adopt writes; name another one"));
    }
    fs::write(file, text).map_err(|error| failed(&error.to_string()))
}

/// The generated files that follow from an adoption.
pub fn generated(adoption: &Adoption) -> Result<Files, Failure> {
    codegen::files(&adoption.state.contract, &adoption.state.captures)
}

/// What the next release must be if a source is followed; none where nothing follows.
pub(crate) fn release_class(
    workspace: &Workspace,
    fresh: &Fresh,
) -> Result<Option<Release>, Failure> {
    let state = State::of(workspace)?;
    let basis = Basis::of(&state, &Source::of(fresh), None)?;
    Ok(release::impact(&basis).map(Impact::release))
}

impl State {
    fn of(workspace: &Workspace) -> Result<Self, Failure> {
        Ok(Self {
            contract: workspace.read(CONTRACT)?,
            deviations: workspace.read(DEVIATIONS)?,
            rules: workspace.read(RULES)?,
            captures: workspace.captures()?,
        })
    }
}

impl<'a> Source<'a> {
    fn of(fresh: &'a Fresh) -> Self {
        Self {
            name: &fresh.inventory.source,
            capture: &fresh.capture,
            inventory: &fresh.inventory,
        }
    }
}

/// All files as they follow from an adoption.
fn files(workspace: &Workspace, fresh: &Fresh, adoption: &Adoption) -> Result<Files, Failure> {
    let State {
        contract,
        deviations,
        rules,
        captures,
    } = &adoption.state;
    let mut captures = captures.clone();
    // What was captured stays as it is where nothing changed but the name of the source.
    if let Some(stored) = &fresh.stored
        && adoption.added.is_none()
        && adoption.drift.differences.is_empty()
        && fresh.inventory.date == stored.date
        && let Some((_, inventory)) = captures.iter_mut().find(|(name, _)| *name == fresh.capture)
    {
        *inventory = stored.clone();
    }
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let mut files = vec![
        file(CONTRACT, contract),
        file(DEVIATIONS, deviations),
        file(RULES, rules),
    ];
    for (name, inventory) in &captures {
        let text = capture::write(inventory).map_err(Failure::new)?;
        files.push((capture_file(name), text));
    }
    let dated = workspace.read_or_empty(SOURCES)?;
    let dated = sources::with_date(&dated, &fresh.capture, &fresh.inventory)?;
    files.push(file(SOURCES, &dated));
    files.extend(codegen::files(contract, &captures)?);
    let evidence = Evidence {
        captures: &captures,
        contract: &read_contract(contract)?,
    };
    files.push(file(EVIDENCE, &evidence.to_markdown()));
    let changelog = workspace.read_or_empty(CHANGELOG)?;
    let changelog = changelog::with(&changelog, &Source::of(fresh), adoption);
    files.push(file(CHANGELOG, &changelog));
    Ok(files)
}
