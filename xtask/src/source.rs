//! SOURCE: the name of a source in `spec/sources.toml`, a file, `-` for stdin, or an `https` address.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use jiff::{Timestamp, tz::TimeZone};
use webex_precheck_contract::{
    Date, Endpoint, Endpoints, Inventory, Problem, Severity, capture, source,
};

use crate::adopt::new_operation::NewOperation;
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
    read_beside(workspace, name, None, Err)
}

/// Reads a source to store it, `added` included. A capture that cannot be read is noted and left out.
pub(crate) fn read_to_store(
    workspace: &Workspace,
    name: &str,
    dating: &Dating,
    added: Option<&NewOperation>,
) -> Result<Fresh, Failure> {
    let mut fresh = read_beside(workspace, name, added, |failure| {
        note("Note", &failure.to_string());
        Ok(None)
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

/// Reads a source and its capture; `recover` says what becomes of a capture that cannot be read.
fn read_beside(
    workspace: &Workspace,
    name: &str,
    added: Option<&NewOperation>,
    recover: impl Fn(Failure) -> Result<Option<Inventory>, Failure>,
) -> Result<Fresh, Failure> {
    let contract = workspace.contract()?;
    let mut endpoints = Endpoints::of(&contract);
    if let Some(added) = added {
        endpoints = with(endpoints, added)?;
    }
    let endpoints = &endpoints;
    let opened = open(workspace, name)?;
    let name = opened.name;
    let broken = |problem: &Problem| Failure::new(format!("{name}: {problem}"));
    let text = source::decode(opened.bytes.clone()).map_err(|problem| broken(&problem))?;
    let (first, problems) = source::read(&opened.short, &text, endpoints, &contract);
    if let Some(problem) = problems.iter().find(|it| it.severity == Severity::Broken) {
        return Err(broken(problem));
    }
    if let Some(endpoint) = added.map(NewOperation::endpoint)
        && first.operation(&endpoint.id).is_none()
    {
        let Endpoint { method, path, .. } = endpoint;
        return Err(Failure::new(format!(
            "{name}: it does not document `{method} {path}`"
        )));
    }
    let capture = capture::name(&first, &workspace.readable_captures());
    let mut stored = workspace.capture(&capture).or_else(recover)?;
    // A page is aligned with what it said at its last capture.
    let (inventory, mut problems) = match &stored {
        Some(stored) => source::read(&opened.short, &text, endpoints, stored),
        None => (first, problems),
    };
    if let Some(stored) = &mut stored {
        if let Some(problem) = source::check_against(stored, &inventory) {
            return Err(broken(&problem));
        }
        problems.extend(not_captured(stored, &inventory));
        restore_words(
            stored,
            endpoints,
            opened.copies.iter().flat_map(Copies::earlier),
        );
    }
    if let Some(copies) = opened.copies
        && let Err(error) = copies.keep(&opened.bytes)
    {
        let message = format!("{name} is not kept for the next time: {error}");
        note("Note", &message);
    }
    Ok(Fresh {
        name,
        inventory,
        problems,
        capture,
        stored,
    })
}

/// The operations with one that the contract does not have yet.
fn with(endpoints: Endpoints, added: &NewOperation) -> Result<Endpoints, Failure> {
    let added = added.endpoint();
    let mut there = endpoints.at(&added.path);
    if let Some(known) = there.find(|it| it.method == added.method) {
        return Err(Failure::usage(format!(
            "--add-operation: the contract has it already: {}; leave the flag out",
            known.id
        )));
    }
    if let Some(known) = endpoints.iter().find(|it| it.id == added.id) {
        return Err(Failure::usage(format!(
            "--add-operation: it would be called {}, as `{} {}` is; rename that one first",
            known.id, known.method, known.path
        )));
    }
    Ok(endpoints.iter().cloned().chain([added]).collect())
}

/// Notes the operations that a source documents and its capture does not follow.
fn not_captured(stored: &Inventory, fresh: &Inventory) -> Option<Problem> {
    let ids = fresh.operations.iter().map(|operation| &operation.id);
    let new = ids.filter(|id| stored.operation(id).is_none());
    let new: Vec<String> = new.map(|id| format!("the {id} operation")).collect();
    let message = format!("{}: documented, and no capture follows it", new.join(", "));
    (!new.is_empty()).then(|| Problem::note("", message))
}

/// Takes the words of a capture's sentences from the copy that it was read from, if that is kept.
fn restore_words(
    stored: &mut Inventory,
    endpoints: &Endpoints,
    copies: impl Iterator<Item = Vec<u8>>,
) {
    for text in copies.filter_map(|copy| source::decode(copy).ok()) {
        let (copy, problems) = source::read(&stored.source, &text, endpoints, stored);
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
        let named = || Date::in_name(&self.inventory.source);
        let stored = self.stored.as_ref();
        let unchanged = stored.filter(|stored| stored.operations == self.inventory.operations);
        let unchanged = || unchanged?.date.clone();
        let today = Timestamp::now().to_zoned(TimeZone::UTC).date().to_string();
        let date = dating.date.clone().or_else(named).or_else(unchanged);
        self.inventory.date = date.or_else(|| today.parse().ok());
    }
}

/// A source as it is found.
struct Opened {
    /// Its name for people.
    name: String,
    /// The last part of its name, which is stored, unlike the folder of a file.
    short: String,
    bytes: Vec<u8>,
    /// The copies of what its address told before.
    copies: Option<Copies>,
}

fn open(workspace: &Workspace, name: &str) -> Result<Opened, Failure> {
    if let Some(address) = address(workspace, name)? {
        return Ok(Opened {
            name: address.to_string(),
            short: address.file().to_owned(),
            bytes: fetch(&address)?,
            copies: Some(Copies::of(workspace, &address)),
        });
    }
    let (short, bytes) = if name == "-" {
        ("stdin", limited(io::stdin()))
    } else {
        let short = name.rsplit(['/', '\\']).next();
        (short.unwrap_or(name), File::open(name).and_then(limited))
    };
    Ok(Opened {
        name: name.to_owned(),
        short: short.to_owned(),
        bytes: bytes
            .map_err(|error| Failure::new(format!("{name}: {error}; is the path right?")))?,
        copies: None,
    })
}

/// The address that a source is named by, or that `spec/sources.toml` has for its name.
fn address(workspace: &Workspace, name: &str) -> Result<Option<Address>, Failure> {
    if name.contains("://") {
        return Address::parse(name).map(Some);
    }
    if name == "-" || Path::new(name).exists() {
        return Ok(None);
    }
    let prefixes = ["http:", "https:", "www."];
    if name.is_empty() || prefixes.iter().any(|prefix| name.starts_with(prefix)) {
        // It may contain a secret, and is not repeated.
        return Err(Failure::usage(
            "SOURCE is empty or looks like an address; name a source, a file, `-`, or an address \
             with https:// before it",
        ));
    }
    if !workspace.path(SOURCES).exists() {
        return Ok(None);
    }
    let known = workspace.sources()?.into_iter().find(|it| it.name == name);
    let address = known.and_then(|known| known.address);
    address.map(|text| Address::parse(&text)).transpose()
}

/// Reads at most one byte more than a source may have, so that a larger one is refused.
fn limited(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut reader = reader.take(source::MOST_BYTES + 1);
    reader.read_to_end(&mut bytes)?;
    Ok(bytes)
}
