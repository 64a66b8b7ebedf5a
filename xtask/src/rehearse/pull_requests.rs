//! A stand-in for `gh`, which keeps pull requests in a file. It knows what the action asks of it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};
use serde::{Deserialize, Serialize};

use crate::outcome::{Failure, Outcome, print};

/// Names the file.
pub(super) const FILE: &str = "PRECHECK_REHEARSAL_PULL_REQUESTS";

/// A pull request.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct PullRequest {
    /// Its address.
    pub url: String,
    /// `OPEN` or `CLOSED`.
    pub state: String,
    /// The branch that it changes.
    pub base: String,
    /// The branch that it brings.
    pub head: String,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// How often its title and text were replaced.
    pub edits: usize,
}

/// What the action asks `gh`
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
}

#[derive(Parser)]
#[command(name = "gh", no_binary_name = true)]
enum Gh {
    #[command(subcommand)]
    Pr(Pr),
}

#[derive(Subcommand)]
enum Pr {
    List {
        #[arg(long)]
        head: String,
        #[arg(long, value_parser = ["all"])]
        state: String,
        #[arg(long, value_parser = ["state,url,isCrossRepository"])]
        json: String,
        #[arg(long, value_parser = [LINES])]
        jq: String,
    },
    Create {
        #[arg(long)]
        base: String,
        #[arg(long)]
        head: String,
        #[arg(long)]
        title: String,
        #[arg(long)]
        body_file: PathBuf,
    },
    Edit {
        url: String,
        #[arg(long)]
        title: String,
        #[arg(long)]
        body_file: PathBuf,
    },
}

const LINES: &str = r#".[] | select(.isCrossRepository | not) | .state + " " + .url"#;

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let gh = Gh::try_parse_from(&arguments.words)
        .map_err(|error| Failure::usage(format!("the rehearsal's gh: {error}")))?;
    let file = env::var_os(FILE).map(PathBuf::from);
    let file = file.ok_or_else(|| Failure::usage(format!("{FILE} is not set")))?;
    if env::var_os("GH_TOKEN").is_none_or(|token| token.is_empty()) {
        return Err(Failure::usage("gh: GH_TOKEN is not set"));
    }
    let mut all = read(&file)?;
    let Gh::Pr(asked) = gh;
    match asked {
        Pr::List { head, .. } => {
            let found = all.iter().rev().filter(|one| one.head == head);
            let lines: String = found
                .map(|one| format!("{} {}\n", one.state, one.url))
                .collect();
            print(&lines)?;
        }
        Pr::Create {
            base,
            head,
            title,
            body_file,
        } => {
            if all
                .iter()
                .any(|one| one.head == head && one.state == "OPEN")
            {
                return Err(Failure::usage(format!(
                    "a pull request for {head} already exists"
                )));
            }
            let url = format!(
                "https://github.com/rehearsed/rehearsed/pull/{}",
                all.len() + 1
            );
            print(&format!("{url}\n"))?;
            all.push(PullRequest {
                url,
                state: "OPEN".to_owned(),
                base,
                head,
                title,
                body: text(&body_file)?,
                edits: 0,
            });
            write(&file, &all)?;
        }
        Pr::Edit {
            url,
            title,
            body_file,
        } => {
            let one = all.iter_mut().find(|one| one.url == url);
            let one = one.ok_or_else(|| Failure::usage(format!("no pull request is {url}")))?;
            one.title = title;
            one.body = text(&body_file)?;
            one.edits += 1;
            write(&file, &all)?;
        }
    }
    Ok(Outcome::Clean)
}

/// All pull requests, the oldest first.
pub(super) fn read(file: &Path) -> Result<Vec<PullRequest>, Failure> {
    if !file.exists() {
        return Ok(Vec::new());
    }
    serde_json::from_str(&text(file)?).map_err(|error| at(file, error))
}

pub(super) fn write(file: &Path, all: &[PullRequest]) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(all).map_err(|error| at(file, error))?;
    fs::write(file, text).map_err(|error| at(file, error))
}

fn text(file: &Path) -> Result<String, Failure> {
    fs::read_to_string(file).map_err(|error| at(file, error))
}

fn at(file: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::usage(format!("{}: {error}", file.display()))
}
