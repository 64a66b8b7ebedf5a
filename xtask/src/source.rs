//! SOURCE: a file, `-` for stdin, or an `https` address.

use std::fs::File;
use std::io::{self, Read};
use std::time::Duration;

use webex_precheck_contract::{Inventory, Problem, capture, source};

use crate::outcome::{Failure, note};
use crate::workspace::{Workspace, broken, capture_file};

/// A source that was read and is not broken.
pub(crate) struct Fresh {
    /// The source as it was named.
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
    let text = text(name)?;
    let contract = workspace.contract()?;
    // The last part of a name is stored; where the file lay is nobody's business.
    let short = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let short = if name == "-" { "stdin" } else { short };
    let (first, problems) = source::read(short, &text, &contract);
    if source::is_broken(&problems) {
        return Err(broken(name, &problems));
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
        return Err(broken(name, &[problem]));
    }
    Ok(Fresh {
        name: name.to_owned(),
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

fn text(name: &str) -> Result<String, Failure> {
    let failed = |message: String| Failure::new(format!("{name}: {message}"));
    if name.is_empty() {
        return Err(Failure::usage(
            "SOURCE is empty; name a file, `-` or an https address",
        ));
    }
    let bytes = if name == "-" {
        limited(io::stdin().lock()).map_err(|error| failed(error.to_string()))?
    } else if let Some((scheme, _)) = name.split_once("://") {
        if scheme != "https" {
            return Err(Failure::usage(format!(
                "{name}: only https addresses are fetched"
            )));
        }
        fetch(name).map_err(failed)?
    } else {
        File::open(name)
            .and_then(limited)
            .map_err(|error| failed(format!("{error}; is the path right?")))?
    };
    source::decode(bytes).map_err(|problem| broken(name, &[problem]))
}

/// Reads at most one byte more than a source may have, so that a larger one is told.
fn limited(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader
        .take(source::MOST_BYTES + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

const CONNECT: Duration = Duration::from_secs(10);
const TOTAL: Duration = Duration::from_secs(120);

fn fetch(address: &str) -> Result<Vec<u8>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let client = reqwest::Client::builder()
            .https_only(true)
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .build()
            .map_err(|error| error.to_string())?;
        let mut response = client
            .get(address)
            .send()
            .await
            .and_then(reqwest::Response::error_for_status)
            .map_err(|error| format!("cannot be fetched: {}", root_cause(&error)))?;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| root_cause(&e))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() as u64 > source::MOST_BYTES {
                return Err(source::too_large().to_string());
            }
        }
        Ok(bytes)
    })
}

fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
