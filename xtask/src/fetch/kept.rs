//! What was fetched before, so that a file that has not changed is not sent again.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::Address;

/// The folder of what was fetched: a file for each address.
pub(super) struct Kept {
    folder: PathBuf,
}

/// A body, and what its server knows it by.
pub(super) struct Entry {
    pub(super) validators: Validators,
    pub(super) body: Vec<u8>,
}

/// What a server tells an unchanged body by.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(super) struct Validators {
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
}

impl Validators {
    fn are_missing(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// The first line of a file; the body follows it.
#[derive(Deserialize, Serialize)]
struct Head {
    validators: Validators,
    sha256: String,
}

impl Kept {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// What is kept of an address, if it is whole.
    pub(super) fn read(&self, address: &Address) -> Option<Entry> {
        let file = fs::read(self.file(address)).ok()?;
        let end = file.iter().position(|byte| *byte == b'\n')?;
        let head: Head = serde_json::from_slice(&file[..end]).ok()?;
        let body = file.get(end + 1..)?.to_vec();
        let is_whole = head.sha256 == checksum(&body);
        let validators = head.validators;
        is_whole.then_some(Entry { validators, body })
    }

    /// Keeps what was fetched. Without validators it would never be of use.
    pub(super) fn write(&self, address: &Address, entry: &Entry) -> io::Result<()> {
        let Entry { validators, body } = entry;
        if validators.are_missing() {
            return Ok(());
        }
        let head = Head {
            validators: validators.clone(),
            sha256: checksum(body),
        };
        fs::create_dir_all(&self.folder)?;
        // Renamed when it is whole, so that runs at the same time do not mix.
        let mut file = NamedTempFile::new_in(&self.folder)?;
        file.write_all(&serde_json::to_vec(&head)?)?;
        file.write_all(b"\n")?;
        file.write_all(body)?;
        file.persist(self.file(address))?;
        Ok(())
    }

    pub(super) fn remove(&self, address: &Address) {
        // What is not there need not go.
        let _ = fs::remove_file(self.file(address));
    }

    /// An address may hold secrets, and so its file is named by a hash.
    fn file(&self, address: &Address) -> PathBuf {
        self.folder
            .join(checksum(address.url().as_str().as_bytes()))
    }
}

fn checksum(bytes: &[u8]) -> String {
    let mut hex = String::new();
    for byte in Sha256::digest(bytes) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
