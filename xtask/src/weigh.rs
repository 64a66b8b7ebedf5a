//! `weigh`: what the client costs in dependencies and build time, against plain reqwest.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use crate::outcome::{Failure, Outcome, note, print};
use crate::workspace::Workspace;

/// Tell how many crates the client links more than plain reqwest (rustls, json), and which; exit
/// with 1 if there are more than 12
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Build both from nothing as well, and compare the time
    #[arg(long)]
    build: bool,
}

const MOST: usize = 12;

/// A crate with one dependency.
struct Weighed {
    name: &'static str,
    dependency: String,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Failure> {
    let manifest = workspace.read("Cargo.toml")?;
    let reqwest = manifest
        .lines()
        .find_map(|line| line.strip_prefix("reqwest = { version = \""))
        .and_then(|rest| rest.split('"').next())
        .ok_or_else(|| Failure::new("Cargo.toml: `reqwest` is not where it was"))?;
    let plain = Weighed {
        name: "plain",
        dependency: format!(
            "reqwest = {{ version = \"{reqwest}\", default-features = false, features = [\"json\", \"rustls\"] }}"
        ),
    };
    let client = workspace.path("crates/client");
    let ours = Weighed {
        name: "ours",
        dependency: format!("webex-precheck = {{ path = {client:?} }}"),
    };
    let [plain_lines, our_lines] = [&plain, &ours].map(|weighed| tree(workspace, weighed));
    let (plain_lines, our_lines) = (plain_lines?, our_lines?);
    let names = |lines: &BTreeSet<String>| -> BTreeSet<String> {
        let names = lines.iter().filter_map(|line| line.split(' ').next());
        names.map(str::to_owned).collect()
    };
    let (plain_names, our_names) = (names(&plain_lines), names(&our_lines));
    let added: Vec<&String> = our_names.difference(&plain_names).collect();
    let text = format!(
        "lines of `cargo tree -e normal --prefix none | sort -u`: {} for reqwest {reqwest} (rustls, json), {} for the client, at most {}\n\
         crates: {} and {}; added: {}\n",
        plain_lines.len(),
        our_lines.len(),
        plain_lines.len() + MOST,
        plain_names.len(),
        our_names.len(),
        added
            .iter()
            .map(|name| name.as_str())
            .collect::<Vec<_>>()
            .join(", "),
    );
    print(&text)?;
    if arguments.build {
        let [plain, ours] = [&plain, &ours].map(|weighed| build(workspace, weighed));
        let (plain, ours) = (plain?, ours?);
        print(&format!(
            "cold build, debug: {plain:.1} s and {ours:.1} s, a ratio of {:.2}\n",
            ours / plain
        ))?;
    }
    Ok(match our_lines.len() <= plain_lines.len() + MOST {
        true => Outcome::Clean,
        false => Outcome::Differences,
    })
}

/// Lays the crate out, with the versions that the workspace builds with.
fn lay_out(workspace: &Workspace, weighed: &Weighed) -> Result<PathBuf, Failure> {
    let folder = workspace.path("target/weigh").join(weighed.name);
    let failed = |error| Failure::new(format!("{}: {error}", folder.display()));
    fs::create_dir_all(folder.join("src")).map_err(failed)?;
    let manifest = format!(
        "[package]\nname = \"weighed\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{}\n\n[workspace]\n",
        weighed.dependency
    );
    fs::write(folder.join("Cargo.toml"), manifest).map_err(failed)?;
    fs::write(folder.join("src/lib.rs"), "").map_err(failed)?;
    fs::copy(workspace.path("Cargo.lock"), folder.join("Cargo.lock")).map_err(failed)?;
    Ok(folder)
}

fn cargo(weighed: &Weighed, folder: &PathBuf, arguments: &[&str]) -> Result<String, Failure> {
    let run = Command::new(env!("CARGO"))
        .current_dir(folder)
        .args(arguments)
        .env_remove("CARGO_TARGET_DIR")
        .output()
        .map_err(|error| Failure::new(format!("cargo: {error}")))?;
    match run.status.success() {
        true => Ok(String::from_utf8_lossy(&run.stdout).into_owned()),
        false => Err(Failure::new(format!(
            "cargo {} for {}: {}",
            arguments.join(" "),
            weighed.name,
            String::from_utf8_lossy(&run.stderr)
        ))),
    }
}

/// The lines of the tree of what is linked, but for the crate itself.
fn tree(workspace: &Workspace, weighed: &Weighed) -> Result<BTreeSet<String>, Failure> {
    let folder = lay_out(workspace, weighed)?;
    let text = cargo(
        weighed,
        &folder,
        &["tree", "-e", "normal", "--prefix", "none"],
    )?;
    let lines = text.lines().filter(|line| !line.starts_with("weighed "));
    Ok(lines.map(str::to_owned).collect())
}

/// Seconds that it takes to build from nothing but downloaded sources.
fn build(workspace: &Workspace, weighed: &Weighed) -> Result<f64, Failure> {
    let folder = lay_out(workspace, weighed)?;
    cargo(weighed, &folder, &["fetch"])?;
    let target = folder.join("target");
    if target.exists() {
        fs::remove_dir_all(&target)
            .map_err(|error| Failure::new(format!("{}: {error}", target.display())))?;
    }
    note("Building", weighed.name);
    let start = Instant::now();
    cargo(weighed, &folder, &["build"])?;
    Ok(start.elapsed().as_secs_f64())
}
