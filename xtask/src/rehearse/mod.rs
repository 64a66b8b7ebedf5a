//! `rehearse`: runs the drift action here, against a remote and pull requests of its own.
//!
//! `action.rs` reads the action and its expressions, `runner.rs` runs its steps, `stage.rs` is where
//! they run, `pull_requests.rs` stands in for `gh`, and `served.rs` for the server of the source.

mod action;
mod pull_requests;
mod runner;
mod served;
mod stage;

use std::env;
use std::fmt;
use std::path::Path;

use serde_json::{Value, json};

use crate::outcome::{Failure, Outcome, note, print};
use crate::workspace::{CONTRACT, Workspace};

pub use pull_requests::PullRequest;
pub(crate) use pull_requests::{Arguments as GhArguments, run as gh};
pub use runner::Run;
pub use served::Served;
pub use stage::Stage;

/// Run the drift action of `.github/actions/drift` here, without GitHub: what it pushes and proposes
///
/// Four runs: a source as it was captured, changed, the same again, and changed again. Needs git, bash
/// and jq. The workspace is taken as it is, committed or not, and left alone.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A published OpenAPI file [default: the contract, as if Webex had published it]
    #[arg(value_name = "FILE")]
    source: Option<String>,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Failure> {
    let source = match &arguments.source {
        Some(source) => Path::new(source).to_owned(),
        None => workspace.path(CONTRACT),
    };
    let text = std::fs::read_to_string(&source)
        .map_err(|error| Failure::new(format!("{}: {error}", source.display())))?;
    let once = with_status(&text, "418")?;
    let twice = with_status(&once, "451")?;
    let xtask = env::current_exe().map_err(|error| Failure::new(error.to_string()))?;
    let stage = Stage::new(&workspace.path(""), &xtask)?;
    let served = Served::start(&text).map_err(|error| Failure::new(error.to_string()))?;
    let address = served.address("rehearsed.json");
    stage.capture(&address)?;
    let mut went_well = true;
    for (what, text, expected) in [
        (
            "The source as it was captured",
            &text,
            Standing::of("clean", 0, 0),
        ),
        ("The source has changed", &once, Standing::of("drift", 1, 0)),
        ("The same source again", &once, Standing::of("drift", 1, 0)),
        (
            "The source has changed again",
            &twice,
            Standing::of("drift", 1, 1),
        ),
    ] {
        served.set(text);
        let run = stage.run(&[("source", &address)])?;
        let standing = Standing::after(&run, &stage)?;
        note("Run", &format!("{what}: {standing}"));
        for branch in stage.branches()? {
            for commit in stage.commits(&branch)? {
                note("", &format!("{branch} holds {commit}"));
            }
        }
        if run.failed.is_some() || standing != expected {
            went_well = false;
            print(&run.log)?;
            note(
                "Wrong",
                &format!("it should have been {expected}; the log is on stdout"),
            );
        }
    }
    match went_well {
        true => {
            note("Rehearsed", "every run ended as it should");
            Ok(Outcome::Clean)
        }
        false => Ok(Outcome::Differences),
    }
}

/// How things stand after a run.
#[derive(PartialEq)]
struct Standing {
    result: String,
    commits: usize,
    pull_requests: usize,
    edits: usize,
}

impl Standing {
    fn of(result: &str, pull_requests: usize, edits: usize) -> Self {
        Self {
            result: result.to_owned(),
            // One commit each, however often it is replaced.
            commits: pull_requests,
            pull_requests,
            edits,
        }
    }

    fn after(run: &Run, stage: &Stage) -> Result<Self, Failure> {
        let mut commits = 0;
        for branch in stage.branches()? {
            commits += stage.commits(&branch)?.len();
        }
        let all = stage.pull_requests()?;
        Ok(Self {
            result: run.output("result").to_owned(),
            commits,
            pull_requests: all.len(),
            edits: all.iter().map(|one| one.edits).sum(),
        })
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            result,
            commits,
            pull_requests,
            edits,
        } = self;
        write!(
            f,
            "{result}; commits on branches: {commits}, pull requests: {pull_requests}, updates of them: {edits}"
        )
    }
}

/// An OpenAPI file whose operations may answer with one status more, which is a drift that is
/// additive.
pub fn with_status(text: &str, status: &str) -> Result<String, Failure> {
    let broken = |what: &str| Failure::new(format!("{what}; name a published OpenAPI file"));
    let mut file: Value = serde_json::from_str(text).map_err(|error| broken(&error.to_string()))?;
    let paths = file.get_mut("paths").and_then(Value::as_object_mut);
    let paths = paths.ok_or_else(|| broken("no paths"))?;
    for (path, operations) in paths {
        let responses = operations.pointer_mut("/post/responses");
        if let (true, Some(responses)) = (path.ends_with("/validate"), responses) {
            responses[status] = json!({"description": "Rehearsed."});
        }
    }
    Ok(format!("{file:#}"))
}
