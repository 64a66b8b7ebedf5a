//! `adopt`: follows a source that changed, as a maintainer would do by hand.
//!
//! `plan.rs` decides what follows, `edit/` edits the contract for one difference, `place.rs` finds
//! where a fact stands in it, `shared.rs` keeps apart what shares a schema, `schema.rs` writes new
//! ones, `flag_names.rs` and `examples.rs` settle what hangs on it, `text.rs` keeps the layout.
//! `deviations.rs` and `changelog.rs` write those files, `report.rs` tells people, `commit.rs` commits.

mod changelog;
mod commit;
mod deviations;
mod edit;
mod examples;
mod flag_names;
mod place;
mod plan;
mod report;
mod schema;
mod shared;
mod text;

use std::fs;
use std::path::Path;

use webex_precheck_contract::capture;
use webex_precheck_contract::deviations::Deviations;
use webex_precheck_contract::evidence::Evidence;
use webex_precheck_contract::report::{Format, Report};

use crate::codegen;
use crate::outcome::{Failure, Outcome, note, print_styled};
use crate::source::Fresh;
use crate::workspace::{
    CHANGELOG, CONTRACT, DEVIATIONS, EVIDENCE, RULES, Workspace, capture_file, read_contract,
};

pub use plan::{Adoption, Left, Source, State, adopt};

/// Follow a source that changed: its capture, the contract, the generated files, the changelog
///
/// Applies what can be applied without judgement, and tells what is left for a person, with file
/// and line. Exit codes: 0 nothing is left; 1 something is; 3 the source is unreadable or broken, and
/// nothing was written.
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// A published OpenAPI file or a documentation page as text: a file, `-`, or an https address
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Write nothing, and show everything as a diff
    #[arg(long)]
    dry_run: bool,
    /// Apply removals as well
    #[arg(long)]
    allow_breaking: bool,
    /// List the public API anew as well, run all tests, and commit if they pass
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
    let fresh = crate::source::read(workspace, &arguments.source)?;
    for problem in &fresh.problems {
        note("Note", &format!("{}: {problem}", fresh.name));
    }
    let state = State {
        contract: workspace.read(CONTRACT)?,
        deviations: workspace.read(DEVIATIONS)?,
        rules: workspace.read(RULES)?,
        captures: workspace.captures()?,
    };
    let source = Source {
        name: &fresh.inventory.source,
        capture: &fresh.capture,
        inventory: &fresh.inventory,
    };
    let mut adoption = adopt(&state, &source, arguments.allow_breaking)?;
    let against = fresh.capture_file();
    // The lines of what changed are those of the capture as it was.
    let capture = workspace.read(&against).unwrap_or_default();
    let drift = Report {
        source: &fresh.name,
        against: &against,
        capture: &capture,
        problems: &[],
        comparison: &adoption.drift,
        findings: &[],
    };
    // Everything is there before anything is written.
    let files = files(workspace, &fresh, &adoption)?;
    let types = |(file, text): &(String, String)| {
        file == codegen::API && workspace.read(file).is_ok_and(|present| present != *text)
    };
    if !arguments.commit && files.iter().any(types) {
        adoption.left.push(Left {
            file: "crates/api/public-api.txt",
            line: 1,
            what: "generated types changed; `cargo xtask api` lists what is public anew".to_owned(),
        });
    }
    if let Some(file) = &arguments.report {
        write_report(
            workspace,
            file,
            &files,
            &report::markdown(&source, &adoption, &drift.render(Format::Markdown)),
        )?;
    }
    let mut fresh_enough = true;
    if arguments.dry_run {
        for (file, text) in &files {
            fresh_enough &= workspace.show_difference(file, text)?;
        }
    } else {
        fresh_enough = workspace.replace_all(&files)?;
    }
    let is_green = !arguments.commit || commit::run(workspace, &source, &adoption)?;
    for left in &adoption.left {
        note("Left", &left.to_string());
    }
    if !arguments.dry_run {
        print_styled(&drift.render(Format::Terminal))?;
    }
    note(
        match (arguments.dry_run, fresh_enough) {
            (_, true) => "Fresh",
            (true, false) => "Dry run",
            (false, false) => "Adopted",
        },
        &report::summary(&source, &adoption),
    );
    Ok(match adoption.left.is_empty() && is_green {
        true => Outcome::Clean,
        false => Outcome::Differences,
    })
}

/// Writes the report, before anything else: where it cannot be, nothing is.
fn write_report(
    workspace: &Workspace,
    file: &Path,
    files: &[(String, String)],
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
pub fn generated(adoption: &Adoption) -> Result<Vec<(String, String)>, Failure> {
    codegen::files(&adoption.contract, &adoption.captures)
}

/// All files as they follow from an adoption.
fn files(
    workspace: &Workspace,
    fresh: &Fresh,
    adoption: &Adoption,
) -> Result<Vec<(String, String)>, Failure> {
    let changelog = match workspace.path(CHANGELOG).exists() {
        true => workspace.read(CHANGELOG)?,
        false => "# Changelog\n".to_owned(),
    };
    let mut files = vec![
        (CONTRACT.to_owned(), adoption.contract.clone()),
        (DEVIATIONS.to_owned(), adoption.deviations.clone()),
    ];
    // What was captured stays as it is where nothing changed but the name of the source.
    let stored = fresh.stored.as_ref();
    let changed = stored.is_none() || !adoption.drift.differences.is_empty();
    let mut captures = adoption.captures.clone();
    if let (false, Some(stored)) = (changed, stored) {
        for (name, inventory) in &mut captures {
            if *name == fresh.capture {
                *inventory = stored.clone();
            }
        }
    }
    for (name, inventory) in &captures {
        let text = capture::write(inventory).map_err(Failure::new)?;
        files.push((capture_file(name), text));
    }
    files.extend(codegen::files(&adoption.contract, &captures)?);
    let evidence = Evidence {
        captures: &captures,
        contract: &read_contract(&adoption.contract)?,
        deviations: &Deviations::read(&adoption.deviations).map_err(Failure::new)?,
        rules: &workspace.rules()?,
    };
    files.push((EVIDENCE.to_owned(), evidence.to_markdown()));
    let entry = changelog::with(&changelog, &fresh.inventory.source, adoption);
    files.push((CHANGELOG.to_owned(), entry));
    Ok(files)
}
