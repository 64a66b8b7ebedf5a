//! `drift`: what a source documents now compared with its capture.

use std::path::PathBuf;

use webex_precheck_contract::diff::{self, Comparison};
use webex_precheck_contract::rules::Rules;

use crate::adopt;
use crate::outcome::{Failure, Outcome, note};
use crate::reporting::ReportArguments;
use crate::source::Fresh;
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
    // Read before a source is, which may take its time.
    let ignores = arguments.report.ignores()?;
    let compared = match &arguments.source {
        Some(source) => vec![compare(workspace, source)?],
        None => all(workspace, arguments)?,
    };
    arguments.report.report(workspace, compared, &ignores)
}

/// Every source that can be read; a note for each other one.
fn all(workspace: &Workspace, arguments: &Arguments) -> Result<Vec<Compared>, Failure> {
    let mut compared = Vec::new();
    for source in workspace.sources()? {
        let place = match &arguments.from {
            Some(folder) => source
                .copy_in(folder)
                .map(|path| path.display().to_string()),
            None => source.address.clone(),
        };
        let read = match place {
            Some(place) => compare(workspace, &place),
            None => Err(Failure::new("there is no copy of it, or no address")),
        };
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

/// A source, and how it differs from its capture.
pub(crate) struct Compared {
    pub(crate) fresh: Fresh,
    pub(crate) comparison: Comparison,
    pub(crate) release: Option<diff::Release>,
}

fn compare(workspace: &Workspace, source: &str) -> Result<Compared, Failure> {
    let fresh = crate::source::read(workspace, source)?;
    let Some(stored) = &fresh.stored else {
        return Err(Failure::new(format!(
            "{} does not exist; `cargo xtask capture {}` writes it",
            fresh.capture_file(),
            fresh.name
        )));
    };
    let mut comparison = diff::drift(stored, &fresh.inventory);
    name_rules(&mut comparison, &workspace.rules()?, &fresh);
    let release = match comparison.differences.is_empty() {
        true => None,
        false => adopt::release(workspace, &fresh)?,
    };
    Ok(Compared {
        fresh,
        comparison,
        release,
    })
}

/// Names, at each difference of wording, the rules that rest on what changed.
pub(crate) fn name_rules(comparison: &mut Comparison, rules: &Rules, fresh: &Fresh) {
    for difference in &mut comparison.differences {
        let id = difference.operation;
        // Descriptions without names stand in one place for the rules.
        let at = match difference.at.split_once(".unnamed[") {
            Some((section, _)) => format!("{section}.unnamed"),
            None => difference.at.clone(),
        };
        let lost = rules.that_lost(&fresh.capture, id, &at, &fresh.inventory);
        difference.rules = lost.map(str::to_owned).collect();
    }
}
