//! `drift`: what a source documents now compared with its capture.

use std::path::{Path, PathBuf};

use webex_precheck_contract::diff;

use crate::adopt;
use crate::outcome::{Failure, Outcome, note};
use crate::reporting::{Compared, ReportArguments};
use crate::source;
use crate::workspace::Workspace;

/// Compare sources with their captures in `spec/documented/`
///
/// Exit codes: 0 no differences; 1 differences; 3 the source is unreadable or broken, or, without
/// SOURCE, all of them are.
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The name of a source in spec/sources.toml, a file, `-`, or an https address; a published OpenAPI
    /// file or a documentation page as text [default: all of spec/sources.toml]
    #[arg(value_name = "SOURCE")]
    source: Option<String>,
    /// Take the newest copies in a folder instead of what is at the addresses
    #[arg(long, value_name = "FOLDER", conflicts_with = "source")]
    from: Option<PathBuf>,
    #[command(flatten)]
    report: ReportArguments,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Failure> {
    let compared = match &arguments.source {
        Some(source) => vec![compare(workspace, source)?],
        None => compare_all(workspace, arguments.from.as_deref())?,
    };
    arguments.report.report(compared)
}

/// Compares every source that can be read, and notes each other one.
fn compare_all(workspace: &Workspace, from: Option<&Path>) -> Result<Vec<Compared>, Failure> {
    let mut compared = Vec::new();
    for source in workspace.sources()? {
        let copy = |folder| Some(source.copy_in(folder)?.display().to_string());
        let place = from.map_or_else(|| source.address.clone(), copy);
        let read = place
            .ok_or_else(|| Failure::new("there is no copy of it, or no address"))
            .and_then(|place| compare(workspace, &place));
        match read {
            Ok(read) => compared.push(read),
            Err(failure) => note("Skipped", &format!("{}: {failure}", source.name)),
        }
    }
    if compared.is_empty() {
        return Err(Failure::new("no source of spec/sources.toml could be read"));
    }
    Ok(compared)
}

fn compare(workspace: &Workspace, source: &str) -> Result<Compared, Failure> {
    let fresh = source::read(workspace, source)?;
    let Some(stored) = &fresh.stored else {
        let (file, name) = (fresh.capture_file(), &fresh.name);
        let remedy = format!("`cargo xtask capture {name}` writes it");
        return Err(Failure::new(format!("{file} does not exist; {remedy}")));
    };
    let comparison = diff::drift(stored, &fresh.inventory);
    let release = if comparison.differences.is_empty() {
        None
    } else {
        adopt::release_class(workspace, &fresh)?
    };
    Compared::new(workspace, fresh, comparison, release)
}
