//! Other programs that compare OpenAPI files, on changes that are known: `cargo xtask compare`.

#![allow(clippy::print_stdout, reason = "it reports")]

mod page;
mod samples;
mod tools;

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use samples::Sample;
use serde_json::json;
use tools::{Run, Tool};
use webex_precheck_contract::diff::{self, Impact};
use webex_precheck_contract::source;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let said = match arguments[..] {
        ["all", packages, script, most] => all(Path::new(packages), Path::new(script), most),
        // These two are run as the others are: a process a comparison.
        ["ours", before, after] => ours(before, after),
        ["drift", before, after] => drift(before, after),
        _ => Err(
            "takes all PACKAGES SCRIPT SAMPLES, ours BEFORE AFTER or drift BEFORE AFTER; \
                  `cargo xtask compare` runs it"
                .to_owned(),
        ),
    };
    match said {
        Ok(said) => println!("{}", said.trim_end()),
        Err(why) => {
            tell(&why);
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Runs every tool on every sample, and writes the page.
fn all(packages: &Path, script: &Path, most: &str) -> Result<String, String> {
    let most = most.parse().map_err(|_| format!("{most} is no number"))?;
    let absolute = |path: &Path| {
        let absolute = fs::canonicalize(path);
        absolute.map_err(|error| format!("{}: {error}", path.display()))
    };
    let tools = tools::all(&absolute(packages)?, &absolute(script)?)?;
    let samples = samples::all(most);
    let folder = tempfile::tempdir().map_err(|error| format!("temporary files: {error}"))?;
    for (index, sample) in samples.iter().enumerate() {
        let folder = folder.path().join(index.to_string());
        let failed = |error| format!("{}: {error}", folder.display());
        fs::create_dir(&folder).map_err(failed)?;
        let [before, after] = sample.files();
        fs::write(folder.join(before), &sample.before).map_err(failed)?;
        fs::write(folder.join(after), &sample.after).map_err(failed)?;
    }
    let runs: Vec<Vec<Run>> = std::thread::scope(|scope| {
        let each = |tool| {
            let (samples, folder) = (&samples, folder.path());
            scope.spawn(move || run(tool, samples, folder))
        };
        let threads: Vec<_> = tools.iter().map(each).collect();
        let joined = threads.into_iter().map(|thread| thread.join());
        joined.collect::<Result<_, _>>()
    })
    .map_err(|_| "a thread that ran a tool failed".to_owned())?;
    Ok(page::write(&tools, &samples, &runs))
}

fn run(tool: &Tool, samples: &[Sample], folder: &Path) -> Vec<Run> {
    let each = samples.iter().enumerate();
    each.map(|(index, sample)| tool.run(&folder.join(index.to_string()), &sample.files()))
        .collect()
}

/// What this workspace finds.
fn ours(before: &str, after: &str) -> Result<String, String> {
    let stored = conformance::captured(&read(before)?, &conformance::contract());
    let (fresh, problems) = source::read(after, &read(after)?, &stored);
    if source::is_broken(&problems) {
        return Err(format!("{after}: {problems:?}"));
    }
    if let Some(problem) = source::check_against(&stored, &fresh) {
        return Err(format!("{after}: {problem}"));
    }
    let differences = diff::drift(&stored, &fresh).differences;
    let is_breaking = |impact| impact == Impact::Breaking;
    let classes = differences.iter().map(|it| is_breaking(it.impact));
    Ok(json!({"breaking": classes.collect::<Vec<_>>()}).to_string())
}

/// What the crate `drift` finds.
fn drift(before: &str, after: &str) -> Result<String, String> {
    // Without the number of the thread and the path, which are others each time.
    std::panic::set_hook(Box::new(|panic| {
        let what = panic.payload().downcast_ref::<&str>();
        tell(&format!("panics: {}", what.unwrap_or(&"says nothing")));
    }));
    let file =
        |name: &str| serde_json::from_str(&read(name)?).map_err(|error| format!("{name}: {error}"));
    let changes =
        drift::compare(&file(before)?, &file(after)?).map_err(|error| format!("{error:#}"))?;
    let classes = changes.iter().flat_map(|change| &change.changes);
    let classes = classes.map(|change| match change.class {
        drift::ChangeClass::BackwardIncompatible | drift::ChangeClass::Incompatible => Some(true),
        drift::ChangeClass::ForwardIncompatible | drift::ChangeClass::Trivial => Some(false),
        drift::ChangeClass::Unhandled => None,
    });
    Ok(json!({"breaking": classes.collect::<Vec<_>>()}).to_string())
}

fn tell(why: &str) {
    let _ = writeln!(io::stderr(), "{why}");
}

fn read(name: &str) -> Result<String, String> {
    fs::read_to_string(name).map_err(|error| format!("{name}: {error}"))
}
