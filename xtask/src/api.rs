//! `api`: the public API of the crates that people link, as a list that is checked in, so that a
//! change of it is seen in review.

use std::process::Command;

use crate::outcome::{Failure, Outcome};
use crate::workspace::Workspace;

/// Write the lists of the public API, `crates/*/public-api.txt`, by rustdoc
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; show what differs, and exit with 4 if anything does
    #[arg(long)]
    check: bool,
}

struct Listed {
    package: &'static str,
    list: &'static str,
    /// Those that add to the API; TLS takes long to build and shows nowhere.
    features: &'static str,
    /// Crates whose types must not show.
    hidden: &'static [&'static str],
}

const LISTED: [Listed; 2] = [
    Listed {
        package: "webex-precheck",
        list: "crates/client/public-api.txt",
        features: "blocking",
        hidden: &["reqwest", "progenitor", "hyper", "http", "tokio"],
    },
    Listed {
        package: "webex-precheck-api",
        list: "crates/api/public-api.txt",
        features: "client,schemars",
        hidden: &[],
    },
];

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Failure> {
    let mut is_fresh = true;
    for listed in LISTED {
        let items = items(workspace, &listed)?;
        let Listed {
            package,
            list,
            hidden,
            ..
        } = listed;
        let shows = |item: &&String| {
            let mut names = item.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
            names.any(|name| {
                let root = name.split("::").next().unwrap_or_default();
                hidden
                    .iter()
                    .any(|hidden| root.starts_with(hidden) && name.contains("::"))
            })
        };
        if let Some(item) = items.iter().find(shows) {
            return Err(Failure::new(format!(
                "{package} shows a type of a crate that it is not to show: {item}"
            )));
        }
        let text = items.join("\n") + "\n";
        is_fresh &= workspace.ensure_contents(list, &text, arguments.check, "cargo xtask api")?;
    }
    Ok(match is_fresh || !arguments.check {
        true => Outcome::Clean,
        false => Outcome::Stale,
    })
}

/// The public items of a crate, in order, one a line.
fn items(workspace: &Workspace, listed: &Listed) -> Result<Vec<String>, Failure> {
    let Listed {
        package, features, ..
    } = listed;
    // The format of the JSON is unstable; the toolchain is not.
    let run = Command::new(env!("CARGO"))
        .current_dir(workspace.path(""))
        .args(["rustdoc", "--quiet", "--lib", "--no-default-features"])
        .args(["--features", features, "--package", package])
        .args(["--target-dir", "target/public-api", "--"])
        .args([
            "-Z",
            "unstable-options",
            "--output-format",
            "json",
            "--cap-lints",
            "allow",
        ])
        .env("RUSTC_BOOTSTRAP", "1")
        .env_remove("RUSTDOCFLAGS")
        .output()
        .map_err(|error| Failure::new(format!("cargo rustdoc: {error}")))?;
    if !run.status.success() {
        let text = String::from_utf8_lossy(&run.stderr).into_owned();
        return Err(Failure::new(format!("cargo rustdoc: {text}")));
    }
    let name = package.replace('-', "_");
    let json = workspace.path(&format!("target/public-api/doc/{name}.json"));
    let api = public_api::Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .build()
        .map_err(|error| {
            Failure::new(format!(
                "what rustdoc says of {package} cannot be read: {error}; the toolchain may be too new for `public-api` in Cargo.toml"
            ))
        })?;
    // Of the traits that the compiler implements by itself, people rely on two.
    let unseen = [
        "Freeze",
        "RefUnwindSafe",
        "Unpin",
        "UnsafeUnpin",
        "UnwindSafe",
    ];
    let is_unseen = |item: &String| {
        let mut unseen = unseen.iter();
        unseen.any(|name| item.starts_with("impl") && item.contains(&format!("::{name} for ")))
    };
    let items = api.items().map(ToString::to_string);
    Ok(items.filter(|item| !is_unseen(item)).collect())
}
