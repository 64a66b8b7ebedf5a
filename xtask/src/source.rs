//! SOURCE: the name of a source in `spec/sources.toml`, a file, `-` for stdin, or an `https` address.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use jiff::{Timestamp, tz::TimeZone};
use webex_precheck_contract::{Date, Inventory, Problem, Severity, capture, source};

use crate::fetch::{Address, Copies, fetch};
use crate::outcome::{Failure, note};
use crate::sources::SOURCES;
use crate::workspace::{Workspace, capture_file};

/// A source that was read and is not broken.
pub(crate) struct Fresh {
    /// The source as it was named, without what may be a secret.
    pub(crate) name: String,
    pub(crate) inventory: Inventory,
    pub(crate) problems: Vec<Problem>,
    /// Name of the capture that it belongs to.
    pub(crate) capture: String,
    /// That capture, if it exists; with the words of its sentences, if a copy of what it was read from
    /// is still kept.
    pub(crate) stored: Option<Inventory>,
}

/// The flags about the date of a source.
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
        let name = &fresh.name;
        let message = format!("{name} is older than its capture, which is of {date}");
        note("Note", &message);
    }
    Ok(fresh)
}

fn read_beside(
    workspace: &Workspace,
    name: &str,
    stored: impl Fn(&str) -> Result<Option<Inventory>, Failure>,
) -> Result<Fresh, Failure> {
    let place = Place::parse(workspace, name)?;
    let (name, short) = (place.shown(), place.short());
    let broken = |problem: &Problem| Failure::new(format!("{name}: {problem}"));
    let contract = workspace.contract()?;
    let bytes = place.read()?;
    let text = source::decode(bytes.clone()).map_err(|problem| broken(&problem))?;
    let (first, problems) = source::read(short, &text, &contract);
    if let Some(problem) = problems.iter().find(|it| it.severity == Severity::Broken) {
        return Err(broken(problem));
    }
    let capture = capture::name(&first);
    let mut stored = stored(&capture)?;
    // A page is aligned with what it said at its last capture.
    let (inventory, mut problems) = match &stored {
        Some(stored) => source::read(short, &text, stored),
        None => (first, problems),
    };
    if let Some(stored) = &stored {
        if let Some(problem) = source::check_against(stored, &inventory) {
            return Err(broken(&problem));
        }
        problems.extend(not_captured(stored, &inventory));
    }
    if let Place::Address(address) = &place {
        let copies = Copies::of(workspace, address);
        if let Some(stored) = &mut stored {
            restore_words(stored, &copies);
        }
        if let Err(error) = copies.keep(&bytes) {
            let message = format!("{name} is not kept for the next time: {error}");
            note("Note", &message);
        }
    }
    Ok(Fresh {
        name,
        inventory,
        problems,
        capture,
        stored,
    })
}

/// Notes the operations that a source documents and its capture does not follow.
fn not_captured(stored: &Inventory, fresh: &Inventory) -> Option<Problem> {
    let ids = fresh.operations.iter().map(|operation| operation.id);
    let new: Vec<String> = ids
        .filter(|id| stored.operation(*id).is_none())
        .map(|id| format!("the {id} operation"))
        .collect();
    let message = format!("{}: documented, and no capture follows it", new.join(", "));
    (!new.is_empty()).then(|| Problem::note("", message))
}

/// Takes the words of a capture's sentences from the copy that it was read from, if that is kept.
fn restore_words(stored: &mut Inventory, copies: &Copies) {
    for copy in copies.earlier() {
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

    /// Dates the source: by the flag, else by the name of its file, else by its capture if it says the
    /// same as that, else by today.
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

/// Where a source is.
enum Place {
    Stdin,
    Address(Address),
    File(String),
}

impl Place {
    fn parse(workspace: &Workspace, name: &str) -> Result<Self, Failure> {
        if name == "-" {
            return Ok(Self::Stdin);
        }
        if name.contains("://") {
            return Address::parse(name).map(Self::Address);
        }
        if Path::new(name).exists() {
            return Ok(Self::File(name.to_owned()));
        }
        let prefixes = ["http:", "https:", "www."];
        if name.is_empty() || prefixes.iter().any(|prefix| name.starts_with(prefix)) {
            // It may contain a secret, and is not repeated.
            return Err(Failure::usage(
                "SOURCE is empty or looks like an address; name a source, a file, `-`, or an address \
                 with https:// before it",
            ));
        }
        if workspace.path(SOURCES).exists() {
            let known = workspace.sources()?.into_iter().find(|it| it.name == name);
            if let Some(address) = known.and_then(|known| known.address) {
                return Address::parse(&address).map(Self::Address);
            }
        }
        Ok(Self::File(name.to_owned()))
    }

    /// Its name for people.
    fn shown(&self) -> String {
        match self {
            Self::Stdin => "-".to_owned(),
            Self::Address(address) => address.to_string(),
            Self::File(name) => name.clone(),
        }
    }

    /// The last part of its name, which is stored, unlike the folder of a file.
    fn short(&self) -> &str {
        match self {
            Self::Stdin => "stdin",
            Self::Address(address) => address.file(),
            Self::File(name) => name.rsplit(['/', '\\']).next().unwrap_or(name),
        }
    }

    fn read(&self) -> Result<Vec<u8>, Failure> {
        let (read, hint) = match self {
            Self::Address(address) => return fetch(address),
            Self::Stdin => (limited(io::stdin()), ""),
            Self::File(name) => (File::open(name).and_then(limited), "; is the path right?"),
        };
        read.map_err(|error| Failure::new(format!("{}: {error}{hint}", self.shown())))
    }
}

/// Reads at most one byte more than a source may have, so that a larger one is refused.
fn limited(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut reader = reader.take(source::MOST_BYTES + 1);
    reader.read_to_end(&mut bytes)?;
    Ok(bytes)
}
