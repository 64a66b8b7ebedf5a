//! SOURCE: a file, `-` for stdin, or an `https` address.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use webex_precheck_contract::{Inventory, Problem, capture, source};

use crate::fetch::{Address, fetch, forget};
use crate::outcome::{Failure, note};
use crate::workspace::{Workspace, broken, capture_file};

/// A source that was read and is not broken.
pub(crate) struct Fresh {
    /// The source as it was named, without what may be a secret.
    pub(crate) name: String,
    pub(crate) inventory: Inventory,
    pub(crate) problems: Vec<Problem>,
    /// Name of the capture that it belongs to.
    pub(crate) capture: String,
    /// That capture, where there is one.
    pub(crate) stored: Option<Inventory>,
}

/// Reads a source, and refuses a broken one.
pub(crate) fn read(workspace: &Workspace, name: &str) -> Result<Fresh, Failure> {
    read_beside(workspace, name, |capture| workspace.capture(capture))
}

/// Reads a source whose capture is to be replaced: one that cannot be read is noted and left out.
pub(crate) fn read_to_replace(workspace: &Workspace, name: &str) -> Result<Fresh, Failure> {
    read_beside(workspace, name, |capture| {
        Ok(workspace.capture(capture).unwrap_or_else(|failure| {
            note("Note", &failure.to_string());
            None
        }))
    })
}

fn read_beside(
    workspace: &Workspace,
    name: &str,
    stored: impl Fn(&str) -> Result<Option<Inventory>, Failure>,
) -> Result<Fresh, Failure> {
    let named = Named::parse(name)?;
    let (shown, short) = (&named.shown(), &named.short());
    let text =
        source::decode(named.bytes(workspace)?).map_err(|problem| broken(shown, &[problem]))?;
    let contract = workspace.contract()?;
    let (first, problems) = source::read(short, &text, &contract);
    let refuse = |problems: &[Problem]| {
        if let Named::Address(address) = &named {
            forget(workspace, address);
        }
        Err(broken(shown, problems))
    };
    if source::is_broken(&problems) {
        return refuse(&problems);
    }
    let capture = capture::name(&first);
    let stored = stored(&capture)?;
    // A page is aligned with what it last said, where that is known.
    let (inventory, problems) = match &stored {
        Some(stored) => source::read(short, &text, stored),
        None => (first, problems),
    };
    if let Some(problem) = stored
        .as_ref()
        .and_then(|stored| source::check_against(stored, &inventory))
    {
        return refuse(&[problem]);
    }
    Ok(Fresh {
        name: named.shown(),
        inventory,
        problems,
        capture,
        stored,
    })
}

impl Fresh {
    /// The file of the capture.
    pub(crate) fn capture_file(&self) -> String {
        capture_file(&self.capture)
    }
}

/// Where a source is.
enum Named<'n> {
    Stdin,
    Address(Address),
    File(&'n str),
}

impl<'n> Named<'n> {
    fn parse(name: &'n str) -> Result<Self, Failure> {
        match name {
            "" => Err(Failure::usage(
                "SOURCE is empty; name a file, `-` or an https address",
            )),
            "-" => Ok(Self::Stdin),
            name if name.contains("://") => Address::parse(name).map(Self::Address),
            // It may hold a secret, and is not repeated.
            name if ["http:", "https:", "www."]
                .iter()
                .any(|it| name.starts_with(it))
                && !Path::new(name).exists() =>
            {
                Err(Failure::usage(
                    "SOURCE looks like an address; write it out, with https:// before it",
                ))
            }
            name => Ok(Self::File(name)),
        }
    }

    /// Its name for people.
    fn shown(&self) -> String {
        match self {
            Self::Stdin => "-".to_owned(),
            Self::Address(address) => address.to_string(),
            Self::File(name) => (*name).to_owned(),
        }
    }

    /// The last part of its name, which is stored; where the file lay is nobody's business.
    fn short(&self) -> String {
        let short = match self {
            Self::Stdin => "stdin",
            Self::Address(address) => address.file(),
            Self::File(name) => name.rsplit(['/', '\\']).next().unwrap_or(name),
        };
        short.to_owned()
    }

    fn bytes(&self, workspace: &Workspace) -> Result<Vec<u8>, Failure> {
        let read = match self {
            Self::Stdin => limited(io::stdin().lock()).map_err(|error| error.to_string()),
            Self::Address(address) => fetch(workspace, address),
            Self::File(name) => File::open(name)
                .and_then(limited)
                .map_err(|error| format!("{error}; is the path right?")),
        };
        read.map_err(|message| Failure::new(format!("{}: {message}", self.shown())))
    }
}

/// Reads at most one byte more than a source may have, so that a larger one is told.
fn limited(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader
        .take(source::MOST_BYTES + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}
