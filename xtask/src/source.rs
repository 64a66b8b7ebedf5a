//! SOURCE: the name of a source in `spec/sources.toml`, a file, `-` for stdin, or an `https` address.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use jiff::{Timestamp, tz::TimeZone};
use webex_precheck_contract::{Date, Inventory, Problem, capture, source};

use crate::fetch::{Address, Fetched, fetch};
use crate::outcome::{Failure, note};
use crate::sources;
use crate::workspace::{Workspace, broken, capture_file};

/// A source that was read and is not broken.
pub(crate) struct Fresh {
    /// The source as it was named, without what may be a secret.
    pub(crate) name: String,
    pub(crate) inventory: Inventory,
    pub(crate) problems: Vec<Problem>,
    /// Name of the capture that it belongs to.
    pub(crate) capture: String,
    /// That capture, where there is one; with the words of its sentences, where the copy that it was
    /// read from is still there.
    pub(crate) stored: Option<Inventory>,
}

/// What a verb is told of a source besides its name.
#[derive(clap::Args)]
pub(crate) struct Dating {
    /// When the source was published [default: the date in the name of its file, or else today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<Date>,
}

/// Reads a source, and refuses a broken one.
pub(crate) fn read(workspace: &Workspace, name: &str) -> Result<Fresh, Failure> {
    read_beside(workspace, name, |capture| workspace.capture(capture))
}

/// Reads a source to store it. A capture that cannot be read is noted and left out.
pub(crate) fn read_to_store(
    workspace: &Workspace,
    name: &str,
    dating: &Dating,
) -> Result<Fresh, Failure> {
    let mut fresh = read_beside(workspace, name, |capture| {
        Ok(workspace.capture(capture).unwrap_or_else(|failure| {
            note("Note", &failure.to_string());
            None
        }))
    })?;
    fresh.set_date(dating);
    if let Some(stored) = &fresh.stored
        && fresh.inventory.is_older_than(stored)
        && let Some(date) = &stored.date
    {
        let message = format!(
            "{} is older than its capture, which is of {date}",
            fresh.name
        );
        note("Note", &message);
    }
    Ok(fresh)
}

fn read_beside(
    workspace: &Workspace,
    name: &str,
    stored: impl Fn(&str) -> Result<Option<Inventory>, Failure>,
) -> Result<Fresh, Failure> {
    let named = Named::parse(workspace, name)?;
    let (shown, short) = (&named.shown(), &named.short());
    let contract = workspace.contract()?;
    let bytes = named.bytes(workspace)?;
    let text =
        source::decode(bytes.body().to_vec()).map_err(|problem| broken(shown, &[problem]))?;
    let (first, problems) = source::read(short, &text, &contract);
    if source::is_broken(&problems) {
        return Err(broken(shown, &problems));
    }
    let capture = capture::name(&first);
    let mut stored = stored(&capture)?;
    // A page is aligned with what it last said, where that is known.
    let (inventory, mut problems) = match &stored {
        Some(stored) => source::read(short, &text, stored),
        None => (first, problems),
    };
    if let Some(stored) = &mut stored {
        if let Some(problem) = source::check_against(stored, &inventory) {
            return Err(broken(shown, &[problem]));
        }
        problems.extend(not_captured(stored, &inventory));
        if let Bytes::Fetched(fetched) = &bytes {
            restore_words(stored, fetched);
        }
    }
    if let Bytes::Fetched(fetched) = &bytes
        && let Err(error) = fetched.keep()
    {
        note(
            "Note",
            &format!("{shown} is not kept for the next time: {error}"),
        );
    }
    Ok(Fresh {
        name: named.shown(),
        inventory,
        problems,
        capture,
        stored,
    })
}

/// Notes the operations that a source documents and its capture does not follow.
fn not_captured(stored: &Inventory, fresh: &Inventory) -> Option<Problem> {
    let new = fresh.operations.iter().map(|operation| operation.id);
    let new = new.filter(|id| stored.operation(*id).is_none());
    let new: Vec<String> = new.map(|id| format!("the {id} operation")).collect();
    (!new.is_empty()).then(|| {
        let message = format!("{}: documented, and no capture follows it", new.join(", "));
        Problem::note("", message)
    })
}

/// Takes the words of a capture's sentences from the copy that it was read from, if that was kept.
fn restore_words(stored: &mut Inventory, fetched: &Fetched) {
    for copy in fetched.earlier() {
        let Ok(text) = source::decode(copy) else {
            continue;
        };
        let (copy, problems) = source::read(&stored.source, &text, stored);
        if !source::is_broken(&problems) && copy.operations == stored.operations {
            stored.operations = copy.operations;
            return;
        }
    }
}

impl Fresh {
    /// The file of the capture.
    pub(crate) fn capture_file(&self) -> String {
        capture_file(&self.capture)
    }

    /// Dates the source: as it was said, by the name of its file, or else by today. One that nothing
    /// dates and that says what its capture says keeps the date of that capture.
    fn set_date(&mut self, dating: &Dating) {
        let named = Date::in_name(&self.inventory.source);
        let known = dating.date.clone().or(named);
        let stored = self.stored.as_ref();
        let unchanged = stored.filter(|stored| stored.operations == self.inventory.operations);
        self.inventory.date = known.or_else(|| unchanged?.date.clone()).or_else(|| {
            let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
            today.to_string().parse().ok()
        });
    }
}

/// What a source was read from.
enum Bytes {
    Read(Vec<u8>),
    Fetched(Fetched),
}

impl Bytes {
    fn body(&self) -> &[u8] {
        match self {
            Self::Read(bytes) => bytes,
            Self::Fetched(fetched) => &fetched.body,
        }
    }
}

/// Where a source is.
enum Named {
    Stdin,
    Address(Address),
    File(String),
}

impl Named {
    fn parse(workspace: &Workspace, name: &str) -> Result<Self, Failure> {
        let is_like_address = ["http:", "https:", "www."]
            .iter()
            .any(|it| name.starts_with(it));
        match name {
            "" => Err(Failure::usage(
                "SOURCE is empty; name a source, a file, `-` or an https address",
            )),
            "-" => Ok(Self::Stdin),
            name if name.contains("://") => Address::parse(name).map(Self::Address),
            // It may hold a secret, and is not repeated.
            name if is_like_address && !Path::new(name).exists() => Err(Failure::usage(
                "SOURCE looks like an address; write it out, with https:// before it",
            )),
            name if !Path::new(name).exists() && workspace.path(sources::SOURCES).exists() => {
                let known = workspace.sources()?.into_iter().find(|it| it.name == name);
                match known.and_then(|known| known.address) {
                    Some(address) => Address::parse(&address).map(Self::Address),
                    None => Ok(Self::File(name.to_owned())),
                }
            }
            name => Ok(Self::File(name.to_owned())),
        }
    }

    /// Its name for people.
    fn shown(&self) -> String {
        match self {
            Self::Stdin => "-".to_owned(),
            Self::Address(address) => address.to_string(),
            Self::File(name) => name.clone(),
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

    fn bytes(&self, workspace: &Workspace) -> Result<Bytes, Failure> {
        let read = match self {
            Self::Stdin => limited(io::stdin().lock())
                .map(Bytes::Read)
                .map_err(|it| it.to_string()),
            Self::Address(address) => fetch(workspace, address).map(Bytes::Fetched),
            Self::File(name) => File::open(name)
                .and_then(limited)
                .map(Bytes::Read)
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
